package dev.jorb.time;

import java.time.Instant;

/// Tells the time: one clock for measuring and one for writing down.
///
/// Thread-safe. Neither method blocks.
public interface TimeSource {
  /// A time that only grows, in nanoseconds from an origin that has no meaning. Differences count,
  /// values do not.
  long nanoTime();

  /// The date and time to write into a run file, to the millisecond at least.
  Instant instant();

  /// The machine's own clocks.
  static TimeSource system() {
    return SystemTime.INSTANCE;
  }
}
