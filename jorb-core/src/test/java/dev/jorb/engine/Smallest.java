package dev.jorb.engine;

import dev.jorb.engine.Scenario.Care;
import dev.jorb.engine.Scenario.Doubt;
import dev.jorb.engine.Scenario.RetrySpec;
import dev.jorb.engine.Scenario.RunSpec;
import dev.jorb.engine.Scenario.StateSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// Cuts a failing history down: leaves out events and jobs, and rules of states and of the run, as
/// long as it still fails.
final class Smallest {
  private final Consumer<Scenario> play;

  private Smallest(Consumer<Scenario> play) {
    this.play = play;
  }

  /// @param play throws if the history fails
  static Scenario of(Scenario failing, Consumer<Scenario> play) {
    return new Smallest(play).of(failing);
  }

  private Scenario of(Scenario failing) {
    Scenario before;
    do {
      before = failing;
      failing = withFewer(failing, failing.events(), failing::withEvents);
      failing = withFewer(failing, failing.jobs(), failing::withJobs);
      failing = withPlainerRun(failing);
      failing = withPlainerStates(failing);
    } while (!failing.equals(before));
    return failing;
  }

  private <T> Scenario withFewer(
      Scenario failing, List<T> parts, Function<List<T>, Scenario> with) {
    List<T> kept = new ArrayList<>(parts);
    for (int chunk = Math.max(1, kept.size() / 2); chunk > 0; chunk /= 2) {
      for (int start = kept.size() - chunk; start >= 0; start -= chunk) {
        List<T> fewer = new ArrayList<>(kept);
        fewer.subList(start, start + chunk).clear();
        if (fails(with.apply(fewer))) {
          kept = fewer;
        }
      }
    }
    return kept.size() == parts.size() ? failing : with.apply(kept);
  }

  private Scenario withPlainerStates(Scenario failing) {
    for (int i = 0; i < failing.states().size(); i++) {
      StateSpec state = failing.states().get(i);
      for (StateSpec plainer : plainer(state)) {
        List<StateSpec> states = new ArrayList<>(failing.states());
        states.set(i, plainer);
        if (!plainer.equals(state) && fails(failing.withStates(states))) {
          return failing.withStates(states);
        }
      }
    }
    return failing;
  }

  private static List<StateSpec> plainer(StateSpec s) {
    RetrySpec never = new RetrySpec(0, 1, 1, -1);
    Care c = s.care();
    return List.of(
        new StateSpec(s.terminal(), 1, 1, -1, never, Care.NONE),
        new StateSpec(s.terminal(), s.concurrency(), 1, -1, never, s.care()),
        new StateSpec(s.terminal(), 1, s.batch(), s.rate(), never, s.care()),
        new StateSpec(s.terminal(), s.concurrency(), s.batch(), s.rate(), s.retry(), Care.NONE),
        with(s, new Care(Doubt.RUN_AGAIN, c.timeoutNanos(), c.pauseWhen(), c.probeNanos())),
        with(s, new Care(c.doubt(), 0, c.pauseWhen(), c.probeNanos())),
        with(s, new Care(c.doubt(), c.timeoutNanos(), null, 0)),
        new StateSpec(
            s.terminal(),
            s.concurrency(),
            s.batch(),
            s.rate(),
            new RetrySpec(0, 1, 1, s.retry().onFailure()),
            s.care()));
  }

  private static StateSpec with(StateSpec s, Care care) {
    return new StateSpec(s.terminal(), s.concurrency(), s.batch(), s.rate(), s.retry(), care);
  }

  private Scenario withPlainerRun(Scenario failing) {
    RunSpec run = failing.run();
    List<RunSpec> plainer =
        List.of(
            RunSpec.PLAIN,
            new RunSpec(null, run.deadlineMillis(), run.group(), run.most()),
            new RunSpec(run.pauseWhen(), 0, run.group(), run.most()),
            new RunSpec(run.pauseWhen(), run.deadlineMillis(), List.of(), 0));
    for (RunSpec each : plainer) {
      if (!each.equals(run) && fails(failing.withRun(each))) {
        return failing.withRun(each);
      }
    }
    return failing;
  }

  private boolean fails(Scenario scenario) {
    try {
      play.accept(scenario);
      return false;
    } catch (AssertionError | RuntimeException expected) {
      return true;
    }
  }
}
