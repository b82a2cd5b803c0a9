package dev.jorb.bench;

import java.util.List;

/// A line of the table.
///
/// @param row what was measured
/// @param target what the value should be
/// @param rounds the value in each round: where it is a ratio, both sides come from the same round
/// @param note absolute figures, and what one has to know to judge the value
record Figure(String row, Target target, List<Double> rounds, String note) {
  /// Copies the rounds.
  Figure {
    rounds = List.copyOf(rounds);
    if (rounds.isEmpty()) {
      throw new IllegalArgumentException("row \"" + row + "\" was not measured");
    }
  }

  /// The median of the rounds.
  double value() {
    return Numbers.median(rounds);
  }

  /// Whether the median is good.
  boolean isMet() {
    return target.isMetBy(value());
  }
}
