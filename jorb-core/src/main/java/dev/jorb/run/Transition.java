package dev.jorb.run;

import java.util.List;

/// One atomic change of a run: a job's next version and the jobs that it kicked.
///
/// @param job the new version of the job
/// @param kicked new jobs, in the order of their ids
/// @param <J> the job context
public record Transition<J>(Job<J> job, List<Job<J>> kicked) {
  /// Copies the list.
  public Transition {
    kicked = List.copyOf(kicked);
  }

  /// How many jobs it writes.
  public int size() {
    return 1 + kicked.size();
  }
}
