package dev.jorb.bench;

import java.util.Locale;

/// What a row's value should be.
///
/// @param kind which side of the bound is good
/// @param bound the bound
record Target(Kind kind, double bound) {
  /// Which side of a bound is good.
  enum Kind {
    AT_LEAST(">= "),
    ABOVE("> "),
    AT_MOST("<= "),
    /// None: the value is shown, and that is all.
    SHOWN("shown");

    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  static Target atLeast(double bound) {
    return new Target(Kind.AT_LEAST, bound);
  }

  static Target above(double bound) {
    return new Target(Kind.ABOVE, bound);
  }

  static Target atMost(double bound) {
    return new Target(Kind.AT_MOST, bound);
  }

  static Target shown() {
    return new Target(Kind.SHOWN, 0);
  }

  /// Whether the value is good.
  boolean isMetBy(double value) {
    return switch (kind) {
      case AT_LEAST -> value >= bound;
      case ABOVE -> value > bound;
      case AT_MOST -> value <= bound;
      case SHOWN -> true;
    };
  }

  @Override
  public String toString() {
    return kind == Kind.SHOWN ? kind.text : kind.text + String.format(Locale.ROOT, "%s", number());
  }

  private String number() {
    return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
  }
}
