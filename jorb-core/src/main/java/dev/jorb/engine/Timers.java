package dev.jorb.engine;

import dev.jorb.engine.Entry.Phase;
import java.time.Duration;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Delayed jobs: the one that is due first in front, in the order of their coming when due
/// together.
///
/// A job that leaves before its time stays as an entry that is gone, which is passed over. Read and
/// written by the board only.
final class Timers<J> {
  /// The longest delay that is kept apart from for ever: a clock of nanoseconds ends after 292
  /// years.
  private static final Duration LONGEST_DELAY = Duration.ofDays(36_525);

  private final PriorityQueue<Timer<J>> timers = new PriorityQueue<>();
  private long count;

  /// A delayed job and when it is due.
  private record Timer<J>(long dueNanos, long order, Entry<J> entry)
      implements Comparable<Timer<J>> {
    @Override
    public int compareTo(Timer<J> other) {
      long difference = dueNanos - other.dueNanos;
      return difference != 0 ? Long.signum(difference) : Long.compare(order, other.order);
    }
  }

  static long nanos(Duration delay) {
    return (delay.compareTo(LONGEST_DELAY) < 0 ? delay : LONGEST_DELAY).toNanos();
  }

  void add(Entry<J> entry, Duration delay, long nowNanos) {
    timers.add(new Timer<>(nowNanos + nanos(delay), count++, entry));
  }

  /// Takes the first job whose time has come; null if there is none.
  @Nullable Entry<J> takeDue(long nowNanos) {
    dropGone();
    Timer<J> first = timers.peek();
    if (first == null || first.dueNanos - nowNanos > 0) {
      return null;
    }
    timers.remove();
    return first.entry;
  }

  /// How long until the first is due, from 0; [Long#MAX_VALUE] if there is none.
  long waitNanos(long nowNanos) {
    Timer<J> first = timers.peek();
    return first == null ? Long.MAX_VALUE : Math.max(0, first.dueNanos - nowNanos);
  }

  /// Forgets those in front that have left.
  void dropGone() {
    for (Timer<J> first = timers.peek();
        first != null && first.entry.is(Phase.GONE);
        first = timers.peek()) {
      timers.remove();
    }
  }
}
