package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.engine.Scenario.StateSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Random histories of board and verdict against a small reference model.
///
/// `-Djorb.seed=N` begins with history N; `-Djorb.histories=N` plays so many. A history that fails
/// is cut down and told.
class BoardSimulationTest {
  private static final int HISTORIES = Integer.getInteger("jorb.histories", 20_000);

  @Test
  void boardDoesWhatTheModelDoes() {
    long first = Long.getLong("jorb.seed", System.nanoTime());
    System.out.printf(
        "board simulation: %,d histories, replay with -Djorb.seed=%d%n", HISTORIES, first);
    long messages = 0;
    for (long seed = first; seed < first + HISTORIES; seed++) {
      Scenario scenario = Scenario.random(seed);
      try {
        messages += Replay.play(scenario);
      } catch (AssertionError | RuntimeException failed) {
        throw new AssertionError(report(smallest(scenario)), failed);
      }
    }
    System.out.printf("board simulation: %,d messages%n", messages);
    assertThat(messages).isGreaterThan(HISTORIES);
  }

  private static String report(Scenario scenario) {
    return "board and model differ; replay with -Djorb.seed="
        + scenario.seed()
        + "; the smallest failing history found:\n"
        + scenario.description()
        + "  "
        + String.join("\n  ", Replay.tell(scenario));
  }

  /// Leaves out events and jobs, and rules of states, as long as it still fails.
  private static Scenario smallest(Scenario failing) {
    Scenario before;
    do {
      before = failing;
      failing = withFewer(failing, failing.events(), failing::withEvents);
      failing = withFewer(failing, failing.jobs(), failing::withJobs);
      failing = withPlainerStates(failing);
    } while (!failing.equals(before));
    return failing;
  }

  private static <T> Scenario withFewer(
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

  private static Scenario withPlainerStates(Scenario failing) {
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
    return List.of(
        new StateSpec(s.terminal(), 1, -1, 0, 1, 1, -1),
        new StateSpec(s.terminal(), s.concurrency(), -1, 0, 1, 1, -1),
        new StateSpec(s.terminal(), 1, s.rate(), 0, 1, 1, -1),
        new StateSpec(s.terminal(), s.concurrency(), s.rate(), 0, 1, 1, s.onFailure()));
  }

  private static boolean fails(Scenario scenario) {
    try {
      Replay.play(scenario);
      return false;
    } catch (AssertionError | RuntimeException failed) {
      return true;
    }
  }

  @Test
  void sameSeedIsTheSameHistory() {
    assertThat(Replay.tell(Scenario.random(1))).isEqualTo(Replay.tell(Scenario.random(1)));
  }
}
