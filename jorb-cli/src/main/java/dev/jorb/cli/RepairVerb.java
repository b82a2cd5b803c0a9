package dev.jorb.cli;

import dev.jorb.serial.Check.Problem;
import dev.jorb.serial.Repair;
import dev.jorb.serial.Repair.SetBack;
import dev.jorb.serial.RunFiles;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Saves what a damaged file still holds into a new one.
@Command(
    name = "repair",
    description = "saves what a damaged file still holds into a new one; changes nothing in it")
final class RepairVerb implements Callable<Integer> {
  private static final int SHOWN = 20;

  private final Request request;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "NEW",
      required = true,
      description = "the new file, which may not exist")
  private Path output = Path.of("");

  RepairVerb(Request request) {
    this.request = request;
  }

  @Override
  public Integer call() {
    Repair done = RunFiles.repair(request.existing(), output);
    if (request.isJson().getAsBoolean()) {
      JsonText.print(request.out(), json(done));
    } else {
      tell(done);
    }
    return ExitCode.COMPLETE.code();
  }

  private void tell(Repair done) {
    request
        .out()
        .println(
            done.to()
                + ": "
                + Text.count(done.jobs(), "job")
                + " saved from "
                + done.from()
                + ", "
                + done.setBack().size()
                + " at an older version, "
                + done.lost().size()
                + " lost");
    list("set back: job", done.setBack());
    list("lost: job", done.lost());
    list("not taken over:", done.dropped().stream().map(RepairVerb::sentence).toList());
    request
        .out()
        .println(
            done.dropped().isEmpty()
                ? "  it was not damaged"
                : "  look at the jobs named here, then go on with the new file");
  }

  private void list(String what, List<?> all) {
    for (Object each : all.subList(0, Math.min(SHOWN, all.size()))) {
      request.out().println("  " + what + " " + each);
    }
    if (all.size() > SHOWN) {
      request.out().println("  " + what + " … " + (all.size() - SHOWN) + " more, see --json");
    }
  }

  private static String sentence(Problem problem) {
    return "line "
        + problem.line()
        + problem.job().map(job -> ", job " + job).orElse("")
        + ": "
        + problem.what();
  }

  private static Map<String, Object> json(Repair done) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("from", done.from().toString());
    json.put("to", done.to().toString());
    json.put("jobs", done.jobs());
    json.put("setBack", done.setBack().stream().map(RepairVerb::json).toList());
    json.put("lost", done.lost());
    json.put("dropped", done.dropped().stream().map(CheckVerb::json).toList());
    return json;
  }

  private static Map<String, Object> json(SetBack job) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("job", job.job());
    json.put("state", job.state());
    json.put("fromVersion", job.fromVersion());
    json.put("toVersion", job.toVersion());
    return json;
  }
}
