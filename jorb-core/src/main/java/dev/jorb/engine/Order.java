package dev.jorb.engine;

import dev.jorb.run.Job;
import java.time.Instant;
import java.util.function.Predicate;

/// What a person wants to happen to jobs beside their steps.
///
/// It is carried out by a worker, recorded like a step's outcome, and takes no slot. A job whose
/// step is running, or whose result is on its way to the disk, comes to it after that, and with it
/// what it kicks till then.
///
/// @param act what happens
/// @param filter is asked for each job again when its turn comes; called by workers
record Order(Act act, Predicate<? super Job<?>> filter) {
  /// An order that holds whatever its job is like.
  static Order of(Act act) {
    return new Order(act, job -> true);
  }

  /// What can be ordered.
  sealed interface Act {}

  /// The job stays where it is until somebody releases it.
  record Park(String reason) implements Act {}

  /// A parked job goes on, with a fresh budget.
  record Release() implements Act {}

  /// The job's deadline has passed.
  record Expire(Instant deadline) implements Act {}

  /// It is looked whether the job's step, which was running when a process died, had done its work.
  record Verify() implements Act {}

  /// The job ends in the state `cancelled`.
  record Cancel() implements Act {}

  /// The job goes before those with a lower priority.
  record Prioritize(int priority) implements Act {}
}
