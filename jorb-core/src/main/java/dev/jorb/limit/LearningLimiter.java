package dev.jorb.limit;

import java.util.OptionalDouble;

/// [LearnedRate] at work.
///
/// ```
///   SEARCHING ──refused──► DRAINING ──all of the burst are over──► FOLLOWING ──nothing refused──► SEARCHING
///                             ▲   │                                    │
///                             │   └─nothing accepted─► KNOCKING ─success┤
///                             └──────────────── refused ────────────────┘
/// ```
///
/// Not thread-safe: its owner guards it.
final class LearningLimiter implements Limiter {
  private static final double NANOS_PER_SECOND = 1e9;

  /// How far below the limit a curve begins, as a part of it.
  private static final double DEPTH = 0.03;

  /// How long a curve takes to reach the limit, in seconds: at first, and when curve after curve
  /// has found it where it was. And in round trips, if those are long.
  private static final double FIRST_REACH_SECONDS = 12;

  private static final double LONGEST_REACH_SECONDS = 30;
  private static final double REACH_ROUND_TRIPS = 10;

  /// Two limits that differ by less are the same.
  private static final double SAME = 0.1;

  /// Where a curve ends, in times of its reach: 24 % above the limit.
  private static final double END = 3;

  /// How long a search takes to double the rate: at first, and when it has searched for longer than
  /// twice that. A service that counts in a window finds out late that the rate is too high; the
  /// slower it grows by then, the less is refused.
  private static final double SEARCH_DOUBLES_SECONDS = 8;

  private static final double LONG_SEARCH_DOUBLES_SECONDS = 16;

  /// Fewer accepted steps, or a shorter time, say little about the limit.
  private static final int ENOUGH_ACCEPTED = 20;

  private static final double ENOUGH_SECONDS = 2;

  /// What a burst of so few says about the limit is given half the weight.
  private static final int FEW = 4;

  private static final long FIRST_KNOCK_NANOS = 500_000_000L;
  private static final long LAST_KNOCK_NANOS = 60_000_000_000L;

  /// A gap between two answers beyond this says nothing about the rate.
  private static final double LONGEST_STEP_SECONDS = 1;

  private enum Mode {
    SEARCHING,
    DRAINING,
    FOLLOWING,
    KNOCKING
  }

  private final LearnedRate rule;
  private Pace pace;
  private Mode mode = Mode.SEARCHING;
  private double rate;

  /// What the service is believed to take, per second; NaN if that is not known.
  private double limit = Double.NaN;

  private double doublesSeconds = SEARCH_DOUBLES_SECONDS;

  /// How long it has searched, in seconds in which jobs waited for it.
  private double searchedSeconds;

  /// How long the curve has been followed, in seconds in which jobs waited for it.
  private double followedSeconds;

  private double reach = FIRST_REACH_SECONDS;
  private double roundTripSeconds;
  private boolean wasAsked;
  private boolean hasAnswer;
  private long answeredAtNanos;

  /// Steps that run.
  private int running;

  private long usedAtNanos;

  /// The burst that is drained: steps that had started by then belong to it.
  private boolean hadBurst;

  private long burstNanos;
  private int burstRunning;
  private long burstRefused;
  private long burstAccepted;
  private double burstRate;

  /// Whether nothing was accepted since the last burst began.
  private boolean isBarren;

  /// What was accepted since the burst before, and for how long jobs waited for permits.
  private double accepted;

  private double busySeconds;
  private boolean measures;
  private long measuresSinceNanos;
  private double measured = Double.NaN;

  private int knocks;
  private long knockAtNanos;
  private int knocking;

  LearningLimiter(LearnedRate rule) {
    this.rule = rule;
    this.rate = rule.initial();
    this.pace = new Pace(rate, burst());
  }

  /// A hundredth of a second's worth, so that a timer that is late does not slow the rate.
  private double burst() {
    return 1 + rate / 100;
  }

  @Override
  public long waitNanos(long cost, long nowNanos) {
    if (mode == Mode.DRAINING) {
      long left = drainedAtNanos() - nowNanos;
      if (burstRunning > 0 && left > 0) {
        return left;
      }
      drained(nowNanos);
    }
    if (mode == Mode.KNOCKING) {
      return knocking > 0 ? UNTIL_CHANGED : Math.max(0, knockAtNanos - nowNanos);
    }
    long wait = pace.waitNanos(cost, nowNanos);
    wasAsked |= wait > 0;
    return wait;
  }

  /// Steps that take far longer than usual are not waited for.
  private long drainedAtNanos() {
    return burstNanos + (long) (Math.max(0.05, 2 * roundTripSeconds) * NANOS_PER_SECOND);
  }

  @Override
  public void started(long cost, long nowNanos) {
    running++;
    usedAtNanos = nowNanos;
    knocking += mode == Mode.KNOCKING ? 1 : 0;
    pace.take(cost, nowNanos);
  }

  @Override
  public void ended(Permit permit, Feedback feedback, long nowNanos) {
    running--;
    boolean ofBurst = hadBurst && permit.startNanos() - burstNanos <= 0;
    if (ofBurst) {
      burstRunning = Math.max(0, burstRunning - 1);
    } else if (mode == Mode.KNOCKING) {
      knocking = Math.max(0, knocking - 1);
    }
    pace.take(feedback.surplus(permit), nowNanos);
    switch (feedback.kind()) {
      case SUCCEEDED -> succeeded(permit, feedback, ofBurst, nowNanos);
      case REFUSED -> refused(permit, ofBurst, nowNanos);
      case FAILED, WITHDRAWN -> {}
    }
    if (mode == Mode.DRAINING && burstRunning == 0) {
      drained(nowNanos);
    }
  }

  private void succeeded(Permit permit, Feedback feedback, boolean ofBurst, long nowNanos) {
    accepted += permit.cost() + feedback.surplus(permit);
    double trip = (nowNanos - permit.startNanos()) / NANOS_PER_SECOND;
    roundTripSeconds = roundTripSeconds == 0 ? trip : 0.9 * roundTripSeconds + 0.1 * trip;
    double step = hasAnswer ? (nowNanos - answeredAtNanos) / NANOS_PER_SECOND : 0;
    hasAnswer = true;
    isBarren = false;
    answeredAtNanos = nowNanos;
    boolean wasNeeded = wasAsked;
    wasAsked = false;
    if (ofBurst) {
      burstAccepted++;
      return;
    }
    if (mode == Mode.KNOCKING) {
      follow(nowNanos);
    }
    knocks = 0;
    if (wasNeeded) {
      grow(Math.min(step, LONGEST_STEP_SECONDS), nowNanos);
    }
  }

  private void grow(double seconds, long nowNanos) {
    busySeconds += seconds;
    if (mode == Mode.SEARCHING) {
      searchedSeconds += seconds;
      doublesSeconds = Math.clamp(searchedSeconds / 2, doublesSeconds, LONG_SEARCH_DOUBLES_SECONDS);
      double slowness = Math.max(doublesSeconds, 2 * roundTripSeconds);
      set(rate * Math.pow(2, seconds / slowness), nowNanos);
    } else if (mode == Mode.FOLLOWING) {
      followedSeconds += seconds;
      double reach = reachSeconds();
      double away = followedSeconds / reach - 1;
      set(limit * (1 + DEPTH * away * away * away), nowNanos);
      if (followedSeconds > END * reach) {
        mode = Mode.SEARCHING;
        doublesSeconds = LONG_SEARCH_DOUBLES_SECONDS;
      }
    }
  }

  private double reachSeconds() {
    return Math.max(reach, REACH_ROUND_TRIPS * roundTripSeconds);
  }

  private void refused(Permit permit, boolean ofBurst, long nowNanos) {
    if (ofBurst) {
      burstRefused++;
      return;
    }
    measure(permit.startNanos());
    hadBurst = true;
    burstNanos = nowNanos;
    burstRunning = running;
    burstRefused = 1;
    burstAccepted = 0;
    burstRate = rate;
    if (isBarren) {
      knock(nowNanos);
    } else {
      mode = Mode.DRAINING;
    }
    isBarren = true;
  }

  /// What was accepted since the burst before this one, if that was long enough and jobs waited all
  /// the time.
  private void measure(long untilNanos) {
    double seconds = (untilNanos - measuresSinceNanos) / NANOS_PER_SECOND;
    boolean isSound =
        measures
            && accepted >= ENOUGH_ACCEPTED
            && seconds >= ENOUGH_SECONDS
            && busySeconds >= 0.8 * seconds;
    measured = isSound ? accepted / busySeconds : Double.NaN;
    measures = true;
    measuresSinceNanos = untilNanos;
    accepted = 0;
    busySeconds = 0;
  }

  private void drained(long nowNanos) {
    double refusedPart = (double) burstRefused / (burstRefused + burstAccepted + FEW);
    double less = burstRate * (1 - Math.clamp(refusedPart, DEPTH, 0.5));
    boolean isTrusted = !Double.isNaN(measured) && refusedPart < 0.5;
    double before = limit;
    limit =
        Math.clamp(
            isTrusted ? Math.clamp(measured, less, burstRate) : less, rule.min(), rule.max());
    boolean isConfirmed = Math.abs(limit / before - 1) < SAME;
    reach = isConfirmed ? Math.min(LONGEST_REACH_SECONDS, 2 * reach) : FIRST_REACH_SECONDS;
    follow(nowNanos);
  }

  private void follow(long nowNanos) {
    mode = Mode.FOLLOWING;
    followedSeconds = 0;
    doublesSeconds = LONG_SEARCH_DOUBLES_SECONDS;
    set(limit * (1 - DEPTH), nowNanos);
    pace.empty(nowNanos);
  }

  private void knock(long nowNanos) {
    mode = Mode.KNOCKING;
    knocking = 0;
    knockAtNanos = nowNanos + Math.min(LAST_KNOCK_NANOS, FIRST_KNOCK_NANOS << Math.min(knocks, 20));
    knocks++;
  }

  private void set(double newRate, long nowNanos) {
    rate = Math.clamp(newRate, rule.min(), rule.max());
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
    return Double.isNaN(limit) ? OptionalDouble.empty() : OptionalDouble.of(limit);
  }

  @Override
  public void recall(double learned) {
    limit = Math.clamp(learned, rule.min(), rule.max());
    rate = limit * (1 - DEPTH);
    mode = Mode.FOLLOWING;
    pace = new Pace(rate, burst());
  }
}
