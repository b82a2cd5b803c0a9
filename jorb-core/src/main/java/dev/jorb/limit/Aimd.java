package dev.jorb.limit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// A rate that grows with success and is halved by a refusal: additive increase, multiplicative
/// decrease, by the rule of the Go version of Jorb, number for number. [LearnedRate] does better;
/// this one is here for those who know it.
///
/// A success raises the rate by 1 per second, at most once per interval. A refusal halves it, but
/// not within the merge window after the last one, and the next success raises it at once. As many
/// steps may start at once as in one second, rounded up.
///
/// As there, settings are brought into order instead of refused: a minimum above the maximum
/// changes places with it, a minimum below a billionth is a billionth, an initial rate outside of
/// both is the nearer of them. Only what is no number, or no time, is refused. Immutable.
///
/// @param initial starts per second at first
/// @param min the least
/// @param max the most
/// @param interval the least time between two increases
/// @param merge the time after a refusal in which others are not counted; zero counts each
public record Aimd(double initial, double min, double max, Duration interval, Duration merge)
    implements Limit {
  private static final double LEAST = 1e-9;

  /// Brings the rates into order.
  public Aimd {
    if (Double.isFinite(initial + min + max)) {
      double low = Math.max(LEAST, Math.min(min, max));
      double high = Math.max(low, Math.max(min, max));
      min = low;
      max = high;
      initial = Math.clamp(initial, low, high);
    }
  }

  /// With an interval of one second and a merge window of 500 ms.
  public static Aimd of(double initial, double min, double max) {
    return new Aimd(initial, min, max, Duration.ofSeconds(1), Duration.ofMillis(500));
  }

  /// The same with another interval between two increases; above zero.
  public Aimd interval(Duration interval) {
    return new Aimd(initial, min, max, interval, merge);
  }

  /// The same with another merge window; zero counts each refusal.
  public Aimd merge(Duration merge) {
    return new Aimd(initial, min, max, interval, merge);
  }

  @Override
  public Limiter limiter() {
    Limit.check(this);
    return new Adapting(this);
  }

  @Override
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    Numbers.checkFinite("aimd: initial", initial, problems);
    Numbers.checkFinite("aimd: min", min, problems);
    Numbers.checkFinite("aimd: max", max, problems);
    if (interval.isNegative() || interval.isZero()) {
      problems.add("aimd: interval must be above zero but was " + interval);
    }
    if (merge.isNegative()) {
      problems.add("aimd: merge must not be negative but was " + merge);
    }
    return problems;
  }

  @Override
  public String toString() {
    return "aimd between %s and %s per second".formatted(min, max);
  }

  /// The rule at work.
  private static final class Adapting implements Limiter {
    private final Aimd rule;
    private Pace pace;
    private double rate;
    private boolean hasIncreased;
    private long increasedAtNanos;
    private boolean hasBackedOff;
    private long backedOffAtNanos;
    private int running;
    private long usedAtNanos;

    Adapting(Aimd rule) {
      this.rule = rule;
      this.rate = rule.initial;
      this.pace = new Pace(rate, burst());
    }

    private double burst() {
      return Math.max(1, Math.ceil(rate));
    }

    @Override
    public long waitNanos(long cost, long nowNanos) {
      return pace.waitNanos(cost, nowNanos);
    }

    @Override
    public void started(long cost, long nowNanos) {
      running++;
      usedAtNanos = nowNanos;
      pace.take(cost, nowNanos);
    }

    @Override
    public void ended(Permit permit, Feedback feedback, long nowNanos) {
      running--;
      pace.take(feedback.surplus(permit), nowNanos);
      switch (feedback.kind()) {
        case SUCCEEDED -> increase(nowNanos);
        case REFUSED -> backOff(nowNanos);
        case FAILED, WITHDRAWN -> {}
      }
    }

    private void increase(long nowNanos) {
      if (rate >= rule.max
          || (hasIncreased && nowNanos - increasedAtNanos < Nanos.of(rule.interval))) {
        return;
      }
      hasIncreased = true;
      increasedAtNanos = nowNanos;
      set(rate + 1, nowNanos);
    }

    private void backOff(long nowNanos) {
      if (hasBackedOff && nowNanos - backedOffAtNanos < Nanos.of(rule.merge)) {
        return;
      }
      hasBackedOff = true;
      backedOffAtNanos = nowNanos;
      hasIncreased = false;
      set(rate / 2, nowNanos);
    }

    private void set(double newRate, long nowNanos) {
      rate = Math.clamp(newRate, rule.min, rule.max);
      pace.set(rate, burst(), nowNanos);
    }

    @Override
    public boolean isLikeNew(long nowNanos) {
      return running == 0 && nowNanos - usedAtNanos >= Nanos.OUTDATED;
    }

    @Override
    public void succeed(Limiter earlier, int steps, long nowNanos) {
      running = steps;
    }

    @Override
    public boolean learns() {
      return true;
    }

    @Override
    public OptionalDouble learned() {
      return OptionalDouble.of(rate);
    }

    @Override
    public void recall(double learned) {
      rate = Math.clamp(learned, rule.min, rule.max);
      pace = new Pace(rate, burst());
    }
  }
}
