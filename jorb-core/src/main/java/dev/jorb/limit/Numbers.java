package dev.jorb.limit;

import java.util.List;

/// Rules for numbers in definitions.
final class Numbers {
  private Numbers() {}

  static void checkFinite(String name, double value, List<String> problems) {
    if (!Double.isFinite(value)) {
      problems.add(name + " must be a finite number but was " + value);
    }
  }

  /// Above zero, and not above the other.
  static void checkRange(String what, double min, double max, String unit, List<String> problems) {
    if (!(min > 0) || !Double.isFinite(min)) {
      problems.add(what + ": min must be above zero but was " + min + unit);
    }
    if (!Double.isFinite(max) || !(max > 0)) {
      problems.add(what + ": max must be above zero and finite but was " + max + unit);
    } else if (min > max) {
      problems.add(what + ": min must not be above max but was " + min + ", above " + max + unit);
    }
  }
}
