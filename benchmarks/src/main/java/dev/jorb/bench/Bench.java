package dev.jorb.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Measures the rows and prints the table. `.ci/bench` starts it.
///
/// Each row runs in a JVM of its own, with a heap of its own, so that no row inherits another's
/// garbage and compiled code, and so that a crash costs one row.
///
/// Exit codes: 0 when all rows were measured, whether their targets are met or not; 1 when one
/// could not be; 2 for wrong usage.
public final class Bench {
  private Bench() {}

  /// Measures what the arguments say.
  public static void main(String[] args) throws Exception {
    if (args.length == 5 && args[0].equals("--row")) {
      measureRow(args[1], Scale.valueOf(args[2]), Path.of(args[3]), Path.of(args[4]));
      return;
    }
    Options options;
    try {
      options = Options.parse(args);
    } catch (IllegalArgumentException wrong) {
      System.err.println("bench: " + wrong.getMessage() + "\n\n" + Options.USAGE);
      System.exit(2);
      return;
    }
    System.exit(measure(options) ? 0 : 1);
  }

  private static void measureRow(String name, Scale scale, Path directory, Path result)
      throws Exception {
    Row row = Rows.named(name).orElseThrow();
    Report.writeLines(row.method().measure(scale, directory), result);
    System.exit(0); // Whatever threads a contender left behind.
  }

  private static boolean measure(Options options) throws IOException, InterruptedException {
    Files.createDirectories(options.directory());
    List<Report.Line> lines = new ArrayList<>();
    boolean all = true;
    for (Row row : options.rows()) {
      System.err.println(row.name() + " …");
      long start = System.nanoTime();
      Optional<List<Report.Line>> measured = fork(row, options);
      System.err.printf("%s took %d s%n", row.name(), (System.nanoTime() - start) / 1_000_000_000);
      all &= measured.isPresent();
      lines.addAll(
          measured.orElseGet(
              () -> List.of(Report.Line.unmeasured(row.name(), "see what its JVM said"))));
    }
    Report report = new Report(options.commit(), Machine.describe(options.directory()), lines);
    System.out.println(report.toText());
    if (options.json().isPresent()) {
      report.writeJson(options.json().get());
    }
    if (options.markdown().isPresent()) {
      report.writeMarkdown(options.markdown().get());
    }
    return all;
  }

  /// Measures one row in a JVM of its own; empty if that failed.
  private static Optional<List<Report.Line>> fork(Row row, Options options)
      throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory(options.directory(), row.name());
    Path result = directory.resolve("result");
    Path files = Files.createDirectory(directory.resolve("files"));
    try {
      Process process =
          new ProcessBuilder(
                  Machine.java(),
                  // Of one size, because a collection before each run would shrink it.
                  "-Xms" + row.heap(options.scale()),
                  "-Xmx" + row.heap(options.scale()),
                  "-XX:+ExitOnOutOfMemoryError",
                  "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                  "-Dorg.slf4j.simpleLogger.log.org.jobrunr=error",
                  "-Dorg.slf4j.simpleLogger.log.com.github.kagkarlsson.scheduler.jdbc=error",
                  "-Djava.io.tmpdir=" + directory,
                  "-D" + LimitsRow.FOLDER + "=" + options.plots().map(Path::toString).orElse(""),
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Bench.class.getName(),
                  "--row",
                  row.name(),
                  options.scale().name(),
                  files.toString(),
                  result.toString())
              .redirectOutput(ProcessBuilder.Redirect.to(directory.resolve("out").toFile()))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      if (!process.waitFor(options.scale().pick(5, 60), TimeUnit.MINUTES)) {
        process.destroyForcibly().waitFor();
        System.err.println(row.name() + ": took too long");
        return Optional.empty();
      }
      boolean good = process.exitValue() == 0 && Files.exists(result);
      return good ? Optional.of(Report.readLines(result)) : Optional.empty();
    } finally {
      Rounds.delete(directory);
    }
  }
}
