package dev.jorb.serial;

import dev.jorb.run.HoldNote;
import dev.jorb.run.Job;
import dev.jorb.run.JobError;
import dev.jorb.run.JobTransition;
import dev.jorb.run.LimitNote;
import dev.jorb.serial.Disk.DiskFile;
import dev.jorb.serial.Line.Seal;
import dev.jorb.serial.RunImage.Winner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A run file in the making, under a temporary name: it gets its own, and replaces what is there,
/// only when it is complete and on the disk.
///
/// Anything that fails before that leaves what is there as it is. Touched by one thread at a time.
final class NewJournal {
  private final Disk disk;
  private final Path path;
  private final Path temporary;
  private final DiskFile file;
  private final Header header;
  private final Batch batch = new Batch();
  private final LiveLines live = new LiveLines();
  private long size;
  private long lines;
  private long batches;
  private long commit;
  private @Nullable Object key;

  private NewJournal(Disk disk, Path path, Path temporary, DiskFile file, Header header) {
    this.disk = disk;
    this.path = path;
    this.temporary = temporary;
    this.file = file;
    this.header = header;
    this.commit = header.commit();
  }

  /// Looks once more whether the file may take its name.
  interface Check {
    /// Passes, or throws.
    ///
    /// @throws RunFileException if it may not
    void run() throws IOException;
  }

  /// Fills a new file.
  interface Filling {
    void fill(NewJournal file) throws IOException;
  }

  /// Makes a whole file in one go.
  static JournalFile create(Disk disk, Path path, Header header, Filling filling, Check check)
      throws IOException {
    NewJournal file = start(disk, path, header);
    try {
      filling.fill(file);
      return file.publish(check);
    } catch (Throwable failed) {
      file.abandon(failed);
      throw failed;
    }
  }

  /// Starts a file that is to replace what is at `path`.
  static NewJournal start(Disk disk, Path path, Header header) throws IOException {
    Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
    disk.delete(temporary);
    NewJournal file = new NewJournal(disk, path, temporary, disk.create(temporary), header);
    try {
      file.size = file.writeHeader(0);
      file.lines = 1;
      return file;
    } catch (Throwable failed) {
      file.abandon(failed);
      throw failed;
    }
  }

  /// The first line stands alone: it belongs to no batch.
  private int writeHeader(long batches) throws IOException {
    LineWriter line = new LineWriter(1_024);
    line.header(header.withBatches(batches));
    file.write(0, line.buffer(), 0, line.size());
    return line.size();
  }

  /// How many bytes it has so far.
  long size() {
    return size + batch.size();
  }

  /// Notes which steps have started; before anything else is added.
  ///
  /// @param crashes how many processes have died since
  void note(Iterable<? extends Job<?>> started, int crashes) throws IOException {
    if (batches > 0 || !batch.isEmpty()) {
      throw new IllegalStateException("a note among jobs");
    }
    LineWriter line = new LineWriter(1_024);
    line.started(started, crashes);
    file.write(size, line.buffer(), 0, line.size());
    size += line.size();
  }

  /// Notes what is remembered of limits and by what states were held; before anything else is
  /// added.
  void note(List<LimitNote> limits, List<HoldNote> holds) throws IOException {
    LineWriter line = new LineWriter(1_024);
    limits.forEach(line::limit);
    holds.forEach(line::hold);
    file.write(size, line.buffer(), 0, line.size());
    size += line.size();
  }

  /// Adds a job as it is, with all that it did.
  void addNew(Job<?> job, byte[] context) throws IOException {
    if (job.transitionCount() > 0 || job.errorCount() > 0) {
      addPast(job, job.transitions(), job.errors());
    }
    batch.add(job, context);
    writeIfLarge();
  }

  /// Adds the jobs of a whole file as they stand in it, byte for byte, and what is in doubt; what a
  /// person edited is written anew.
  void addAll(RunImage image, DiskFile old) throws IOException {
    SortedMap<Integer, List<Job<?>>> doubts = new TreeMap<>();
    for (Winner winner : image.jobs.values()) {
      int crashes = winner.seal() == Seal.WHOLE ? image.crashes(winner) : 0;
      if (crashes > 0) {
        doubts.computeIfAbsent(crashes, count -> new ArrayList<>()).add(winner.job());
      }
    }
    for (var each : doubts.entrySet()) {
      note(each.getValue(), each.getKey());
    }
    note(List.copyOf(image.limits.values()), image.holds.all());
    for (Winner winner : image.jobs.values()) {
      if (winner.isAsWritten()) {
        addWhole(winner.job(), old, winner.offset(), winner.length());
      } else {
        addNew(winner.toJob().build(), winner.context());
      }
    }
  }

  /// Adds a job's line as it stands in another file, once it is seen to be what it was, and what
  /// the job did before it.
  void addWhole(Job<?> job, DiskFile old, long offset, int length) throws IOException {
    byte[] line = new byte[length];
    if (old.read(offset, line, 0, length) != length || !LineReader.isWhole(line)) {
      throw new IOException("the line at byte " + offset + " cannot be read again");
    }
    List<JobTransition> transitions = new ArrayList<>(job.transitions());
    List<JobError> errors = new ArrayList<>(job.errors());
    transitions.removeIf( // Its line says it, unless somebody gave it another state since.
        each ->
            each.ordinal() == job.transitionCount()
                && each.at().equals(job.updated())
                && each.to().equals(job.state()));
    errors.removeIf(each -> each.ordinal() == job.errorCount() && each.at().equals(job.updated()));
    addPast(job, transitions, errors);
    batch.addLine(job, line);
    writeIfLarge();
  }

  private void addPast(Job<?> job, List<JobTransition> transitions, List<JobError> errors) {
    if (!transitions.isEmpty() || !errors.isEmpty()) {
      batch.addPast(job.id(), transitions, errors);
    }
  }

  private void writeIfLarge() throws IOException {
    if (batch.isLarge()) {
      writeBatch();
    }
  }

  /// Writes what was added as one batch.
  private void writeBatch() throws IOException {
    if (!batch.isEmpty()) {
      batch.end(batches + 1, batches, true);
      batch.writeTo(file, size);
      batch.tell(live, size);
      size += batch.size();
      lines += batch.lines() + 1;
      batches++;
      batch.clear();
    }
  }

  /// Writes what was added; says how many bytes the file has.
  long endBatches() throws IOException {
    writeBatch();
    return size;
  }

  /// Adds whole batches as they stand in another file.
  void addTail(DiskFile old, long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    if (old.read(offset, bytes, 0, length) != length) {
      throw new IOException("what was appended at byte " + offset + " cannot be read again");
    }
    file.write(size, bytes, 0, length);
    size += length;
  }

  void sync() throws IOException {
    file.sync();
  }

  /// Ends the file: it is whole and on the disk, under its temporary name.
  void complete() throws IOException {
    writeBatch();
    writeHeader(batches);
    file.sync();
    key = disk.stat(temporary).orElseThrow(() -> new IOException(temporary + " is gone")).key();
  }

  /// Gives the file its name, and returns its end, to go on there.
  ///
  /// @param check runs right before it gets its name
  JournalFile publish(Check check) throws IOException {
    complete();
    check.run();
    rename();
    disk.syncDirectoryOf(path);
    JournalFile.End end = new JournalFile.End(size, commit, lines);
    return new JournalFile(disk, path, file, key(), header, end, live);
  }

  void rename() throws IOException {
    disk.rename(temporary, path);
  }

  DiskFile file() {
    return file;
  }

  /// Which file it is, once it is complete.
  Object key() {
    return Objects.requireNonNull(key);
  }

  /// How many lines it has, without those of a tail.
  long lines() {
    return lines;
  }

  /// Where its jobs' lines are, without those of a tail.
  LiveLines live() {
    return live;
  }

  /// Gives up, because of `failed`.
  void abandon(Throwable failed) {
    try (file) {
      disk.delete(temporary);
    } catch (IOException | RuntimeException alsoFailed) {
      failed.addSuppressed(alsoFailed);
    }
  }
}
