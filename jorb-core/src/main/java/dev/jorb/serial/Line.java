package dev.jorb.serial;

import dev.jorb.run.HoldNote;
import dev.jorb.run.Job;
import dev.jorb.run.LimitNote;
import dev.jorb.run.Redriven;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A line of a run file, understood.
sealed interface Line {
  /// What the run is, at a start.
  record Head(Header header) implements Line {}

  /// What few jobs have.
  record Rare(boolean held, int priority, int laps, @Nullable Instant deadline) {
    static final Rare NOTHING = new Rare(false, 0, 0, null);
  }

  /// A version of a job.
  ///
  /// @param version 0 if the line does not say
  /// @param errorState where the error happened, if that is not where the transition came from
  /// @param context its context as JSON
  /// @param seal what the checksums say of the line
  record JobLine(
      String id,
      String state,
      int version,
      @Nullable String from,
      @Nullable Duration took,
      int transitions,
      Instant at,
      @Nullable String parent,
      int kicks,
      int attempt,
      boolean awaitsKicks,
      @Nullable Instant due,
      @Nullable String parked,
      int crashes,
      Rare rare,
      @Nullable String error,
      @Nullable String errorState,
      int errors,
      @Nullable Redriven redriven,
      byte[] context,
      Seal seal)
      implements Line {
    /// The job that it says, on top of the history so far.
    ///
    /// @param wentTo the state that it had when it was written, if a person changed it since
    <J> Job.Builder<J> toJob(@Nullable Job<?> before, @Nullable String wentTo) {
      // One string for all versions; a number needs none.
      String sameId = before == null || before.number().isPresent() ? id : before.id();
      Job.Builder<J> job = Job.<J>builder(sameId, state).version(Math.max(1, version)).updated(at);
      if (before != null) {
        job.historyOf(before);
      }
      String written = wentTo == null ? state : wentTo;
      if (from != null) {
        job.transition(from, written, at, took == null ? Duration.ZERO : took, transitions);
      }
      if (error != null) {
        String usual = from == null ? written : from;
        job.error(errorState == null ? usual : errorState, at, error, Math.max(1, errors));
      }
      if (parent != null) {
        job.parent(parent);
      }
      job.held(rare.held).priority(rare.priority).laps(rare.laps).deadline(rare.deadline);
      if (due != null) {
        job.due(due);
      }
      if (parked != null) {
        job.parked(parked);
      }
      if (redriven != null) {
        job.redriven(redriven);
      }
      return job.kicks(kicks).attempt(attempt).awaitsKicks(awaitsKicks).crashes(crashes);
    }
  }

  /// What a job did before its line in a compacted file.
  record Past(String id, List<PastTransition> transitions, List<PastError> errors)
      implements Line {}

  /// A transition of a job's past; see [JobTransition].
  record PastTransition(String from, String to, Instant at, Duration took, int ordinal) {}

  /// An error of a job's past; see [JobError].
  record PastError(String state, Instant at, String message, int ordinal) {}

  /// Steps that have started: a note without which nothing is wrong, so that nobody waits until it
  /// is on the disk. It stands between batches.
  ///
  /// @param versions the versions of the jobs that the steps were given, by the jobs' ids
  /// @param crashes how many processes have died since, with the outcome unknown; 0 if that is not
  ///   known yet
  record Started(Map<String, Integer> versions, int crashes) implements Line {}

  /// What is remembered of a limit. It stands between batches, and the newest counts.
  record Limit(LimitNote note) implements Line {}

  /// By what a state was held. It stands between batches; of those with the same state, reason and
  /// beginning the newest counts.
  record Hold(HoldNote note) implements Line {}

  /// The end of a batch.
  ///
  /// @param sum over the checksums of its lines; see [BatchSum]
  /// @param safe the last commit that was on the disk before this batch was written
  /// @param isFlushed whether nothing was written behind the batch before it was on the disk
  record Commit(long number, int lines, int sum, long safe, boolean isFlushed) implements Line {
    /// One that was flushed, as was the one before it.
    static Commit flushed(long number, int lines, int sum) {
      return new Commit(number, lines, sum, number - 1, true);
    }
  }

  /// The end of a file closed in order.
  record Closed(long commit, long lines) implements Line {}

  /// What the checksums of a job's line say.
  enum Seal {
    /// It is as it was written.
    WHOLE,
    /// Only the state's value was changed.
    STATE_EDITED,
    /// It has no checksum: a person typed it.
    TYPED
  }
}
