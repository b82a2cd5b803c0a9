package dev.jorb.cli;

import dev.jorb.event.StatusCount;
import dev.jorb.run.Json;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.RawValue;

/// Writes what the verbs say as JSON: one object on one line, in UTF-8 whatever the locale.
final class JsonText {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  private JsonText() {}

  /// A value that is JSON already.
  static Object raw(Json json) {
    return new RawValue(json.text());
  }

  /// A value as maps, lists, texts, numbers and booleans.
  static Object value(Json json) {
    return MAPPER.readValue(json.text(), Object.class);
  }

  /// The text without characters that XML does not allow.
  static String printable(String text) {
    return text.codePoints().allMatch(JsonText::isPrintable)
        ? text
        : text.codePoints()
            .map(c -> isPrintable(c) ? c : 0xFFFD)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
  }

  private static boolean isPrintable(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || (c >= ' ' && c < 0xD800)
        || (c > 0xDFFF && c != 0xFFFE && c != 0xFFFF);
  }

  /// The counts as `status --json` and `run --json` give them.
  static List<Map<String, Object>> states(List<StatusCount> counts) {
    return counts.stream().map(JsonText::state).toList();
  }

  private static Map<String, Object> state(StatusCount count) {
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("state", count.state());
    state.put("waiting", count.waiting());
    state.put("executing", count.executing());
    state.put("delayed", count.delayed());
    state.put("parked", count.parked());
    state.put("completed", count.completed());
    state.put("terminal", count.terminal());
    return state;
  }

  static void print(PrintStream out, Map<String, Object> object) {
    byte[] line = MAPPER.writeValueAsString(object).getBytes(StandardCharsets.UTF_8);
    out.write(line, 0, line.length);
    out.println();
  }

  /// JSON that may stand in an HTML script element: nothing in it can end that element.
  static String inScript(Map<String, Object> object) {
    return MAPPER
        .writeValueAsString(object)
        .replace("&", "\\u0026")
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029");
  }

  /// Prints `head` with one more field, a list that is written element by element.
  static void print(
      PrintStream out,
      Map<String, Object> head,
      String list,
      Stream<Map<String, Object>> elements) {
    try (JsonGenerator generator = MAPPER.createGenerator(out)) {
      generator.writeStartObject();
      head.forEach(generator::writePOJOProperty);
      generator.writeArrayPropertyStart(list);
      elements.forEachOrdered(generator::writePOJO);
      generator.writeEndArray();
      generator.writeEndObject();
    }
    out.println();
  }

  /// The same JSON over several lines.
  static String pretty(Json json) {
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(MAPPER.readTree(json.text()));
  }
}
