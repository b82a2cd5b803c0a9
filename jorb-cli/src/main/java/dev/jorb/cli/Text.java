package dev.jorb.cli;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// How numbers, durations and long messages are put into words.
final class Text {
  private Text() {}

  /// `1 job`, `2 jobs`.
  static String count(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  /// A duration to read: `310 ms`, `4.07 s`, `12.5 s`, `2 min 5 s`, `3 h 12 min`.
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
    if (seconds == 0) {
      return duration.toMillis() + " ms";
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

  /// The one of these that is most like a misspelt name: at most a third of it differs.
  static Optional<String> nearest(String name, Collection<String> all) {
    return all.stream()
        .min(Comparator.comparingInt(each -> distance(name, each)))
        .filter(each -> 3 * distance(name, each) <= Math.max(3, name.length()) + 2);
  }

  /// How many characters have to be put in, taken out, changed or swapped with their neighbour.
  private static int distance(String a, String b) {
    int[][] costs = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          costs[i][j] = i + j;
          continue;
        }
        int changed = costs[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int least = Math.min(changed, 1 + Math.min(costs[i - 1][j], costs[i][j - 1]));
        boolean isSwapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        costs[i][j] = isSwapped ? Math.min(least, costs[i - 2][j - 2] + 1) : least;
      }
    }
    return costs[a.length()][b.length()];
  }
}
