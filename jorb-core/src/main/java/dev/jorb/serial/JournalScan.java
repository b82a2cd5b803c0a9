package dev.jorb.serial;

import dev.jorb.run.Job;
import dev.jorb.serial.Disk.DiskFile;
import dev.jorb.serial.Line.Seal;
import dev.jorb.serial.LineReader.BadLineException;
import dev.jorb.serial.RunImage.Winner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a run file from front to back and says what it holds, or refuses it.
///
/// ```
///            head              job, past, head          commit n+1, whole
///   start ─────────► between ─────────────────► batch ─────────────────────► between
///                       │ closed                  │
///                       ▼                         │ a line that cannot be read, or the end of the file
///                    between                      ▼
///                                    torn: cut here, or damaged: refuse
/// ```
///
/// A batch that was being written when the machine stopped may end anywhere, and sectors of it may
/// be missing; nothing of a later batch can exist, because a batch is written after the one before
/// it is on the disk. So what cannot be read is torn only if it looks like that: the file ends in
/// the middle of it, or whole sectors of it are zeros, and no later commit is to be seen. All else
/// is damage.
final class JournalScan {
  private static final int SECTOR = 512;

  private final Path path;
  private final DiskFile file;
  private final LineReader reader = new LineReader();
  private final List<Pending> pending = new ArrayList<>();
  private int typedInBatch;

  /// A line of the batch that is being read.
  private record Pending(
      Line line, long offset, int length, long number, @Nullable String stateBeforeEdit) {}

  private JournalScan(Path path, DiskFile file) {
    this.path = path;
    this.file = file;
  }

  /// Reads the whole file, which must not be empty.
  ///
  /// @throws RunFileException.Damaged if anything is not as it was written
  static RunImage read(Path path, DiskFile file) throws IOException {
    return new JournalScan(path, file).read();
  }

  private RunImage read() throws IOException {
    LineSource source = new LineSource(file, 0, 1);
    RunImage image = firstLine(source);
    while (source.next()) {
      try {
        take(image, source, reader.read(source.bytes(), source.start(), source.end()));
      } catch (BadLineException e) {
        cutOrRefuse(image, source, e.problem());
        return image;
      }
    }
    atEnd(image, source);
    return image;
  }

  /// Lines behind the last commit are a torn batch, or what a person typed at the end of the file.
  private void atEnd(RunImage image, LineSource source) throws IOException {
    if (!pending.isEmpty() && typedInBatch == pending.size()) {
      try {
        for (Pending each : pending) {
          apply(image, each);
        }
        advance(image, source);
      } catch (BadLineException e) {
        throw new RunFileException.Damaged(path, source.number(), describe(source, e.problem()));
      }
    }
    image.tornBytes = file.size() - image.size;
  }

  private RunImage firstLine(LineSource source) throws IOException {
    if (!source.next()) {
      throw new RunFileException.Damaged(path, 1, "the file is empty; it is not a run file");
    }
    try {
      Line line = reader.read(source.bytes(), source.start(), source.end());
      if (line instanceof Line.Head head) {
        RunImage image = new RunImage(head.header());
        image.lines = 1;
        image.size = source.nextOffset();
        return image;
      }
      throw new BadLineException("it does not say {\"jorb\":1,…");
    } catch (BadLineException e) {
      throw new RunFileException.Damaged(
          path,
          1,
          "this is not the first line of a run file: " + e.getMessage() + ". Nothing was changed");
    }
  }

  private void take(RunImage image, LineSource source, Line line) throws BadLineException {
    switch (line) {
      case Line.Commit commit -> commit(image, source, commit);
      case Line.Closed closed -> closed(image, source, closed);
      case Line.JobLine job -> pend(source, job, edited(image, source, job));
      case Line.Past past -> pend(source, past, null);
      case Line.Head head -> pend(source, head, null);
    }
  }

  private void pend(LineSource source, Line line, @Nullable String stateBeforeEdit) {
    pending.add(
        new Pending(line, source.offset(), source.length(), source.number(), stateBeforeEdit));
    if (line instanceof Line.JobLine job && job.seal() == Seal.TYPED) {
      typedInBatch++;
    }
  }

  private static @Nullable String edited(RunImage image, LineSource source, Line.JobLine job) {
    if (job.seal() != Seal.STATE_EDITED) {
      return null;
    }
    byte[] line = Arrays.copyOfRange(source.bytes(), source.start(), source.end());
    return LineReader.stateBeforeEdit(line, image.header.states());
  }

  private void commit(RunImage image, LineSource source, Line.Commit commit)
      throws BadLineException {
    if (commit.number() != image.commit + 1) {
      throw new BadLineException(
          "commit "
              + commit.number()
              + " follows commit "
              + image.commit
              + ": a batch is missing or doubled");
    }
    int sealed = pending.size() - typedInBatch;
    if (commit.lines() < sealed || commit.lines() > pending.size()) {
      throw new BadLineException(
          "commit "
              + commit.number()
              + " counts "
              + commit.lines()
              + " lines but there are "
              + pending.size());
    }
    for (Pending each : pending) {
      apply(image, each);
    }
    image.commit = commit.number();
    image.closed = false;
    advance(image, source);
  }

  private void closed(RunImage image, LineSource source, Line.Closed closed)
      throws BadLineException {
    long sealed = image.lines - image.typedLines;
    if (closed.commit() != image.commit
        || closed.lines() < sealed
        || closed.lines() > image.lines) {
      throw new BadLineException(
          "the file was closed after commit "
              + closed.commit()
              + " and "
              + closed.lines()
              + " lines, but here are commit "
              + image.commit
              + " and "
              + image.lines
              + " lines");
    }
    if (pending.size() > typedInBatch) {
      throw new BadLineException("the file was closed, but the batch before has no commit line");
    }
    for (Pending each : pending) {
      apply(image, each);
    }
    image.closed = true;
    advance(image, source);
  }

  private void advance(RunImage image, LineSource source) {
    image.lines += pending.size() + 1;
    image.typedLines += typedInBatch;
    image.size = source.nextOffset();
    pending.clear();
    typedInBatch = 0;
  }

  private void apply(RunImage image, Pending each) throws BadLineException {
    switch (each.line()) {
      case Line.JobLine job -> applyJob(image, each, job);
      case Line.Past past -> applyPast(image, each, past);
      case Line.Head head -> image.header = head.header();
      case Line.Commit commit ->
          throw new IllegalStateException("a commit is not pending: " + commit);
      case Line.Closed closed ->
          throw new IllegalStateException("a seal is not pending: " + closed);
    }
  }

  private void applyJob(RunImage image, Pending pended, Line.JobLine line) throws BadLineException {
    Winner before = image.jobs.get(line.id());
    boolean edited = line.seal() != Seal.WHOLE;
    int known = before == null ? 0 : before.job().version();
    int version = line.version() == 0 ? known + 1 : line.version();
    if (version == known && line.seal() != Seal.TYPED && before != null && before.length() > 0) {
      refuseDifferent(before, line, pended);
      return;
    }
    if (version < known) {
      return; // An older version: a newer one stands before it already.
    }
    Job<byte[]> job =
        line.<byte[]>toJob(before == null ? null : before.job(), pended.stateBeforeEdit())
            .version(version)
            .build();
    if (before != null) {
      image.liveBytes -= before.length();
    }
    image.liveBytes += pended.length();
    Winner winner =
        new Winner(
            job,
            line.context(),
            pended.offset(),
            pended.length(),
            pended.number(),
            line.seal(),
            pended.stateBeforeEdit());
    image.jobs.put(line.id(), winner);
    if (before != null && before.seal() != Seal.WHOLE) {
      image.edited.remove(before);
    }
    if (edited) {
      image.edited.add(winner);
    }
  }

  private static void refuseDifferent(Winner before, Line.JobLine line, Pending pended)
      throws BadLineException {
    boolean same =
        before.job().state().equals(line.state())
            && Arrays.equals(before.context(), line.context());
    if (!same) {
      throw new BadLineException(
          "job "
              + line.id()
              + " has version "
              + line.version()
              + " twice with different content, in lines "
              + before.line()
              + " and "
              + pended.number());
    }
  }

  private static void applyPast(RunImage image, Pending pended, Line.Past past) {
    Job.Builder<byte[]> job = Job.<byte[]>builder(past.id(), "").version(0);
    for (Line.PastTransition each : past.transitions()) {
      job.transition(each.from(), each.to(), each.at(), each.took(), each.ordinal());
    }
    for (Line.PastError each : past.errors()) {
      job.error(each.state(), each.at(), each.message(), each.ordinal());
    }
    image.jobs.put(
        past.id(),
        new Winner(
            job.build(), new byte[0], pended.offset(), 0, pended.number(), Seal.WHOLE, null));
  }

  /// Decides what a line means that cannot be read.
  private void cutOrRefuse(RunImage image, LineSource bad, String problem) throws IOException {
    long number = bad.number();
    if (!looksTorn(image, bad) || laterBatchExists(image, bad.nextOffset(), number + 1)) {
      throw new RunFileException.Damaged(path, number, describe(bad, problem));
    }
    image.tornBytes = file.size() - image.size;
  }

  private String describe(LineSource bad, String problem) {
    String job = jobOf(bad);
    return (job.isEmpty() ? "" : "job " + job + ": ")
        + problem
        + ". Nothing was changed. Restore the file from a copy, or undo the edit that was made to it";
  }

  /// The id of the job that the line seems to be about; empty if it cannot be told.
  private static String jobOf(LineSource bad) {
    String text =
        new String(
            bad.bytes(),
            bad.start(),
            Math.min(bad.length(), 200),
            java.nio.charset.StandardCharsets.UTF_8);
    int end = text.startsWith("{\"id\":\"") ? text.indexOf('"', 7) : -1;
    return end < 0 ? "" : text.substring(7, end);
  }

  private boolean looksTorn(RunImage image, LineSource bad) throws IOException {
    if (!bad.isTerminated() && bad.nextOffset() == file.size()) {
      return !isWholeButForItsEnd(bad) || hasZeroSector(image.size, bad);
    }
    return hasZeroSector(image.size, bad);
  }

  /// Whether the last line of the file is a whole line with one wrong byte in place of its line
  /// break.
  private boolean isWholeButForItsEnd(LineSource bad) {
    try {
      return bad.length() > 1 && reader.read(bad.bytes(), bad.start(), bad.end() - 1) != null;
    } catch (BadLineException notWhole) {
      return false;
    }
  }

  /// Whether the line has zeros as lost sectors leave them: from a sector's beginning, or the
  /// batch's, to a sector's end, or the file's; or from anywhere to the end of the file.
  private boolean hasZeroSector(long batchStart, LineSource bad) throws IOException {
    long fileSize = file.size();
    byte[] bytes = bad.bytes();
    for (int i = bad.start(); i < bad.end(); i++) {
      if (bytes[i] != 0) {
        continue;
      }
      int runStart = i;
      while (i < bad.end() && bytes[i] == 0) {
        i++;
      }
      long from = bad.offset() + runStart - bad.start();
      long to = bad.offset() + i - bad.start();
      boolean startsLikeLoss = from % SECTOR == 0 || from == batchStart;
      if (to == fileSize || (startsLikeLoss && to % SECTOR == 0)) {
        return true;
      }
    }
    return false;
  }

  /// Whether something of a later batch stands behind the line that cannot be read.
  private boolean laterBatchExists(RunImage image, long offset, long number) throws IOException {
    LineSource rest = new LineSource(file, offset, number);
    boolean batchEnded = false;
    while (rest.next()) {
      if (batchEnded && hasContent(rest)) {
        return true;
      }
      Line line = readOrNull(rest);
      if (line instanceof Line.Closed
          || (line instanceof Line.Commit commit && commit.number() > image.commit + 1)) {
        return true;
      }
      batchEnded |= line instanceof Line.Commit;
    }
    return false;
  }

  private @Nullable Line readOrNull(LineSource source) {
    try {
      return reader.read(source.bytes(), source.start(), source.end());
    } catch (BadLineException unreadable) {
      return null;
    }
  }

  private static boolean hasContent(LineSource line) {
    for (int i = line.start(); i < line.end(); i++) {
      if (line.bytes()[i] != 0) {
        return true;
      }
    }
    return false;
  }
}
