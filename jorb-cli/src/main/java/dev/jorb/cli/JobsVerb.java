package dev.jorb.cli;

import dev.jorb.run.Job;
import dev.jorb.run.JobError;
import dev.jorb.run.Json;
import dev.jorb.serial.RunFile;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Lists jobs, one a line.
@Command(name = "jobs", description = "lists the jobs, one a line")
final class JobsVerb implements Callable<Integer> {
  private static final int SHOWN_CHARACTERS = 120;

  private final Request request;

  @Option(names = "--state", paramLabel = "STATE", description = "only jobs in this state")
  private @Nullable String state;

  @Option(names = "--parked", description = "only parked jobs")
  private boolean parked;

  @Option(names = "--errors", description = "only jobs that have errors")
  private boolean errors;

  @Option(
      names = "--where",
      paramLabel = "EXPR",
      description = "only jobs of which this JSONata expression is true; see redrive")
  private @Nullable String where;

  @Spec private CommandSpec spec = CommandSpec.create();

  JobsVerb(Request request) {
    this.request = request;
  }

  @Override
  public Integer call() {
    RunFile file = request.read();
    requireKnown(file, state);
    Predicate<Job<Json>> question = where == null ? job -> true : JobQuery.parse(where);
    List<Job<Json>> jobs =
        file.run().jobs().stream().filter(this::isAskedFor).filter(question).toList();
    if (request.isJson().getAsBoolean()) {
      Map<String, Object> head = new LinkedHashMap<>();
      head.put("run", file.run().name());
      JsonText.print(request.out(), head, "jobs", jobs.stream().map(JobsVerb::json));
    } else {
      Table table = new Table();
      jobs.forEach(job -> table.row(job.id(), job.state(), standing(file, job), trouble(job)));
      table.print(request.out());
    }
    if (jobs.isEmpty()) {
      spec.commandLine()
          .getErr()
          .println("none of the " + Text.count(file.run().size(), "job") + " is asked for");
    }
    return ExitCode.COMPLETE.code();
  }

  /// A misspelt state would look like a state without jobs.
  static void requireKnown(RunFile file, @Nullable String name) {
    Stream<String> inUse = file.run().jobs().stream().map(Job::state);
    List<String> known = Stream.concat(file.states().stream(), inUse).distinct().toList();
    if (name != null && !known.contains(name)) {
      throw new UsageException("there is no state \"" + name + "\"; known are " + known);
    }
  }

  private boolean isAskedFor(Job<Json> job) {
    return (state == null || job.state().equals(state))
        && (!parked || job.parked().isPresent())
        && (!errors || job.errorCount() > 0);
  }

  /// What the job does in its state.
  static String standing(RunFile file, Job<Json> job) {
    if (file.terminalStates().contains(job.state())) {
      return "ended";
    }
    if (job.parked().isPresent()) {
      return "parked";
    }
    if (job.awaitsKicks()) {
      return waitingForKicks(file, job);
    }
    return job.due()
        .filter(Instant.now()::isBefore)
        .map(due -> "delayed until " + due)
        .orElse("waiting");
  }

  private static String waitingForKicks(RunFile file, Job<Json> job) {
    List<Job<Json>> out =
        file.run()
            .kicked(job)
            .filter(kicked -> !file.terminalStates().contains(kicked.state()))
            .toList();
    long parked = out.stream().filter(kicked -> kicked.parked().isPresent()).count();
    return out.isEmpty()
        ? "waiting"
        : "waiting for %d of %s%s"
            .formatted(
                out.size(),
                Text.count(job.kicks(), "kicked job"),
                parked == 0 ? "" : ", " + parked + " of them parked");
  }

  /// Why it is parked, or else its last error, on one line.
  static String trouble(Job<?> job) {
    return job.parked()
        .or(() -> job.lastError().map(JobError::message))
        .map(message -> Text.headline(message, SHOWN_CHARACTERS))
        .orElse("");
  }

  static Map<String, Object> json(Job<Json> job) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", job.id());
    json.put("state", job.state());
    json.put("version", job.version());
    job.parent().ifPresent(parent -> json.put("parent", parent));
    json.put("updated", job.updated().toString());
    job.due().ifPresent(due -> json.put("due", due.toString()));
    job.parked().ifPresent(reason -> json.put("parked", reason));
    json.put("errors", job.errorCount());
    job.lastError().ifPresent(error -> json.put("lastError", error.message()));
    return json;
  }
}
