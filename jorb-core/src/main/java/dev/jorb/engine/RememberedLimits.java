package dev.jorb.engine;

import dev.jorb.limit.LiveLimiter;
import dev.jorb.run.LimitNote;
import dev.jorb.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.LongFunction;

/// What is known of limits from before this start, in the nanoseconds of its clock.
final class RememberedLimits {
  static final RememberedLimits NONE = new RememberedLimits(Map.of(), Instant.EPOCH, 0);

  private final Map<LimitNote.Id, Memory> memories;
  private final Instant now;
  private final long nowNanos;

  private record Memory(boolean isClosed, long untilNanos, double learned) {}

  private RememberedLimits(Map<LimitNote.Id, Memory> memories, Instant now, long nowNanos) {
    this.now = now;
    this.memories = memories;
    this.nowNanos = nowNanos;
  }

  static RememberedLimits of(Collection<LimitNote> notes, TimeSource time) {
    long nowNanos = time.nanoTime();
    Instant now = time.instant();
    Map<LimitNote.Id, Memory> memories = new HashMap<>();
    for (LimitNote note : notes) {
      Duration left = note.closedUntil().map(at -> Duration.between(now, at)).orElse(Duration.ZERO);
      boolean isClosed = left.isPositive();
      long nanos = isClosed ? nowNanos + Timers.nanos(left) : nowNanos;
      memories.put(note.id(), new Memory(isClosed, nanos, note.learned().orElse(Double.NaN)));
    }
    return new RememberedLimits(memories, now, nowNanos);
  }

  /// Whether there is one about this limit.
  boolean knows(String limit) {
    return memories.containsKey(new LimitNote.Id(limit, ""));
  }

  /// Tells a limiter that has let nothing pass yet what is known of it.
  void remind(String limit, String key, LiveLimiter live) {
    if (live.isNew()) {
      live.tellTime(now, nowNanos);
    }
    Memory memory = memories.get(new LimitNote.Id(limit, key));
    if (memory == null || !live.isNew()) {
      return;
    }
    if (!Double.isNaN(memory.learned)) {
      live.recall(memory.learned);
    }
    if (memory.isClosed) {
      live.close(memory.untilNanos, nowNanos);
    }
  }

  /// Adds what is to be remembered of a limiter, if there is anything.
  static void note(
      String limit,
      LiveLimiter live,
      long nowNanos,
      LongFunction<Instant> clock,
      List<LimitNote> notes) {
    OptionalLong until = live.closedUntilNanos(nowNanos);
    OptionalDouble learned = live.learned();
    if (until.isPresent() || learned.isPresent()) {
      notes.add(
          new LimitNote(
              limit,
              live.key().toString(),
              until.isPresent() ? clock.apply(until.getAsLong()) : null,
              learned.isPresent() ? learned.getAsDouble() : null));
    }
  }
}
