package dev.jorb.limit;

import java.time.Duration;

/// Durations as nanoseconds that can be added to a time without overflow.
final class Nanos {
  private static final Duration LONGEST = Duration.ofDays(36_525);

  private Nanos() {}

  /// At most a hundred years.
  static long of(Duration duration) {
    return (duration.compareTo(LONGEST) < 0 ? duration : LONGEST).toNanos();
  }
}
