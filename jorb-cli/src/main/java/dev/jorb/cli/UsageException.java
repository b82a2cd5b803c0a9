package dev.jorb.cli;

/// The user asked for something that does not exist. Told in one line, without a stack trace.
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
