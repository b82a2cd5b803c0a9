package dev.jorb.cli;

import dev.jorb.serial.Opening;
import dev.jorb.serial.RunFile;
import dev.jorb.serial.RunFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;

/// Reads the whole file and says what the next start would find. Changes nothing.
@Command(
    name = "check",
    description = "whether the file is as it was written, and what the next start would find")
final class CheckVerb implements Callable<Integer> {
  private final Request request;
  private final Function<Path, RunFile> reading;

  /// @param reading how the file is read, and so by which workflow it is judged
  CheckVerb(Request request, Function<Path, RunFile> reading) {
    this.request = request;
    this.reading = reading;
  }

  @Override
  public Integer call() {
    Path path = request.existing();
    try {
      tell(reading.apply(path));
      return ExitCode.COMPLETE.code();
    } catch (RunFileException.Damaged damaged) {
      if (!request.isJson().getAsBoolean()) {
        throw damaged;
      }
      JsonText.print(request.out(), json(path, damaged));
      return ExitCode.FAILED.code();
    }
  }

  private void tell(RunFile file) {
    if (request.isJson().getAsBoolean()) {
      JsonText.print(request.out(), json(file));
      return;
    }
    List<String> found = file.opening().sentences();
    request
        .out()
        .println(
            file.path()
                + ": undamaged, run \""
                + file.run().name()
                + "\" with "
                + Text.count(file.run().size(), "job")
                + file.holder().map(holder -> ", open in " + holder).orElse(""));
    found.forEach(sentence -> request.out().println("  " + sentence));
    if (found.isEmpty()) {
      request.out().println("  nothing to remark");
    }
  }

  private static Map<String, Object> json(RunFile file) {
    Opening opening = file.opening();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", file.path().toString());
    json.put("damaged", false);
    json.put("run", file.run().name());
    json.put("jobs", file.run().size());
    json.put("live", file.holder().isPresent());
    json.put("clean", opening.isClean());
    json.put("tornBytes", opening.tornBytes());
    json.put("edited", opening.edits().stream().map(Opening.Edit::job).toList());
    json.put("unknownStates", opening.unknownStates().stream().map(Opening.Stray::job).toList());
    json.put("unreadable", opening.unreadable().stream().map(Opening.Stray::job).toList());
    return json;
  }

  private static Map<String, Object> json(Path path, RunFileException.Damaged damaged) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", path.toString());
    json.put("damaged", true);
    json.put("line", damaged.line());
    json.put("problem", String.valueOf(damaged.getMessage()));
    return json;
  }
}
