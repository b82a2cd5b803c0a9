package dev.jorb.torture;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// Rows that nobody else does in the same folder meanwhile: two that share a folder would delete
/// each other's files, and each would find what it takes for damage.
final class Claims implements AutoCloseable {
  private final List<FileChannel> locks = new ArrayList<>();

  /// Whether the row is ours from now on, until this is closed.
  boolean tryAdd(Path scratch, Row row) throws IOException {
    Path file = Files.createDirectories(scratch).resolve(row.name() + ".lock");
    FileChannel lock = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    locks.add(lock);
    try {
      return lock.tryLock() != null;
    } catch (OverlappingFileLockException ofThisProcess) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    for (FileChannel lock : locks) {
      lock.close();
    }
  }
}
