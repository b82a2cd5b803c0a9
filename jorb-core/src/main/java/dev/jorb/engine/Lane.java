package dev.jorb.engine;

import dev.jorb.event.StatusCount;
import dev.jorb.limit.TokenBucket;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/// One state on the board: who waits there, who is executed, and what limits it.
///
/// Read and written by the board only.
final class Lane<J> {
  final int index;
  final String state;
  final boolean terminal;
  final int concurrency;
  final @Nullable TokenBucket bucket;

  /// How long an execution may take, in nanoseconds; 0 for any time.
  final long timeoutNanos;

  /// Whether the workflow has this state; if not, its jobs are parked.
  final boolean known;

  final ArrayDeque<Entry<J>> waiting = new ArrayDeque<>();

  /// When each execution that began is overdue. All have the same timeout, so the first is due
  /// first.
  final LinkedHashMap<Entry<J>, Long> deadlines = new LinkedHashMap<>();

  int executing;
  int committing;

  /// Jobs that wait for a time, or for the jobs that they kicked.
  int delayed;

  int parked;
  long completed;
  boolean paused;

  Lane(
      int index,
      String state,
      boolean terminal,
      int concurrency,
      @Nullable TokenBucket bucket,
      long timeoutNanos,
      boolean known) {
    this.index = index;
    this.state = state;
    this.terminal = terminal;
    this.concurrency = concurrency;
    this.bucket = bucket;
    this.timeoutNanos = timeoutNanos;
    this.known = known;
  }

  /// Whether a job waits here and only a permit, or the whole run, can hold it.
  boolean hasWorkAndRoom() {
    return !waiting.isEmpty() && executing < concurrency && !paused;
  }

  StatusCount count() {
    return new StatusCount(
        state, waiting.size(), executing + committing, delayed, parked, completed, terminal);
  }

  @Override
  public String toString() {
    return state;
  }
}
