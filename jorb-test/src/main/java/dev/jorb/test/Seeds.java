package dev.jorb.test;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/// Which seeds a test runs under, and how it says so.
final class Seeds {
  private static final String PROPERTY = "jorb.seed";
  private static final int SHOWN = 10;

  private Seeds() {}

  /// The seeds 1 to `count`, or the one that the system property tells.
  static List<Long> of(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("seeds must be at least 1 but was " + count);
    }
    Long told = Long.getLong(PROPERTY);
    return told != null ? List.of(told) : LongStream.rangeClosed(1, count).boxed().toList();
  }

  static String replay(long seed) {
    return "-D" + PROPERTY + "=" + seed;
  }

  /// The first of them, as text.
  static String some(List<? extends Number> numbers) {
    String shown =
        numbers.stream().limit(SHOWN).map(String::valueOf).collect(Collectors.joining(", "));
    return numbers.size() > SHOWN ? shown + " and " + (numbers.size() - SHOWN) + " more" : shown;
  }
}
