package dev.jorb.serial;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One redrive, as the run file remembers it.
public final class RedriveEntry {
  private final int number;
  private final String by;
  private final Instant at;
  private final String to;
  private final int jobs;
  private final String why;
  private final @Nullable Instant undoneAt;
  private final @Nullable String undoneBy;

  RedriveEntry(
      int number,
      String by,
      Instant at,
      String to,
      int jobs,
      String why,
      @Nullable Instant undoneAt,
      @Nullable String undoneBy) {
    this.number = number;
    this.by = by;
    this.at = at;
    this.to = to;
    this.jobs = jobs;
    this.why = why;
    this.undoneAt = undoneAt;
    this.undoneBy = undoneBy;
  }

  /// The same, taken back.
  RedriveEntry undone(Instant at, String by) {
    return new RedriveEntry(number, this.by, this.at, to, jobs, why, at, by);
  }

  /// Counts the redrives of a run, from 1.
  public int number() {
    return number;
  }

  /// Who did it, in the words of the one who did.
  public String by() {
    return by;
  }

  /// When, to the millisecond.
  public Instant at() {
    return at;
  }

  /// The state that the jobs were sent to.
  public String to() {
    return to;
  }

  /// How many jobs were sent.
  public int jobs() {
    return jobs;
  }

  /// What was asked for, such as `--errors 3f9a1c`.
  public String why() {
    return why;
  }

  /// When it was taken back, if it was.
  public Optional<Instant> undoneAt() {
    return Optional.ofNullable(undoneAt);
  }

  /// Who took it back, if somebody did.
  public Optional<String> undoneBy() {
    return Optional.ofNullable(undoneBy);
  }

  @Override
  public String toString() {
    return "redrive " + number + " of " + jobs + " to " + to + " by " + by + " at " + at;
  }
}
