import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Draws a terminal's screen, as `tmux capture-pane -e -p` prints it, as SVG. Blocks are drawn as
/// rectangles, and each text is as wide as its cells, so that it looks the same with every font.
final class ScreenToSvg {
  private static final int WIDTH = 8;
  private static final int HEIGHT = 18;
  private static final int MARGIN = 12;

  private final StringBuilder svg = new StringBuilder();
  private String colour = "#d8dee4";
  private boolean isDim;

  private ScreenToSvg() {}

  public static void main(String[] args) throws IOException {
    int columns = Integer.parseInt(args[0]);
    String screen = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    System.out.print(new ScreenToSvg().draw(columns, screen.stripTrailing().lines().toList()));
  }

  private String draw(int columns, List<String> lines) {
    int width = columns * WIDTH + 2 * MARGIN;
    int height = lines.size() * HEIGHT + 2 * MARGIN;
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img">
        <title>Bars of a run on a terminal</title>
        <rect width="100%%" height="100%%" rx="8" fill="#161b22"/>
        <g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13">
        """
            .formatted(width, height, width, height));
    for (int i = 0; i < lines.size(); i++) {
      line(lines.get(i), MARGIN + i * HEIGHT);
    }
    return svg.append("</g>\n</svg>\n").toString();
  }

  private void line(String line, int top) {
    int column = 0;
    int at = 0;
    while (at < line.length()) {
      if (line.charAt(at) == '\u001b') {
        int end = line.indexOf('m', at);
        style(line.substring(at + 2, end));
        at = end + 1;
        continue;
      }
      int end = at;
      while (end < line.length() && kind(line.charAt(end)) == kind(line.charAt(at))) {
        end++;
      }
      piece(line.substring(at, end), column, top);
      column += end - at;
      at = end;
    }
  }

  private static char kind(char c) {
    return c == '█' || c == '░' || c == '\u001b' ? c : 'x';
  }

  private void style(String codes) {
    for (String code : codes.split(";")) {
      switch (code) {
        case "", "0", "39" -> {
          colour = "#d8dee4";
          isDim = isDim && code.equals("39");
        }
        case "2" -> isDim = true;
        case "22" -> isDim = false;
        case "31" -> colour = "#f85149";
        case "32" -> colour = "#3fb950";
        default -> {} // Nothing else is used by the bars.
      }
    }
  }

  private void piece(String text, int column, int top) {
    int x = MARGIN + column * WIDTH;
    int width = text.length() * WIDTH;
    switch (kind(text.charAt(0))) {
      case '█' -> rectangle(x, top, width, colour, 1);
      case '░' -> rectangle(x, top, width, "#8b949e", 0.35);
      default -> {
        if (!text.isBlank()) {
          svg.append(
              "<text x=\"%d\" y=\"%d\" textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\" fill=\"%s\"%s xml:space=\"preserve\">%s</text>%n"
                  .formatted(
                      x, top + 13, width, colour, isDim ? " opacity=\"0.6\"" : "", escaped(text)));
        }
      }
    }
  }

  private void rectangle(int x, int top, int width, String fill, double opacity) {
    svg.append(
        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\" opacity=\"%s\"/>%n"
            .formatted(x, top + 2, width, HEIGHT - 5, fill, opacity));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
