package dev.jorb.engine;

import dev.jorb.event.StatusCount;
import dev.jorb.limit.TokenBucket;
import java.util.ArrayDeque;
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

  /// Whether the workflow has this state; if not, its jobs are parked.
  final boolean known;

  final ArrayDeque<Entry<J>> waiting = new ArrayDeque<>();
  int executing;
  int committing;
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
      boolean known) {
    this.index = index;
    this.state = state;
    this.terminal = terminal;
    this.concurrency = concurrency;
    this.bucket = bucket;
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
