package dev.jorb.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// (c) The least that durability costs: the bytes of a run file appended again to another file,
/// with one write and one `fdatasync` for each of its batches, and nothing else.
final class Appends {
  private static final byte[] COMMIT = "{\"commit\":".getBytes(StandardCharsets.US_ASCII);

  private final List<ByteBuffer> batches;

  private Appends(List<ByteBuffer> batches) {
    this.batches = batches;
  }

  /// The batches of a run file, but for the first: that is the jobs as they were before the first
  /// step.
  static Appends of(Path runFile) throws IOException {
    byte[] bytes = Files.readAllBytes(runFile);
    ByteBuffer all = ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
    List<ByteBuffer> batches = new ArrayList<>();
    int batchStart = 0;
    for (int start = 0; start < bytes.length; ) {
      int end = start;
      while (bytes[end] != '\n') {
        end++;
      }
      end++;
      if (isCommit(bytes, start)) {
        batches.add(all.slice(batchStart, end - batchStart));
        batchStart = end;
      }
      start = end;
    }
    return new Appends(batches.subList(1, batches.size()));
  }

  private static boolean isCommit(byte[] bytes, int start) {
    for (int i = 0; i < COMMIT.length; i++) {
      if (start + i >= bytes.length || bytes[start + i] != COMMIT[i]) {
        return false;
      }
    }
    return true;
  }

  /// How many batches there are.
  int count() {
    return batches.size();
  }

  /// Appends them all, each flushed before the next is written, and says how long that took.
  long appendNanos(Path target) throws IOException {
    try (FileChannel channel =
        FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      long start = System.nanoTime();
      for (ByteBuffer batch : batches) {
        batch.rewind();
        while (batch.hasRemaining()) {
          channel.write(batch);
        }
        channel.force(false);
      }
      return System.nanoTime() - start;
    }
  }
}
