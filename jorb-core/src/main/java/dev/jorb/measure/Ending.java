package dev.jorb.measure;

/// How an execution of a step ended.
public enum Ending {
  /// As its step wished: the job moved, stayed without an error, or parked itself.
  SUCCEEDED,
  /// The step threw.
  EXCEPTION,
  /// The step came back with an error in its own state, or with an outcome that is not allowed.
  OUTCOME,
  /// It took longer than its state allows.
  TIMEOUT,
  /// The context that the step returned cannot be stored.
  CONTEXT,
  /// A service asked to come back later: the attempt does not count, and nothing was recorded.
  REFUSED;

  /// Whether the attempt has failed and counts.
  public boolean isFailure() {
    return this != SUCCEEDED && this != REFUSED;
  }
}
