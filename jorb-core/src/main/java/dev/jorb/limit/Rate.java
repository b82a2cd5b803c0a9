package dev.jorb.limit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// How many executions may start per period.
///
/// Two states that are given the same `Rate` object share one count; two equal objects do not. That
/// is how several steps that call one service keep to the service's one limit:
///
/// ```java
/// Rate github = Rate.perMinute(80);
/// workflow.state("push", s -> s.exec(Steps::push).rate(github))
///         .state("open", s -> s.exec(Steps::open).rate(github));
/// ```
///
/// Counted by a token bucket whose burst is 1 unless said otherwise: permits come one by one,
/// evenly spaced, so that no window of one period ever holds more than `permits` starts plus one.
/// With [#sliding()] no window ever holds more than `permits`, and as many may start at once after
/// a rest: what most services count. Immutable and thread-safe.
public final class Rate implements Limit {
  private static final Duration SHORTEST = Duration.ofNanos(1);
  private static final Duration LONGEST = Duration.ofDays(366);

  private final int permits;
  private final Duration period;
  private final int burst;
  private final boolean sliding;

  private Rate(int permits, Duration period, int burst, boolean sliding) {
    this.permits = permits;
    this.period = period;
    this.burst = burst;
    this.sliding = sliding;
  }

  /// At most `permits` starts per `period`: at least 1, in 1 ns to 366 days.
  public static Rate of(int permits, Duration period) {
    return new Rate(permits, period, 1, false);
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

  /// A new rate, the same but for its burst: how many starts may happen at once after a rest, at
  /// least 1.
  public Rate burst(int burst) {
    return new Rate(permits, period, burst, false);
  }

  /// A new rate, counted exactly: no window of one period ever holds more than [#permits()] starts,
  /// wherever it begins. It remembers each start for one period.
  public Rate sliding() {
    return new Rate(permits, period, permits, true);
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

  /// Whether it is counted exactly in each window.
  public boolean isSliding() {
    return sliding;
  }

  @Override
  public Limiter limiter() {
    Limit.check(this);
    return sliding ? new SlidingWindow(permits, period) : new TokenBucket(this);
  }

  @Override
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (permits < 1) {
      problems.add("rate: permits must be at least 1 but was " + permits);
    }
    if (period.compareTo(SHORTEST) < 0 || period.compareTo(LONGEST) > 0) {
      problems.add("rate: period must be between 1 ns and 366 days but was " + period);
    }
    if (burst < 1 && !sliding) {
      problems.add("rate: burst must be at least 1 but was " + burst);
    }
    return problems;
  }

  @Override
  public String toString() {
    return permits
        + " per "
        + period.toString().substring(2)
        + (sliding ? ", sliding" : burst == 1 ? "" : ", burst " + burst);
  }
}
