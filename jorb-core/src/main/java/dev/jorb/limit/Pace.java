package dev.jorb.limit;

/// A token bucket whose rate may change at any time. Tokens are fractions here: what it forgets by
/// rounding is nothing beside what its owner does not know of the true limit.
///
/// Not thread-safe: its owner guards it.
final class Pace {
  private static final double NANOS_PER_SECOND = 1e9;

  /// Beyond any run: sums of two of these do not overflow.
  private static final double LONGEST_NANOS = Long.MAX_VALUE / 4.0;

  /// Forgives what rounding takes.
  private static final double GRAIN = 1e-6;

  private double ratePerSecond;
  private double burst;
  private double tokens;
  private boolean used;
  private long atNanos;

  /// A full bucket.
  Pace(double ratePerSecond, double burst) {
    this.ratePerSecond = ratePerSecond;
    this.burst = burst;
    this.tokens = burst;
  }

  /// Tokens that are there keep their number; only new ones come at the new rate.
  void set(double newRatePerSecond, double newBurst, long nowNanos) {
    refill(nowNanos);
    ratePerSecond = newRatePerSecond;
    burst = newBurst;
    tokens = Math.min(tokens, burst);
  }

  long waitNanos(long cost, long nowNanos) {
    refill(nowNanos);
    double lacking = Math.min((double) cost, burst) - tokens;
    return lacking <= GRAIN
        ? 0
        : (long) Math.min(LONGEST_NANOS, Math.ceil(lacking / ratePerSecond * NANOS_PER_SECOND));
  }

  /// A cost beyond the burst leaves a debt.
  void take(long cost, long nowNanos) {
    refill(nowNanos);
    tokens = Math.min(burst, tokens - cost);
  }

  /// What had gathered is gone.
  void empty(long nowNanos) {
    refill(nowNanos);
    tokens = Math.min(tokens, 0);
  }

  private void refill(long nowNanos) {
    if (used) {
      double seconds = (nowNanos - atNanos) / NANOS_PER_SECOND;
      tokens = Math.min(burst, tokens + seconds * ratePerSecond);
    }
    used = true;
    atNanos = nowNanos;
  }
}
