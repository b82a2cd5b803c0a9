package dev.jorb.cli;

import java.io.PrintStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Rows as RFC 4180 has them, that no spreadsheet takes for formulas.
///
/// A text that begins with what starts a formula (`=`, `+`, `-`, `@`, also in full width, a tab or
/// a line break) gets an apostrophe in front, as OWASP advises, and every text is quoted. Numbers
/// are written as they are.
final class Csv {
  private static final String STARTS_FORMULA = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";

  private final PrintStream out;

  Csv(PrintStream out) {
    this.out = out;
  }

  /// Writes a row; null is an empty cell.
  void row(Stream<? extends @Nullable Object> cells) {
    out.print(cells.map(Csv::cell).collect(Collectors.joining(",")) + "\r\n");
  }

  private static String cell(@Nullable Object value) {
    if (value == null) {
      return "";
    }
    if (value instanceof Number) {
      return value.toString();
    }
    String text = value.toString();
    String inert =
        !text.isEmpty() && STARTS_FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    return "\"" + inert.replace("\"", "\"\"") + "\"";
  }
}
