package dev.jorb.serial;

import static dev.jorb.serial.LineReader.expect;

import dev.jorb.serial.Disk.DiskFile;
import dev.jorb.serial.Line.Seal;
import dev.jorb.serial.LineReader.BadLineException;
import dev.jorb.serial.RunImage.Place;
import dev.jorb.serial.RunImage.Winner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
/// What is torn and what is damaged is told apart by [TornTail]. The batches that the file had when
/// it got its name, which its first line counts, cannot be torn: they were on the disk by then.
final class JournalScan {
  private final Path path;
  private final DiskFile file;
  private final JournalLines lines;
  private final List<Pending> pending = new ArrayList<>();
  private final BatchSum sum = new BatchSum();
  private final Edits edits;
  private int typedInBatch;

  /// How many of the file's first batches are still to come.
  private long firstBatchesLeft;

  /// A line of the batch that is being read.
  private record Pending(Line line, Place place, @Nullable String stateBeforeEdit) {}

  private JournalScan(Path path, DiskFile file, JournalLines lines) {
    this.path = path;
    this.file = file;
    this.lines = lines;
    this.edits = new Edits(lines.reader());
  }

  /// Reads the whole file, which must not be empty.
  ///
  /// @throws RunFileException.Damaged if anything is not as it was written
  static RunImage read(Path path, DiskFile file) throws IOException {
    return read(path, file, new JournalLines(file));
  }

  /// The same with `lines`, which are the file's.
  static RunImage read(Path path, DiskFile file, JournalLines lines) throws IOException {
    return new JournalScan(path, file, lines).read();
  }

  private RunImage read() throws IOException {
    RunImage image = firstLine();
    while (lines.next()) {
      try {
        take(image, lines.source(), lines.line());
      } catch (BadLineException e) {
        cutOrRefuse(image, lines.source(), e.problem());
        return image;
      }
    }
    atEnd(image, lines.source());
    return image;
  }

  private RunImage firstLine() throws IOException {
    if (!lines.next()) {
      throw new RunFileException.Damaged(path, 1, "the file is empty; it is not a run file");
    }
    LineSource source = lines.source();
    try {
      if (lines.line() instanceof Line.Head head) {
        return begin(head.header(), source);
      }
      throw new BadLineException("it does not say {\"jorb\":1,…");
    } catch (BadLineException e) {
      throw new RunFileException.Damaged(
          path,
          1,
          (startsLikeOne(source)
                  ? "its first line is damaged: " + e.problem()
                  : "it is not a Jorb run file, or the beginning of its first line is damaged")
              + ". Nothing was changed");
    }
  }

  private static boolean startsLikeOne(LineSource source) {
    byte[] start = "{\"jorb\":".getBytes(StandardCharsets.UTF_8);
    int end = source.start() + start.length;
    return end <= source.end()
        && Arrays.equals(source.bytes(), source.start(), end, start, 0, start.length);
  }

  private RunImage begin(Header header, LineSource source) {
    RunImage image = new RunImage(header);
    firstBatchesLeft = header.batches();
    image.commit = firstBatchesLeft > 0 ? 0 : header.commit();
    image.size = source.nextOffset();
    edits.learn(header);
    return image;
  }

  /// Lines behind the last commit are a torn batch, or what a person typed at the end of the file.
  private void atEnd(RunImage image, LineSource source) throws IOException {
    try {
      requireFirstBatches();
      if (!pending.isEmpty() && typedInBatch == pending.size()) {
        applyPending(image);
        advance(image, source);
      }
    } catch (BadLineException e) {
      throw damaged(source, e.problem());
    }
    requireNoPastOnly(image);
    image.tornBytes = file.size() - image.size;
  }

  private void requireFirstBatches() throws BadLineException {
    expect(
        firstBatchesLeft == 0,
        "the file ends here, but its first line counts "
            + firstBatchesLeft
            + " more batches that were on the disk when the file was made");
  }

  private void requireNoPastOnly(RunImage image) {
    Winner lost = image.pastOnly();
    if (lost != null) {
      throw new RunFileException.Damaged(
          path, lost.line(), "job " + lost.job().id() + " has a past but no line of its own");
    }
  }

  private void take(RunImage image, LineSource source, Line line) throws BadLineException {
    switch (line) {
      case Line.Commit commit -> commit(image, source, commit);
      case Line.Closed closed -> closed(image, source, closed);
      case Line.JobLine job -> pend(source, job, edits.stateBefore(source, job));
      case Line.Past past -> pend(source, past, null);
      case Line.Head head -> pend(source, head, null);
      case Line.Started started -> {
        note(image, source);
        image.take(started);
      }
      case Line.Limit limit -> {
        note(image, source);
        image.limits.put(limit.note().id(), limit.note());
      }
      case Line.Hold hold -> {
        note(image, source);
        image.holds.add(hold.note());
      }
    }
  }

  private void note(RunImage image, LineSource source) throws BadLineException {
    expect(pending.isEmpty(), "it is a note between batches, but stands inside one");
    image.closed = false;
    image.size = source.nextOffset();
    image.lastLineOffset = source.offset();
  }

  private void pend(LineSource source, Line line, @Nullable String stateBeforeEdit) {
    Place place = new Place(source.offset(), source.length(), source.number());
    pending.add(new Pending(line, place, stateBeforeEdit));
    if (line instanceof Line.JobLine job && job.seal() == Seal.TYPED) {
      typedInBatch++;
    } else {
      sum.add(source.bytes(), source.end());
    }
  }

  private void commit(RunImage image, LineSource source, Line.Commit commit)
      throws BadLineException {
    expect(
        commit.number() == image.commit + 1,
        "commit "
            + commit.number()
            + " follows commit "
            + image.commit
            + ": a batch is missing or doubled");
    requireAllLines(commit);
    applyPending(image);
    image.commit = commit.number();
    image.closed = false;
    advance(image, source);
    image.lines++;
    if (firstBatchesLeft > 0 && --firstBatchesLeft == 0) {
      image.commit = image.header.commit();
    }
  }

  /// Every line that is not typed has to be one of the batch, in its place. Typed ones may stand
  /// for others, whose checksums are not known any more; then only their number can be told.
  private void requireAllLines(Line.Commit commit) throws BadLineException {
    int sealed = pending.size() - typedInBatch;
    expect(
        commit.lines() >= sealed && commit.lines() <= pending.size(),
        "commit "
            + commit.number()
            + " counts "
            + commit.lines()
            + " lines but there are "
            + pending.size());
    expect(
        commit.lines() > sealed || commit.sum() == sum.value(),
        "commit "
            + commit.number()
            + " is not about the lines before it: one was moved, or is from elsewhere");
  }

  private void closed(RunImage image, LineSource source, Line.Closed closed)
      throws BadLineException {
    long sealed = image.lines - image.typedLines;
    expect(
        closed.commit() == image.commit
            && closed.lines() >= sealed
            && closed.lines() <= image.lines,
        "the file was closed after commit "
            + closed.commit()
            + " and "
            + closed.lines()
            + " lines, but here are commit "
            + image.commit
            + " and "
            + image.lines
            + " lines");
    expect(
        pending.size() == typedInBatch,
        "the file was closed, but the batch before has no commit line");
    requireFirstBatches();
    applyPending(image);
    // Without its line break, whoever goes on behind it would write on its line.
    image.closed = source.isTerminated();
    if (image.closed) {
      image.running.clear();
    }
    advance(image, source);
    image.lines++;
  }

  private void applyPending(RunImage image) throws BadLineException {
    for (Pending each : pending) {
      switch (each.line()) {
        case Line.JobLine job -> image.take(job, each.place(), each.stateBeforeEdit());
        case Line.Past past -> image.take(past, each.place());
        case Line.Head head -> {
          image.header = head.header();
          edits.learn(head.header());
        }
        case Line.Commit commit -> throw new IllegalStateException("not pending: " + commit);
        case Line.Closed closed -> throw new IllegalStateException("not pending: " + closed);
        case Line.Started started -> throw new IllegalStateException("not pending: " + started);
        case Line.Limit limit -> throw new IllegalStateException("not pending: " + limit);
        case Line.Hold hold -> throw new IllegalStateException("not pending: " + hold);
      }
    }
  }

  private void advance(RunImage image, LineSource source) {
    image.lines += pending.size();
    image.typedLines += typedInBatch;
    image.size = source.nextOffset();
    image.lastLineOffset = source.offset();
    pending.clear();
    sum.clear();
    typedInBatch = 0;
  }

  /// Decides what a line means that cannot be read.
  private void cutOrRefuse(RunImage image, LineSource bad, String problem) throws IOException {
    if (firstBatchesLeft > 0 || !new TornTail(file, image, lines.reader()).beginsAt(bad)) {
      throw damaged(bad, problem);
    }
    requireNoPastOnly(image);
    image.tornBytes = file.size() - image.size;
  }

  private RunFileException.Damaged damaged(LineSource bad, String problem) {
    String job = bad.job();
    return new RunFileException.Damaged(
        path,
        bad.number(),
        (job.isEmpty() ? "" : "job " + job + ": ")
            + problem
            + ". Nothing was changed. Restore the file from a copy, undo the edit that was made to"
            + " it, or let jorb repair write a new file from what is intact");
  }
}
