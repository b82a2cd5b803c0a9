package dev.jorb.limit;

/// A token bucket as a pure function of time: the caller says what time it is.
///
/// It is kept in the form of the generic cell rate algorithm (ITU-T I.371, virtual scheduling):
/// instead of counting tokens it remembers the theoretical arrival time of the next start. A start
/// conforms when it comes no earlier than that time less the tolerance, (burst - cost) intervals;
/// one that costs more than the burst waits for a full bucket and leaves a debt. The interval is
/// kept as whole nanoseconds and a remainder, so that 7 per second stay 7 per second after a year.
///
/// Not thread-safe: its owner guards it.
public final class TokenBucket implements Limiter {
  /// Beyond any run: sums of two of these do not overflow.
  private static final long LONGEST = Long.MAX_VALUE / 4;

  private final long permits;
  private final long intervalNanos;
  private final long intervalRemainder;
  private final long burst;
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
    this.burst = rate.burst();
    this.toleranceNanos = nanosOf(burst - 1);
  }

  private long nanosOf(long intervals) {
    try {
      return Math.min(
          LONGEST,
          Math.addExact(
              Math.multiplyExact(intervals, intervalNanos),
              Math.multiplyExact(intervals, intervalRemainder) / permits));
    } catch (ArithmeticException beyondAnyRun) {
      return LONGEST;
    }
  }

  /// Nanoseconds from `nowNanos` until a permit is there; 0 if there is one now. Takes nothing.
  public long waitNanos(long nowNanos) {
    return used ? Math.max(0, nextNanos - toleranceNanos - nowNanos) : 0;
  }

  @Override
  public long waitNanos(long cost, long nowNanos) {
    if (cost == 1) {
      return waitNanos(nowNanos);
    }
    return cost == 0 || !used
        ? 0
        : Math.max(0, nextNanos - nanosOf(Math.max(0, burst - cost)) - nowNanos);
  }

  /// Takes a permit if there is one at `nowNanos`, and says whether it did.
  public boolean tryAcquire(long nowNanos) {
    if (waitNanos(nowNanos) > 0) {
      return false;
    }
    started(1, nowNanos);
    return true;
  }

  @Override
  public void started(long cost, long nowNanos) {
    if (!used || nextNanos - nowNanos < 0) {
      used = true;
      nextNanos = nowNanos;
      remainder = 0;
    }
    advance(cost);
  }

  private void advance(long cost) {
    if (cost == 1) {
      nextNanos += intervalNanos;
      remainder += intervalRemainder;
      if (remainder >= permits) {
        remainder -= permits;
        nextNanos++;
      }
    } else {
      nextNanos += Long.signum(cost) * nanosOf(Math.abs(cost));
    }
  }

  @Override
  public void ended(Permit permit, Feedback feedback, long nowNanos) {
    long surplus = feedback.surplus(permit);
    if (surplus > 0) {
      started(surplus, nowNanos);
    } else if (surplus < 0) {
      advance(surplus);
    }
  }

  @Override
  public boolean isLikeNew(long nowNanos) {
    return !used || nextNanos - nowNanos <= 0;
  }

  @Override
  public void succeed(Limiter earlier, int running, long nowNanos) {
    if (earlier instanceof TokenBucket before && !before.isLikeNew(nowNanos)) {
      double lacking =
          (double) (before.nextNanos - nowNanos) * (double) before.permits / before.period();
      used = true;
      nextNanos =
          nowNanos + (long) Math.min((double) LONGEST, lacking * period() / (double) permits);
    }
  }

  private double period() {
    return intervalNanos * (double) permits + intervalRemainder;
  }
}
