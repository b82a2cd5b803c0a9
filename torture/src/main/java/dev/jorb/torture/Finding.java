package dev.jorb.torture;

/// What must not happen did.
public final class Finding extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// What kind of promise was broken.
  public enum Kind {
    /// Something acknowledged is gone, or its file cannot be opened any more.
    LOST("lost"),
    /// More steps ran again than those in flight and those waiting for the disk.
    REPEATED("repeated beyond the bound"),
    /// Damage was taken for good, or the result is not what it should be, and nobody said so.
    SILENTLY_WRONG("silently wrong"),
    /// It does not end.
    HUNG("hung"),
    /// The row itself failed, so that it says nothing.
    BROKEN("broken");

    final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  private final Kind kind;

  public Finding(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Finding(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  public static Finding lost(String message) {
    return new Finding(Kind.LOST, message);
  }

  public static Finding lost(String message, Throwable cause) {
    return new Finding(Kind.LOST, message, cause);
  }

  public static Finding repeated(String message) {
    return new Finding(Kind.REPEATED, message);
  }

  public static Finding silentlyWrong(String message) {
    return new Finding(Kind.SILENTLY_WRONG, message);
  }

  public static Finding silentlyWrong(String message, Throwable cause) {
    return new Finding(Kind.SILENTLY_WRONG, message, cause);
  }

  public static Finding hung(String message) {
    return new Finding(Kind.HUNG, message);
  }
}
