package dev.jorb.limit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;

/// So many per period in every window, wherever it begins, as services count that keep a log of
/// calls. A start that costs more than all permits takes all of them.
///
/// It remembers the starts of one period: one entry for all that started at the same time.
///
/// Not thread-safe: its owner guards it.
final class SlidingWindow implements Limiter {
  private final long permits;
  private final long periodNanos;
  private final ArrayDeque<Permit> starts = new ArrayDeque<>();
  private long taken;

  SlidingWindow(long permits, Duration period) {
    this.permits = permits;
    this.periodNanos = period.toNanos();
  }

  @Override
  public long waitNanos(long cost, long nowNanos) {
    forget(nowNanos);
    long missing = taken + Math.min(cost, permits) - permits;
    if (missing <= 0 || cost == 0) {
      return 0;
    }
    Iterator<Permit> oldest = starts.iterator();
    Permit last = oldest.next();
    for (missing -= last.cost(); missing > 0; missing -= last.cost()) {
      last = oldest.next();
    }
    return last.startNanos() + periodNanos - nowNanos;
  }

  private void forget(long nowNanos) {
    while (!starts.isEmpty() && starts.getFirst().startNanos() + periodNanos - nowNanos <= 0) {
      taken -= starts.removeFirst().cost();
    }
  }

  @Override
  public void started(long cost, long nowNanos) {
    add(Math.min(cost, permits), nowNanos);
  }

  private void add(long cost, long nowNanos) {
    Permit last = starts.peekLast();
    if (last != null && last.startNanos() == nowNanos) {
      starts.removeLast();
      starts.addLast(new Permit(last.cost() + cost, nowNanos));
    } else if (cost > 0) {
      starts.addLast(new Permit(cost, nowNanos));
    }
    taken += cost;
  }

  @Override
  public void ended(Permit permit, Feedback feedback, long nowNanos) {
    forget(nowNanos);
    long surplus = feedback.surplus(permit);
    if (surplus > 0) {
      add(surplus, nowNanos);
    } else if (surplus < 0) {
      giveBack(-surplus);
    }
  }

  /// Gives back the newest, which would have been the last to come back.
  private void giveBack(long cost) {
    long left = cost;
    while (left > 0 && !starts.isEmpty()) {
      Permit last = starts.removeLast();
      long back = Math.min(left, last.cost());
      if (back < last.cost()) {
        starts.addLast(new Permit(last.cost() - back, last.startNanos()));
      }
      left -= back;
      taken -= back;
    }
  }

  @Override
  public boolean isLikeNew(long nowNanos) {
    forget(nowNanos);
    return starts.isEmpty();
  }

  @Override
  public void succeed(Limiter earlier, int running, long nowNanos) {
    if (earlier instanceof SlidingWindow before) {
      before.starts.forEach(start -> add(start.cost(), start.startNanos()));
    }
  }
}
