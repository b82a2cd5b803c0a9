package dev.jorb.serial;

import dev.jorb.run.Job;
import dev.jorb.run.JobError;
import dev.jorb.run.JobTransition;
import dev.jorb.serial.Disk.DiskFile;
import dev.jorb.serial.Disk.Stat;
import dev.jorb.serial.Serializer.Encoded;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The end of a run file that grows: batches go in whole and durable, or not at all.
///
/// After a failed flush nobody knows what is on the disk, and the next flush may well report
/// success without having written anything (Rebello et al., "Can Applications Recover from fsync
/// Failures?", USENIX ATC 2020). So the first failure that leaves doubt is the end of this file for
/// this process.
///
/// Touched by one thread at a time.
final class JournalFile implements AutoCloseable {
  private static final int CHUNK = 1 << 20;

  private final Disk disk;
  private final Path path;
  private final DiskFile file;
  private final Object key;
  private final LineWriter buffer = new LineWriter(64 << 10);

  /// What is whole in the file. All three change together, after a batch is written.
  private long size;

  private long commit;
  private long lines;

  private int linesInBuffer;
  private @Nullable String dead;

  private JournalFile(
      Disk disk, Path path, DiskFile file, Object key, long size, long commit, long lines) {
    this.disk = disk;
    this.path = path;
    this.file = file;
    this.key = key;
    this.size = size;
    this.commit = commit;
    this.lines = lines;
  }

  /// Fills a new file.
  interface Filling {
    void fill(JournalFile file) throws IOException;
  }

  /// Makes a new file, which appears at `path` only when it is complete and durable, and replaces
  /// what is there.
  static JournalFile create(Disk disk, Path path, Header header, Filling filling)
      throws IOException {
    Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
    disk.delete(temporary);
    DiskFile file = disk.create(temporary);
    try {
      Stat stat = disk.stat(temporary).orElseThrow(() -> new IOException(temporary + " is gone"));
      JournalFile journal = new JournalFile(disk, path, file, stat.key(), 0, header.commit(), 0);
      journal.writeHeader(header);
      filling.fill(journal);
      journal.writeBatch();
      file.sync();
      disk.rename(temporary, path);
      disk.syncDirectoryOf(path);
      return journal;
    } catch (Throwable failed) {
      file.close();
      disk.delete(temporary);
      throw failed;
    }
  }

  /// Goes on at the end of a file that was closed in order.
  static JournalFile append(Disk disk, Path path, RunImage image) throws IOException {
    DiskFile file = disk.open(path);
    try {
      Stat stat = disk.stat(path).orElseThrow(() -> new IOException(path + " is gone"));
      return new JournalFile(disk, path, file, stat.key(), image.size, image.commit, image.lines);
    } catch (Throwable failed) {
      file.close();
      throw failed;
    }
  }

  /// The first line of a new file stands alone: it belongs to no batch.
  private void writeHeader(Header header) throws IOException {
    buffer.header(header);
    file.write(0, buffer.buffer(), 0, buffer.size());
    size = buffer.size();
    lines = 1;
    buffer.clear();
  }

  /// Adds a header for a new start to the batch.
  void add(Header header) throws IOException {
    buffer.header(header);
    added(1);
  }

  /// Adds a job to the batch that is being filled.
  void add(Job<?> job, byte[] context) throws IOException {
    buffer.job(job, context);
    added(1);
  }

  /// Adds what a job did before the line that says its newest version.
  void addPast(String id, List<JobTransition> transitions, List<JobError> errors)
      throws IOException {
    buffer.past(id, transitions, errors);
    linesInBuffer++; // Never the last line of a batch: the job's own line has to follow.
  }

  /// Adds a line as it stands, without its line break.
  void addLine(byte[] line) throws IOException {
    buffer.raw(line, 0, line.length);
    buffer.raw(new byte[] {'\n'}, 0, 1);
    added(1);
  }

  private void added(int more) throws IOException {
    linesInBuffer += more;
    if (buffer.size() >= CHUNK) {
      writeBatch();
    }
  }

  /// Writes what was added as one batch, without flushing it.
  private void writeBatch() throws IOException {
    if (linesInBuffer > 0) {
      buffer.commit(commit + 1, linesInBuffer);
      file.write(size, buffer.buffer(), 0, buffer.size());
      written(linesInBuffer);
    }
  }

  private void written(int batchLines) {
    size += buffer.size();
    commit++;
    lines += batchLines + 1;
    linesInBuffer = 0;
    buffer.clear();
  }

  /// Appends what was added as one batch and flushes it.
  void commitAdded() {
    commitBuffer(true);
  }

  /// Appends a batch; durable when this returns, if `flush` says so.
  ///
  /// @throws DiskFullException if there is no room; nothing of it is written
  /// @throws RunFileException if it may not be on the disk; nothing can be appended any more
  void commit(List<? extends Encoded<?>> batch, boolean flush) {
    for (Encoded<?> each : batch) {
      buffer.raw(each.bytes(), 0, each.bytes().length);
      linesInBuffer += each.transition().size();
    }
    commitBuffer(flush);
  }

  private void commitBuffer(boolean flush) {
    try {
      requireAlive();
      buffer.commit(commit + 1, linesInBuffer);
      requireUntouched();
      write();
      if (flush) {
        flush();
      }
      written(linesInBuffer);
    } finally {
      linesInBuffer = 0;
      buffer.clear();
    }
  }

  private void requireAlive() {
    if (dead != null) {
      throw new RunFileException(path, dead);
    }
  }

  private void write() {
    try {
      file.write(size, buffer.buffer(), 0, buffer.size());
    } catch (Throwable failed) {
      cutBack(failed);
    }
  }

  /// Takes back what a failed write may have left, so that the file ends with its last whole batch.
  private void cutBack(Throwable failed) {
    try {
      file.truncate(size);
    } catch (Throwable alsoFailed) {
      failed.addSuppressed(alsoFailed);
      throw die("cannot append, and cannot take back what was half written", failed);
    }
    if (isDiskFull(failed)) {
      throw new DiskFullException(path, "no space left on the device; " + whatIsSafe(), failed);
    }
    throw die("cannot append", failed);
  }

  static boolean isDiskFull(Throwable failed) {
    String message = failed instanceof IOException ? failed.getMessage() : null;
    return message != null
        && (message.contains("No space left")
            || message.toLowerCase(Locale.ROOT).contains("quota exceeded"));
  }

  /// Blocks until all that was written is on the disk.
  void flush() {
    try {
      requireAlive();
      file.sync();
    } catch (IOException | Error failed) {
      throw die("cannot flush to the disk", failed);
    }
  }

  private RunFileException die(String what, Throwable failed) {
    dead =
        what
            + " ("
            + failed.getMessage()
            + "); "
            + whatIsSafe()
            + "; free the disk of its trouble and start again";
    return new RunFileException(path, dead, failed);
  }

  private String whatIsSafe() {
    return "all up to commit " + commit + " is safe";
  }

  /// Notices that somebody replaced, removed or changed the file, before more is written to where
  /// nobody will look for it.
  private void requireUntouched() {
    Optional<Stat> now;
    try {
      now = disk.stat(path);
    } catch (IOException e) {
      throw die("cannot look at the file", e);
    }
    if (now.isPresent() && now.get().key().equals(key) && now.get().size() == size) {
      return;
    }
    String what =
        now.isEmpty()
            ? "the file was removed or renamed while the run was going"
            : now.get().key().equals(key)
                ? "something else wrote to the file: it has "
                    + now.get().size()
                    + " bytes, not "
                    + size
                : "the file was replaced by another one while the run was going";
    dead =
        what
            + "; all that was acknowledged is in "
            + rescue()
            + "; look at both, keep one under the file's name, and start again";
    throw new RunFileException(path, dead);
  }

  /// Copies what this process wrote, and the batch that it was about to write, to a file of its
  /// own.
  private String rescue() {
    Path target = path.resolveSibling(path.getFileName() + ".rescue-" + commit);
    try {
      disk.delete(target);
      try (DiskFile copy = disk.create(target)) {
        byte[] chunk = new byte[CHUNK];
        for (long at = 0; at < size; ) {
          int count = file.read(at, chunk, 0, (int) Math.min(chunk.length, size - at));
          if (count <= 0) {
            throw new IOException("only " + at + " of " + size + " bytes could be read");
          }
          copy.write(at, chunk, 0, count);
          at += count;
        }
        copy.write(size, buffer.buffer(), 0, buffer.size());
        copy.sync();
      }
      disk.syncDirectoryOf(target);
      return target.toString();
    } catch (IOException e) {
      return "no file (the rescue to " + target + " failed: " + e.getMessage() + ")";
    }
  }

  /// Writes the line that says that the file was closed in order, and closes it.
  @Override
  public void close() {
    try (file) {
      if (dead == null) {
        requireUntouched();
        buffer.closed(commit, lines);
        write();
        flush();
      }
    } catch (IOException e) {
      throw new RunFileException(path, "cannot close (" + e.getMessage() + "); " + whatIsSafe(), e);
    } finally {
      buffer.clear();
    }
  }
}
