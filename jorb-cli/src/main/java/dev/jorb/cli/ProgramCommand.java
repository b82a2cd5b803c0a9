package dev.jorb.cli;

import dev.jorb.cli.Execution.Program;
import dev.jorb.cli.Execution.Settings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// The command line of a user's program. Without another verb it runs the run.
@Command
final class ProgramCommand implements Callable<Integer> {
  private final Program<?, ?, ?> program;
  private final Path defaultFile;
  private final PrintStream out;
  private final PrintStream err;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "the run file; its folder is made if need be (default: ${DEFAULT-VALUE})")
  private @Nullable Path file;

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

  @Option(
      names = "--strict",
      description = "does not start if jobs are in unknown states or their contexts cannot be read")
  private boolean strict;

  @Option(
      names = "--terminal",
      paramLabel = "STATE",
      description =
          "switches a state off: jobs end there for now, and go on at a start without it; may be"
              + " repeated")
  private List<String> terminal = new ArrayList<>();

  @Option(names = "--quiet", description = "tells problems only, and shows no progress")
  private boolean quiet;

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      converter = Durations.class,
      defaultValue = "30s",
      description = "how long running steps may go on after a stop (default: ${DEFAULT-VALUE})")
  private Duration grace = Duration.ofSeconds(30);

  ProgramCommand(Program<?, ?, ?> program, Path defaultFile, PrintStream out, PrintStream err) {
    this.program = program;
    this.defaultFile = defaultFile;
    this.out = out;
    this.err = err;
  }

  /// Where the verbs on the run file look. Known once the command line is parsed.
  Request request() {
    return new Request(this::file, () -> json, out);
  }

  private Path file() {
    return file == null ? defaultFile : file;
  }

  @Override
  public Integer call() throws Exception {
    Settings settings = new Settings(file(), strict, quiet, json, grace);
    return new Execution<>(switchedOff(program), settings, out, err).exec().code();
  }

  private <A, O, J> Program<A, O, J> switchedOff(Program<A, O, J> whole) {
    try {
      return new Program<>(whole.workflow().withTerminal(terminal), whole.app(), whole.newRun());
    } catch (IllegalArgumentException unknown) {
      throw new UsageException("--terminal: " + unknown.getMessage());
    }
  }
}
