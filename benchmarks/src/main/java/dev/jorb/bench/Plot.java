package dev.jorb.bench;

import dev.jorb.bench.Contest.Score;
import java.util.List;
import java.util.Locale;

/// A contest as a picture: useful calls per second over time, one line for each rule, and the
/// capacity.
///
/// Four polylines need no library, and no fonts on the machine that draws them.
final class Plot {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 260;
  private static final int LEFT = 48;
  private static final int TOP = 34;
  private static final int POINTS = 300;
  private static final String[] COLOURS = {"#bbbbbb", "#7a9cc6", "#d98f3f", "#1f7a4d"};

  private Plot() {}

  static String fileName(String contest) {
    return contest.replaceAll("[^A-Za-z0-9]+", "-") + ".svg";
  }

  static String of(Contest contest, List<Score> scores) {
    int seconds = scores.getFirst().useful().length;
    double most = 0;
    for (int i = 0; i < seconds; i++) {
      most = Math.max(most, contest.capacity().applyAsDouble(i));
    }
    double top = most * 1.3;
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n"
            .formatted(WIDTH, HEIGHT));
    svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
    svg.append(text(LEFT, 16, "#222", contest.name() + ": useful calls per second"));
    axes(svg, seconds, top);
    line(svg, "#222", "4 3", seconds, top, (from, to) -> contest.capacity().applyAsDouble(from));
    for (int i = 0; i < scores.size(); i++) {
      int[] useful = scores.get(i).useful();
      line(svg, COLOURS[i], "", seconds, top, (from, to) -> mean(useful, from, to));
      svg.append(text(LEFT + 8 + 165 * i, 30, COLOURS[i], "— " + scores.get(i).rule()));
    }
    return svg.append("</svg>\n").toString();
  }

  /// What is drawn for the seconds from one to before the other.
  private interface Value {
    double of(int from, int to);
  }

  private static double mean(int[] counts, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += counts[i];
    }
    return sum / (to - from);
  }

  private static void line(
      StringBuilder svg, String colour, String dash, int seconds, double top, Value value) {
    svg.append("<polyline fill=\"none\" stroke=\"")
        .append(colour)
        .append("\" stroke-width=\"1.5\"");
    svg.append(dash.isEmpty() ? "" : " stroke-dasharray=\"" + dash + "\"").append(" points=\"");
    int step = Math.max(1, seconds / POINTS);
    for (int from = 0; from < seconds; from += step) {
      double height = Math.min(top, value.of(from, Math.min(seconds, from + step)));
      svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(from, seconds), y(height, top)));
    }
    svg.append("\"/>\n");
  }

  private static void axes(StringBuilder svg, int seconds, double top) {
    for (int i = 0; i <= 4; i++) {
      double value = top * i / 4;
      svg.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%3$.1f\" stroke=\"#e4e4e4\"/>\n",
              LEFT,
              WIDTH - 10,
              y(value, top)));
      svg.append(text(6, (int) y(value, top) + 4, "#666", Numbers.text(value)));
      int second = seconds * i / 4;
      svg.append(text((int) x(second, seconds) - 14, HEIGHT - 6, "#666", second + " s"));
    }
  }

  private static double x(int second, int seconds) {
    return LEFT + (WIDTH - LEFT - 24.0) * second / seconds;
  }

  private static double y(double value, double top) {
    return HEIGHT - 24 - (HEIGHT - 24.0 - TOP - 6) * value / top;
  }

  private static String text(int x, int y, String colour, String words) {
    return "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>\n".formatted(x, y, colour, words);
  }
}
