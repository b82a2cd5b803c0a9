package dev.jorb.serial;

/// A context cannot be written in a form that can be read again.
public final class EncodeException extends Exception {
  private static final long serialVersionUID = 1L;

  EncodeException(String message, Throwable cause) {
    super(message, cause);
  }

  EncodeException(String message) {
    super(message);
  }
}
