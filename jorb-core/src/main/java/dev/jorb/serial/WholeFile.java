package dev.jorb.serial;

import dev.jorb.serial.Disk.DiskFile;
import dev.jorb.serial.Disk.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A file that is replaced as a whole: what is at its path is always complete and durable, the old
/// content or the new.
///
/// New content goes to a temporary file, which is flushed and then takes the name. Up to that
/// moment a disk that is full harms nobody and the replacement may be tried again. Any other
/// failure leaves doubt and is the end of this file for this process; see [JournalFile].
///
/// Touched by one thread at a time.
final class WholeFile {
  private static final String SAFE = "all that was acknowledged is safe";

  private final Disk disk;
  private final Path path;
  private Optional<Stat> current;
  private int replacements;
  private @Nullable String dead;

  /// @param current what is at `path` now
  WholeFile(Disk disk, Path path, Optional<Stat> current) {
    this.disk = disk;
    this.path = path;
    this.current = current;
  }

  /// Replaces what is at the path; durable when this returns.
  ///
  /// @throws DiskFullException if there is no room; what was there is there
  /// @throws RunFileException if it may not be on the disk; nothing can be written any more
  void replace(GoRunFile content) {
    requireAlive();
    Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
    Stat written;
    try {
      written = write(temporary, content);
      if (!isUntouched()) {
        throw taken(temporary);
      }
      disk.rename(temporary, path);
    } catch (RunFileException taken) {
      throw taken;
    } catch (Throwable failed) {
      deleteAfter(failed, temporary);
      if (JournalFile.isDiskFull(failed)) {
        throw new DiskFullException(path, "no space left on the device; " + SAFE, failed);
      }
      throw die("cannot be replaced", SAFE, failed);
    }
    current = Optional.of(written);
    try {
      disk.syncDirectoryOf(path);
    } catch (Throwable failed) {
      throw die(
          "its new name cannot be flushed to the disk",
          SAFE + ", but the last batch may be lost in a power cut",
          failed);
    }
    replacements++;
  }

  private Stat write(Path target, GoRunFile content) throws IOException {
    disk.delete(target);
    try (DiskFile file = disk.create(target)) {
      long[] size = {0};
      content.writeTo((bytes, length) -> {
        file.write(size[0], bytes, 0, length);
        size[0] += length;
      });
      file.sync();
    }
    return disk.stat(target).orElseThrow(() -> new IOException(target + " is gone"));
  }

  private void deleteAfter(Throwable failed, Path temporary) {
    try {
      disk.delete(temporary);
    } catch (Throwable alsoFailed) {
      failed.addSuppressed(alsoFailed);
    }
  }

  private void requireAlive() {
    if (dead != null) {
      throw new RunFileException(path, dead);
    }
  }

  private RunFileException die(String what, String safe, Throwable failed) {
    dead =
        what
            + " ("
            + failed.getMessage()
            + "); "
            + safe
            + "; free the disk of its trouble and start again";
    return new RunFileException(path, dead, failed);
  }

  private boolean isUntouched() throws IOException {
    return disk.stat(path).equals(current);
  }

  /// Somebody replaced, removed or changed the file. Theirs stays, and ours goes beside it.
  private RunFileException taken(Path temporary) throws IOException {
    String what =
        disk.stat(path).isEmpty()
            ? "the file was removed or renamed while the run was going"
            : "the file was replaced or changed while the run was going";
    Path rescue = path.resolveSibling(path.getFileName() + ".rescue-" + replacements);
    disk.rename(temporary, rescue);
    disk.syncDirectoryOf(rescue);
    dead =
        what
            + "; all that was acknowledged is in "
            + rescue
            + "; look at both, keep one under the file's name, and start again";
    return new RunFileException(path, dead);
  }

  /// Sees that the file is still there at the end.
  void close(GoRunFile content) {
    if (dead != null) {
      return;
    }
    Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
    try {
      if (!isUntouched()) {
        write(temporary, content);
        throw taken(temporary);
      }
    } catch (IOException e) {
      throw die("cannot be looked at", SAFE, e);
    }
  }
}
