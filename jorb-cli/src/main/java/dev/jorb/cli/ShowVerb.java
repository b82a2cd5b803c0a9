package dev.jorb.cli;

import dev.jorb.run.Job;
import dev.jorb.run.JobError;
import dev.jorb.run.JobTransition;
import dev.jorb.run.Json;
import dev.jorb.serial.RunFile;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Tells all that the file knows of one job.
@Command(name = "show", description = "all that is known of one job")
final class ShowVerb implements Callable<Integer> {
  private final Request request;

  @Parameters(index = "0+", paramLabel = "JOB", description = "the job's id, such as 17 or '17->0'")
  private String id = "";

  ShowVerb(Request request) {
    this.request = request;
  }

  @Override
  public Integer call() {
    RunFile file = request.read();
    Job<Json> job = file.run().job(id).orElseThrow(() -> noSuchJob(file, id));
    if (request.isJson().getAsBoolean()) {
      JsonText.print(request.out(), json(file, job));
    } else {
      print(file, job);
    }
    return ExitCode.COMPLETE.code();
  }

  static UsageException noSuchJob(RunFile file, String id) {
    return new UsageException(
        "there is no job \""
            + id
            + "\" in run \""
            + file.run().name()
            + "\"; it has "
            + Text.count(file.run().size(), "job")
            + ", and the verb jobs lists them");
  }

  private static Map<String, Object> json(RunFile file, Job<Json> job) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", job.id());
    json.put("state", job.state());
    json.put("standing", JobsVerb.standing(file, job));
    json.put("version", job.version());
    job.parent().ifPresent(parent -> json.put("parent", parent));
    json.put("kicks", job.kicks());
    json.put("attempt", job.attempt());
    json.put("updated", job.updated().toString());
    job.due().ifPresent(due -> json.put("due", due.toString()));
    job.deadline().ifPresent(at -> json.put("deadline", at.toString()));
    job.parked().ifPresent(reason -> json.put("parked", reason));
    json.put("transitions", job.transitions().stream().map(ShowVerb::json).toList());
    json.put("errors", job.errors().stream().map(ShowVerb::json).toList());
    if (job.isReadable()) {
      json.put("context", JsonText.raw(job.context()));
    }
    return json;
  }

  private static Map<String, Object> json(JobTransition transition) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("from", transition.from());
    json.put("to", transition.to());
    json.put("at", transition.at().toString());
    json.put("took", transition.took().toString());
    return json;
  }

  private static Map<String, Object> json(JobError error) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("state", error.state());
    json.put("at", error.at().toString());
    json.put("message", error.message());
    return json;
  }

  private void print(RunFile file, Job<Json> job) {
    PrintStream out = request.out();
    out.println("job " + job.id() + " in " + job.state() + ", " + JobsVerb.standing(file, job));
    job.parked().ifPresent(reason -> out.println("parked because: " + reason));
    job.parent().ifPresent(parent -> out.println("kicked by job " + parent));
    if (job.kicks() > 0) {
      out.println("kicked " + Text.count(job.kicks(), "job"));
    }
    out.println("changed " + job.updated() + ", version " + job.version());
    if (job.isReadable()) {
      out.println("context");
      out.println(JsonText.pretty(job.context()).indent(2).stripTrailing());
    }
    printTransitions(out, job);
    printErrors(out, job);
  }

  private static void printTransitions(PrintStream out, Job<Json> job) {
    List<JobTransition> kept = job.transitions();
    if (kept.isEmpty()) {
      out.println("not executed yet");
      return;
    }
    out.println(
        "executed " + Text.count(job.transitionCount(), "time") + cut(job.transitionCount(), kept));
    Table table = new Table();
    for (JobTransition each : kept) {
      String to = each.to().equals(each.from()) ? "stayed" : "to " + each.to();
      table.row(each.at(), each.from(), to, "took " + Text.seconds(each.took()));
    }
    table.print(out);
  }

  private static void printErrors(PrintStream out, Job<Json> job) {
    if (job.errorCount() == 0) {
      return;
    }
    out.println(Text.count(job.errorCount(), "error") + cut(job.errorCount(), job.errors()));
    for (JobError each : job.errors()) {
      out.println("  " + each.at() + " in " + each.state());
      out.println(each.message().indent(4).stripTrailing());
    }
  }

  private static String cut(int all, List<?> kept) {
    return all == kept.size() ? "" : ", of which the last " + kept.size() + " are kept";
  }
}
