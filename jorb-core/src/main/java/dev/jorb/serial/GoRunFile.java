package dev.jorb.serial;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.run.Schema;
import dev.jorb.serial.GoIds.Place;
import dev.jorb.serial.GoJob.Field;
import dev.jorb.serial.GoJob.Rest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A whole run file in the Go version's form, in memory, each job as the text that stands for it.
///
/// ```
/// {
///   "Name": "fleet-upgrade",
///   "Jobs": { "0": {…}, "10": {…}, "2": {…} },     by the bytes of the key
///   "Overall": {…},
///   "Jorb": {"id":…,"start":…,"workflow":…,"states":…,"terminal":…,"order":…}
/// }
/// ```
///
/// `Jorb` is what the Go version does not know: which run this is, what its workflow looked like,
/// and which jobs did not come in the order of their ids. It is left out as long as nothing was
/// changed since Go wrote the file. Not thread-safe, but for [#rest].
final class GoRunFile {
  /// Where jobs start in the Go version.
  static final String GO_START_STATE = "new";

  private static final int CHUNK = 1 << 20;

  private final List<Field> fields;
  private final NavigableMap<String, byte[]> jobs = new TreeMap<>(GoIds.BYTEWISE);
  private final Map<String, Rest> rests = new HashMap<>();
  private @Nullable RunNote note;
  private boolean isNoted;

  /// The jobs whose ids do not tell when they came, in the order in which they did.
  private final List<String> late = new ArrayList<>();

  private @Nullable Place lastInOrder;

  /// What Jorb knows of a run and the Go version does not.
  record RunNote(
      String id,
      String startState,
      @Nullable String workflow,
      List<String> states,
      List<String> terminal) {}

  /// @param fields the run's own fields in their order, those of Jorb left out; the value of `Jobs`
  ///   stands for a run without jobs
  GoRunFile(List<Field> fields, @Nullable RunNote note) {
    this.fields = fields;
    this.note = note;
    this.isNoted = note != null;
  }

  /// The file of a new run, without jobs.
  static GoRunFile create(String name, byte[] overall) {
    byte[] quoted = new GoText(name.length() + 16).string(name).toBytes();
    byte[] none = "{}".getBytes(StandardCharsets.US_ASCII);
    GoRunFile created =
        new GoRunFile(
            List.of(
                new Field("Name", quoted), new Field("Jobs", none), new Field("Overall", overall)),
            null);
    created.isNoted = true;
    return created;
  }

  /// The id of a run that Go wrote: the same whenever its file is read.
  static String idOf(String name) {
    return UUID.nameUUIDFromBytes(("jorb " + name).getBytes(StandardCharsets.UTF_8)).toString();
  }

  /// Says what the Go version does not know of the run. It is written once anything is changed.
  void describe(Run<?, ?> run, Schema<?, ?> schema) {
    RunNote before = note;
    note =
        before != null && schema.stateNames().isEmpty()
            ? before
            : new RunNote(
                run.id(),
                run.startState(),
                schema.workflowName().orElse(null),
                schema.stateNames(),
                List.copyOf(schema.terminalStateNames()));
  }

  /// What the file said of this job that a job cannot hold. Thread-safe once the file is read.
  Rest rest(String id) {
    return rests.getOrDefault(id, Rest.NONE);
  }

  /// Takes in a job as the file has it, in the order in which jobs came.
  void load(String id, byte[] value, Rest rest) {
    replace(id, value);
    if (!rest.equals(Rest.NONE)) {
      rests.put(id, rest);
    }
  }

  /// Takes in a job's version.
  void put(Job<?> job, byte[] context) {
    isNoted = true;
    replace(job.id(), GoJob.write(job, context, rest(job.id())));
  }

  /// Takes in a job's new text, and notes in `mark` how to take it back.
  void put(String id, byte[] value, Mark mark) {
    isNoted = true;
    mark.changes().add(new Change(id, replace(id, value)));
  }

  private byte @Nullable [] replace(String id, byte[] value) {
    byte[] before = jobs.put(id, value);
    if (before == null) {
      Place place = Place.of(id);
      if (late.isEmpty() && (lastInOrder == null || lastInOrder.compareTo(place) < 0)) {
        lastInOrder = place;
      } else {
        late.add(id);
      }
    }
    return before;
  }

  /// The changes since a moment, to be taken back if they cannot be written.
  record Mark(@Nullable Place lastInOrder, int late, List<Change> changes) {}

  private record Change(String id, byte @Nullable [] before) {}

  /// Now, for [#undo].
  Mark mark() {
    return new Mark(lastInOrder, late.size(), new ArrayList<>());
  }

  /// Takes back all that was put with `mark`.
  void undo(Mark mark) {
    for (Change change : mark.changes().reversed()) {
      if (change.before() == null) {
        jobs.remove(change.id());
      } else {
        jobs.put(change.id(), change.before());
      }
    }
    lastInOrder = mark.lastInOrder();
    late.subList(mark.late(), late.size()).clear();
  }

  /// Takes what is written, piece by piece.
  interface Sink {
    void write(byte[] bytes, int length) throws IOException;
  }

  /// Writes the whole file.
  void writeTo(Sink sink) throws IOException {
    GoText text = new GoText(CHUNK + (64 << 10));
    String comma = "{";
    for (Field field : fields) {
      text.append(comma).line(1).string(field.name()).append(": ");
      if (field.name().equals("Jobs") && !jobs.isEmpty()) {
        writeJobs(text, sink);
      } else {
        text.indented(field.value(), 1);
      }
      comma = ",";
    }
    if (note != null && isNoted) {
      text.append(",").line(1).string(GoNote.FIELD).append(": ");
      writeNote(text, note);
    }
    text.line(0).append("}").line(0);
    sink.write(text.buffer(), text.size());
  }

  private void writeJobs(GoText text, Sink sink) throws IOException {
    String comma = "{";
    for (Map.Entry<String, byte[]> job : jobs.entrySet()) {
      text.append(comma).line(2).string(job.getKey()).append(": ").raw(job.getValue());
      comma = ",";
      if (text.size() >= CHUNK) {
        sink.write(text.buffer(), text.size());
        text.clear();
      }
    }
    text.line(1).append("}");
  }

  private void writeNote(GoText text, RunNote run) {
    text.append("{\"id\":").string(run.id()).append(",\"start\":").string(run.startState());
    if (run.workflow() != null) {
      text.append(",\"workflow\":").string(run.workflow());
    }
    strings(text, "states", run.states());
    strings(text, "terminal", run.terminal());
    strings(text, "order", late);
    text.append("}");
  }

  private static void strings(GoText text, String name, List<String> values) {
    if (values.isEmpty()) {
      return;
    }
    text.append(",").string(name).append(":");
    String comma = "[";
    for (String each : values) {
      text.append(comma).string(each);
      comma = ",";
    }
    text.append("]");
  }
}
