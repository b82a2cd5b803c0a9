package dev.jorb.serial;

import java.nio.file.Path;

/// Something is wrong with a run file: what, where, what is safe, and what to do next.
public sealed class RunFileException extends RuntimeException
    permits RunFileException.Damaged, RunFileException.Locked, DiskFullException {
  private static final long serialVersionUID = 1L;

  private final transient Path file;

  /// For serializers: which file, what happened, what is safe and what to do next.
  public RunFileException(Path file, String message) {
    super(file + ": " + message);
    this.file = file;
  }

  /// For serializers: which file, what happened, what is safe and what to do next.
  public RunFileException(Path file, String message, Throwable cause) {
    super(file + ": " + message, cause);
    this.file = file;
  }

  /// The run file.
  public Path file() {
    return file;
  }

  /// Recorded data is not what was written. Nothing was changed.
  public static final class Damaged extends RunFileException {
    private static final long serialVersionUID = 1L;

    private final long line;
    private final String problem;

    Damaged(Path file, long line, String problem) {
      super(file, "line " + line + ": " + problem);
      this.line = line;
      this.problem = problem;
    }

    /// What is wrong, without the file and the line.
    String problem() {
      return problem;
    }

    /// The number of the line, from 1.
    public long line() {
      return line;
    }
  }

  /// Another process, or another serializer of this one, has the file.
  public static final class Locked extends RunFileException {
    private static final long serialVersionUID = 1L;

    Locked(Path file, String message) {
      super(file, message);
    }
  }
}
