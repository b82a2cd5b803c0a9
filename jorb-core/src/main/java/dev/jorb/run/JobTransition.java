package dev.jorb.run;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One execution of a job that was recorded: from where to where, when, and how long the step took.
///
/// A job's transitions are a linked list from the newest to the oldest, so that a new one costs one
/// small object. Of a job that loops for ever the last 64 to 128 are kept; [#ordinal()] goes on
/// counting. Immutable and thread-safe.
public final class JobTransition {
  private static final int KEPT = 64;

  private final String from;
  private final String to;
  private final long atMillis;
  private final long tookNanos;
  private final int ordinal;
  private final int length;
  private final @Nullable JobTransition before;

  private JobTransition(
      String from,
      String to,
      long atMillis,
      long tookNanos,
      int ordinal,
      @Nullable JobTransition before) {
    this.from = from;
    this.to = to;
    this.atMillis = atMillis;
    this.tookNanos = tookNanos;
    this.ordinal = ordinal;
    this.before = before;
    this.length = before == null ? 1 : before.length + 1;
  }

  /// Whether it led from one of these states to one of them.
  public boolean isWithin(Collection<String> states) {
    return states.contains(from) && states.contains(to);
  }

  /// Whether an order ended the job, and no step was executed.
  public boolean isCancellation() {
    return to.equals(Job.CANCELLED) && tookNanos == 0;
  }

  /// The next transition after `before`, or the first.
  static JobTransition after(
      @Nullable JobTransition before,
      String from,
      String to,
      Instant at,
      Duration took,
      int ordinal) {
    JobTransition kept = before != null && before.length >= 2 * KEPT ? newest(before) : before;
    return new JobTransition(from, to, at.toEpochMilli(), took.toNanos(), ordinal, kept);
  }

  private static JobTransition newest(JobTransition last) {
    JobTransition copy = null;
    List<JobTransition> all = oldestFirst(last);
    for (JobTransition each : all.subList(all.size() - KEPT, all.size())) {
      copy =
          new JobTransition(each.from, each.to, each.atMillis, each.tookNanos, each.ordinal, copy);
    }
    return Objects.requireNonNull(copy);
  }

  static List<JobTransition> oldestFirst(@Nullable JobTransition last) {
    if (last == null) {
      return List.of();
    }
    List<JobTransition> all = new ArrayList<>();
    for (JobTransition each = last; each != null; each = each.before) {
      all.add(each);
    }
    Collections.reverse(all);
    return Collections.unmodifiableList(all);
  }

  /// The state whose step was executed.
  public String from() {
    return from;
  }

  /// The state that the job went to; the same as [#from()] when it stayed.
  public String to() {
    return to;
  }

  /// When the step returned, to the millisecond.
  public Instant at() {
    return Instant.ofEpochMilli(atMillis);
  }

  /// How long the step took.
  public Duration took() {
    return Duration.ofNanos(tookNanos);
  }

  /// The number of this transition in the job's life, from 1.
  public int ordinal() {
    return ordinal;
  }

  @Override
  public String toString() {
    return from + " -> " + to + " at " + at() + " took " + took();
  }
}
