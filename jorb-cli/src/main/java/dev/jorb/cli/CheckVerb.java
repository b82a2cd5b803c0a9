package dev.jorb.cli;

import dev.jorb.serial.Check;
import dev.jorb.serial.Check.Problem;
import dev.jorb.serial.Opening;
import dev.jorb.serial.RunFile;
import dev.jorb.serial.RunFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;

/// Reads the whole file and says what is wrong with it and what the next start would find. Changes
/// nothing.
@Command(
    name = "check",
    description = "whether the file is as it was written, and what the next start would find")
final class CheckVerb implements Callable<Integer> {
  private static final int SHOWN = 20;

  private final Request request;
  private final Function<Path, Check> checking;

  /// @param checking how the file is checked, and so by which workflow it is judged
  CheckVerb(Request request, Function<Path, Check> checking) {
    this.request = request;
    this.checking = checking;
  }

  @Override
  public Integer call() {
    Check check = checking.apply(request.existing());
    if (request.isJson().getAsBoolean()) {
      JsonText.print(request.out(), json(check));
    } else {
      RunFile file = check.contents().orElseThrow(() -> explained(check));
      tell(file, check.sentences());
    }
    return (check.isUsable() ? ExitCode.COMPLETE : ExitCode.FAILED).code();
  }

  /// What is wrong with a file that a start would refuse.
  private static RunFileException explained(Check check) {
    List<String> all = check.sentences();
    int more = check.problems().size() - SHOWN;
    String told = String.join("\n  ", all);
    if (more > 0) {
      told =
          String.join("\n  ", all.subList(0, SHOWN))
              + "\n  and "
              + more
              + " more, which --json lists\n  "
              + check.problems().getFirst().next();
    }
    return new RunFileException(check.file(), told);
  }

  private void tell(RunFile file, List<String> sentences) {
    request
        .out()
        .println(
            file.path()
                + ": undamaged, run \""
                + file.run().name()
                + "\" with "
                + Text.count(file.run().size(), "job")
                + file.holder().map(holder -> ", live: " + holder).orElse(""));
    sentences.forEach(sentence -> request.out().println("  " + sentence));
    if (sentences.isEmpty()) {
      request.out().println("  nothing to remark");
    }
  }

  private static Map<String, Object> json(Check check) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", check.file().toString());
    json.put("condition", check.condition().name().toLowerCase(Locale.ROOT));
    json.put("damaged", !check.isUsable());
    check.contents().ifPresent(file -> addContents(json, file));
    if (!check.problems().isEmpty()) {
      Problem first = check.problems().getFirst();
      json.put("line", first.line());
      json.put("problem", first.what());
    }
    json.put("problems", check.problems().stream().map(CheckVerb::json).toList());
    return json;
  }

  private static void addContents(Map<String, Object> json, RunFile file) {
    Opening opening = file.opening();
    json.put("run", file.run().name());
    json.put("jobs", file.run().size());
    json.put("live", file.holder().isPresent());
    json.put("clean", opening.isClean());
    json.put("tornBytes", opening.tornBytes());
    json.put("edited", opening.edits().stream().map(Opening.Edit::job).toList());
    json.put("unknownStates", opening.unknownStates().stream().map(Opening.Stray::job).toList());
    json.put("unreadable", opening.unreadable().stream().map(Opening.Stray::job).toList());
    json.put("inDoubt", opening.inDoubt().stream().map(Opening.Doubt::job).toList());
  }

  /// A problem as `check --json` and `repair --json` give it.
  static Map<String, Object> json(Problem problem) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("line", problem.line());
    problem.job().ifPresent(job -> json.put("job", job));
    json.put("what", problem.what());
    json.put("next", problem.next());
    return json;
  }
}
