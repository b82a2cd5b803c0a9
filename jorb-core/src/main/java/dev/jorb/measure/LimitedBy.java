package dev.jorb.measure;

/// What keeps a state from starting more steps at a moment.
public enum LimitedBy {
  /// Nothing: what waits starts at once.
  NOTHING("nothing"),
  /// No job waits there.
  NO_WORK("no work"),
  /// As many steps run as may run at a time.
  SLOTS("its slots"),
  /// Its rate lets nothing start at present.
  RATE("its rate"),
  /// A service asked to be left alone until a time, or is being tried carefully after that.
  CLOSED("a service that said no"),
  /// As many jobs as may be are between two states.
  GROUP("its group"),
  /// Something outside of the run holds it: the time of day, or what the machine has left.
  GATE("a gate"),
  /// A limiter of the workflow's own.
  LIMITER("its limiter"),
  /// It, or the run, was paused by hand or by too many failures.
  PAUSED("a pause"),
  /// What was executed has to reach the disk first.
  DISK("the disk"),
  /// The run comes to its end.
  STOPPED("the end of the run");

  private final String words;

  LimitedBy(String words) {
    this.words = words;
  }

  /// For a sentence: `limited by its slots`.
  public String words() {
    return words;
  }
}
