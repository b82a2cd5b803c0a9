package dev.jorb.engine;

import dev.jorb.limit.LiveLimiter;
import dev.jorb.limit.Permit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The jobs of one key.
final class Line<J> implements Comparable<Line<J>> {
  final Object key;
  final List<LiveLimiter> limiters;
  final Queue<J> waiting;
  long dueNanos;

  /// Whether its limiters are kept for it.
  boolean isRetained;

  /// Whether it is in one of the turnstile's queues, or waits for a change.
  boolean isPlaced;

  /// Jobs of it that run.
  int running;

  Line(Object key, List<LiveLimiter> limiters, Queue<J> waiting) {
    this.key = key;
    this.limiters = limiters;
    this.waiting = waiting;
  }

  /// The ticket of one of its jobs. Those that came before their state had limits get theirs now.
  Ticket<J> ticketOf(Entry<J> entry) {
    Ticket<J> ticket = entry.ticket;
    if (ticket == null) {
      ticket = new Ticket<>(this, 1);
      entry.ticket = ticket;
    }
    return ticket;
  }

  @Override
  public int compareTo(Line<J> other) {
    return Long.signum(dueNanos - other.dueNanos);
  }

  /// What a job in a limited state has: its place in a line, and what its start costs.
  static final class Ticket<J> {
    final Line<J> line;
    final long cost;
    @Nullable Permit permit;

    Ticket(Line<J> line, long cost) {
      this.line = line;
      this.cost = cost;
    }
  }
}
