package dev.jorb.workflow;

/// The work of a state: takes the contexts, does something, and says where the job goes.
///
/// Called on a virtual thread, for as many jobs at a time as the state's concurrency says; never
/// twice at a time for one job. It may block. It may run again for the same job if the process died
/// before the outcome was safe, so write it so that a second run does no harm. When the run stops,
/// its thread is interrupted after the grace period.
///
/// @param <A> the application context: per process, never saved
/// @param <O> the overall context: one per run, saved
/// @param <J> the job context: one per job, saved
@FunctionalInterface
public interface Exec<A, O, J> {
  /// Runs the step once.
  ///
  /// @return where to, with the new context; never null
  /// @throws Exception a failure of this attempt; the state's [Retry] decides what follows
  Outcome<J> exec(A app, O overall, J context) throws Exception;
}
