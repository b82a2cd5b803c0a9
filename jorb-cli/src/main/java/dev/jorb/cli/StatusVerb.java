package dev.jorb.cli;

import dev.jorb.event.StatusCount;
import dev.jorb.serial.RunFile;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Says how many jobs are where, as far as the file knows: a job whose step has just begun may
/// count as waiting.
@Command(name = "status", description = "how many jobs are in which state")
final class StatusVerb implements Callable<Integer> {
  private final Request request;

  StatusVerb(Request request) {
    this.request = request;
  }

  @Override
  public Integer call() {
    RunFile file = request.read();
    List<StatusCount> counts =
        StatusCount.of(
            file.run().jobs(),
            file.states(),
            file.terminalStates(),
            file.executing(),
            Instant.now());
    if (request.isJson().getAsBoolean()) {
      JsonText.print(request.out(), json(file, counts));
    } else {
      print(file, counts);
    }
    return ExitCode.COMPLETE.code();
  }

  private static Map<String, Object> json(RunFile file, List<StatusCount> counts) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("run", file.run().name());
    json.put("jobs", file.run().size());
    json.put("states", JsonText.states(counts));
    file.workflowName().ifPresent(name -> json.put("workflow", name));
    json.put("awaitingKicks", joining(file));
    json.put("found", file.opening().sentences());
    json.put("live", file.holder().isPresent());
    file.holder().ifPresent(holder -> json.put("holder", holder));
    return json;
  }

  private void print(RunFile file, List<StatusCount> counts) {
    String workflow = file.workflowName().map(name -> " of workflow " + name).orElse("");
    request
        .out()
        .println(
            "run \""
                + file.run().name()
                + "\""
                + workflow
                + ": "
                + Text.count(file.run().size(), "job"));
    request.out().println(file.holder().map(holder -> "live: " + holder).orElse("at rest"));
    file.opening().sentences().forEach(request.out()::println);
    Summary.table(counts).print(request.out());
    long joining = joining(file);
    if (joining > 0) {
      request
          .out()
          .println(
              Text.count(joining, "job")
                  + " counted as waiting or delayed until the jobs that they kicked are at their"
                  + " end");
    }
  }

  private static long joining(RunFile file) {
    return file.run().jobs().stream()
        .filter(job -> job.awaitsKicks() && job.parked().isEmpty())
        .filter(job -> !file.terminalStates().contains(job.state()))
        .filter(job ->
            file.run()
                .kicked(job)
                .anyMatch(kicked -> !file.terminalStates().contains(kicked.state())))
        .count();
  }
}
