package dev.jorb.engine;

import dev.jorb.measure.Ending;
import dev.jorb.measure.LimitedBy;
import dev.jorb.measure.Load;
import dev.jorb.measure.Spread;
import dev.jorb.measure.Times;
import dev.jorb.run.Job;
import dev.jorb.run.JobTransition;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Measures one state. Nothing here takes a lock or allocates.
///
/// What is counted when a step starts and when its slot is free is read and written under the
/// board's lock. What is counted when an outcome is recorded is written by whoever records: the
/// journal thread, with the monitor of its [Meters], or, if nothing is recorded, a worker under the
/// board's lock. Whoever reads holds both.
@SuppressWarnings("EnumOrdinal") // The numbers are known here only.
final class Meter {
  // Under the board's lock.
  private final Spread waiting = new Spread();
  private final Spread permit = new Spread();
  private long started;
  private long refused;
  private @Nullable Job<?> lastRefused;
  private long unrecordable;

  /// The sum of all ends of executions less that of all starts. With as many times now as steps run
  /// it is the time for which slots were taken.
  private long slotNanos;

  /// Since when a slot has been free and no permit was there for who waits; valid if `lacks`.
  private long lacksSinceNanos;

  private boolean lacks;

  // By whoever records.
  private final Spread executing = new Spread();
  private final Spread disk = new Spread();

  /// How often executions ended so, by the ending's number.
  private final long[] endings = new long[Ending.values().length];

  /// A job starts.
  ///
  /// @param sinceNanos since when it has waited
  /// @param isLimited whether its state has limits but the concurrency
  void started(long sinceNanos, boolean isLimited, long nowNanos) {
    started++;
    slotNanos -= nowNanos;
    long waited = nowNanos - sinceNanos;
    waiting.record(waited);
    if (isLimited) {
      permit.record(lacks ? Math.min(waited, nowNanos - lacksSinceNanos) : 0);
    }
    lacks = false;
  }

  /// A slot is free, a job waits, and there is no permit for it.
  void lacksPermit(long nowNanos) {
    if (!lacks) {
      lacks = true;
      lacksSinceNanos = nowNanos;
    }
  }

  /// A slot is free again.
  void freed(long nowNanos) {
    slotNanos += nowNanos;
  }

  /// A service refused what this job asked.
  void refused(Job<?> job) {
    refused++;
    lastRefused = job;
  }

  /// The job that a service refused last; null if none was.
  @Nullable String lastRefused() {
    return lastRefused == null ? null : lastRefused.id();
  }

  /// An execution has ended of which nothing can be recorded.
  void unrecordable() {
    unrecordable++;
  }

  /// The outcome of an execution is recorded. Does nothing for what only an order brought about.
  void recorded(Result<?> result) {
    Ending ending = result.entry().ending();
    if (ending != null) {
      endings[ending.ordinal()]++;
      JobTransition last = result.encoded().transition().job().lastTransition().orElse(null);
      if (last != null) {
        executing.record(last.took().toNanos());
      }
    }
  }

  /// The same, and it took so long until it was durable.
  void recorded(Result<?> result, long diskNanos) {
    recorded(result);
    disk.record(diskNanos);
  }

  /// How many executions have ended, without those that were refused.
  long executions() {
    long all = unrecordable;
    for (long each : endings) {
      all += each;
    }
    return all;
  }

  /// A copy.
  Map<Ending, Long> endings() {
    Map<Ending, Long> all = new EnumMap<>(Ending.class);
    for (Ending each : Ending.values()) {
      all.put(each, endings[each.ordinal()]);
    }
    all.merge(Ending.REFUSED, refused, Long::sum);
    all.merge(Ending.CONTEXT, unrecordable, Long::sum);
    return all;
  }

  /// Copies.
  Times times() {
    return new Times(executing, waiting, permit, disk).copy();
  }

  /// How much of what limits its state is in use.
  ///
  /// @param startsPerSecond what its rate allows; 0 if it has none

  Load load(Lane<?> lane, double startsPerSecond, LimitedBy limitedBy, long nowNanos) {
    return new Load(
        lane.concurrency,
        startsPerSecond,
        lane.waiting(),
        lane.executing,
        started,
        (slotNanos + lane.executing * nowNanos) / 1e9,
        limitedBy);
  }
}
