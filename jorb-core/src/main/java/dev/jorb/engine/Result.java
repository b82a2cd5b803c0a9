package dev.jorb.engine;

import dev.jorb.limit.Feedback;
import dev.jorb.serial.Serializer.Encoded;
import java.time.Duration;

/// What came of one execution, decided and encoded: ready to be recorded.
///
/// @param entry the job that was executed
/// @param encoded its transition
/// @param delay how long the job waits after it, counted from when the board hears of it; zero for
///   not
/// @param feedback what the limits of its state are told
/// @param failed whether the attempt has failed
/// @param <J> the job context
record Result<J>(
    Entry<J> entry, Encoded<J> encoded, Duration delay, Feedback feedback, boolean failed) {
  /// A success of which limits are told nothing else.
  Result(Entry<J> entry, Encoded<J> encoded, Duration delay) {
    this(entry, encoded, delay, Feedback.SUCCEEDED);
  }

  /// A success.
  Result(Entry<J> entry, Encoded<J> encoded, Duration delay, Feedback feedback) {
    this(entry, encoded, delay, feedback, false);
  }
}
