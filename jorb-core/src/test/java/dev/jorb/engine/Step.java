package dev.jorb.engine;

import dev.jorb.engine.Verdict.Decision;
import dev.jorb.limit.Feedback;
import dev.jorb.serial.Serializer.Encoded;
import dev.jorb.workflow.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// What a step did.
///
/// @param failed it threw, or returned null; one that verifies: it threw, or found nothing
/// @param state where it wants to go; -1 to stay
/// @param delayNanos -1 if it did not say
/// @param awaits its job waits for what it has kicked
/// @param parks its job needs a person
/// @param deadlineMillis [ModelJob#NEVER] if it did not say
/// @param context the job's from now on
record Step(
    boolean failed,
    int state,
    boolean error,
    long delayNanos,
    List<Integer> kicks,
    boolean awaits,
    boolean parks,
    long deadlineMillis,
    String context) {
  /// It succeeds and goes there.
  static Step to(int state) {
    return new Step(false, state, false, -1, List.of(), false, false, ModelJob.NEVER, "c");
  }

  /// A step that verifies found nothing.
  static Step nothing() {
    return new Step(true, -1, false, -1, List.of(), false, false, ModelJob.NEVER, "c");
  }

  /// A random one.
  ///
  /// @param mayKick whether it may kick jobs
  static Step random(Scenario scenario, boolean mayKick, long now, SplittableRandom dice) {
    int states = scenario.states().size();
    List<Integer> kicks = new ArrayList<>();
    while (mayKick && dice.nextInt(5) == 0) {
      kicks.add(dice.nextInt(100) < 3 ? states : dice.nextInt(states));
    }
    int wait = dice.nextInt(12);
    long delayNanos = wait < 4 ? delay(dice) : -1;
    return new Step(
        dice.nextInt(6) == 0,
        dice.nextInt(4) == 0 ? -1 : dice.nextInt(100) < 3 ? states : dice.nextInt(states),
        dice.nextInt(4) == 0,
        delayNanos,
        kicks,
        wait == 4 || wait == 5,
        wait == 6,
        dice.nextInt(8) == 0
            ? ModelJob.millis(now + dice.nextLong(4_000_000_000L) - 500_000_000L)
            : ModelJob.NEVER,
        dice.nextInt(8) == 0 ? "d" : "c");
  }

  private static long delay(SplittableRandom dice) {
    return dice.nextInt(4) == 0 ? 0 : dice.nextLong(dice.nextBoolean() ? 10 : 2_000_000_000L);
  }

  /// What the engine makes of it.
  Result<String> result(
      Verdict<String> verdict, Entry<String> entry, Scenario scenario, Instant at) {
    Decision<String> decision =
        failed && error
            ? verdict.failed(entry.job, new IllegalStateException("thrown"), at, Duration.ZERO)
            : verdict.returned(entry.job, failed ? null : outcome(scenario), at, Duration.ZERO);
    return new Result<>(
        entry,
        new Encoded<>(decision.transition(), new byte[0]),
        decision.delay(),
        Feedback.SUCCEEDED,
        decision.failed());
  }

  /// What it returns, if it has not failed.
  Outcome<String> outcome(Scenario scenario) {
    Outcome<String> outcome =
        state == -1 ? Outcome.stay(context) : Outcome.to(scenario.stateName(state), context);
    if (error) {
      outcome = outcome.error("returned");
    }
    if (delayNanos >= 0) {
      outcome = outcome.after(Duration.ofNanos(delayNanos));
    }
    if (awaits) {
      outcome = outcome.awaitKicks();
    }
    if (parks) {
      outcome = outcome.park("needs a person");
    }
    if (deadlineMillis != ModelJob.NEVER) {
      outcome = outcome.deadline(Replay.atMillis(deadlineMillis));
    }
    for (int kick : kicks) {
      outcome = outcome.kick(scenario.stateName(kick), "c");
    }
    return outcome;
  }
}
