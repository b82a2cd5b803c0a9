package dev.jorb.serial;

import dev.jorb.serial.Disk.DiskFile;
import dev.jorb.serial.LineReader.BadLineException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Tells a batch that was being written when the machine stopped from damage.
///
/// Such a batch may end anywhere, and sectors of it may be missing; nothing of a later batch can
/// exist, because a batch is written after the one before it is on the disk. So what cannot be read
/// is torn only if it looks like that: the file ends in the middle of it, or whole sectors of it
/// are zeros, and no later commit is to be seen. All else is damage. With [Durability#RELAXED]
/// several batches may be missing: a commit line says how far it was safe when it was written, and
/// only what lies behind that can be torn.
final class TornTail {
  private static final int SECTOR = 512;

  private final DiskFile file;
  private final RunImage image;
  private final LineReader reader;

  /// @param image all up to the batch in question
  TornTail(DiskFile file, RunImage image, LineReader reader) {
    this.file = file;
    this.image = image;
    this.reader = reader;
  }

  /// Whether the line, which cannot be read, is part of a batch that was never acknowledged.
  boolean beginsAt(LineSource bad) throws IOException {
    return looksTorn(bad) && !isFollowedByProof(bad.nextOffset());
  }

  private boolean looksTorn(LineSource bad) throws IOException {
    if (!bad.isTerminated() && bad.nextOffset() == file.size()) {
      return !isWholeButForItsEnd(bad) || hasZeroSector(bad);
    }
    return hasZeroSector(bad);
  }

  /// Whether the last line of the file is a whole line with one wrong byte in place of its line
  /// break.
  private boolean isWholeButForItsEnd(LineSource bad) {
    return bad.length() > 1 && readOrNull(bad, bad.end() - 1) != null;
  }

  /// Whether the line has zeros as lost sectors leave them: from a sector's beginning, or the
  /// batch's, to a sector's end, or the file's; or from anywhere to the end of the file.
  private boolean hasZeroSector(LineSource bad) throws IOException {
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
      boolean startsLikeLoss = from % SECTOR == 0 || from == image.size;
      if (to == fileSize || (startsLikeLoss && to % SECTOR == 0)) {
        return true;
      }
    }
    return false;
  }

  /// Whether something stands behind `offset` that was written after the batch was on the disk.
  private boolean isFollowedByProof(long offset) throws IOException {
    LineSource rest = new LineSource(file, offset, 1);
    boolean batchEnded = false;
    while (rest.next()) {
      if (batchEnded && hasContent(rest)) {
        return true;
      }
      switch (readOrNull(rest, rest.end())) {
        case Line.Closed closed -> {
          return true;
        }
        case Line.Commit commit when commit.safe() > image.commit -> {
          return true;
        }
        case Line.Commit commit -> batchEnded |= commit.isFlushed();
        case null, default -> {}
      }
    }
    return false;
  }

  private @Nullable Line readOrNull(LineSource source, int end) {
    try {
      return reader.read(source.bytes(), source.start(), end);
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
