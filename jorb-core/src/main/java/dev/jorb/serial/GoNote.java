package dev.jorb.serial;

import dev.jorb.run.Job;
import dev.jorb.run.JobError;
import dev.jorb.run.JobTransition;
import dev.jorb.serial.LineReader.BadLineException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What Jorb knows of a job and the Go version does not, in one field that Go passes over.
///
/// It stands on one line. It is left out where there is nothing to say, so that a job which Jorb
/// did not touch reads as Go wrote it. It repeats the state: if that differs from the job's, a
/// person, or the Go version, changed the job since.
final class GoNote {
  /// The name of the field, on jobs and on the run. No field of Go's has it in any case of its
  /// letters.
  static final String FIELD = "Jorb";

  int version = 1;
  @Nullable String state;
  @Nullable String parent;
  boolean saysParent;
  int kicks;
  int attempt;
  boolean awaitsKicks;
  @Nullable Instant due;
  @Nullable String parked;
  boolean held;
  int priority;
  int laps;
  @Nullable Instant deadline;
  final List<Line.PastTransition> transitions = new ArrayList<>();
  int transitionCount;
  final List<ErrorNote> errors = new ArrayList<>();
  int errorCount;

  /// When an error happened whose text is in `StateErrors`.
  record ErrorNote(String state, Instant at) {}

  // ---- reading

  /// Reads the note with the parser at its value.
  static GoNote read(Fields in) throws BadLineException {
    in.requireObject();
    GoNote note = new GoNote();
    for (String name = in.next(); name != null; name = in.next()) {
      note.field(in, name);
    }
    note.transitionCount = Math.max(note.transitionCount, note.transitions.size());
    return note;
  }

  private void field(Fields in, String name) throws BadLineException {
    switch (name) {
      case "v" -> version = in.count();
      case "state" -> state = in.text();
      case "parent" -> {
        saysParent = true;
        parent = in.textOrNull();
      }
      case "kicks" -> kicks = in.count();
      case "attempt" -> attempt = in.count();
      case "awaits" -> awaitsKicks = in.flag();
      case "due" -> due = Instant.parse(in.text());
      case "parked" -> parked = in.text();
      case "held" -> held = in.flag();
      case "priority" -> priority = in.integer();
      case "laps" -> laps = in.count();
      case "deadline" -> deadline = Instant.parse(in.text());
      case "transitions" -> in.objects(() -> transitions.add(transition(in)));
      case "n" -> transitionCount = in.count();
      case "errors" -> in.objects(() -> errors.add(error(in)));
      case "errorCount" -> errorCount = in.count();
      default -> in.skip();
    }
  }

  private static Line.PastTransition transition(Fields in) throws BadLineException {
    String from = "";
    String to = "";
    Instant at = Instant.EPOCH;
    Duration took = Duration.ZERO;
    for (String name = in.next(); name != null; name = in.next()) {
      switch (name) {
        case "from" -> from = in.text();
        case "to" -> to = in.text();
        case "at" -> at = Instant.parse(in.text());
        case "took" -> took = Duration.parse(in.text());
        default -> in.skip();
      }
    }
    return new Line.PastTransition(from, to, at, took, 0);
  }

  private static ErrorNote error(Fields in) throws BadLineException {
    String state = "";
    Instant at = Instant.EPOCH;
    for (String name = in.next(); name != null; name = in.next()) {
      switch (name) {
        case "state" -> state = in.text();
        case "at" -> at = Instant.parse(in.text());
        default -> in.skip();
      }
    }
    return new ErrorNote(state, at);
  }

  /// Puts what it says but the errors on the job.
  void applyTo(Job.Builder<?> job) {
    job.version(Math.max(1, version)).attempt(attempt).awaitsKicks(awaitsKicks);
    if (due != null) {
      job.due(due);
    }
    if (parked != null) {
      job.parked(parked);
    }
    job.held(held).priority(priority).laps(laps).deadline(deadline);
    int ordinal = transitionCount - transitions.size();
    for (Line.PastTransition each : transitions) {
      job.transition(each.from(), each.to(), each.at(), each.took(), ++ordinal);
    }
  }

  // ---- writing

  /// Whether the job has something that Go's fields do not say.
  static boolean isNeeded(Job<?> job) {
    return job.version() != 1
        || job.kicks() > 0
        || job.attempt() > 0
        || job.awaitsKicks()
        || job.due().isPresent()
        || job.parked().isPresent()
        || job.priority() != 0
        || job.deadline().isPresent()
        || job.transitionCount() > 0
        || job.errorCount() > 0
        || !job.parent().equals(GoIds.parent(job.id()));
  }

  static void write(GoText text, Job<?> job) {
    text.append("{\"v\":").append(Integer.toString(job.version()));
    text.append(",\"state\":").string(job.state());
    if (!job.parent().equals(GoIds.parent(job.id()))) {
      text.append(",\"parent\":");
      job.parent().ifPresentOrElse(text::string, () -> text.append("null"));
    }
    number(text, "kicks", job.kicks());
    number(text, "attempt", job.attempt());
    if (job.awaitsKicks()) {
      text.append(",\"awaits\":true");
    }
    job.due().ifPresent(due -> text.append(",\"due\":").string(due.toString()));
    job.parked().ifPresent(reason -> text.append(",\"parked\":").string(reason));
    if (job.isHeld()) {
      text.append(",\"held\":true");
    }
    if (job.priority() != 0) {
      text.append(",\"priority\":").append(Integer.toString(job.priority()));
    }
    number(text, "laps", job.laps());
    job.deadline().ifPresent(at -> text.append(",\"deadline\":").string(at.toString()));
    transitions(text, job);
    errors(text, job);
    text.append("}");
  }

  private static void number(GoText text, String name, int number) {
    if (number > 0) {
      text.append(",").string(name).append(":").append(Integer.toString(number));
    }
  }

  private static void transitions(GoText text, Job<?> job) {
    List<JobTransition> transitions = job.transitions();
    if (transitions.isEmpty()) {
      return;
    }
    String comma = ",\"transitions\":[";
    for (JobTransition each : transitions) {
      text.append(comma).append("{\"from\":").string(each.from());
      text.append(",\"to\":").string(each.to());
      text.append(",\"at\":").string(each.at().toString());
      text.append(",\"took\":").string(each.took().toString()).append("}");
      comma = ",";
    }
    text.append("]");
    if (job.transitionCount() != transitions.size()) {
      number(text, "n", job.transitionCount());
    }
  }

  private static void errors(GoText text, Job<?> job) {
    String comma = ",\"errors\":[";
    for (JobError each : job.errors()) {
      text.append(comma).append("{\"state\":").string(each.state());
      text.append(",\"at\":").string(each.at().toString()).append("}");
      comma = ",";
    }
    if (comma.equals(",")) {
      text.append("]");
      number(text, "errorCount", job.errorCount());
    }
  }

  /// The parent that it says, or the one that the id says.
  Optional<String> parentOf(String id) {
    return saysParent ? Optional.ofNullable(parent) : GoIds.parent(id);
  }
}
