package dev.jorb.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/// Jorb's own command line, for any run file and without the user's classes.
@Command(
    name = "jorb",
    description = "Runs big batches of multi-step jobs inside one process on one machine.",
    synopsisHeading = "",
    customSynopsis = {
      "jorb run PROGRAM.java [ARGUMENTS]   runs a program; its own --help tells its arguments",
      "jorb VERB FILE [OPTIONS]            looks at a run file, at rest or while it is being run"
    })
final class LauncherCommand implements Callable<Integer> {
  private final PrintStream out;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "this text")
  @SuppressWarnings("UnusedVariable") // picocli looks at the option, not at the field.
  private boolean help;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "answers with one JSON object on standard output")
  private boolean json;

  LauncherCommand(PrintStream out) {
    this.out = out;
  }

  Request request(FileParameter parameter) {
    return new Request(() -> parameter.file, () -> json, out);
  }

  @Override
  public Integer call() {
    throw new UsageException("which verb?");
  }

  /// The run file that a verb is about.
  static final class FileParameter {
    @Parameters(index = "0", paramLabel = "FILE", description = "the run file")
    private Path file = Path.of("");
  }

  /// Programs are started by the launcher script, which finds the JDK and the class path.
  @Command(name = "run", description = "runs a program: jorb run PROGRAM.java [ARGUMENTS]")
  static final class RunVerb implements Callable<Integer> {
    @Override
    public Integer call() {
      throw new UsageException("run needs a program: jorb run PROGRAM.java [ARGUMENTS]");
    }
  }
}
