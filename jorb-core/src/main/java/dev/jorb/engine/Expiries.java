package dev.jorb.engine;

import dev.jorb.run.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;

/// When jobs must be at their ends. A job that has ended, or was given another time, leaves its old
/// one behind, which then means nothing. Read and written by the board only.
final class Expiries<J> {
  /// How long until it is tried again if something else was ordered for the job.
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final Orders<J> orders;
  private final Deadlines<J> executions;
  private final PriorityQueue<Expiry> all = new PriorityQueue<>();

  private record Expiry(long dueNanos, int position, Instant deadline)
      implements Comparable<Expiry> {
    @Override
    public int compareTo(Expiry other) {
      long difference = dueNanos - other.dueNanos;
      return difference != 0 ? Long.signum(difference) : Integer.compare(position, other.position);
    }
  }

  /// @param executions is told which step is to be interrupted
  Expiries(Orders<J> orders, Deadlines<J> executions) {
    this.orders = orders;
    this.executions = executions;
  }

  /// A job comes, or was given another deadline.
  ///
  /// @param now what time it was when its delay began to count
  void add(Job<?> job, Instant now, long nowNanos) {
    Instant deadline = job.deadline().orElse(null);
    if (deadline != null) {
      Duration left = Duration.between(now, deadline);
      long leftNanos = left.isNegative() ? 0 : Timers.nanos(left);
      all.add(new Expiry(nowNanos + leftNanos, job.position(), deadline));
    }
  }

  /// Orders what is to happen to those whose time has come. Parked ones stay as they are.
  void expire(long nowNanos) {
    for (Expiry due = all.peek(); due != null && due.dueNanos - nowNanos <= 0; due = all.peek()) {
      all.remove();
      Entry<J> entry = orders.find(due.position);
      if (entry != null && isMeant(due, entry)) {
        expire(due, entry, nowNanos);
      }
    }
  }

  private static boolean isMeant(Expiry due, Entry<?> entry) {
    return !entry.is(Entry.Phase.PARKED)
        && entry.job.deadline().filter(due.deadline::equals).isPresent();
  }

  private void expire(Expiry due, Entry<J> entry, long nowNanos) {
    if (entry.is(Entry.Phase.EXECUTING) && entry.call == null) {
      executions.isOver(entry);
    }
    if (entry.next != null) {
      all.add(new Expiry(nowNanos + AGAIN.toNanos(), due.position, due.deadline));
    } else {
      orders.give(entry, Order.of(new Order.Expire(due.deadline)));
    }
  }

  /// How long until the first is due, from 0; [Long#MAX_VALUE] if there is none.
  long waitNanos(long nowNanos) {
    for (Expiry first = all.peek(); first != null; first = all.peek()) {
      if (orders.find(first.position) != null) {
        return Math.max(0, first.dueNanos - nowNanos);
      }
      all.remove(); // It has ended.
    }
    return Long.MAX_VALUE;
  }
}
