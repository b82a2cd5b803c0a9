package dev.jorb.limit;

import java.time.Duration;

/// Durations as nanoseconds that can be added to a time without overflow.
final class Nanos {
  private static final Duration LONGEST = Duration.ofDays(36_525);

  /// What somebody learned of a limit that nobody has used for so long is as good as nothing, and
  /// may be forgotten: an hour.
  static final long OUTDATED = 3_600_000_000_000L;

  private Nanos() {}

  /// At most a hundred years.
  static long of(Duration duration) {
    return (duration.compareTo(LONGEST) < 0 ? duration : LONGEST).toNanos();
  }
}
