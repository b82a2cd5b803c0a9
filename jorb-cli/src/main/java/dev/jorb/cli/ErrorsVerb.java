package dev.jorb.cli;

import dev.jorb.report.ErrorCluster;
import dev.jorb.report.ErrorClusters;
import dev.jorb.run.Job;
import dev.jorb.run.Json;
import dev.jorb.serial.RunFile;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Lists the errors by cause, or the jobs of one cause.
@Command(name = "errors", description = "the errors by cause, or all of one cause: errors CLUSTER")
final class ErrorsVerb implements Callable<Integer> {
  private static final int SAMPLES = 5;
  private static final int SHOWN_CHARACTERS = 120;

  private final Request request;

  @Parameters(
      index = "0+",
      arity = "0..1",
      paramLabel = "CLUSTER",
      description = "the id of a cluster, or its beginning: tells all about it")
  private @Nullable String id;

  ErrorsVerb(Request request) {
    this.request = request;
  }

  @Override
  public Integer call() {
    RunFile file = request.read();
    ErrorClusters clusters = ErrorClusters.of(file.run().jobs());
    if (id != null) {
      tell(file, find(clusters, id));
    } else if (request.isJson().getAsBoolean()) {
      Map<String, Object> head = new LinkedHashMap<>();
      head.put("run", file.run().name());
      JsonText.print(
          request.out(), head, "clusters", clusters.all().stream().map(ErrorsVerb::json));
    } else {
      print(clusters);
    }
    return ExitCode.COMPLETE.code();
  }

  /// The one cluster whose id begins so.
  ///
  /// @throws UsageException if there is none, or more than one
  static ErrorCluster find(ErrorClusters clusters, String prefix) {
    List<ErrorCluster> found = clusters.startingWith(prefix);
    if (found.size() == 1) {
      return found.getFirst();
    }
    List<String> ids =
        (found.isEmpty() ? clusters.all() : found).stream().map(ErrorCluster::id).toList();
    throw new UsageException(
        (found.isEmpty() ? "there is no cluster \"" : "several clusters begin with \"")
            + prefix
            + "\"; there "
            + (ids.size() == 1 ? "is " : "are ")
            + (ids.isEmpty() ? "none" : Text.some(ids, 10)));
  }

  private void print(ErrorClusters clusters) {
    PrintStream out = request.out();
    if (clusters.all().isEmpty()) {
      out.println("no errors");
      return;
    }
    long errors = clusters.all().stream().mapToLong(ErrorCluster::errors).sum();
    out.println(Text.count(errors, "error") + " of " + Text.count(clusters.all().size(), "cause"));
    Table table = new Table();
    table.row("id", "errors", "jobs", "stuck", "in", "last", "error");
    for (ErrorCluster each : clusters.all()) {
      table.row(
          each.id(),
          each.errors(),
          each.jobs().size(),
          each.stuck().size(),
          states(each),
          each.last(),
          Text.headline(each.pattern().headline(), SHOWN_CHARACTERS));
    }
    table.print(out);
    clusters.all().stream()
        .filter(each -> !each.stuck().isEmpty())
        .findFirst()
        .ifPresent(each ->
            out.println("send stuck jobs on: redrive --errors " + each.id() + " --to STATE"));
  }

  static String states(ErrorCluster cluster) {
    StringJoiner states = new StringJoiner(", ");
    cluster
        .states()
        .forEach((state, count) ->
            states.add(cluster.states().size() == 1 ? state : state + " " + count));
    return states.toString();
  }

  private void tell(RunFile file, ErrorCluster cluster) {
    List<Job<Json>> jobs =
        cluster.jobs().stream().flatMap(job -> file.run().job(job).stream()).toList();
    if (request.isJson().getAsBoolean()) {
      Map<String, Object> head = json(cluster);
      head.put("causes", cluster.pattern().rest());
      head.put("stuckJobs", cluster.stuck());
      JsonText.print(request.out(), head, "jobList", jobs.stream().map(JobsVerb::json));
      return;
    }
    PrintStream out = request.out();
    out.println("cluster " + cluster.id() + ": " + cluster.pattern().headline());
    cluster.pattern().rest().forEach(line -> out.println("  " + line));
    out.println(
        Text.count(cluster.errors(), "error")
            + " in "
            + states(cluster)
            + ", from "
            + cluster.first()
            + " to "
            + cluster.last());
    out.println("the first says");
    out.println(cluster.example().indent(2).stripTrailing());
    out.println(
        Text.count(jobs.size(), "job") + ", of which " + cluster.stuck().size() + " are stuck");
    Table table = new Table();
    jobs.forEach(job -> table.row(job.id(), job.state(), JobsVerb.standing(file, job)));
    table.print(out);
  }

  static Map<String, Object> json(ErrorCluster cluster) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", cluster.id());
    json.put("pattern", cluster.pattern().headline());
    json.put("errors", cluster.errors());
    json.put("jobs", cluster.jobs().size());
    json.put("stuck", cluster.stuck().size());
    json.put("states", cluster.states());
    json.put("first", cluster.first().toString());
    json.put("last", cluster.last().toString());
    json.put("samples", cluster.jobs().stream().limit(SAMPLES).toList());
    json.put("example", cluster.example());
    return json;
  }
}
