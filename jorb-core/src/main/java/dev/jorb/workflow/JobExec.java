package dev.jorb.workflow;

import dev.jorb.run.Job;

/// Like [Exec], for steps that want the whole job: its id, its parent, its history.
///
/// @param <A> the application context
/// @param <O> the overall context
/// @param <J> the job context
@FunctionalInterface
public interface JobExec<A, O, J> {
  /// Runs the step once.
  ///
  /// @return where to, with the new context; never null
  /// @throws Exception a failure of this attempt; the state's [Retry] decides what follows
  Outcome<J> exec(A app, O overall, Job<J> job) throws Exception;
}
