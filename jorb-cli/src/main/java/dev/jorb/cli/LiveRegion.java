package dev.jorb.cli;

import java.io.PrintStream;
import java.util.List;

/// Lines at the bottom of a terminal that are drawn anew, while everything else that is printed
/// appears above them and scrolls away.
///
/// The cursor rests at the beginning of the line below the region. Each change goes out as one
/// write: up to the region's first line, the new text above if there is any, and the lines again.
/// When the terminal has become narrower since, the drawn lines take more rows than they did; those
/// are counted. Nothing of the program's own output is kept back, so nothing can be lost.
/// Thread-safe.
final class LiveRegion {
  private static final String CLEAR_TO_END = "\u001b[J";
  private static final String CLEAR_LINE = "\u001b[K";

  private final PrintStream out;

  // Guarded by this.
  private List<String> lines = List.of();
  private int columns;

  LiveRegion(PrintStream out) {
    this.out = out;
  }

  /// Draws these lines in place of the last ones.
  ///
  /// @param lines may carry colours; none longer than `columns` without them
  /// @param columns the terminal's width now
  synchronized void draw(List<String> lines, int columns) {
    this.columns = columns;
    String top = toTop();
    this.lines = List.copyOf(lines);
    StringBuilder frame = new StringBuilder(top);
    lines.forEach(line -> frame.append(line).append(CLEAR_LINE).append('\n'));
    print(frame.append(CLEAR_TO_END));
  }

  /// Prints whole lines above the region.
  ///
  /// @param text ends with a line break
  synchronized void above(String text) {
    String top = toTop();
    StringBuilder frame = new StringBuilder(top.isEmpty() ? "" : top + CLEAR_TO_END).append(text);
    lines.forEach(line -> frame.append(line).append('\n'));
    print(frame);
  }

  /// Takes the lines away.
  synchronized void erase() {
    if (!lines.isEmpty()) {
      print(new StringBuilder(toTop()).append(CLEAR_TO_END));
    }
    lines = List.of();
  }

  /// Leaves the lines where they are, for what follows to stand below them.
  synchronized void leave() {
    lines = List.of();
  }

  private String toTop() {
    int rows = lines.stream().mapToInt(this::rows).sum();
    return rows == 0 ? "" : "\u001b[" + rows + "A\r";
  }

  /// How many rows a drawn line takes by now.
  private int rows(String line) {
    return columns == 0 ? 1 : Math.max(1, (BarText.width(line) + columns - 1) / columns);
  }

  private void print(StringBuilder frame) {
    out.print(frame);
    out.flush();
  }
}
