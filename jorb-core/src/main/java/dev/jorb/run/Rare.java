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

  /// One with this in it; the same for all if that is nothing.
  @SuppressWarnings("unchecked") // It has no run.
  static <J> Rare<J> of(
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
    boolean isNothing =
        (kicks | attempt | priority | crashes | laps) == 0
            && dueMillis == 0
            && deadline == null
            && !(held || awaitsKicks || inDoubt)
            && parked == null
            && run == null
            && lastError == null
            && redriven == null;
    return isNothing
        ? (Rare<J>) NOTHING
        : new Rare<>(
            kicks,
            attempt,
            dueMillis,
            parked,
            held,
            priority,
            awaitsKicks,
            Math.min(crashes, Byte.MAX_VALUE),
            inDoubt,
            laps,
            deadline,
            run,
            lastError,
            redriven);
  }
}
