package dev.jorb.serial;

/// A context cannot be written in a form that can be read again.
public final class EncodeException extends Exception {
  private static final long serialVersionUID = 1L;

  /// For serializers: what cannot be written, and why.
  public EncodeException(String message, Throwable cause) {
    super(message, cause);
  }

  /// For serializers: what cannot be written.
  public EncodeException(String message) {
    super(message);
  }
}
