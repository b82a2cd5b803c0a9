package dev.jorb.cli;

import dev.jorb.report.ErrorClusters;
import dev.jorb.run.Job;
import dev.jorb.run.Json;
import dev.jorb.run.Run;
import dev.jorb.serial.Redrive;
import dev.jorb.serial.RedriveEntry;
import dev.jorb.serial.RunFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Sends jobs of a run at rest to another state: shows which, and does it with `--yes`.
@Command(
    name = "redrive",
    description = "sends jobs to another state: shows which, and does it with --yes")
final class RedriveVerb implements Callable<Integer> {
  private static final int SAMPLES = 5;

  private final Request request;

  @Option(
      names = "--errors",
      paramLabel = "CLUSTER",
      description = "the jobs that are stuck with an error of this cluster; see the verb errors")
  private @Nullable String errors;

  @Option(names = "--state", paramLabel = "STATE", description = "only jobs in this state")
  private @Nullable String state;

  @Option(
      names = "--where",
      paramLabel = "EXPR",
      description =
          "only jobs of which this JSONata expression is true; it may ask about id, state,"
              + " attempts, errors, error, parked, held, updated, due, parent, kicks, context")
  private @Nullable String where;

  @Option(names = "--to", paramLabel = "STATE", required = true, description = "where to send them")
  private String to = "";

  @Option(names = "--yes", description = "does it; without, it is only shown")
  private boolean yes;

  RedriveVerb(Request request) {
    this.request = request;
  }

  @Override
  public Integer call() {
    if (errors == null && state == null && where == null) {
      throw new UsageException(
          "which jobs? Say --errors CLUSTER, --state STATE, --where EXPR, or several of them");
    }
    Predicate<Job<Json>> question = where == null ? job -> true : JobQuery.parse(where);
    RunFile file = request.read();
    requireState(file);
    if (!yes) {
      show(file, chosen(file.run(), question));
      return ExitCode.COMPLETE.code();
    }
    try (Redrive redrive = Redrive.open(file.path())) {
      List<Job<Json>> chosen = chosen(redrive.run(), question);
      if (chosen.isEmpty()) {
        show(file, chosen);
      } else {
        tell(redrive.send(chosen.stream().map(Job::id).toList(), to, Person.name(), why()));
      }
    }
    return ExitCode.COMPLETE.code();
  }

  private void requireState(RunFile file) {
    Set<String> known = new LinkedHashSet<>(file.states());
    if (known.isEmpty()) {
      file.run().jobs().forEach(job -> known.add(job.state()));
    }
    if (!known.contains(to)) {
      throw new UsageException("there is no state \"" + to + "\"; known are " + known);
    }
    JobsVerb.requireKnown(file, state);
  }

  private List<Job<Json>> chosen(Run<Json, Json> run, Predicate<Job<Json>> question) {
    List<Job<Json>> jobs = run.jobs();
    Set<String> stuck =
        errors == null
            ? Set.of()
            : Set.copyOf(ErrorsVerb.find(ErrorClusters.of(jobs), errors).stuck());
    return jobs.stream()
        .filter(job -> errors == null || stuck.contains(job.id()))
        .filter(job -> state == null || job.state().equals(state))
        .filter(question)
        .toList();
  }

  private String why() {
    List<String> words = new ArrayList<>();
    add(words, "--errors", errors);
    add(words, "--state", state);
    add(words, "--where", where);
    return String.join(" ", words);
  }

  private static void add(List<String> words, String option, @Nullable String value) {
    if (value != null) {
      words.add(option + " " + value);
    }
  }

  private void show(RunFile file, List<Job<Json>> chosen) {
    Map<String, Long> states = new LinkedHashMap<>();
    chosen.forEach(job -> states.merge(job.state(), 1L, Long::sum));
    if (request.isJson().getAsBoolean()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("done", false);
      json.put("jobs", chosen.size());
      json.put("to", to);
      json.put("states", states);
      json.put("samples", chosen.stream().limit(SAMPLES).map(Job::id).toList());
      JsonText.print(request.out(), json);
      return;
    }
    request.out().println("would send " + Text.count(chosen.size(), "job") + " to " + to);
    Table counts = new Table();
    states.forEach((from, count) -> counts.row(count, "from " + from));
    counts.print(request.out());
    long ended = chosen.stream().filter(job -> file.terminalStates().contains(job.state())).count();
    if (ended > 0) {
      request
          .out()
          .println(
              ended
                  + (ended == 1 ? " of them has ended" : " of them have ended")
                  + " and would be executed again");
    }
    if (chosen.isEmpty()) {
      return;
    }
    request.out().println("such as");
    Table samples = new Table();
    chosen.stream()
        .limit(SAMPLES)
        .forEach(job -> samples.row(job.id(), job.state(), JobsVerb.trouble(job)));
    samples.print(request.out());
    request
        .out()
        .println(
            "nothing was changed; "
                + file.holder()
                    .map(holder -> "a run has the file (" + holder + "): stop it, and add --yes")
                    .orElse("add --yes to do it"));
  }

  private void tell(RedriveEntry entry) {
    if (request.isJson().getAsBoolean()) {
      Map<String, Object> json = json(entry);
      json.put("done", true);
      JsonText.print(request.out(), json);
    } else {
      request
          .out()
          .println(
              "sent "
                  + Text.count(entry.jobs(), "job")
                  + " to "
                  + entry.to()
                  + " (redrive "
                  + entry.number()
                  + " by "
                  + entry.by()
                  + "); the verb undo takes it back");
    }
  }

  static Map<String, Object> json(RedriveEntry entry) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("redrive", entry.number());
    json.put("jobs", entry.jobs());
    json.put("to", entry.to());
    json.put("by", entry.by());
    json.put("at", entry.at().toString());
    json.put("why", entry.why());
    entry.undoneAt().ifPresent(at -> json.put("undoneAt", at.toString()));
    entry.undoneBy().ifPresent(by -> json.put("undoneBy", by));
    return json;
  }
}
