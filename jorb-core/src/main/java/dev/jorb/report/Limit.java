package dev.jorb.report;

/// What kept a state from starting more steps in a part of a run.
public enum Limit {
  /// All slots were taken while jobs waited.
  SLOTS("its slots"),
  /// Jobs waited and slots were free, but the rate allowed no more starts.
  RATE("its rate"),
  /// Jobs waited, slots were free, and as many jobs as may be were inside of the state's group.
  GROUP("its group"),
  /// Jobs waited, and neither slots nor the rate nor the group were used up: the disk, the
  /// processors, a pause, a gate, or a stop.
  OTHER("something else"),
  /// No job waited: the states before it sent none.
  NO_WORK("no work"),
  /// Nothing was executed and nothing waited.
  IDLE("nothing");

  private final String words;

  Limit(String words) {
    this.words = words;
  }

  /// For a sentence: `limited by its slots`.
  public String words() {
    return words;
  }
}
