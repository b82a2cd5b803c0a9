package dev.jorb.serial;

import dev.jorb.serial.Disk.DiskFile;
import dev.jorb.serial.LineReader.BadLineException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// The lines of a run file, front to back, each with what it says. Not thread-safe.
///
/// Understanding a line takes twice as long as taking it in, and no line has to know of another for
/// it. So of a large file several pieces are read ahead, and all processors understand them:
///
/// ```
///               ┌─► piece n+2 ─┐  understood by a thread of the
///   file ──fill─┼─► piece n+1 ─┼─ common pool, or by the caller ──► piece n ──► line, line, line
///               └─► piece n   ─┘  when nobody has begun it
/// ```
///
/// Only the caller reads from the file. It waits for a piece that another thread has begun, after
/// it has done one of the later pieces itself; so it never waits for a thread that has not begun,
/// be the pool as busy as it may, and no code of a user's runs in those that have.
///
/// Reading ahead decides nothing. A piece is understood up to its first line that is not as it was
/// written; that line and the rest of the piece are read by the caller, one by one, as are a small
/// file, one for which there is but one processor, and all behind the place where reading ahead
/// came to an end: at what has no line break, is too long, or cannot be read from the disk.
final class JournalLines {
  /// Enough that handing a piece to a thread costs next to nothing; it fits into a cache.
  private static final int PIECE_BYTES = 256 << 10;

  /// Enough that nobody waits when one piece takes longer than others.
  private static final int PIECES = 8;

  private final DiskFile file;
  private final int pieceBytes;
  private final Map<String, String> names = new ConcurrentHashMap<>();
  private final LineReader reader = new LineReader(names);

  /// Pieces that follow the current one, in their order.
  private final Deque<Piece> ahead = new ArrayDeque<>();

  /// Buffers to be used again.
  private final Deque<byte[]> spare = new ArrayDeque<>();

  /// Where the next piece to read ahead begins; -1 if none is to be.
  private long aheadOffset;

  /// Where the current line stands: in the current piece, or in the file if there is none.
  private LineSource source;

  private @Nullable Piece piece;

  /// How many lines of the current piece have been passed, the current one included.
  private int passed;

  JournalLines(DiskFile file) throws IOException {
    this(
        file,
        PIECE_BYTES,
        file.size() > PIECES * PIECE_BYTES && Runtime.getRuntime().availableProcessors() > 1);
  }

  JournalLines(DiskFile file, int pieceBytes, boolean isReadAhead) {
    this.file = file;
    this.pieceBytes = pieceBytes;
    this.aheadOffset = isReadAhead ? 0 : -1;
    this.source = firstPiece();
  }

  private LineSource firstPiece() {
    return isReadAhead() ? turnTo(0, 1) : new LineSource(file, 0, 1);
  }

  /// Moves to the next line; false at the end of the file.
  boolean next() throws IOException {
    while (!source.next()) {
      if (piece == null) {
        return false;
      }
      source = turnTo(source.nextOffset(), source.number() + 1);
    }
    passed++;
    return true;
  }

  /// What the line says.
  Line line() throws BadLineException {
    return piece != null && passed <= piece.lines.size()
        ? piece.lines.get(passed - 1)
        : reader.read(source.bytes(), source.start(), source.end());
  }

  /// Where the line stands.
  LineSource source() {
    return source;
  }

  /// Reads single lines, and knows the names in all lines so far.
  LineReader reader() {
    return reader;
  }

  /// The lines from here on: those of the next piece, or of the rest of the file.
  private LineSource turnTo(long offset, long number) {
    if (piece != null && piece.bytes.length == pieceBytes) {
      spare.add(piece.bytes);
    }
    piece = null;
    passed = 0;
    readAhead();
    piece = ahead.poll();
    if (piece == null) {
      return new LineSource(file, offset, number);
    }
    finish(piece);
    reader.learn(piece.names);
    return piece.source(number);
  }

  private boolean isReadAhead() {
    return aheadOffset >= 0;
  }

  /// Reads pieces as long as there is room for them. An error of the disk is met again when it is
  /// the turn of the lines behind it.
  private void readAhead() {
    long room = (long) PIECES * pieceBytes;
    for (Piece each : ahead) {
      room -= each.bytes.length;
    }
    for (; isReadAhead() && room >= pieceBytes; room -= ahead.getLast().bytes.length) {
      byte[] buffer = spare.isEmpty() ? new byte[pieceBytes] : spare.remove();
      Piece next = new Piece(new LineReader(names), buffer, aheadOffset);
      if (!next.tryFill(file)) {
        aheadOffset = -1;
        return;
      }
      aheadOffset += next.length;
      ahead.add(next);
      ForkJoinPool.commonPool().execute(next);
    }
  }

  private void finish(Piece needed) {
    needed.run();
    for (Piece later : ahead) {
      if (needed.done.isDone()) {
        return;
      }
      later.run();
    }
    needed.done.join();
  }

  /// Some whole lines of the file. It is filled by one thread, understood by one, and then read by
  /// the first.
  private static final class Piece implements Runnable {
    private final LineReader reader;
    private final long offset;
    private final AtomicBoolean begun = new AtomicBoolean();
    final CompletableFuture<Void> done = new CompletableFuture<>();

    byte[] bytes;

    /// Up to behind its last line break.
    int length;

    /// What its first lines say, up to one that is not as it was written.
    final List<Line> lines = new ArrayList<>();

    /// All names in these lines.
    final Set<String> names;

    Piece(LineReader reader, byte[] buffer, long offset) {
      this.reader = reader;
      this.bytes = buffer;
      this.offset = offset;
      this.names = reader.names();
    }

    /// Whether there is a line that is whole and not too long.
    boolean tryFill(DiskFile file) {
      try {
        int filled = 0;
        while (length == 0 && filled <= Codec.MAX_BYTES) {
          if (filled == bytes.length) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
          }
          int count = file.read(offset + filled, bytes, filled, bytes.length - filled);
          if (count <= 0) {
            return false;
          }
          length = behindLastLine(filled, filled + count);
          filled += count;
        }
        return length > 0;
      } catch (IOException metAgain) {
        return false;
      }
    }

    private int behindLastLine(int from, int to) {
      for (int i = to; i > from; i--) {
        if (bytes[i - 1] == '\n') {
          return i;
        }
      }
      return 0;
    }

    LineSource source(long firstNumber) {
      return new LineSource(bytes, length, offset, firstNumber);
    }

    /// Understands the lines, unless somebody has begun to.
    @Override
    public void run() {
      if (!begun.compareAndSet(false, true)) {
        return;
      }
      try {
        understand();
      } finally {
        done.complete(null);
      }
    }

    private void understand() {
      LineSource source = source(1);
      try {
        while (source.next()) {
          Line line = reader.read(source.bytes(), source.start(), source.end());
          if (line instanceof Line.JobLine job && job.seal() != Line.Seal.WHOLE) {
            return;
          }
          lines.add(line);
        }
      } catch (BadLineException | IOException | RuntimeException metAgain) {
        return;
      }
    }
  }
}
