package dev.jorb.serial;

import static dev.jorb.serial.LineReader.expect;

import dev.jorb.run.Job;
import dev.jorb.run.JobError;
import dev.jorb.serial.LineReader.BadLineException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A job as a Go run file says it: `Id`, `C`, `State`, `StateErrors`, `LastUpdate`, Jorb's
/// [GoNote], and fields that neither knows.
///
/// Go keeps errors as texts under their states, without times or a common order. What Jorb adds is
/// noted; the others count as older than those, in the order of the file.
final class GoJob {
  private static final List<String> KNOWN =
      List.of("Id", "C", "State", "StateErrors", "LastUpdate", GoNote.FIELD);
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};

  /// How deep a job's fields stand in the file.
  static final int DEPTH = 3;

  private final String id;
  @Nullable String state;
  byte[] context = NULL;
  private final Map<String, List<Entry>> errors = new LinkedHashMap<>();
  private Instant updated = Instant.EPOCH;
  @Nullable GoNote note;
  private final List<Field> unknown = new ArrayList<>();

  private GoJob(String id) {
    this.id = id;
  }

  /// A field that nobody knows, with its value as it stands.
  record Field(String name, byte[] value) {}

  /// An entry of `StateErrors`: as it stands, and what it says.
  private record Entry(byte[] raw, String message) {}

  /// What the file says of a job that a [Job] cannot hold, and that is written again with each new
  /// version.
  ///
  /// @param errors those that the file had, as they stand
  /// @param errorCount how many the job had in its life when it was read
  record Rest(List<Field> unknown, Map<String, List<byte[]>> errors, int errorCount) {
    static final Rest NONE = new Rest(List.of(), Map.of(), 0);
  }

  // ---- reading

  /// Reads the job that is filed under `key`, with the parser behind its opening brace.
  static GoJob read(Fields in, String key) throws BadLineException {
    GoJob job = new GoJob(key);
    Set<String> seen = new HashSet<>();
    for (String name = in.next(); name != null; name = in.next()) {
      requireOnce(seen, name);
      requireSpelling(KNOWN, name);
      job.field(in, name);
    }
    expect(job.state != null, "it needs \"State\"");
    return job;
  }

  static void requireOnce(Set<String> seen, String name) throws BadLineException {
    expect(seen.add(name), "it has \"" + name + "\" twice");
  }

  /// Go takes a field's name in any case of its letters.
  static void requireSpelling(List<String> known, String name) throws BadLineException {
    for (String each : known) {
      expect(
          !each.equalsIgnoreCase(name) || each.equals(name),
          "its field \"" + name + "\" must be written \"" + each + "\"");
    }
  }

  private void field(Fields in, String name) throws BadLineException {
    switch (name) {
      case "Id" -> requireId(in.text());
      case "C" -> context = JsonText.compact(in.raw());
      case "State" -> state = in.text();
      case "StateErrors" -> errors(in);
      case "LastUpdate" -> {
        String time = in.textOrNull();
        updated = time == null ? Instant.EPOCH : OffsetDateTime.parse(time).toInstant();
      }
      case GoNote.FIELD -> note = GoNote.read(in);
      default -> unknown.add(new Field(name, in.raw()));
    }
  }

  private void requireId(String written) throws BadLineException {
    expect(
        written.equals(id),
        "it is filed under the key \""
            + id
            + "\" but its Id is \""
            + written
            + "\"; make them the same");
  }

  private void errors(Fields in) throws BadLineException {
    if (in.isNull()) {
      return;
    }
    in.requireObject();
    for (String name = in.next(); name != null; name = in.next()) {
      List<Entry> list = new ArrayList<>();
      if (!in.isNull()) {
        in.elements(() -> list.add(error(in)));
      }
      expect(errors.put(name, list) == null, "its StateErrors have \"" + name + "\" twice");
    }
  }

  /// Old Go versions wrote errors as objects, mostly empty.
  private static Entry error(Fields in) {
    String text = in.textIfText();
    byte[] raw = in.raw();
    if (text != null) {
      return new Entry(raw, text);
    }
    String json = new String(JsonText.compact(raw), java.nio.charset.StandardCharsets.UTF_8);
    return new Entry(
        raw, json.equals("{}") ? "{} (the Go version did not write what it was)" : json);
  }

  // ---- as a job

  /// The state that it had when Jorb wrote it, if somebody changed it since.
  @Nullable String stateBeforeEdit() {
    return note == null || note.state == null || note.state.equals(state) ? null : note.state;
  }

  /// The job without its context.
  ///
  /// @param children one more than the highest number of its children, or 0
  Job<byte[]> toJob(String state, int children) {
    Job.Builder<byte[]> job = Job.<byte[]>builder(id, state).updated(updated);
    GoNote known = note == null ? new GoNote() : note;
    known.applyTo(job);
    known.parentOf(id).ifPresent(job::parent);
    addErrors(job, known);
    return job.kicks(Math.max(known.kicks, children)).build();
  }

  private void addErrors(Job.Builder<byte[]> job, GoNote known) {
    Map<String, Integer> noted = new HashMap<>();
    known.errors.forEach(each -> noted.merge(each.state(), 1, Integer::sum));
    int ordinal = errorCount() - written();
    Map<String, Integer> next = new HashMap<>();
    for (Map.Entry<String, List<Entry>> each : errors.entrySet()) {
      int older = each.getValue().size() - noted.getOrDefault(each.getKey(), 0);
      for (Entry error : each.getValue().subList(0, Math.max(0, older))) {
        job.error(each.getKey(), updated, error.message(), ++ordinal);
      }
      next.put(each.getKey(), older);
    }
    for (GoNote.ErrorNote each : known.errors) {
      int index = next.merge(each.state(), 1, Integer::sum) - 1;
      List<Entry> list = errors.getOrDefault(each.state(), List.of());
      if (index >= 0 && index < list.size()) { // Else a person took the text away.
        job.error(each.state(), each.at(), list.get(index).message(), ++ordinal);
      }
    }
  }

  private int written() {
    return errors.values().stream().mapToInt(List::size).sum();
  }

  private int errorCount() {
    return Math.max(note == null ? 0 : note.errorCount, written());
  }

  Rest rest() {
    if (unknown.isEmpty() && written() == 0) {
      return Rest.NONE;
    }
    Map<String, List<byte[]>> raw = new LinkedHashMap<>();
    errors.forEach((name, list) -> raw.put(name, list.stream().map(Entry::raw).toList()));
    return new Rest(List.copyOf(unknown), raw, errorCount());
  }

  // ---- writing

  /// A job's value as it stands in the file.
  ///
  /// @param context its context as JSON, escaped as Go does
  static byte[] write(Job<?> job, byte[] context, Rest rest) {
    GoText text = new GoText(context.length * 2 + 256);
    text.append("{").line(DEPTH).append("\"Id\": ").string(job.id());
    text.append(",").line(DEPTH).append("\"C\": ").indented(context, DEPTH);
    text.append(",").line(DEPTH).append("\"State\": ").string(job.state());
    text.append(",").line(DEPTH).append("\"StateErrors\": ");
    writeErrors(text, job, rest);
    text.append(",").line(DEPTH).append("\"LastUpdate\": ").append(time(job.updated()));
    if (GoNote.isNeeded(job)) {
      text.append(",").line(DEPTH).string(GoNote.FIELD).append(": ");
      GoNote.write(text, job);
    }
    for (Field each : rest.unknown()) {
      text.append(",").line(DEPTH).string(each.name()).append(": ").indented(each.value(), DEPTH);
    }
    return text.line(DEPTH - 1).append("}").toBytes();
  }

  private static void writeErrors(GoText text, Job<?> job, Rest rest) {
    Map<String, List<byte[]>> all = new TreeMap<>(GoIds.BYTEWISE);
    rest.errors().forEach((name, raw) -> all.put(name, new ArrayList<>(raw)));
    for (JobError each : job.errors()) {
      if (each.ordinal() > rest.errorCount()) {
        byte[] raw = new GoText(each.message().length() + 16).string(each.message()).toBytes();
        all.computeIfAbsent(each.state(), name -> new ArrayList<>()).add(raw);
      }
    }
    text.append("{");
    String comma = "";
    for (Map.Entry<String, List<byte[]>> each : all.entrySet()) {
      text.append(comma).line(DEPTH + 1).string(each.getKey()).append(": ");
      list(text, each.getValue());
      comma = ",";
    }
    if (!all.isEmpty()) {
      text.line(DEPTH);
    }
    text.append("}");
  }

  private static void list(GoText text, List<byte[]> values) {
    text.append("[");
    String comma = "";
    for (byte[] value : values) {
      text.append(comma).line(DEPTH + 2).indented(value, DEPTH + 2);
      comma = ",";
    }
    if (!values.isEmpty()) {
      text.line(DEPTH + 1);
    }
    text.append("]");
  }

  /// RFC 3339 without zeros at the end of the fraction, as Go writes it. A job without a time has
  /// null.
  private static String time(Instant at) {
    if (at.equals(Instant.EPOCH)) {
      return "null";
    }
    String text = at.toString();
    int end = text.length() - 1;
    if (text.indexOf('.') >= 0) {
      while (text.charAt(end - 1) == '0') {
        end--;
      }
    }
    return "\"" + text.substring(0, end) + "Z\"";
  }
}
