package dev.jorb.cli;

import dev.jorb.run.Job;
import dev.jorb.run.JobError;
import dev.jorb.run.JobTransition;
import dev.jorb.run.Json;
import dev.jorb.serial.RunFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Writes jobs, transitions or errors as a table for other programs.
@Command(
    name = "export",
    description = "jobs, transitions or errors as CSV or JSON lines for other programs")
final class ExportVerb implements Callable<Integer> {
  /// What a row is about.
  enum Rows {
    JOBS,
    TRANSITIONS,
    ERRORS
  }

  /// How rows are written.
  enum Form {
    CSV,
    JSONL
  }

  private final Request request;

  @Option(
      names = "--rows",
      paramLabel = "jobs|transitions|errors",
      defaultValue = "jobs",
      description = "what a row is about (default: ${DEFAULT-VALUE})")
  private Rows rows = Rows.JOBS;

  @Option(
      names = "--form",
      paramLabel = "csv|jsonl",
      defaultValue = "csv",
      description =
          "CSV with a header line, safe to open in a spreadsheet, or a JSON object a line"
              + " (default: ${DEFAULT-VALUE})")
  private Form form = Form.CSV;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      description = "writes there instead of to standard output")
  private @Nullable Path output;

  ExportVerb(Request request) {
    this.request = request;
  }

  @Override
  public Integer call() throws IOException {
    RunFile file = request.read();
    Stream<Map<String, Object>> all = file.run().jobs().stream().flatMap(job -> rows(file, job));
    if (output == null) {
      write(request.out(), all);
    } else {
      try (OutputStream out = new BufferedOutputStream(request.create(output))) {
        PrintStream print = new PrintStream(out, false, StandardCharsets.UTF_8);
        write(print, all);
        if (print.checkError()) {
          throw new IOException(output + " could not be written to its end; make room, and again");
        }
      }
    }
    return ExitCode.COMPLETE.code();
  }

  private void write(PrintStream out, Stream<Map<String, Object>> all) {
    if (form == Form.JSONL) {
      all.forEachOrdered(row -> JsonText.print(out, row));
    } else {
      Csv csv = new Csv(out);
      csv.row(columns());
      all.forEachOrdered(row -> csv.row(columns().map(row::get)));
    }
    out.flush();
  }

  private Stream<String> columns() {
    return switch (rows) {
      case JOBS ->
          Stream.of(
              "id",
              "state",
              "standing",
              "version",
              "parent",
              "attempt",
              "updated",
              "due",
              "parked",
              "executions",
              "kicks",
              "errors",
              "lastError",
              "context");
      case TRANSITIONS -> Stream.of("job", "n", "from", "to", "at", "tookSeconds");
      case ERRORS -> Stream.of("job", "n", "state", "at", "message");
    };
  }

  private Stream<Map<String, Object>> rows(RunFile file, Job<Json> job) {
    return switch (rows) {
      case JOBS -> Stream.of(row(file, job));
      case TRANSITIONS -> job.transitions().stream().map(each -> row(job, each));
      case ERRORS -> job.errors().stream().map(each -> row(job, each));
    };
  }

  private Map<String, Object> row(RunFile file, Job<Json> job) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("id", job.id());
    row.put("state", job.state());
    row.put("standing", JobsVerb.standing(file, job));
    row.put("version", job.version());
    job.parent().ifPresent(parent -> row.put("parent", parent));
    row.put("attempt", job.attempt());
    row.put("updated", job.updated().toString());
    job.due().ifPresent(due -> row.put("due", due.toString()));
    job.parked().ifPresent(reason -> row.put("parked", reason));
    row.put("executions", job.transitionCount());
    row.put("kicks", job.kicks());
    row.put("errors", job.errorCount());
    job.lastError().ifPresent(error -> row.put("lastError", error.message()));
    if (job.isReadable()) {
      String context = job.context().text();
      row.put("context", form == Form.CSV ? context : JsonText.raw(job.context()));
    }
    return row;
  }

  private static Map<String, Object> row(Job<Json> job, JobTransition each) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("job", job.id());
    row.put("n", each.ordinal());
    row.put("from", each.from());
    row.put("to", each.to());
    row.put("at", each.at().toString());
    row.put("tookSeconds", each.took().toNanos() / 1e9);
    return row;
  }

  private static Map<String, Object> row(Job<Json> job, JobError each) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("job", job.id());
    row.put("n", each.ordinal());
    row.put("state", each.state());
    row.put("at", each.at().toString());
    row.put("message", each.message());
    return row;
  }
}
