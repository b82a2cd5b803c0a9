package dev.jorb.bench;

import java.util.List;
import java.util.Locale;

/// Medians, and numbers as people read them.
final class Numbers {
  private Numbers() {}

  /// The middle one; of an even number the mean of the two in the middle.
  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /// With three digits that count: `0.83`, `1,230,000`.
  static String text(double value) {
    if (value == 0) {
      return "0";
    }
    double magnitude = Math.pow(10, Math.floor(Math.log10(Math.abs(value))) - 2);
    double rounded = Math.rint(value / magnitude) * magnitude;
    if (Math.abs(rounded) >= 100) {
      return String.format(Locale.ROOT, "%,.0f", rounded);
    }
    return String.format(Locale.ROOT, Math.abs(rounded) >= 10 ? "%.1f" : "%.3g", rounded);
  }

  /// From the least to the most: `0.71–0.90`.
  static String spread(List<Double> values) {
    double least = values.stream().min(Double::compare).orElseThrow();
    double most = values.stream().max(Double::compare).orElseThrow();
    return text(least) + "–" + text(most);
  }
}
