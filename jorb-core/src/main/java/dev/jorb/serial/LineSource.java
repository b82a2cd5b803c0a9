package dev.jorb.serial;

import dev.jorb.serial.Disk.DiskFile;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Cuts a file into lines, front to back, through one buffer. Not thread-safe.
final class LineSource {
  private static final int CHUNK = 64 << 10;

  /// Eight bytes at a time, to find line breaks.
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGH_BITS = ONES << 7;
  private static final long LINE_BREAKS = ONES * '\n';

  private final Reading file;
  private byte[] buffer;
  private long bufferOffset;
  private int start;
  private int end;
  private int filled;
  private boolean terminated;
  private long number;

  /// Reads up to `length` bytes from a position in the file; 0 or less at its end.
  private interface Reading {
    int read(long position, byte[] into, int offset, int length) throws IOException;
  }

  /// Starts at `offset`, whose line has `firstNumber`.
  LineSource(DiskFile file, long offset, long firstNumber) {
    this(file::read, new byte[CHUNK], 0, offset, firstNumber);
  }

  /// Whole lines that were read already: the first `length` bytes of `lines`, which stand at
  /// `offset` in the file.
  LineSource(byte[] lines, int length, long offset, long firstNumber) {
    this((position, into, at, count) -> 0, lines, length, offset, firstNumber);
  }

  private LineSource(Reading file, byte[] buffer, int filled, long offset, long firstNumber) {
    this.file = file;
    this.buffer = buffer;
    this.filled = filled;
    this.bufferOffset = offset;
    this.number = firstNumber - 1;
  }

  /// Moves to the next line; false at the end of the file. A line too long to be one of ours is
  /// cut.
  boolean next() throws IOException {
    start = terminated ? end + 1 : end;
    terminated = false;
    int scanned = start;
    while (true) {
      int lineBreak = lineBreak(scanned);
      if (lineBreak < filled) {
        return line(lineBreak, true);
      }
      scanned = filled - start;
      if (filled - start > Codec.MAX_BYTES + CHUNK || !fill()) {
        break;
      }
      scanned += start;
    }
    return filled > start && line(filled, false);
  }

  /// Where the next line break stands, from `from`; `filled` if there is none.
  private int lineBreak(int from) {
    int i = from;
    while (i <= filled - Long.BYTES) {
      long word = (long) WORDS.get(buffer, i) ^ LINE_BREAKS;
      long zeros = (word - ONES) & ~word & HIGH_BITS;
      if (zeros != 0) {
        return i + (Long.numberOfTrailingZeros(zeros) >>> 3);
      }
      i += Long.BYTES;
    }
    while (i < filled && buffer[i] != '\n') {
      i++;
    }
    return i;
  }

  private boolean line(int end, boolean terminated) {
    this.end = end;
    this.terminated = terminated;
    number++;
    return true;
  }

  /// Reads more behind what is there, and moves the current line to the front of the buffer for it.
  private boolean fill() throws IOException {
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, filled - start);
      bufferOffset += start;
      filled -= start;
      start = 0;
    }
    if (filled == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int count = file.read(bufferOffset + filled, buffer, filled, buffer.length - filled);
    if (count <= 0) {
      end = filled;
      return false;
    }
    filled += count;
    return true;
  }

  /// The bytes that hold the line, between [#start()] and [#end()]; valid until the next move.
  byte[] bytes() {
    return buffer;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  /// Where the line begins in the file.
  long offset() {
    return bufferOffset + start;
  }

  /// Where the next line begins in the file.
  long nextOffset() {
    return bufferOffset + end + (terminated ? 1 : 0);
  }

  /// Whether the line ends with a line break; only the last line of a file may not.
  boolean isTerminated() {
    return terminated;
  }

  /// The number of the line, from 1.
  long number() {
    return number;
  }

  int length() {
    return end - start;
  }

  /// The id of the job that the line seems to be about, also if it is damaged; empty if it cannot
  /// be told.
  String job() {
    String text = head();
    int end = text.startsWith("{\"id\":\"") ? text.indexOf('"', 7) : -1;
    return end < 0 ? "" : text.substring(7, end);
  }

  /// How the line begins, also if it is damaged.
  String head() {
    return new String(buffer, start, Math.min(length(), 200), StandardCharsets.UTF_8);
  }
}
