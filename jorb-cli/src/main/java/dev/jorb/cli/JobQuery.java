package dev.jorb.cli;

import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import dev.jorb.run.Job;
import dev.jorb.run.JobError;
import dev.jorb.run.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/// A question about a job, as a JSONata expression over what [#document] gives; see
/// <https://docs.jsonata.org>. A field that is not there makes a comparison false.
///
/// ```
/// attempts > 2 and context.repository ~> /^acme\//
/// $contains(error, "HTTP 502") and updated < "2026-11-24T12:00"
/// ```
final class JobQuery implements Predicate<Job<Json>> {
  private static final long MAX_MILLIS = 2_000;
  private static final int MAX_DEPTH = 200;

  private final String text;
  private final Jsonata expression;

  private JobQuery(String text, Jsonata expression) {
    this.text = text;
    this.expression = expression;
  }

  /// @throws UsageException if it is no expression
  static JobQuery parse(String text) {
    try {
      return new JobQuery(text, Jsonata.jsonata(text));
    } catch (JException e) {
      throw new UsageException(
          "--where \""
              + text
              + "\" is no expression: "
              + e.getMessage()
              + " (at character "
              + e.getLocation()
              + "); one is: attempts > 2 and context.name = \"x\"");
    }
  }

  /// Whether the answer is yes.
  ///
  /// @throws UsageException if the answer is neither yes nor no
  @Override
  public boolean test(Job<Json> job) {
    Object answer;
    try {
      Jsonata.Frame frame = expression.createFrame();
      frame.setRuntimeBounds(MAX_MILLIS, MAX_DEPTH);
      answer = expression.evaluate(document(job), frame);
    } catch (JException e) {
      throw new UsageException(
          "--where \"" + text + "\" cannot be asked of job " + job.id() + ": " + e.getMessage());
    }
    if (answer == null) {
      return false;
    }
    if (answer instanceof Boolean yes) {
      return yes;
    }
    throw new UsageException(
        "--where \""
            + text
            + "\" must be true or false but is "
            + answer
            + " for job "
            + job.id()
            + "; compare it with something, or use $exists(…)");
  }

  /// What can be asked about: `id`, `state`, `version`, `attempts`, `errors`, `executions`, `kicks`
  /// (numbers), `parent`, `parked`, `error` (texts, if there is one), `updated`, `due`, `errorAt`
  /// (texts in ISO 8601, which compare as times do), `held` (whether a start leaves it parked) and
  /// `context`.
  static Map<String, Object> document(Job<Json> job) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("id", job.id());
    document.put("state", job.state());
    document.put("version", job.version());
    document.put("attempts", job.attempt());
    document.put("errors", job.errorCount());
    document.put("executions", job.transitionCount());
    document.put("kicks", job.kicks());
    document.put("updated", job.updated().toString());
    job.parent().ifPresent(parent -> document.put("parent", parent));
    job.parked().ifPresent(reason -> document.put("parked", reason));
    document.put("held", job.isHeld());
    job.due().ifPresent(due -> document.put("due", due.toString()));
    job.lastError().map(JobError::message).ifPresent(error -> document.put("error", error));
    job.lastError().ifPresent(error -> document.put("errorAt", error.at().toString()));
    if (job.isReadable()) {
      document.put("context", JsonText.value(job.context()));
    }
    return document;
  }
}
