package dev.jorb.workflow;

import dev.jorb.run.Job;
import java.util.Optional;

/// Looks whether a step that was running when a process died had done its work.
///
/// Called once at the next start for each job that is in doubt in this state, on a virtual thread,
/// instead of the step and before it. It takes no slot and no permit.
///
/// @param <A> the application context
/// @param <O> the overall context
/// @param <J> the job context
@FunctionalInterface
public interface Verify<A, O, J> {
  /// Looks for what the step should have done.
  ///
  /// @return what the step would have returned, if its work is done; empty if it is not, and the
  ///   step is to run
  /// @throws Exception if it cannot be told: the job is parked until somebody releases it
  Optional<Outcome<J>> verify(A app, O overall, Job<J> job) throws Exception;
}
