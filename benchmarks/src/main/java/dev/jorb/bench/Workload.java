package dev.jorb.bench;

/// The same work for everybody: jobs that pass empty steps one after the other.
///
/// @param jobs how many
/// @param steps how many steps each job passes; each makes a new context
/// @param concurrency how many jobs may be in one step at a time
record Workload(int jobs, int steps, int concurrency) {
  /// All steps of all jobs.
  long transitions() {
    return (long) jobs * steps;
  }

  /// Fails unless all jobs passed all steps: a contender that drops work must not win.
  void requireAllPassed(long jobsThatPassedAll) {
    if (jobsThatPassedAll != jobs) {
      throw new IllegalStateException(
          "only " + jobsThatPassedAll + " of " + jobs + " jobs passed all " + steps + " steps");
    }
  }
}
