package dev.jorb.cli;

import dev.jorb.event.StatusCount;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// Puts the counts of a run into lines of a given width: a bar for each state and one for the
/// whole.
///
/// @param columns the width of a line; what is longer is cut
/// @param rows the lines that there is room for
/// @param isColoured whether colours may be used
/// @param isUnicode whether the terminal has blocks
record BarText(int columns, int rows, boolean isColoured, boolean isUnicode) {
  private static final Pattern COLOURS = Pattern.compile("\u001b\\[[0-9;]*m");
  private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("EEE HH:mm", Locale.ENGLISH);
  private static final String GREEN = "\u001b[32m";
  private static final String RED = "\u001b[31m";
  private static final String DIM = "\u001b[2m";
  private static final String PLAIN = "\u001b[0m";

  /// How many columns a line takes without its colours.
  static int width(String line) {
    return COLOURS.matcher(line).replaceAll("").length();
  }

  /// The lines, the whole run last. If there is no room for all states, the busiest are shown.
  ///
  /// @param rates executions per second by state
  /// @param heldBy what limits the states now, by state; not all need be there
  /// @param total the line for the whole
  List<String> lines(
      List<StatusCount> counts,
      Map<String, Double> rates,
      Map<String, String> heldBy,
      String total) {
    List<StatusCount> shown = shown(counts);
    int nameWidth =
        Math.min(
            Math.max(8, columns / 5),
            shown.stream().mapToInt(c -> c.state().length()).max().orElse(0));
    List<String> lines = new ArrayList<>();
    for (StatusCount count : shown) {
      lines.add(
          line(
              count,
              nameWidth,
              rates.getOrDefault(count.state(), 0.0),
              heldBy.getOrDefault(count.state(), "")));
    }
    if (shown.size() < counts.size()) {
      lines.add(fitted("… and " + (counts.size() - shown.size()) + " more states"));
    }
    lines.add(fitted(total));
    return lines;
  }

  private List<StatusCount> shown(List<StatusCount> counts) {
    if (counts.size() + 1 < rows) {
      return counts;
    }
    int room = Math.max(1, rows - 3);
    List<StatusCount> busy =
        counts.stream()
            .filter(count -> count.jobs() > 0)
            .sorted((a, b) -> Long.compare(activity(b), activity(a)))
            .limit(room)
            .toList();
    return counts.stream().filter(busy::contains).toList();
  }

  private static long activity(StatusCount count) {
    return count.terminal() ? 1 : 2 + 1_000L * count.executing() + count.waiting() + count.parked();
  }

  private String line(StatusCount count, int nameWidth, double rate, String heldBy) {
    String name = Text.headline(count.state(), nameWidth);
    long total = count.terminal() ? count.completed() : count.completed() + count.jobs();
    String figures = " %6d/%-6d".formatted(count.completed(), total);
    int width = Math.max(4, Math.min(30, columns / 5 - 2));
    String head = name + " ".repeat(nameWidth - name.length() + 1);
    List<String> parts = new ArrayList<>();
    if (!count.terminal()) {
      add(parts, count.executing(), "running");
      add(parts, count.waiting(), "waiting");
      add(parts, count.delayed(), "delayed");
      add(parts, count.parked(), "parked");
      if (rate * 60 >= 0.05) { // What is less is shown as nothing.
        parts.add(perTime(rate));
      }
      if (!heldBy.isEmpty()) {
        parts.add("limit: " + heldBy);
      }
    }
    String tail = figures + " " + String.join(", ", parts);
    int room = columns - 1 - head.length() - width;
    String cut = tail.length() <= room ? tail : tail.substring(0, Math.max(0, room));
    return head + bar(count, total, width) + cut.stripTrailing();
  }

  private String bar(StatusCount count, long total, int width) {
    int done = cells(count.completed(), total, width);
    int failed = cells(count.parked(), total, width);
    failed = count.parked() > 0 ? Math.max(1, failed) : failed;
    done = Math.min(done, width - failed);
    String full = isUnicode ? "█" : "#";
    String rest = (isUnicode ? "░" : ".").repeat(width - done - failed);
    return isColoured
        ? GREEN + full.repeat(done) + RED + full.repeat(failed) + PLAIN + DIM + rest + PLAIN
        : full.repeat(done) + "!".repeat(failed) + rest;
  }

  private static int cells(long part, long whole, int width) {
    return whole == 0 ? 0 : (int) (part * width / whole);
  }

  private String fitted(String line) {
    return line.length() < columns ? line : line.substring(0, Math.max(0, columns - 1));
  }

  private static void add(List<String> parts, long number, String what) {
    if (number > 0) {
      parts.add(number + " " + what);
    }
  }

  /// `12/s`, `0.4/s`, `3/min`.
  static String perTime(double perSecond) {
    if (perSecond >= 10) {
      return Math.round(perSecond) + "/s";
    }
    if (perSecond >= 0.1) {
      return String.format(Locale.ROOT, "%.1f/s", perSecond);
    }
    return String.format(Locale.ROOT, "%.1f/min", perSecond * 60);
  }

  /// When so many jobs will be done at this rate, as a clock shows it; empty if that cannot be
  /// told.
  static String clock(long left, double perSecond, Instant now, ZoneId zone) {
    if (left == 0 || perSecond <= 0 || left / perSecond > 365 * 86_400.0) {
      return "";
    }
    Duration still = Duration.ofSeconds(Math.round(left / perSecond));
    DateTimeFormatter form = still.toHours() < 12 ? CLOCK : DAY;
    return "done about " + form.format(now.plus(still).atZone(zone));
  }
}
