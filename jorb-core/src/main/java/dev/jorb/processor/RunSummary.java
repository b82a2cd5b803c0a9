package dev.jorb.processor;

import dev.jorb.event.InDoubt;
import dev.jorb.event.StatusCount;
import java.time.Duration;
import java.util.List;

/// How an execution of a run ended.
///
/// @param run the run's name
/// @param wasStopped whether it was stopped before it rested
/// @param counts the counts of all states, in the workflow's order
/// @param overdue the jobs whose steps ignored the interrupt, as `job in state`; what they return
///   is lost
/// @param inDoubt the jobs whose steps were running when an earlier process died, and what became
///   of them at this start
/// @param took how long this execution took
public record RunSummary(
    String run,
    boolean wasStopped,
    List<StatusCount> counts,
    List<String> overdue,
    List<InDoubt> inDoubt,
    Duration took) {
  /// Copies the lists.
  public RunSummary {
    counts = List.copyOf(counts);
    overdue = List.copyOf(overdue);
    inDoubt = List.copyOf(inDoubt);
  }

  /// Whether every job is in a terminal state.
  public boolean isComplete() {
    return jobs() == ended();
  }

  /// Jobs in the run.
  public long jobs() {
    return counts.stream().mapToLong(StatusCount::jobs).sum();
  }

  /// Jobs in terminal states.
  public long ended() {
    return counts.stream().filter(StatusCount::terminal).mapToLong(StatusCount::completed).sum();
  }

  /// Jobs that need a person.
  public long parked() {
    return counts.stream().mapToLong(StatusCount::parked).sum();
  }
}
