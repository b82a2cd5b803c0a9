package dev.jorb.serial;

import static dev.jorb.serial.LineReader.expect;

import dev.jorb.run.HoldNotes;
import dev.jorb.run.Job;
import dev.jorb.run.LimitNote;
import dev.jorb.serial.Line.Seal;
import dev.jorb.serial.LineReader.BadLineException;
import dev.jorb.serial.Opening.Edit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a run file holds: the newest version of each job, with its context as bytes. Not
/// thread-safe.
final class RunImage {
  Header header;

  /// The jobs in the order in which they came into the file.
  final Map<String, Winner> jobs = new ById<>();

  /// The number of the last whole commit.
  long commit;

  /// How many lines the whole batches have.
  long lines = 1;

  /// Lines of these that carry no checksum.
  long typedLines;

  /// How far the whole batches reach, in bytes.
  long size;

  /// Where the last line of these begins.
  long lastLineOffset;

  /// Bytes behind them that belong to a batch that was never finished.
  long tornBytes;

  /// Whether the file ends with the line that a close in order writes.
  boolean closed;

  /// What the winning lines, and the past of their jobs, take in bytes.
  long liveBytes;

  /// The steps that have started since the file was last closed in order and of which no outcome is
  /// known: the versions of their jobs, by the jobs' ids.
  final Map<String, Integer> running = new HashMap<>();

  /// What is remembered of limits, the newest of each.
  final Map<LimitNote.Id, LimitNote> limits = new LinkedHashMap<>();

  /// By what states were held.
  final HoldNotes holds = new HoldNotes();

  /// The steps that were running when a process died, and what is known of them.
  private final Map<String, Doubt> doubts = new HashMap<>();

  /// @param version the version of the job that the step was given
  /// @param crashes how many processes died since in a row while it was running
  private record Doubt(int version, int crashes) {}

  RunImage(Header header) {
    this.header = header;
  }

  /// The newest version of a job and the line that says it.
  ///
  /// @param job the job, without context; at version 0 while only its past is known
  /// @param context its context as JSON
  /// @param offset where its line begins
  /// @param length how long it is, without the line break; 0 if there is none that says it
  /// @param line its number, from 1
  /// @param seal what its checksums say
  /// @param stateBeforeEdit the state that was there before a person changed it, if that can be
  ///   told
  record Winner(
      Job<byte[]> job,
      byte[] context,
      long offset,
      int length,
      long line,
      Seal seal,
      @Nullable String stateBeforeEdit) {
    /// The job as it goes on. A person's edit is a version of its own: it starts afresh in the
    /// state that it names, as after a redrive.
    <J> Job.Builder<J> toJob() {
      Job.Builder<J> builder = Job.copyOf(job);
      return seal == Seal.WHOLE
          ? builder
          : builder
              .version(job.version() + 1)
              .attempt(0)
              .dueNow()
              .awaitsKicks(false)
              .released()
              .laps(0)
              .deadline(seal == Seal.TYPED ? job.deadline().orElse(null) : null)
              .crashes(0);
    }

    boolean isPastOnly() {
      return job.version() == 0;
    }

    /// The same with so many kicks. No line says so, until it is written anew.
    Winner withKicks(int kicks) {
      Job<byte[]> other = Job.<byte[]>copyOf(job).kicks(kicks).build();
      return new Winner(other, context, offset, 0, line, seal, stateBeforeEdit);
    }

    /// Whether there is a line that says all of it.
    boolean isAsWritten() {
      return seal == Seal.WHOLE && length > 0;
    }
  }

  /// A line and where it stands.
  record Place(long offset, int length, long line) {}

  /// Jobs whose winning line a person changed or typed.
  List<Winner> edited() {
    return jobs.values().stream().filter(winner -> winner.seal() != Seal.WHOLE).toList();
  }

  /// The same in words.
  List<Edit> edits() {
    List<Edit> edits = new ArrayList<>();
    for (Winner winner : edited()) {
      String from = winner.stateBeforeEdit() == null ? "?" : winner.stateBeforeEdit();
      edits.add(new Edit(winner.job().id(), from, winner.job().state()));
    }
    return edits;
  }

  /// Takes in a version of a job; the highest wins, and of equal ones that which a person typed.
  void take(Line.JobLine line, Place place, @Nullable String stateBeforeEdit)
      throws BadLineException {
    Winner before = jobs.get(line.id());
    int known = before == null ? 0 : before.job().version();
    int version = line.version() == 0 ? known + 1 : line.version();
    if (version < known) {
      return; // A newer one stands before it already.
    }
    Job<byte[]> job =
        line.<byte[]>toJob(before == null ? null : before.job(), stateBeforeEdit)
            .version(version)
            .build();
    if (before != null && version == known && line.seal() != Seal.TYPED) {
      requireEqual(before, job, line, place);
      return;
    }
    forgetStarts(line.id(), version);
    liveBytes += place.length() - (before == null ? 0 : before.length());
    jobs.put(
        line.id(),
        new Winner(
            job,
            line.context(),
            place.offset(),
            place.length(),
            place.line(),
            line.seal(),
            stateBeforeEdit));
  }

  private static void requireEqual(Winner before, Job<byte[]> job, Line.JobLine line, Place place)
      throws BadLineException {
    Job<byte[]> known = before.job();
    boolean same =
        known.state().equals(job.state())
            && known.parent().equals(job.parent())
            && known.kicks() == job.kicks()
            && known.attempt() == job.attempt()
            && known.updated().equals(job.updated())
            && known.due().equals(job.due())
            && known.parked().equals(job.parked())
            && known.crashes() == job.crashes()
            && known.isHeld() == job.isHeld()
            && known.priority() == job.priority()
            && known.laps() == job.laps()
            && known.deadline().equals(job.deadline())
            && known.transitionCount() == job.transitionCount()
            && known.errorCount() == job.errorCount()
            && Arrays.equals(before.context(), line.context());
    expect(
        same,
        "job "
            + line.id()
            + " has version "
            + line.version()
            + " twice with different content, in lines "
            + before.line()
            + " and "
            + place.line());
  }

  /// An outcome is known: the job has got beyond the version that its step was given.
  private void forgetStarts(String id, int version) {
    if (!running.isEmpty()) {
      running.computeIfPresent(id, (job, started) -> version > started ? null : started);
    }
    if (!doubts.isEmpty()) {
      doubts.computeIfPresent(id, (job, doubt) -> version > doubt.version() ? null : doubt);
    }
  }

  /// Takes in that steps have started.
  void take(Line.Started line) {
    if (line.crashes() == 0) {
      running.putAll(line.versions());
    } else {
      line.versions().forEach((id, version) -> doubts.put(id, new Doubt(version, line.crashes())));
    }
  }

  /// The jobs whose steps are running, if a process has the file; else they were when it died.
  Set<String> runningJobs() {
    return running.keySet().stream()
        .filter(id -> jobs.containsKey(id) && isRunning(winner(id)))
        .collect(Collectors.toUnmodifiableSet());
  }

  private boolean isRunning(Winner winner) {
    return Objects.equals(running.get(winner.job().id()), winner.job().version());
  }

  /// How many processes died in a row while the job's step was running, the outcome of which is
  /// unknown; 0 if it is not in doubt.
  int crashes(Winner winner) {
    if (!hasDoubts()) {
      return 0; // The usual case, and this is asked for every job.
    }
    Doubt doubt = doubts.get(winner.job().id());
    int known = doubt == null || doubt.version() != winner.job().version() ? 0 : doubt.crashes();
    return known + (!closed && isRunning(winner) ? 1 : 0);
  }

  /// Whether any job is in doubt.
  boolean hasDoubts() {
    return !doubts.isEmpty() || (!closed && !running.isEmpty());
  }

  /// Takes in what a job did before. What is known of it already must go on from there.
  void take(Line.Past past, Place place) {
    Winner before = jobs.get(past.id());
    Job.Builder<byte[]> history = Job.<byte[]>builder(past.id(), "").version(0);
    if (before != null) {
      history = Job.<byte[]>copyOf(before.job());
    }
    for (Line.PastTransition each : past.transitions()) {
      history.transition(each.from(), each.to(), each.at(), each.took(), each.ordinal());
    }
    for (Line.PastError each : past.errors()) {
      history.error(each.state(), each.at(), each.message(), each.ordinal());
    }
    liveBytes += place.length();
    jobs.put(
        past.id(),
        before == null
            ? new Winner(
                history.build(), new byte[0], place.offset(), 0, place.line(), Seal.WHOLE, null)
            : new Winner(
                history.build(),
                before.context(),
                before.offset(),
                before.length(),
                before.line(),
                before.seal(),
                before.stateBeforeEdit()));
  }

  /// A job of which the file says what it did but not what it is; null if there is none.
  @Nullable Winner pastOnly() {
    return jobs.values().stream().filter(Winner::isPastOnly).findFirst().orElse(null);
  }

  /// The line of a job, or fails: for jobs that are known to be there.
  Winner winner(String id) {
    return Objects.requireNonNull(jobs.get(id), id);
  }
}
