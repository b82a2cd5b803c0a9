package dev.jorb.limit;

import dev.jorb.measure.LimitedBy;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// A limit at work: its limiter, and what the service behind it said. One for each limit, or for
/// each key of a limit that is kept per key.
///
/// Guarded by the lock of the [SharedLimits] that it comes from.
public final class LiveLimiter {
  private Limit limit;
  private final Object key;
  private final ClosedUntil closed = new ClosedUntil();
  private Limiter limiter;
  private Instant told = Instant.EPOCH;
  private long toldAtNanos;
  private int users;
  private boolean isNew = true;
  private ArrayDeque<Runnable> waiting = new ArrayDeque<>(2);

  /// @param key for whom; "" if for everybody
  LiveLimiter(Limit limit, Object key, Limiter limiter) {
    this.limit = limit;
    this.key = key;
    this.limiter = limiter;
  }

  /// As [Limiter#waitNanos]; a user's limiter may answer nonsense.
  public long waitNanos(long cost, long nowNanos) {
    long wait = closed.waitNanos(cost, nowNanos);
    if (wait != 0) {
      return wait;
    }
    return limiter.waitNanos(cost, nowNanos);
  }

  /// As [Limiter#started].
  public void started(long cost, long nowNanos) {
    isNew = false;
    closed.started(cost, nowNanos);
    limiter.started(cost, nowNanos);
  }

  /// As [Limiter#ended].
  public void ended(Permit permit, Feedback feedback, long nowNanos) {
    closed.ended(permit, feedback, limiter.learns(), nowNanos);
    try {
      limiter.ended(permit, feedback, nowNanos);
    } finally {
      changed();
    }
  }

  /// Calls this, once, when something other than time may have brought a permit nearer.
  public void onChange(Runnable waiter) {
    waiting.add(waiter);
  }

  private void changed() {
    if (!waiting.isEmpty()) {
      ArrayDeque<Runnable> all = waiting;
      waiting = new ArrayDeque<>(2);
      all.forEach(Runnable::run);
    }
  }

  /// Puts another limiter in place of its own; what had passed still counts, if the two can be
  /// compared.
  void replace(Limit newLimit, Limiter successor, long nowNanos) {
    successor.tellTime(told, toldAtNanos);
    successor.succeed(limiter, closed.running(), nowNanos);
    limit = newLimit;
    limiter = successor;
    changed();
  }

  /// Whether it has let nothing pass yet.
  public boolean isNew() {
    return isNew;
  }

  /// Closes it until then.
  public void close(long untilNanos, long nowNanos) {
    closed.close(untilNanos, nowNanos);
  }

  /// Until when the service closed it; empty if it is not closed.
  public OptionalLong closedUntilNanos(long nowNanos) {
    return closed.isClosed(nowNanos) ? OptionalLong.of(closed.untilNanos()) : OptionalLong.empty();
  }

  /// What its limiter has learned.
  public OptionalDouble learned() {
    return limiter.learned();
  }

  /// Begins with what was learned before.
  public void recall(double learned) {
    limiter.recall(learned);
  }

  /// Why a start of this cost has to wait, in a few words.
  public String reason(long cost, long nowNanos) {
    String why = closed.reason(cost, nowNanos);
    String whose = "".equals(key) ? "" : " for " + key;
    if (why.isEmpty()) {
      why = limiter.closedBecause();
    }
    return (why.isEmpty() ? "waits for " + limit : why) + whose;
  }

  /// The same as a kind.
  public LimitedBy limitedBy(long cost, long nowNanos) {
    if (!closed.reason(cost, nowNanos).isEmpty()) {
      return LimitedBy.CLOSED;
    }
    return limiter.closedBecause().isEmpty() ? kind(limit) : LimitedBy.GATE;
  }

  /// Whether the time that [#waitNanos] answers is when the wait will be over, and not only when to
  /// ask again.
  public boolean knowsWhen(long cost, long nowNanos) {
    return !closed.reason(cost, nowNanos).isEmpty() || limiter.closedBecause().isEmpty();
  }

  private static LimitedBy kind(Limit limit) {
    return switch (limit) {
      case Rate rate -> LimitedBy.RATE;
      case LearnedRate rate -> LimitedBy.RATE;
      case Aimd rate -> LimitedBy.RATE;
      case Limit.AllOf all when !all.limits().isEmpty() -> kind(all.limits().getFirst());
      case Concurrency slots -> LimitedBy.SLOTS;
      case AdaptiveConcurrency slots -> LimitedBy.SLOTS;
      case TimeWindow window -> LimitedBy.GATE;
      default -> LimitedBy.LIMITER;
    };
  }

  /// As [Limiter#tellTime].
  public void tellTime(Instant now, long nowNanos) {
    told = now;
    toldAtNanos = nowNanos;
    limiter.tellTime(now, nowNanos);
  }

  /// What it is made of.
  public Limit limit() {
    return limit;
  }

  /// For whom it counts; "" if for everybody.
  public Object key() {
    return key;
  }

  /// Somebody begins to use it: it is not forgotten until [#release].
  public void retain() {
    users++;
  }

  /// Somebody uses it no more.
  public void release() {
    users--;
  }

  boolean canBeForgotten(long nowNanos) {
    return users == 0 && closed.isLikeNew(nowNanos) && limiter.isLikeNew(nowNanos);
  }
}
