package dev.jorb.bench;

/// How much is measured: enough to see that each row can be, or enough for figures that hold.
enum Scale {
  SHORT,
  FULL;

  /// The size for this scale.
  int pick(int small, int full) {
    return this == SHORT ? small : full;
  }

  /// Rounds of a whole-run row.
  int rounds() {
    return pick(2, 9);
  }
}
