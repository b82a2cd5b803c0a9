package dev.jorb.serial;

import dev.jorb.run.HoldNote;
import dev.jorb.run.HoldNotes;
import dev.jorb.run.Job;
import dev.jorb.run.LimitNote;
import dev.jorb.serial.Disk.DiskFile;
import dev.jorb.serial.Disk.Stat;
import dev.jorb.serial.Serializer.Encoded;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The end of a run file that grows: batches go in whole and durable, or not at all.
///
/// After a failed flush nobody knows what is on the disk, and the next flush may well report
/// success without having written anything (Rebello et al., "Can Applications Recover from fsync
/// Failures?", USENIX ATC 2020). So the first failure that leaves doubt is the end of this file for
/// this process.
///
/// Touched by one thread at a time.
final class JournalFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JournalFile.class);
  private static final int PRUNE_STARTED = 1_024;

  private final Disk disk;
  private final Path path;
  private final LiveLines live;
  private final Batch batch = new Batch();

  private DiskFile file;
  private Object key;
  private Header header;
  private End end;

  /// The last commit that is on the disk.
  private long safe;

  /// Whether a note was written since the last flush.
  private boolean hasLooseNote;

  private @Nullable String dead;

  /// The steps that have started; those that have an outcome by now are taken out now and then.
  private List<Job<?>> started = new ArrayList<>();

  private int pruneStartedAt = PRUNE_STARTED;

  /// The jobs that were in doubt at the start, by how many processes died since.
  private Map<Integer, ? extends List<? extends Job<?>>> doubts = Map.of();

  /// What is remembered of limits, the newest of each.
  private final Map<LimitNote.Id, LimitNote> limits = new LinkedHashMap<>();

  /// By what states were held.
  private final HoldNotes holds = new HoldNotes();

  private LiveCompaction.@Nullable Policy policy;
  private @Nullable LiveCompaction compaction;

  /// No compaction before the file has so many bytes.
  private long compactFromBytes;

  /// How long the file was after the last compaction.
  private long compactedBytes;

  /// How far the whole batches of a file reach.
  ///
  /// @param size in bytes
  /// @param commit the number of the last one
  /// @param lines how many lines there are up to there
  record End(long size, long commit, long lines) {
    End after(Batch batch) {
      return batch.isEmpty() ? new End(size + batch.size(), commit, lines) : afterCommit(batch);
    }

    private End afterCommit(Batch batch) {
      return new End(size + batch.size(), commit + 1, lines + batch.lines() + 1);
    }
  }

  /// @param end where all is on the disk
  JournalFile(
      Disk disk, Path path, DiskFile file, Object key, Header header, End end, LiveLines live) {
    this.disk = disk;
    this.path = path;
    this.file = file;
    this.key = key;
    this.header = header;
    this.end = end;
    this.safe = end.commit();
    this.live = live;
  }

  /// Goes on at the end of a file that was closed in order.
  ///
  /// @param live where its lines are
  static JournalFile append(Disk disk, Path path, RunImage image, LiveLines live)
      throws IOException {
    DiskFile file = disk.open(path);
    try {
      Stat stat = disk.stat(path).orElseThrow(() -> new IOException(path + " is gone"));
      writeSealAgain(file, image);
      End end = new End(image.size, image.commit, image.lines);
      return new JournalFile(disk, path, file, stat.key(), image.header, end, live);
    } catch (Throwable failed) {
      file.close();
      throw failed;
    }
  }

  /// The line that closed the file may be in the page cache only, if its flush failed; written
  /// again, it goes to the disk with what follows.
  private static void writeSealAgain(DiskFile file, RunImage image) throws IOException {
    byte[] seal = new byte[(int) (image.size - image.lastLineOffset)];
    if (file.read(image.lastLineOffset, seal, 0, seal.length) != seal.length) {
      throw new IOException("its last line cannot be read again");
    }
    file.write(image.lastLineOffset, seal, 0, seal.length);
  }

  /// How many bytes the file has.
  long size() {
    return end.size();
  }

  /// Compacts the file from now on when it is worth it, without keeping the run waiting for longer
  /// than a batch does.
  ///
  /// @param doubts the jobs that are in doubt, by how many processes died since their steps started
  void compactWhenWorthIt(
      LiveCompaction.Policy policy, Map<Integer, ? extends List<? extends Job<?>>> doubts) {
    this.policy = policy;
    this.doubts = doubts;
    this.compactFromBytes = policy.minBytes();
  }

  /// Appends a header for a new start and jobs that changed, as one batch, and flushes it.
  void commitStart(Header header, List<? extends Job<?>> jobs, List<byte[]> contexts) {
    this.header = header;
    commit(
        true,
        () -> {
          batch.add(header);
          for (int i = 0; i < jobs.size(); i++) {
            Job<?> job = jobs.get(i);
            batch.addPast(job.id(), job.transitions(), job.errors());
            batch.add(job, contexts.get(i));
          }
        });
  }

  /// Appends a note of what has started, and a batch, which is durable when this returns, if
  /// `flush` says so.
  ///
  /// @throws DiskFullException if there is no room; nothing of it is written
  /// @throws RunFileException if it may not be on the disk; nothing can be appended any more
  void commit(
      List<? extends Encoded<?>> transitions, List<? extends Job<?>> started, boolean flush) {
    commit(
        flush,
        () -> {
          if (!started.isEmpty()) {
            batch.note(started, 0);
            hasLooseNote = true;
            remember(started);
          }
          for (Encoded<?> each : transitions) {
            batch.add(each);
            if (batch.isLarge()) {
              batch.writeTo(file, end.size());
            }
          }
        });
  }

  /// Appends what is to be remembered of limits. It is not flushed: the next batch takes it along.
  void note(List<LimitNote> notes) {
    commit(
        false,
        () -> {
          batch.note(notes);
          hasLooseNote = true;
        });
    know(notes);
  }

  /// What the file says of limits already.
  void know(List<LimitNote> notes) {
    notes.forEach(note -> limits.put(note.id(), note));
  }

  /// Appends by what states were held, as [#note].
  void noteHolds(List<HoldNote> notes) {
    commit(
        false,
        () -> {
          batch.noteHolds(notes);
          hasLooseNote = true;
        });
    knowHolds(notes);
  }

  /// What the file says of holds already.
  void knowHolds(List<HoldNote> notes) {
    notes.forEach(holds::add);
  }

  /// Fills the batch.
  private interface Filling {
    void fill() throws IOException;
  }

  private void commit(boolean flush, Filling filling) {
    try {
      requireAlive();
      requireUntouched();
      endCompaction();
      write(filling, flush);
      if (flush) {
        flush();
        safe = end.commit() + 1;
        hasLooseNote = false;
      }
      batch.tell(live, end.size());
      end = end.after(batch);
    } finally {
      batch.clear();
    }
    compactIfWorthIt();
  }

  private void remember(List<? extends Job<?>> more) {
    started.addAll(more);
    if (started.size() >= pruneStartedAt) {
      started.removeIf(this::hasOutcome);
      pruneStartedAt = Math.max(PRUNE_STARTED, 2 * started.size());
    }
  }

  private boolean hasOutcome(Job<?> started) {
    Job<?> newest = live.newest(started);
    return newest == null || newest.version() > started.version();
  }

  private void compactIfWorthIt() {
    if (compaction != null) {
      compaction.grownTo(end.size());
    } else if (policy != null
        && end.size() >= compactFromBytes
        && end.size() > policy.factor() * Math.max(live.bytes(), compactedBytes)) {
      compaction =
          new LiveCompaction(
              disk,
              path,
              header.behind(end.commit(), header.others()),
              live.frozen(),
              notes(),
              List.copyOf(limits.values()),
              holds.all(),
              end,
              policy.restBytes());
      policy.starter().accept(compaction);
    }
  }

  /// The steps of which no outcome is known, by how many processes died since they started.
  private SortedMap<Integer, List<Job<?>>> notes() {
    SortedMap<Integer, List<Job<?>>> notes = new TreeMap<>();
    started.removeIf(this::hasOutcome);
    if (!started.isEmpty()) {
      // A note that was tried again, because the disk was full, is here twice.
      notes.put(0, started.stream().distinct().toList());
    }
    doubts.forEach((crashes, jobs) -> {
      List<Job<?>> left = new ArrayList<>(jobs);
      left.removeIf(this::hasOutcome);
      if (!left.isEmpty()) {
        notes.put(crashes, left);
      }
    });
    return notes;
  }

  /// Goes on in the compacted file if it is ready. If anything fails before it has the name, the
  /// run goes on in the old one, and another try is made when that has grown.
  private void endCompaction() {
    LiveCompaction current = compaction;
    if (current == null || (current.failure() == null && !current.isReady())) {
      return;
    }
    compaction = null;
    NewJournal complete;
    try {
      complete = completed(current);
      requireUntouched();
      rename(complete);
    } catch (IOException failed) {
      current.cancel();
      compactFromBytes = end.size() + Math.max(compactFromBytes, end.size() / 4);
      LOG.warn("{}: cannot be compacted, and goes on as it is", path, failed);
      return;
    } catch (RunFileException taken) {
      current.cancel();
      throw taken;
    }
    moveTo(current, complete);
  }

  private static NewJournal completed(LiveCompaction current) throws IOException {
    if (current.failure() != null) {
      throw new IOException("the copy failed", current.failure());
    }
    return current.complete();
  }

  /// @throws IOException if the name still leads to the old file
  private void rename(NewJournal complete) throws IOException {
    try {
      complete.rename();
    } catch (IOException failed) {
      requireUntouched(); // Else nobody knows which file it is.
      throw failed;
    }
  }

  private void moveTo(LiveCompaction current, NewJournal complete) {
    try (DiskFile old = file) {
      file = complete.file();
      key = complete.key();
      current.move(live, complete);
      end = current.end(complete, end);
      safe = end.commit();
      hasLooseNote = false;
      compactedBytes = current.compactedBytes();
      compactFromBytes = policy == null ? 0 : policy.minBytes();
      disk.syncDirectoryOf(path);
    } catch (IOException failed) {
      throw die("cannot flush the name of the compacted file to the disk", failed);
    }
  }

  private void requireAlive() {
    if (dead != null) {
      throw new RunFileException(path, dead);
    }
  }

  private void write(Filling filling, boolean flush) {
    try {
      filling.fill();
      if (!batch.isEmpty()) {
        batch.end(end.commit() + 1, safe, flush);
      }
      batch.writeTo(file, end.size());
    } catch (Throwable failed) {
      throw cutBack(failed);
    }
  }

  /// Takes back what a failed write may have left, so that the file ends with its last whole batch.
  private RunFileException cutBack(Throwable failed) {
    try {
      file.truncate(end.size());
      // Else a power cut, or a flush that fails, could leave a part of this in the middle of what
      // is written next, here or by the next process.
      file.sync();
    } catch (Throwable alsoFailed) {
      failed.addSuppressed(alsoFailed);
      return die("cannot append, and cannot take back what was half written", failed);
    }
    if (isDiskFull(failed)) {
      return new DiskFullException(path, "no space left on the device; " + whatIsSafe(), failed);
    }
    return die("cannot append", failed);
  }

  static boolean isDiskFull(Throwable failed) {
    String message = failed instanceof IOException ? failed.getMessage() : null;
    return message != null
        && (message.contains("No space left")
            || message.toLowerCase(Locale.ROOT).contains("quota exceeded"));
  }

  /// Blocks until all that was written is on the disk.
  private void flush() {
    try {
      file.sync();
    } catch (Throwable failed) {
      throw die("cannot flush to the disk", failed);
    }
  }

  private RunFileException die(String what, Throwable failed) {
    dead =
        what
            + " ("
            + (failed.getMessage() == null ? failed : failed.getMessage())
            + "); "
            + whatIsSafe()
            + "; free the disk of its trouble and start again";
    return new RunFileException(path, dead, failed);
  }

  private String whatIsSafe() {
    return "all up to commit " + safe + " is safe";
  }

  /// Notices that somebody replaced, removed or changed the file, before more is written to where
  /// nobody will look for it.
  void requireUntouched() {
    Optional<Stat> now;
    try {
      now = disk.stat(path);
    } catch (IOException e) {
      throw die("cannot look at the file", e);
    }
    if (now.isPresent() && now.get().key().equals(key) && now.get().size() == end.size()) {
      return;
    }
    String what =
        now.isEmpty()
            ? "the file was removed or renamed while the run was going"
            : now.get().key().equals(key)
                ? "something else wrote to the file: it has "
                    + now.get().size()
                    + " bytes, not "
                    + end.size()
                : "the file was replaced by another one while the run was going";
    dead = what + "; nothing more is recorded"; // Should the rescue fail as well.
    dead =
        what
            + "; all that was acknowledged is in "
            + Rescue.copy(disk, file, end.size(), path)
            + "; look at both, keep one under the file's name, and start again";
    throw new RunFileException(path, dead);
  }

  /// Writes the line that says that the file was closed in order, and closes it.
  @Override
  public void close() {
    cancelCompaction();
    try (DiskFile closed = file) {
      if (dead == null) {
        requireUntouched();
        seal();
      }
    } catch (IOException e) {
      throw new RunFileException(path, "cannot close (" + e.getMessage() + "); " + whatIsSafe(), e);
    }
  }

  /// The seal says that all before it is on the disk, so it must not be there earlier.
  private void seal() {
    if (safe < end.commit() || hasLooseNote) {
      flush();
      safe = end.commit();
    }
    LineWriter line = new LineWriter(128);
    line.closed(end.commit(), end.lines());
    try {
      file.write(end.size(), line.buffer(), 0, line.size());
    } catch (Throwable failed) {
      throw cutBack(failed);
    }
    flush();
  }

  private void cancelCompaction() {
    if (compaction != null) {
      compaction.cancel();
      compaction = null;
    }
  }

  /// Closes the file as it is, because another one takes its place.
  void leave() throws IOException {
    file.close();
  }
}
