package dev.jorb.serial;

import java.nio.file.Path;

/// There is no room for a batch. Nothing of it is written; it may be tried again.
public final class DiskFullException extends RunFileException {
  private static final long serialVersionUID = 1L;

  /// For serializers: which file, and what is safe.
  public DiskFullException(Path file, String message, Throwable cause) {
    super(file, message, cause);
  }

  /// There is not even room to say who has the lock.
  static DiskFullException ofLock(Path file, Throwable cause) {
    return new DiskFullException(
        file,
        "no space left on the device, not even for its lock; nothing was changed. Make room and"
            + " start again",
        cause);
  }
}
