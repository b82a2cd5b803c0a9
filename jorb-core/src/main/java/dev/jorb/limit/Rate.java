package dev.jorb.limit;

import java.time.Duration;

/// How many executions may start per period: a token bucket's description, without its state.
///
/// Two states that are given the same `Rate` object share one bucket; two equal objects do not.
/// That is how several steps that call one service keep to the service's one limit:
///
/// ```java
/// Rate github = Rate.perMinute(80);
/// workflow.state("push", s -> s.exec(Steps::push).rate(github))
///         .state("open", s -> s.exec(Steps::open).rate(github));
/// ```
///
/// The burst is 1 unless said otherwise: permits come one by one, evenly spaced, so that no window
/// of one period ever holds more than `permits` starts plus one. Immutable and thread-safe.
public final class Rate {
  private final int permits;
  private final Duration period;
  private final int burst;

  private Rate(int permits, Duration period, int burst) {
    if (permits < 1) {
      throw new IllegalArgumentException("rate: permits must be at least 1 but was " + permits);
    }
    if (period.compareTo(Duration.ofNanos(1)) < 0 || period.compareTo(Duration.ofDays(366)) > 0) {
      throw new IllegalArgumentException(
          "rate: period must be between 1 ns and 366 days but was " + period);
    }
    if (burst < 1) {
      throw new IllegalArgumentException("rate: burst must be at least 1 but was " + burst);
    }
    this.permits = permits;
    this.period = period;
    this.burst = burst;
  }

  /// At most `permits` starts per `period`.
  ///
  /// @throws IllegalArgumentException if `permits` is below 1 or `period` is not between 1 ns and a
  ///   year
  public static Rate of(int permits, Duration period) {
    return new Rate(permits, period, 1);
  }

  /// At most `permits` starts per second.
  public static Rate perSecond(int permits) {
    return of(permits, Duration.ofSeconds(1));
  }

  /// At most `permits` starts per minute.
  public static Rate perMinute(int permits) {
    return of(permits, Duration.ofMinutes(1));
  }

  /// At most `permits` starts per hour.
  public static Rate perHour(int permits) {
    return of(permits, Duration.ofHours(1));
  }

  /// A new rate, the same but for its burst: how many starts may happen at once after a rest.
  ///
  /// @throws IllegalArgumentException if `burst` is below 1
  public Rate burst(int burst) {
    return new Rate(permits, period, burst);
  }

  /// Starts per [#period()], at least 1.
  public int permits() {
    return permits;
  }

  /// The period that [#permits()] are counted in.
  public Duration period() {
    return period;
  }

  /// Starts that may happen at once after a rest, at least 1.
  public int burst() {
    return burst;
  }

  @Override
  public String toString() {
    return permits
        + " per "
        + period.toString().substring(2)
        + (burst == 1 ? "" : ", burst " + burst);
  }
}
