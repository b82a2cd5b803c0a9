package dev.jorb.report;

import dev.jorb.measure.LimitedBy;
import java.util.Optional;

/// What kept a state from starting more steps in a part of a run.
public enum Limit {
  /// All slots were taken while jobs waited.
  SLOTS("its slots"),
  /// Jobs waited and slots were free, but the rate allowed no more starts.
  RATE("its rate"),
  /// Jobs waited, slots were free, and as many jobs as may be were inside of the state's group.
  GROUP("its group"),
  /// What was executed had to reach the disk first, or the disk was full.
  DISK("the disk"),
  /// It, or the run, was paused by hand or by too many failures.
  PAUSE("a pause"),
  /// Something outside of the run held it: the time of day, or what the machine had left.
  GATE("a gate"),
  /// A service asked to be left alone until a time.
  CLOSED("a service that said no"),
  /// A limiter of the program's own.
  LIMITER("its limiter"),
  /// Jobs waited, and neither slots nor the rate nor the group were used up, and the file tells of
  /// nothing that held them: the processors, or a stop. A file of a version before the notes tells
  /// of no disk, pause or gate either.
  OTHER("something else"),
  /// No job waited: the states before it sent none.
  NO_WORK("no work"),
  /// Nothing was executed and nothing waited.
  IDLE("nothing");

  private final String words;

  Limit(String words) {
    this.words = words;
  }

  /// What a note of a hold says, if it says more than the transitions do.
  public static Optional<Limit> of(LimitedBy by) {
    return switch (by) {
      case DISK -> Optional.of(DISK);
      case PAUSED -> Optional.of(PAUSE);
      case GATE -> Optional.of(GATE);
      case CLOSED -> Optional.of(CLOSED);
      case LIMITER -> Optional.of(LIMITER);
      case SLOTS -> Optional.of(SLOTS);
      case RATE -> Optional.of(RATE);
      case GROUP -> Optional.of(GROUP);
      case NOTHING, NO_WORK, STOPPED -> Optional.empty();
    };
  }

  /// For a sentence: `limited by its slots`.
  public String words() {
    return words;
  }
}
