package dev.jorb.serial;

import static dev.jorb.serial.LineReader.expect;

import dev.jorb.run.Job;
import dev.jorb.serial.Line.Seal;
import dev.jorb.serial.LineReader.BadLineException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a run file holds: the newest version of each job, with its context as bytes. Not
/// thread-safe.
final class RunImage {
  Header header;

  /// The jobs in the order in which they came into the file.
  final Map<String, Winner> jobs = new LinkedHashMap<>();

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

  RunImage(Header header) {
    this.header = header;
  }

  /// The newest version of a job and the line that says it.
  ///
  /// @param job the job, without context; at version 0 while only its past is known
  /// @param context its context as JSON
  /// @param offset where its line begins
  /// @param length how long it is, without the line break
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
    boolean isPastOnly() {
      return job.version() == 0;
    }
  }

  /// A line and where it stands.
  record Place(long offset, int length, long line) {}

  /// Jobs whose winning line a person changed or typed.
  List<Winner> edited() {
    return jobs.values().stream().filter(winner -> winner.seal() != Seal.WHOLE).toList();
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
