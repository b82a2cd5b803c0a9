package dev.jorb.limit;

/// A token bucket as a pure function of time: the caller says what time it is.
///
/// It is kept in the form of the generic cell rate algorithm (ITU-T I.371, virtual scheduling):
/// instead of counting tokens it remembers the theoretical arrival time of the next start. A start
/// conforms when it comes no earlier than that time less the tolerance, (burst - 1) intervals. The
/// interval is kept as whole nanoseconds and a remainder, so that 7 per second stay 7 per second
/// after a year.
///
/// Not thread-safe: the board owns it.
public final class TokenBucket {
  private final long permits;
  private final long intervalNanos;
  private final long intervalRemainder;
  private final long toleranceNanos;

  private boolean used;
  private long nextNanos;
  private long remainder;

  /// A full bucket: `rate.burst()` starts may happen at once.
  public TokenBucket(Rate rate) {
    long period = rate.period().toNanos();
    this.permits = rate.permits();
    this.intervalNanos = period / permits;
    this.intervalRemainder = period % permits;
    this.toleranceNanos = toleranceNanos(rate.burst() - 1L);
  }

  private long toleranceNanos(long intervals) {
    try {
      return Math.addExact(
          Math.multiplyExact(intervals, intervalNanos), intervals * intervalRemainder / permits);
    } catch (ArithmeticException beyondAnyRun) {
      return Long.MAX_VALUE / 4;
    }
  }

  /// Nanoseconds from `nowNanos` until a permit is there; 0 if there is one now. Takes nothing.
  public long waitNanos(long nowNanos) {
    return used ? Math.max(0, nextNanos - toleranceNanos - nowNanos) : 0;
  }

  /// Takes a permit if there is one at `nowNanos`, and says whether it did.
  public boolean tryAcquire(long nowNanos) {
    if (waitNanos(nowNanos) > 0) {
      return false;
    }
    if (!used || nextNanos - nowNanos < 0) {
      used = true;
      nextNanos = nowNanos;
      remainder = 0;
    }
    advance();
    return true;
  }

  private void advance() {
    nextNanos += intervalNanos;
    remainder += intervalRemainder;
    if (remainder >= permits) {
      remainder -= permits;
      nextNanos++;
    }
  }
}
