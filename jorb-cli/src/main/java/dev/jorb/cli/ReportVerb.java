package dev.jorb.cli;

import dev.jorb.run.StateShape;
import dev.jorb.serial.RunFile;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Tells what happened in a run: as one page for a browser, as text, or as JSON.
@Command(
    name = "report",
    description = "what happened: as a page for a browser (-o report.html), as text, or as JSON")
final class ReportVerb implements Callable<Integer> {
  private final Request request;
  private final Function<RunFile, List<StateShape>> declared;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT.html",
      description = "writes a page that needs nothing but a browser")
  private @Nullable Path output;

  @Option(names = "--text", description = "as text; so it is if nothing else is said")
  private boolean text;

  /// @param declared what the workflow declares
  ReportVerb(Request request, Function<RunFile, List<StateShape>> declared) {
    this.request = request;
    this.declared = declared;
  }

  @Override
  public Integer call() throws IOException {
    RunFile file = request.read();
    ReportData data = ReportData.of(file, declared.apply(file));
    if (output != null) {
      try (Writer out = new OutputStreamWriter(request.create(output), StandardCharsets.UTF_8)) {
        new ReportPage(data).writeTo(out);
      }
    }
    if (request.isJson().getAsBoolean()) {
      JsonText.print(request.out(), data.json());
    } else if (output == null || text) {
      data.print(request.out());
    }
    return ExitCode.COMPLETE.code();
  }
}
