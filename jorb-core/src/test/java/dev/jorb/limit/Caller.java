package dev.jorb.limit;

import java.util.PriorityQueue;
import java.util.function.LongPredicate;

/// Calls a simulated service through a limiter, as often as the limiter lets it, on virtual time.
final class Caller {
  static final long SECOND = 1_000_000_000L;
  private static final long LATENCY = SECOND / 10;

  final Limiter limiter;
  private final int concurrency;
  private final LongPredicate service;
  private final PriorityQueue<Call> calls = new PriorityQueue<>();
  private long nowNanos;
  long accepted;
  long refused;

  private record Call(long endNanos, Permit permit, boolean accepted) implements Comparable<Call> {
    @Override
    public int compareTo(Call other) {
      return Long.compare(endNanos, other.endNanos);
    }
  }

  /// @param service tells for a time whether it accepts a call
  Caller(Limiter limiter, int concurrency, LongPredicate service) {
    this.limiter = limiter;
    this.concurrency = concurrency;
    this.service = service;
  }

  /// A service that is a token bucket with a burst of one second.
  static LongPredicate bucket(int perSecond) {
    TokenBucket bucket = new TokenBucket(Rate.perSecond(perSecond).burst(perSecond));
    return bucket::tryAcquire;
  }

  /// Calls for so many seconds; forgets what was counted before.
  void calls(int seconds) {
    accepted = 0;
    refused = 0;
    long endNanos = nowNanos + seconds * SECOND;
    while (nowNanos < endNanos) {
      long wait = calls.size() < concurrency ? limiter.waitNanos(1, nowNanos) : Long.MAX_VALUE;
      if (wait == 0) {
        limiter.started(1, nowNanos);
        calls.add(new Call(nowNanos + LATENCY, new Permit(1, nowNanos), service.test(nowNanos)));
      } else {
        passTime(wait);
      }
    }
  }

  private void passTime(long wait) {
    Call next = calls.peek();
    if (next == null || (wait < Limiter.UNTIL_CHANGED && nowNanos + wait < next.endNanos)) {
      nowNanos += wait;
      return;
    }
    calls.remove();
    nowNanos = next.endNanos;
    accepted += next.accepted ? 1 : 0;
    refused += next.accepted ? 0 : 1;
    limiter.ended(next.permit, next.accepted ? Feedback.SUCCEEDED : Feedback.REFUSED, nowNanos);
  }
}
