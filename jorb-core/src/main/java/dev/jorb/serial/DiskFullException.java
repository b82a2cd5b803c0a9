package dev.jorb.serial;

import java.nio.file.Path;

/// There is no room for a batch. Nothing of it is written; it may be tried again.
public final class DiskFullException extends RunFileException {
  private static final long serialVersionUID = 1L;

  /// For serializers: which file, and what is safe.
  public DiskFullException(Path file, String message, Throwable cause) {
    super(file, message, cause);
  }
}
