package dev.jorb.run;

import dev.jorb.measure.LimitedBy;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/// That a state was held by something of which its jobs' transitions do not tell: a disk that was
/// full, a pause, a gate, a service that said no. Or that no process had the run, between its last
/// transition and its next start.
///
/// @param state the state's name; empty for the whole run
/// @param by what held it
/// @param since when that began; with the state and the reason it says which note this is, so that
///   a longer one takes its place
/// @param until up to when it is known
/// @param held for how much of that time, from 0 to all of it: what comes and goes quickly is one
///   note
public record HoldNote(String state, LimitedBy by, Instant since, Instant until, Duration held) {
  /// Refuses a time that is negative or longer than from `since` to `until`.
  public HoldNote {
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(by, "by");
    if (until.isBefore(since)) {
      throw new IllegalArgumentException(
          "a note of a hold: it ends at " + until + ", before it begins at " + since);
    }
    if (held.isNegative() || held.compareTo(Duration.between(since, until)) > 0) {
      throw new IllegalArgumentException(
          "a note of a hold: " + held + " do not fit between " + since + " and " + until);
    }
  }

  /// That no process had the run.
  public static HoldNote absence(Instant since, Instant until) {
    return new HoldNote("", LimitedBy.STOPPED, since, until, Duration.between(since, until));
  }

  /// Whether it says that no process had the run.
  public boolean isAbsence() {
    return by == LimitedBy.STOPPED;
  }

  /// For how much of its time it held, from 0 to 1.
  public double share() {
    long nanos = Duration.between(since, until).toNanos();
    return nanos == 0 ? 0 : (double) held.toNanos() / nanos;
  }

  /// Whether it says the same as an earlier one, up to a later time.
  public boolean replaces(HoldNote earlier) {
    return isLike(earlier) && since.equals(earlier.since);
  }

  /// Whether it is about the same state and the same reason.
  boolean isLike(HoldNote other) {
    return state.equals(other.state) && by == other.by;
  }

  /// The time from its end to a later one's beginning.
  Duration gapTo(HoldNote later) {
    return Duration.between(until, later.since);
  }

  /// This one and a later one as one.
  HoldNote and(HoldNote later) {
    Instant end = later.until.isAfter(until) ? later.until : until;
    Duration both = held.plus(later.held);
    Duration most = Duration.between(since, end);
    return new HoldNote(state, by, since, end, both.compareTo(most) > 0 ? most : both);
  }
}
