package dev.jorb.cli;

import dev.jorb.report.Why;
import dev.jorb.run.Job;
import dev.jorb.run.Json;
import dev.jorb.run.StateShape;
import dev.jorb.serial.RunFile;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Says why a job is where it is and what must happen for it to move.
@Command(
    name = "why",
    description = "why a job is where it is, and what must happen for it to move")
final class WhyVerb implements Callable<Integer> {
  private final Request request;
  private final Function<RunFile, List<StateShape>> declared;

  @Parameters(index = "0+", paramLabel = "JOB", description = "the job's id, such as 17 or '17->0'")
  private String id = "";

  /// @param declared what the workflow declares
  WhyVerb(Request request, Function<RunFile, List<StateShape>> declared) {
    this.request = request;
    this.declared = declared;
  }

  @Override
  public Integer call() {
    RunFile file = request.read();
    Job<Json> job = file.run().job(id).orElseThrow(() -> ShowVerb.noSuchJob(file, id));
    Why.Surroundings around =
        new Why.Surroundings(declared.apply(file), file.holder().isPresent(), file.executing());
    Why why = Why.of(job, file.run().jobs(), around, Instant.now());
    if (request.isJson().getAsBoolean()) {
      JsonText.print(request.out(), json(why));
    } else {
      request.out().println("job " + why.job() + ": " + why.sentence());
    }
    return ExitCode.COMPLETE.code();
  }

  private static Map<String, Object> json(Why why) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("job", why.job());
    json.put("reason", why.reason().name());
    json.put("sentence", why.sentence());
    json.put("waitsFor", why.waitsFor());
    if (why.notBefore() != null) {
      json.put("notBefore", why.notBefore().toString());
    }
    return json;
  }
}
