package dev.jorb.workflow;

import dev.jorb.run.Job;
import java.util.List;

/// Like [Exec], for steps that do the work of several jobs in one call: one request for fifty
/// items.
///
/// Called with the jobs that wait when a slot is free, at least one and at most as many as the
/// state says, in their order. The outcomes are recorded together, in one piece or not at all; each
/// is judged by itself, so some of the jobs may fail and others go on.
///
/// @param <A> the application context
/// @param <O> the overall context
/// @param <J> the job context
@FunctionalInterface
public interface BatchExec<A, O, J> {
  /// Runs the step once for all of `jobs`.
  ///
  /// @param jobs at least one; unmodifiable
  /// @return an outcome for each of them, in their order; a list of another length is a failure of
  ///   all
  /// @throws Exception a failure of this attempt, of each of the jobs once; the state's [Retry]
  ///   decides what follows
  List<Outcome<J>> exec(A app, O overall, List<Job<J>> jobs) throws Exception;
}
