package dev.jorb.run;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What few jobs have: an object of its own, which the others share.
///
/// @param <J> the job context
record Rare<J>(
    int kicks,
    int attempt,
    long dueMillis,
    @Nullable String parked,
    boolean held,
    int priority,
    boolean awaitsKicks,
    int crashes,
    boolean inDoubt,
    int laps,
    @Nullable Instant deadline,
    @Nullable Run<?, J> run,
    @Nullable JobError lastError,
    @Nullable Redriven redriven) {
  static final Rare<?> NOTHING =
      new Rare<>(0, 0, 0, null, false, 0, false, 0, false, 0, null, null, null, null);

  /// Bounds the crashes.
  Rare {
    crashes = Math.min(crashes, Byte.MAX_VALUE);
  }

  /// The same; if there is nothing in it, the one that all share.
  @SuppressWarnings("unchecked") // It has no run.
  Rare<J> shared() {
    return equals(NOTHING) ? (Rare<J>) NOTHING : this;
  }
}
