package dev.jorb.limit;

import dev.jorb.limit.Feedback.Kind;
import java.util.OptionalDouble;

/// [AdaptiveConcurrency] at work.
///
/// Time is cut into windows: first one to settle after each change, then those that are measured. A
/// window ends when it has seen enough ends of steps and lasted twice as long as steps take.
///
/// Not thread-safe: its owner guards it.
final class ConcurrencyClimber implements Limiter {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double STEP = 1.25;

  /// What doubling has to bring to be followed by another, as a part of what it could.
  private static final double WORTH_DOUBLING = 0.35;

  /// What is no loss, and how sure one has to be of that.
  private static final double NO_LOSS = 0.01;

  private static final double SURE = 0.02;
  private static final int MOST_PAIRS = 8;
  private static final int FIRST_REST = 4;
  private static final int LONGEST_REST = 64;

  private enum Mode {
    DOUBLING,
    RESTING,
    COMPARING
  }

  private final int min;
  private final int max;
  private Mode mode = Mode.DOUBLING;

  /// The number that it stands by, and the one in force.
  private int base;

  private int current;
  private int running;
  private long usedAtNanos;

  // The window.
  private boolean isSettling = true;
  private boolean wasFull;
  private long windowNanos;
  private boolean hasWindow;
  private double done;
  private int ends;
  private double stepSeconds;

  // What is compared.
  private double doublingBase = Double.NaN;
  private int rest = FIRST_REST;
  private int restLeft;
  private boolean triesUp = true;
  private double baseLog = Double.NaN;
  private int pairs;
  private double sum;
  private double squares;
  private long refusedAtNanos;
  private boolean wasRefused;

  ConcurrencyClimber(int min, int max) {
    this.min = min;
    this.max = max;
    this.base = min;
    this.current = min;
  }

  @Override
  public long waitNanos(long cost, long nowNanos) {
    wasFull |= running >= current;
    return running < current ? 0 : UNTIL_CHANGED;
  }

  @Override
  public void started(long cost, long nowNanos) {
    running++;
    usedAtNanos = nowNanos;
    if (!hasWindow) {
      openWindow(true, nowNanos);
    }
  }

  @Override
  public void ended(Permit permit, Feedback feedback, long nowNanos) {
    running--;
    if (feedback.kind() == Kind.WITHDRAWN) {
      return;
    }
    if (feedback.isRefusal()) {
      refused(permit, nowNanos);
      return;
    }
    double seconds = (nowNanos - permit.startNanos()) / NANOS_PER_SECOND;
    stepSeconds = stepSeconds == 0 ? seconds : 0.95 * stepSeconds + 0.05 * seconds;
    done += permit.cost() + feedback.surplus(permit);
    ends++;
    double window = (nowNanos - windowNanos) / NANOS_PER_SECOND;
    if (ends >= Math.max(50, 10 * current) && window >= 2 * stepSeconds && window > 0) {
      closeWindow(done / window, nowNanos);
    }
  }

  private void refused(Permit permit, long nowNanos) {
    if (!wasRefused || permit.startNanos() - refusedAtNanos > 0) {
      wasRefused = true;
      refusedAtNanos = nowNanos;
      settleOn((int) (base / STEP), nowNanos);
    }
  }

  private void openWindow(boolean settles, long nowNanos) {
    hasWindow = true;
    isSettling = settles;
    wasFull = false;
    windowNanos = nowNanos;
    done = 0;
    ends = 0;
  }

  private void closeWindow(double throughput, long nowNanos) {
    boolean counts = !isSettling && wasFull && throughput > 0;
    boolean settles = false;
    if (counts) {
      int before = current;
      measured(Math.log(throughput));
      settles = current != before;
    }
    openWindow(settles, nowNanos);
  }

  private void measured(double log) {
    switch (mode) {
      case DOUBLING -> doubled(log);
      case RESTING -> {
        if (--restLeft <= 0) {
          beginComparing();
        }
      }
      case COMPARING -> compare(log);
    }
  }

  private void doubled(double log) {
    boolean pays =
        Double.isNaN(doublingBase)
            || log - doublingBase >= WORTH_DOUBLING * Math.log((double) current / base);
    if (pays) {
      base = current;
      doublingBase = log;
      current = Math.min(max, 2 * base);
    } else {
      current = base;
    }
    if (current == base) {
      beginComparing();
    }
  }

  private void beginComparing() {
    mode = Mode.COMPARING;
    pairs = 0;
    sum = 0;
    squares = 0;
    baseLog = Double.NaN;
    current = base;
    if (other() == base) {
      triesUp = !triesUp;
    }
    if (other() == base) {
      restNow();
    }
  }

  /// The number that it is compared with.
  private int other() {
    return triesUp
        ? Math.min(max, Math.max(base + 1, (int) Math.round(base * STEP)))
        : Math.max(min, Math.min(base - 1, (int) Math.round(base / STEP)));
  }

  private void compare(double log) {
    if (current == base) {
      baseLog = log;
      current = other();
      return;
    }
    double difference = log - baseLog;
    current = base;
    pairs++;
    sum += difference;
    squares += difference * difference;
    if (pairs >= 4) {
      decide();
    }
  }

  private void decide() {
    double mean = sum / pairs;
    double variance = Math.max(0, squares - pairs * mean * mean) / (pairs - 1);
    double error = Math.sqrt(variance / pairs);
    boolean isBetter = mean > 3 * error && mean > NO_LOSS;
    boolean isNoWorse = !triesUp && mean > -NO_LOSS && error < SURE;
    if (isBetter || isNoWorse) {
      base = other();
      rest = FIRST_REST;
      beginComparing();
    } else if (mean < -3 * error || pairs >= MOST_PAIRS) {
      triesUp = !triesUp;
      restNow();
    }
  }

  private void restNow() {
    mode = Mode.RESTING;
    current = base;
    restLeft = rest;
    rest = Math.min(LONGEST_REST, 2 * rest);
  }

  private void settleOn(int number, long nowNanos) {
    base = Math.clamp(number, min, max);
    restNow();
    openWindow(true, nowNanos);
  }

  @Override
  public boolean learns() {
    return true;
  }

  @Override
  public OptionalDouble learned() {
    return OptionalDouble.of(base);
  }

  @Override
  public void recall(double learned) {
    base = Math.clamp(Math.round(learned), min, max);
    restNow();
  }

  @Override
  public boolean isLikeNew(long nowNanos) {
    return running == 0 && (base == min || nowNanos - usedAtNanos >= Nanos.OUTDATED);
  }

  @Override
  public void succeed(Limiter earlier, int steps, long nowNanos) {
    running = steps;
  }
}
