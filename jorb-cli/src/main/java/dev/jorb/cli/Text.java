package dev.jorb.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// How numbers, durations and long messages are put into words.
final class Text {
  private Text() {}

  /// `1 job`, `2 jobs`.
  static String count(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  /// A duration to read: `0.31 s`, `12.5 s`, `2 min 5 s`, `3 h 12 min`.
  static String seconds(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds >= 3600) {
      return duration.toHours() + " h " + duration.toMinutesPart() + " min";
    }
    if (seconds >= 60) {
      return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
    }
    if (duration.toNanosPart() == 0) {
      return seconds + " s";
    }
    return String.format(
        Locale.ROOT, seconds >= 10 ? "%.1f s" : "%.2f s", duration.toNanos() / 1e9);
  }

  /// The first line of a message, at most `length` characters.
  static String headline(String message, int length) {
    String line = message.lines().findFirst().orElse("").strip();
    return line.length() <= length ? line : line.substring(0, length - 1) + "…";
  }

  /// The first few, and how many there are besides.
  static String some(List<String> all, int shown) {
    String first = String.join(", ", all.subList(0, Math.min(shown, all.size())));
    return all.size() > shown ? first + " and " + (all.size() - shown) + " more" : first;
  }
}
