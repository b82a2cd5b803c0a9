package dev.jorb.serial;

import dev.jorb.run.HoldNote;
import dev.jorb.run.Job;
import dev.jorb.run.LimitNote;
import dev.jorb.serial.Disk.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Writes a run file anew while the run goes on in it.
///
/// ```
///            own thread                                          journal thread, at a batch border
///   begun ──► copies the newest lines ──► copies what was ──► ready ──► copies the rest, flushes,
///     │       as of the beginning         appended since        │       gives it the file's name
///     │                │                        │               │
///     └────────────────┴──── failed, cancelled ─┴───────────────┘──► the old file stays
/// ```
///
/// The batches that were appended since are copied as they are, with their commit lines, so that
/// their numbers go on. It reads the old file through a descriptor of its own and runs no user
/// code.
final class LiveCompaction implements Runnable {
  private static final int LINES_AT_ONCE = 1_000;
  private static final int CHUNK = 1 << 20;

  /// A file that grows faster than it is copied is not followed for ever.
  private static final int MAX_CHUNKS_BEHIND = 10_000;

  private final Disk disk;
  private final Path path;
  private final Header header;
  private final LiveLines newest;
  private final SortedMap<Integer, List<Job<?>>> notes;
  private final List<LimitNote> limits;
  private final List<HoldNote> holds;
  private final JournalFile.End begun;
  private final int restBytes;

  /// How far the old file has grown; written by the journal thread.
  private volatile long grown;

  private volatile boolean cancelled;
  private volatile boolean ready;
  private volatile @Nullable Throwable failure;
  private @Nullable Thread thread;

  // Touched by its own thread, and by the journal thread once that has ended.
  private @Nullable DiskFile old;
  private @Nullable NewJournal target;
  private int position;
  private int chunks;
  private long copied;
  private long tailStart;

  /// When it is worth it, and on which thread.
  ///
  /// @param minBytes shorter files are left alone
  /// @param factor how many times as long as its live lines a file must be
  /// @param restBytes how much may be left to the journal thread
  /// @param starter gets it to run
  record Policy(long minBytes, int factor, int restBytes, Consumer<LiveCompaction> starter) {
    static final Policy DEFAULT = new Policy(4L << 20, 4, 256 << 10, LiveCompaction::startThread);
  }

  /// @param newest where the newest lines are; not changed any more
  /// @param notes the jobs whose steps have started, by how many processes died since
  /// @param limits what is remembered of limits
  /// @param holds by what states were held
  /// @param begun how far the file reaches
  /// @param restBytes how much may be left to the journal thread
  LiveCompaction(
      Disk disk,
      Path path,
      Header header,
      LiveLines newest,
      SortedMap<Integer, List<Job<?>>> notes,
      List<LimitNote> limits,
      List<HoldNote> holds,
      JournalFile.End begun,
      int restBytes) {
    this.disk = disk;
    this.path = path;
    this.header = header;
    this.newest = newest;
    this.notes = notes;
    this.limits = limits;
    this.holds = holds;
    this.begun = begun;
    this.restBytes = restBytes;
    this.grown = begun.size();
    this.copied = begun.size();
  }

  private void startThread() {
    thread = Thread.ofPlatform().daemon().name("jorb-compaction " + path.getFileName()).start(this);
  }

  @Override
  public void run() {
    boolean more = true;
    while (more && !cancelled) {
      more = advance();
    }
  }

  /// Does a piece of the work; says whether there is more for this thread to do.
  boolean advance() {
    try {
      if (target == null) {
        begin();
        return true;
      }
      return position < newest.size() ? copyLines(target) : catchUp(target);
    } catch (IOException | RuntimeException | OutOfMemoryError failed) {
      failure = failed;
      return false;
    }
  }

  private void begin() throws IOException {
    old = disk.openReadOnly(path);
    NewJournal started = NewJournal.start(disk, path, header);
    target = started;
    for (Map.Entry<Integer, List<Job<?>>> each : notes.entrySet()) {
      started.note(each.getValue(), each.getKey());
    }
    started.note(limits, holds);
  }

  private boolean copyLines(NewJournal target) throws IOException {
    int end = Math.min(newest.size(), position + LINES_AT_ONCE);
    for (; position < end; position++) {
      target.addWhole(
          newest.job(position), source(), newest.offset(position), newest.length(position));
    }
    if (position == newest.size()) {
      tailStart = target.endBatches();
    }
    return true;
  }

  private boolean catchUp(NewJournal target) throws IOException {
    if (grown - copied > restBytes && chunks++ < MAX_CHUNKS_BEHIND) {
      copyUpTo(target, Math.min(grown, copied + CHUNK));
      return true;
    }
    target.sync();
    ready = true;
    return false;
  }

  private void copyUpTo(NewJournal target, long end) throws IOException {
    target.addTail(source(), copied, (int) (end - copied));
    copied = end;
  }

  private DiskFile source() throws IOException {
    if (old == null) {
      throw new IOException("the file is not open");
    }
    return old;
  }

  /// The file has grown, in whole batches.
  void grownTo(long size) {
    grown = size;
  }

  boolean isReady() {
    return ready;
  }

  /// What kept it from going on; null if nothing did.
  @Nullable Throwable failure() {
    return failure;
  }

  /// Copies the rest and flushes: then the new file, under its temporary name, holds what the old
  /// one does.
  NewJournal complete() throws IOException {
    NewJournal complete = target;
    if (complete == null) {
      throw new IOException("it has not begun");
    }
    while (copied < grown) {
      copyUpTo(complete, Math.min(grown, copied + CHUNK));
    }
    complete.complete();
    source().close();
    return complete;
  }

  /// How long the new file was before what had been appended since the beginning.
  long compactedBytes() {
    return tailStart;
  }

  /// Where the newest lines are now that the new file is complete.
  void move(LiveLines live, NewJournal complete) {
    live.move(complete.live(), begun.size(), tailStart - begun.size());
  }

  /// The end of the new file, if the old one ends at `end`.
  JournalFile.End end(NewJournal complete, JournalFile.End end) {
    return new JournalFile.End(
        complete.size(), end.commit(), complete.lines() + end.lines() - begun.lines());
  }

  /// Gives up; blocks until its thread has ended. What is at the path stays.
  void cancel() {
    cancelled = true;
    awaitThread();
    IOException reason = new IOException("cancelled");
    if (target != null) {
      target.abandon(reason);
    }
    try (DiskFile closed = old) {
      old = null;
    } catch (IOException unimportant) {
      reason.addSuppressed(unimportant);
    }
  }

  private void awaitThread() {
    boolean interrupted = false;
    while (thread != null && thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // It ends soon, and must not touch the disk after that.
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
