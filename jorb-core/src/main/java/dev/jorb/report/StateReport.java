package dev.jorb.report;

import dev.jorb.measure.Spread;
import dev.jorb.run.StateShape;
import java.util.List;

/// What a state did in the life of a run.
///
/// @param shape what the workflow declares of it
/// @param jobs the jobs that are in it now
/// @param executions its recorded executions, failed ones included
/// @param failures how many of them failed
/// @param retries how many of them failed and left the job where it was, to be tried again
/// @param executing how long its steps took
/// @param waiting how long jobs waited before its step started
/// @param executingNow how many of its steps ran at a time, in each part of the run
/// @param waitingNow how many jobs waited for a start, in each part of the run
/// @param endedPerSecond its executions per second, in each part of the run
/// @param limits what limited it, in each part of the run
/// @param use how much of what limits it most was used, from 0 to 1, while it was needed; 0 if
///   nothing limits it
public record StateReport(
    StateShape shape,
    long jobs,
    long executions,
    long failures,
    long retries,
    Spread executing,
    Spread waiting,
    double[] executingNow,
    double[] waitingNow,
    double[] endedPerSecond,
    List<Limit> limits,
    double use) {
  /// Copies the list.
  public StateReport {
    limits = List.copyOf(limits);
  }

  /// Whether there is anything to tell of it: its step was executed, or was kept from it.
  public boolean isOfNote() {
    return executions > 0 || limits.stream().anyMatch(limit -> limit != Limit.IDLE);
  }
}
