package dev.jorb.engine;

import dev.jorb.engine.ModelJob.Facts;
import dev.jorb.engine.Scenario.StateSpec;
import java.util.List;

/// What should follow from what a step did, or from an order.
final class ModelVerdicts {
  private static final int MOST_LAPS = 100;
  private static final long LAP_NANOS = 1_000_000_000;

  private final Scenario scenario;

  ModelVerdicts(Scenario scenario) {
    this.scenario = scenario;
  }

  /// What should follow.
  ///
  /// @param next what is recorded of the job, but for when it is due
  /// @param logged whether an error is added
  /// @param least the shortest delay that may have been drawn
  /// @param most the longest; equal to `least` if none is drawn
  /// @param failed whether it counts as a failed attempt
  /// @param transitions how many are added to its history
  /// @param isStep whether its step is over, so that it is due after the delay
  record Verdict(
      Facts next,
      boolean logged,
      List<Integer> kicks,
      long least,
      long most,
      boolean failed,
      int transitions,
      boolean isStep) {}

  /// What follows from a step.
  Verdict ofStep(ModelJob job, Step step, long now) {
    int target = step.state() == -1 ? job.is.state : step.state();
    boolean waits = step.awaits() || step.parks();
    if (step.failed()
        || isUnknown(target)
        || step.kicks().stream().anyMatch(this::isUnknown)
        || (waits && scenario.isTerminal(target))) {
      return ofFailure(job, now);
    }
    if (step.error() && !step.parks() && target == job.is.state) {
      return failed(job, step, now);
    }
    Facts next = next(job, target, now);
    next.attempt = 0;
    next.laps = laps(job, step, target);
    boolean circles = next.laps >= MOST_LAPS && target <= job.is.state;
    take(next, step);
    next.parked = step.parks();
    long delay = circles ? LAP_NANOS : Math.max(0, step.delayNanos());
    return new Verdict(next, step.error(), step.kicks(), delay, delay, false, 1, true);
  }

  private boolean isUnknown(int state) {
    return state == scenario.states().size();
  }

  /// The job in another state, or in the same by a step.
  private Facts next(ModelJob job, int state, long now) {
    Facts next = job.is.next(now);
    next.state = state;
    next.within = scenario.areInOneGroup(job.is.state, state);
    next.awaits = false;
    next.dueMillis = -1;
    return next;
  }

  private static void take(Facts next, Step step) {
    next.context = step.context();
    next.awaits = step.awaits();
    if (step.deadlineMillis() != ModelJob.NEVER) {
      next.deadlineMillis = step.deadlineMillis();
    }
  }

  /// How often it has come back without waiting and without having changed.
  private static int laps(ModelJob job, Step step, int target) {
    boolean changes =
        step.delayNanos() > 0
            || step.awaits()
            || step.parks()
            || !step.kicks().isEmpty()
            || !step.context().equals(job.is.context);
    if (changes) {
      return 0;
    }
    return target <= job.is.state ? job.is.laps + 1 : job.is.laps;
  }

  /// What follows when a step fails of which nothing is known.
  Verdict ofFailure(ModelJob job, long now) {
    return failed(
        job,
        new Step(true, -1, true, -1, List.of(), false, false, ModelJob.NEVER, job.is.context),
        now);
  }

  private Verdict failed(ModelJob job, Step step, long now) {
    StateSpec state = scenario.states().get(job.is.state);
    int failures = job.is.attempt + 1;
    boolean again = failures <= state.retry().times();
    boolean leaves = !again && state.retry().onFailure() >= 0;
    Facts next = next(job, leaves ? state.retry().onFailure() : job.is.state, now);
    take(next, step);
    next.attempt = leaves ? 0 : failures;
    next.parked = !again && !leaves;
    boolean chosen = step.delayNanos() >= 0;
    long longest = again ? state.retry().longestNanos(failures) : 0;
    long least = again && chosen ? step.delayNanos() : 0;
    return new Verdict(
        next, true, step.kicks(), least, again && chosen ? least : longest, true, 1, true);
  }

  /// What follows when the time of a step is over.
  Verdict ofTimeout(ModelJob job, long now) {
    boolean isTimed = scenario.states().get(job.is.state).care().timeoutNanos() > 0;
    return isTimed && now < nanos(job.is.deadlineMillis) ? ofFailure(job, now) : expired(job, now);
  }

  private static long nanos(long millis) {
    return millis == ModelJob.NEVER ? ModelJob.NEVER : millis * 1_000_000;
  }

  private Verdict expired(ModelJob job, long now) {
    int onFailure = scenario.states().get(job.is.state).retry().onFailure();
    Facts next = next(job, onFailure >= 0 ? onFailure : job.is.state, now);
    next.deadlineMillis = ModelJob.NEVER;
    next.attempt = 0;
    next.parked = onFailure < 0;
    return new Verdict(next, true, List.of(), 0, 0, true, 1, true);
  }

  /// What follows from the order that is being carried out; null if it changes nothing.
  ///
  /// @param found what there is to be found if the order is to verify
  Verdict ofOrder(ModelJob job, Step found, long now) {
    Facts next = job.is.next(now);
    // That its step has started is known by the doubt, which ends here.
    boolean keepsPlace = job.crashes > 0 && scenario.groupOf(next.state) >= 0;
    next.within = keepsPlace || next.within;
    int transitions = keepsPlace ? 1 : 0;
    return switch (job.order) {
      case Order.Park park -> parked(next, transitions, now);
      case Order.Release release -> {
        if (!next.parked) {
          yield null;
        }
        next.parked = false;
        next.held = false;
        next.attempt = 0;
        next.dueMillis = -1;
        next.deadlineMillis = ModelJob.NEVER;
        yield order(next, 0, transitions);
      }
      case Order.Cancel cancel -> {
        next = next(job, scenario.cancelled(), now);
        next.parked = false;
        next.held = false;
        next.attempt = 0;
        yield order(next, 0, 1);
      }
      case Order.Prioritize prioritize -> {
        if (next.priority == prioritize.priority()) {
          yield null;
        }
        next.priority = prioritize.priority();
        yield order(next, next.remaining(now), transitions);
      }
      case Order.Expire expire ->
          next.parked || !expire.deadline().equals(Replay.atMillis(next.deadlineMillis))
              ? null
              : expired(job, now);
      case Order.Verify verify -> {
        if (found.failed()) {
          yield found.error() ? parked(next, transitions, now) : null;
        }
        yield ofStep(job, found, now);
      }
    };
  }

  private static Verdict parked(Facts next, int transitions, long now) {
    next.parked = true;
    next.held = true;
    return order(next, next.remaining(now), transitions);
  }

  private static Verdict order(Facts next, long delay, int transitions) {
    return new Verdict(next, false, List.of(), delay, delay, false, transitions, false);
  }
}
