package dev.jorb.serial;

import dev.jorb.serial.Disk.DiskFile;
import java.io.IOException;
import java.nio.file.Path;

/// Copies an open file, to which its name leads no longer, to a file of its own.
final class Rescue {
  private static final int CHUNK = 1 << 20;

  private Rescue() {}

  /// Copies the first `size` bytes, and says in words where they are.
  static String copy(Disk disk, DiskFile file, long size, Path path) {
    Path target = path;
    try {
      target = freeName(disk, path);
      try (DiskFile copy = disk.create(target)) {
        copy(file, size, copy);
        copy.sync();
      }
      disk.syncDirectoryOf(target);
      return target.toString();
    } catch (IOException | RuntimeException e) {
      return "no file (the rescue to " + target + " failed: " + e.getMessage() + ")";
    }
  }

  /// An earlier rescue must not be lost to a later one.
  private static Path freeName(Disk disk, Path path) throws IOException {
    Path free = path.resolveSibling(path.getFileName() + ".rescue");
    for (int n = 2; disk.stat(free).isPresent(); n++) {
      free = path.resolveSibling(path.getFileName() + ".rescue-" + n);
    }
    return free;
  }

  private static void copy(DiskFile file, long size, DiskFile copy) throws IOException {
    byte[] chunk = new byte[CHUNK];
    for (long at = 0; at < size; ) {
      int count = file.read(at, chunk, 0, (int) Math.min(chunk.length, size - at));
      if (count <= 0) {
        throw new IOException("only " + at + " of " + size + " bytes could be read");
      }
      copy.write(at, chunk, 0, count);
      at += count;
    }
  }
}
