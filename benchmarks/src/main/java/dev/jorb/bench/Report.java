package dev.jorb.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What was measured, as a table for people and as JSON for programs.
///
/// @param commit the commit that was measured
/// @param machine what it was measured on
/// @param rows the lines of the table
record Report(String commit, String machine, List<Line> rows) {
  private static final String BEGIN = "<!-- table, written by .ci/bench -->";
  private static final String END = "<!-- end of table -->";
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /// A line of the table.
  ///
  /// @param value the median of the rounds; null if the row could not be measured
  record Line(
      String row,
      @Nullable Double value,
      String target,
      boolean met,
      List<Double> rounds,
      String note) {
    static Line of(Figure figure) {
      return new Line(
          figure.row(),
          figure.value(),
          figure.target().toString(),
          figure.isMet(),
          figure.rounds(),
          figure.note());
    }

    static Line unmeasured(String row, String why) {
      return new Line(row, null, "measured", false, List.of(), "could not be measured: " + why);
    }

    private String valueText() {
      return value == null ? "—" : Numbers.text(value);
    }

    private String spreadText() {
      return switch (rounds.size()) {
        case 0 -> "";
        case 1 -> "one round";
        default -> Numbers.spread(rounds) + " in " + rounds.size();
      };
    }

    private String metText() {
      return target.equals("shown") ? "" : met ? "yes" : "no";
    }
  }

  void writeJson(Path file) throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("commit", commit);
    json.put("machine", machine);
    json.put("rows", rows);
    Files.writeString(file, MAPPER.writeValueAsString(json) + "\n");
  }

  /// Lines that a row's JVM wrote.
  static List<Line> readLines(Path file) throws IOException {
    return new ArrayList<>(List.of(MAPPER.readValue(Files.readString(file), Line[].class)));
  }

  /// Writes the lines of one row for the JVM that asked for them.
  static void writeLines(List<Figure> figures, Path file) throws IOException {
    Files.writeString(file, MAPPER.writeValueAsString(figures.stream().map(Line::of).toList()));
  }

  /// Writes the table into a Markdown file: between its marks if it has them, else as all of it.
  void writeMarkdown(Path file) throws IOException {
    String old = Files.exists(file) ? Files.readString(file) : "";
    int begin = old.indexOf(BEGIN);
    int end = old.indexOf(END);
    boolean marked = begin >= 0 && end > begin;
    String before = marked ? old.substring(0, begin) : "";
    String after = marked ? old.substring(end + END.length()) : "\n";
    Files.writeString(file, before + BEGIN + "\n\n" + toMarkdown() + "\n" + END + after);
  }

  /// The table in Markdown.
  String toMarkdown() {
    StringBuilder text = new StringBuilder();
    text.append("Commit ").append(commit).append(", ").append(machine).append(".\n\n");
    text.append("| row | median | spread, rounds | target | met | figures |\n");
    text.append("| --- | --: | --- | --- | --- | --- |\n");
    for (Line line : rows) {
      text.append(
          "| %s | %s | %s | %s | %s | %s |\n"
              .formatted(
                  line.row,
                  line.valueText(),
                  line.spreadText(),
                  line.target,
                  line.metText(),
                  line.note));
    }
    return text.toString();
  }

  /// The table for a terminal: a line for each row, its note below.
  String toText() {
    int width = rows.stream().mapToInt(line -> line.row.length()).max().orElse(0);
    String format = "%-" + width + "s  %9s  %-22s %-8s %-3s%n    %s%n";
    StringBuilder text = new StringBuilder();
    text.append("%ncommit %s, %s%n%n".formatted(commit, machine));
    for (Line line : rows) {
      text.append(
          format.formatted(
              line.row,
              line.valueText(),
              line.spreadText(),
              line.target,
              line.metText(),
              line.note));
    }
    return text.toString();
  }
}
