package dev.jorb.test;

import dev.jorb.run.Job;
import dev.jorb.run.JobError;
import dev.jorb.run.JobTransition;
import dev.jorb.run.Run;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// Everything that a run says, as a value that can be compared. Durations count to the microsecond.
record Snapshot(String name, String id, Batch overall, List<JobSnapshot> jobs) {
  static Snapshot of(Run<Batch, Item> run) {
    return new Snapshot(
        run.name(), run.id(), run.overall(), run.jobs().stream().map(JobSnapshot::of).toList());
  }

  /// Everything that a job says.
  record JobSnapshot(
      String id,
      Optional<String> parent,
      String state,
      Optional<Item> context,
      int version,
      int kicks,
      int attempt,
      Instant updated,
      Optional<Instant> due,
      Optional<String> parked,
      List<Move> transitions,
      int transitionCount,
      List<Trouble> errors,
      int errorCount) {
    static JobSnapshot of(Job<Item> job) {
      return new JobSnapshot(
          job.id(),
          job.parent(),
          job.state(),
          job.isReadable() ? Optional.of(job.context()) : Optional.empty(),
          job.version(),
          job.kicks(),
          job.attempt(),
          job.updated(),
          job.due(),
          job.parked(),
          job.transitions().stream().map(Move::of).toList(),
          job.transitionCount(),
          job.errors().stream().map(Trouble::of).toList(),
          job.errorCount());
    }
  }

  /// A transition.
  record Move(String from, String to, Instant at, Duration took, int ordinal) {
    static Move of(JobTransition each) {
      return new Move(
          each.from(),
          each.to(),
          each.at(),
          each.took().truncatedTo(ChronoUnit.MICROS),
          each.ordinal());
    }
  }

  /// An error.
  record Trouble(String state, Instant at, String message, int ordinal) {
    static Trouble of(JobError each) {
      return new Trouble(each.state(), each.at(), each.message(), each.ordinal());
    }
  }
}
