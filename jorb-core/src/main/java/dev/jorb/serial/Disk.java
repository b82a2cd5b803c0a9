package dev.jorb.serial;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// The few calls through which a run file reaches the disk, so that a simulated one can take its
/// place.
///
/// Nothing in it reacts to interrupts: an interrupted thread must not close a file that others use.
interface Disk {
  /// Opens an existing file for reading and writing.
  DiskFile open(Path path) throws IOException;

  /// Opens an existing file for reading.
  DiskFile openReadOnly(Path path) throws IOException;

  /// Creates a file that only its owner can read and write. Fails if it exists.
  DiskFile create(Path path) throws IOException;

  /// Renames `from` to `to` in one step; what was at `to` is gone.
  void rename(Path from, Path to) throws IOException;

  /// Deletes the file if it exists.
  void delete(Path path) throws IOException;

  /// Makes creations, renames and deletions in the directory of `path` durable.
  void syncDirectoryOf(Path path) throws IOException;

  /// What is at `path` now; empty if nothing is.
  Optional<Stat> stat(Path path) throws IOException;

  /// The path with symbolic links followed, so that two names of one file are one. The file need
  /// not exist.
  Path real(Path path) throws IOException;

  /// Takes the exclusive lock on the lock file at `path`, which is created if need be.
  ///
  /// @throws LockHeldException if somebody has it
  RunLock lock(Path path, String owner) throws IOException;

  /// An open file. Not thread-safe.
  interface DiskFile extends Closeable {
    /// Reads up to `length` bytes; fewer only at the end; -1 at or beyond it.
    int read(long position, byte[] into, int offset, int length) throws IOException;

    /// Writes all of it.
    void write(long position, byte[] from, int offset, int length) throws IOException;

    /// Cuts the file to `size` bytes.
    void truncate(long size) throws IOException;

    /// Blocks until all that was written is on the disk.
    void sync() throws IOException;

    /// The size in bytes.
    long size() throws IOException;
  }

  /// Which file a path leads to, and how large it is.
  ///
  /// @param key the same for two stats of the same file, different for different ones
  /// @param size in bytes
  record Stat(Object key, long size) {}

  /// A lock that is held until it is closed.
  interface RunLock extends Closeable {}

  /// Somebody holds the lock.
  final class LockHeldException extends IOException {
    private static final long serialVersionUID = 1L;

    /// @param holder what the holder wrote about itself; may be empty
    LockHeldException(String holder) {
      super(holder);
    }
  }
}
