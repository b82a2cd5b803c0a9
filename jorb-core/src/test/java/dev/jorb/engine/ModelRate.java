package dev.jorb.engine;

import dev.jorb.engine.Scenario.RateSpec;

/// A token bucket in exact fractions: all times are in `1 / permits` nanoseconds.
final class ModelRate {
  private final RateSpec spec;
  private long next = Long.MIN_VALUE;

  ModelRate(RateSpec spec) {
    this.spec = spec;
  }

  long waitNanos(long now) {
    if (next == Long.MIN_VALUE) {
      return 0;
    }
    long tolerance = (spec.burst() - 1) * spec.periodNanos() / spec.permits();
    return Math.max(0, Math.floorDiv(next, spec.permits()) - tolerance - now);
  }

  void take(long now) {
    next =
        Math.addExact(
            Math.max(next, Math.multiplyExact(now, (long) spec.permits())), spec.periodNanos());
  }
}
