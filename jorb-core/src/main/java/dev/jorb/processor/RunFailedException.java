package dev.jorb.processor;

/// A run could not go on: its serializer failed. What was acknowledged is safe; its cause says
/// more.
public final class RunFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RunFailedException(String run, Throwable cause) {
    super("run \"" + run + "\" cannot go on: " + cause.getMessage(), cause);
  }
}
