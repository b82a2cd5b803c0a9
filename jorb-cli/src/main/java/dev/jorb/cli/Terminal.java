package dev.jorb.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What an output can show.
///
/// @param rows how many lines it has; 0 if it is no terminal
/// @param columns how many characters a line has
/// @param isColoured whether it should have colours
record Terminal(int rows, int columns, boolean isColoured) {
  /// Not a terminal: a file, a pipe, or one that cannot move its cursor.
  static final Terminal NONE = new Terminal(0, 0, false);

  /// The terminal that `out` is; only `System.err` can be one.
  static Terminal of(PrintStream out) {
    return out.equals(System.err) ? of(System.getenv(), sizeOfStandardError()) : NONE;
  }

  /// Reads what `stty size` says, "rows columns", in the light of the environment.
  static Terminal of(Map<String, String> environment, String size) {
    String term = environment.getOrDefault("TERM", "dumb");
    String[] numbers = size.strip().split(" ", -1);
    if (numbers.length != 2 || term.equals("dumb")) {
      return NONE;
    }
    int rows = number(numbers[0], 24);
    int columns = number(environment.getOrDefault("COLUMNS", ""), number(numbers[1], 80));
    return new Terminal(rows, columns, environment.getOrDefault("NO_COLOR", "").isEmpty());
  }

  private static int number(String text, int otherwise) {
    try {
      int number = Integer.parseInt(text);
      return number > 0 ? number : otherwise;
    } catch (NumberFormatException notOne) {
      return otherwise;
    }
  }

  /// Asks `stty` about standard error; empty if it is no terminal, or there is no `stty`.
  private static String sizeOfStandardError() {
    ProcessBuilder asking =
        new ProcessBuilder("sh", "-c", "exec 3<&2 2>/dev/null; stty size <&3")
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    try {
      Process process = asking.start();
      process.getOutputStream().close();
      String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor(1, TimeUnit.SECONDS) && process.exitValue() == 0 ? answer : "";
    } catch (IOException noShell) {
      return "";
    } catch (InterruptedException passedOn) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  /// Whether standard output is a terminal too, which then is the same one.
  static boolean isStandardOutputOne() {
    try {
      return new ProcessBuilder("sh", "-c", "test -t 1").inheritIO().start().waitFor() == 0;
    } catch (IOException noShell) {
      return false;
    } catch (InterruptedException passedOn) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Whether this many lines can be drawn anew.
  boolean isDrawable(int lines) {
    return lines < rows;
  }

  /// The part of a line that fits; a full line would wrap on some terminals.
  String cut(String line) {
    return line.length() < columns ? line : line.substring(0, Math.max(0, columns - 1));
  }
}
