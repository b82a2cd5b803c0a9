package dev.jorb.serial;

import dev.jorb.run.HoldNote;
import dev.jorb.run.Job;
import dev.jorb.run.JobError;
import dev.jorb.run.JobTransition;
import dev.jorb.run.LimitNote;
import dev.jorb.serial.Disk.DiskFile;
import dev.jorb.serial.Serializer.Encoded;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The lines between one commit line and the next while they are gathered, and the note before
/// them.
///
/// A large one is written in parts; it counts only once its commit line is written, so that parts
/// without it are as good as nothing. Not thread-safe.
final class Batch {
  private static final int PART = 1 << 20;

  private final LineWriter buffer = new LineWriter(64 << 10);
  private final BatchSum sum = new BatchSum();

  /// The job that each line says; null for a line that says none.
  private final List<@Nullable Job<?>> jobs = new ArrayList<>();

  /// How long each line is, with its line break.
  private int[] lengths = new int[64];

  private long written;

  /// How many bytes stand before its first line: a note of what has started, which belongs to no
  /// batch.
  private int noteLength;

  boolean isEmpty() {
    return jobs.isEmpty();
  }

  /// How many lines it has.
  int lines() {
    return jobs.size();
  }

  /// How many bytes it has, those that are written already included.
  long size() {
    return written + buffer.size();
  }

  /// Whether it is time to write a part of it, or to end it.
  boolean isLarge() {
    return buffer.size() >= PART;
  }

  /// Puts a note before the batch, which must be empty: which steps have started.
  ///
  /// @param crashes how many processes have died since
  void note(Iterable<? extends Job<?>> started, int crashes) {
    buffer.started(started, crashes);
    noteLength = buffer.size();
  }

  /// Puts notes before the batch, which must be empty: what is remembered of limits.
  void note(Iterable<LimitNote> limits) {
    limits.forEach(buffer::limit);
    noteLength = buffer.size();
  }

  /// Puts notes before the batch, which must be empty: by what states were held.
  void noteHolds(Iterable<HoldNote> holds) {
    holds.forEach(buffer::hold);
    noteLength = buffer.size();
  }

  void add(Header header) {
    int start = buffer.size();
    buffer.header(header);
    added(null, start, buffer.size());
  }

  void add(Job<?> job, byte[] context) {
    int start = buffer.size();
    buffer.job(job, context);
    added(job, start, buffer.size());
  }

  /// Adds what a job did before the line that says its newest version.
  void addPast(String id, List<JobTransition> transitions, List<JobError> errors) {
    int start = buffer.size();
    buffer.past(id, transitions, errors);
    added(null, start, buffer.size());
  }

  /// Adds a job's line as it stands, without its line break.
  void addLine(Job<?> job, byte[] line) {
    int start = buffer.size();
    buffer.raw(line, 0, line.length);
    buffer.raw(new byte[] {'\n'}, 0, 1);
    added(job, start, buffer.size());
  }

  /// Adds a transition: the line of its job, and those of the jobs that it kicked.
  void add(Encoded<?> encoded) {
    byte[] bytes = encoded.bytes();
    int start = buffer.size();
    buffer.raw(bytes, 0, bytes.length);
    start = added(encoded.transition().job(), start, lineEnd(start, encoded));
    for (Job<?> kicked : encoded.transition().kicked()) {
      start = added(kicked, start, lineEnd(start, encoded));
    }
    if (start != buffer.size()) {
      throw new IllegalArgumentException(
          "a transition of job " + encoded.transition().job().id() + " has lines of its own");
    }
  }

  private int lineEnd(int start, Encoded<?> encoded) {
    if (encoded.transition().kicked().isEmpty()) {
      return buffer.size();
    }
    byte[] bytes = buffer.buffer();
    int end = start;
    while (end < buffer.size() && bytes[end] != '\n') {
      end++;
    }
    return end + 1;
  }

  private int added(@Nullable Job<?> job, int start, int end) {
    if (jobs.size() == lengths.length) {
      lengths = Arrays.copyOf(lengths, lengths.length * 2);
    }
    lengths[jobs.size()] = end - start;
    jobs.add(job);
    sum.add(buffer.buffer(), end - 1);
    return end;
  }

  /// Adds the line that makes it count.
  ///
  /// @param safe the last commit that is on the disk
  /// @param flush whether the batch will be before anything is written behind it
  void end(long number, long safe, boolean flush) {
    boolean isFlushed = flush && safe == number - 1;
    buffer.commit(new Line.Commit(number, jobs.size(), sum.value(), safe, isFlushed));
  }

  /// Writes what is not written yet, where the batch begins at `start` in the file.
  void writeTo(DiskFile file, long start) throws IOException {
    file.write(start + written, buffer.buffer(), 0, buffer.size());
    written += buffer.size();
    buffer.clear();
  }

  /// Tells where its jobs' lines are, where the batch begins at `start` in the file.
  void tell(LiveLines live, long start) {
    long at = start + noteLength;
    for (int i = 0; i < jobs.size(); i++) {
      Job<?> job = jobs.get(i);
      if (job != null) {
        live.put(job, at, lengths[i] - 1);
      }
      at += lengths[i];
    }
  }

  /// Forgets all lines.
  void clear() {
    buffer.clear();
    sum.clear();
    jobs.clear();
    written = 0;
    noteLength = 0;
    if (lengths.length > 1 << 16) {
      lengths = new int[64];
    }
  }
}
