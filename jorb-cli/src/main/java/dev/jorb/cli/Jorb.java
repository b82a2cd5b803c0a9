package dev.jorb.cli;

import dev.jorb.cli.Execution.Program;
import dev.jorb.cli.LauncherCommand.FileParameter;
import dev.jorb.processor.RunFailedException;
import dev.jorb.run.Run;
import dev.jorb.serial.RunFile;
import dev.jorb.serial.RunFileException;
import dev.jorb.serial.RunFiles;
import dev.jorb.workflow.Workflow;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Makes a command line of a workflow: options, verbs, progress, a stop in order, a summary, and an
/// exit code.
///
/// ```java
/// public static void main(String[] args) {
///   Jorb.main(args, workflow, Tools::open, () -> workflow.run("upgrade", campaign).addAll(changes));
/// }
/// ```
///
/// Started again, the program goes on where it was: the run is only made anew if its file,
/// `NAME-OF-THE-WORKFLOW.jorb` in the working folder or what `--file` says, does not exist.
///
/// | verb | does |
/// | --- | --- |
/// | `run`, or none | runs the run until it is at rest |
/// | `status` | says how many jobs are in which state |
/// | `jobs` | lists jobs, all or `--state S`, `--parked`, `--errors` |
/// | `show JOB` | tells all that is known of a job |
/// | `why JOB` | says why a job is where it is, and what must happen for it to move |
/// | `errors` | lists the errors by cause, or all of one cause |
/// | `redrive` | sends jobs to another state |
/// | `undo` | takes the last redrive back |
/// | `report` | tells what happened, as a page for a browser, as text, or as JSON |
/// | `graph` | shows the ways between the states, declared and taken |
/// | `export` | writes jobs, transitions or errors as CSV or JSON lines |
/// | `check` | says whether the file is undamaged and what the next start would find |
/// | `compact` | writes the file anew with the newest version of each job and nothing else |
/// | `repair -o NEW` | saves what a damaged file still holds into a new one |
///
/// | exit code | means |
/// | --- | --- |
/// | 0 | all jobs are in terminal states; for other verbs: all went well |
/// | 1 | the run could not go on, was refused, or its file is damaged |
/// | 2 | wrong usage; nothing was done |
/// | 3 | at rest, with parked jobs that need a person |
/// | 130, 143 | stopped by Ctrl-C, by SIGTERM or SIGHUP, before it was at rest |
///
/// The first Ctrl-C lets running steps end for as long as `--grace` says; a second halts at once.
/// Standard output is for answers, standard error for progress and problems.
public final class Jorb {
  private Jorb() {}

  /// Jorb's own command line: `status FILE`, `jobs FILE`, `show FILE JOB`, `check FILE`, `compact
  /// FILE`, `repair FILE -o NEW`. Ends the process.
  public static void main(String[] args) {
    System.exit(execute(args));
  }

  /// The command line of a program. Ends the process.
  ///
  /// @param app opens the application context, once the run is loaded; if it is `AutoCloseable`, it
  ///   is closed at the end
  /// @param newRun makes the run, if its file does not exist yet
  public static <A, O, J> void main(
      String[] args,
      Workflow<A, O, J> workflow,
      Callable<? extends A> app,
      Callable<Run<O, J>> newRun) {
    main(Arguments.of(args), workflow, app, newRun);
  }

  /// The command line of a program with options of its own, which it has taken out of `arguments`.
  /// Ends the process.
  ///
  /// @param app opens the application context, once the run is loaded; if it is `AutoCloseable`, it
  ///   is closed at the end
  /// @param newRun makes the run, if its file does not exist yet
  public static <A, O, J> void main(
      Arguments arguments,
      Workflow<A, O, J> workflow,
      Callable<? extends A> app,
      Callable<Run<O, J>> newRun) {
    System.exit(execute(arguments, workflow, app, newRun));
  }

  /// As [#main(String[])], but returns the exit code.
  public static int execute(String... args) {
    return execute(System.out, System.err, args);
  }

  /// As [#main(Arguments, Workflow, Callable, Callable)], but returns the exit code.
  public static <A, O, J> int execute(
      Arguments arguments,
      Workflow<A, O, J> workflow,
      Callable<? extends A> app,
      Callable<Run<O, J>> newRun) {
    return execute(System.out, System.err, arguments, new Program<>(workflow, app, newRun));
  }

  static int execute(PrintStream out, PrintStream err, String... args) {
    LauncherCommand top = new LauncherCommand(out);
    CommandLine line = new CommandLine(top);
    line.addSubcommand(new LauncherCommand.RunVerb());
    addVerb(line, top, StatusVerb::new);
    addVerb(line, top, JobsVerb::new);
    addVerb(line, top, ShowVerb::new);
    addVerb(line, top, request -> new CheckVerb(request, RunFiles::check));
    addVerb(line, top, CompactVerb::new);
    addVerb(line, top, RepairVerb::new);
    addVerb(line, top, request -> new WhyVerb(request, RunFile::shapes));
    addVerb(line, top, ErrorsVerb::new);
    addVerb(line, top, RedriveVerb::new);
    addVerb(line, top, UndoVerb::new);
    addVerb(line, top, request -> new GraphVerb(request, RunFile::shapes));
    addVerb(line, top, request -> new ReportVerb(request, RunFile::shapes));
    addVerb(line, top, ExportVerb::new);
    return execute(line, out, err, args);
  }

  private static void addVerb(
      CommandLine line, LauncherCommand top, Function<Request, Object> newVerb) {
    FileParameter file = new FileParameter();
    CommandSpec verb = CommandSpec.forAnnotatedObject(newVerb.apply(top.request(file)));
    verb.addMixin("file", CommandSpec.forAnnotatedObject(file));
    line.addSubcommand(verb.name(), verb);
  }

  static int execute(
      PrintStream out, PrintStream err, Arguments arguments, Program<?, ?, ?> program) {
    Workflow<?, ?, ?> workflow = program.workflow();
    Path file = arguments.defaultFile().orElse(Path.of(workflow.name() + ".jorb"));
    ProgramCommand top = new ProgramCommand(program, file, out, err);
    CommandLine line = new CommandLine(top);
    describe(line, arguments, workflow.name(), file);
    Request request = top.request();
    line.addSubcommand(new StatusVerb(request));
    line.addSubcommand(new JobsVerb(request));
    line.addSubcommand(new ShowVerb(request));
    line.addSubcommand(new CheckVerb(request, path -> RunFiles.check(path, workflow)));
    line.addSubcommand(new CompactVerb(request));
    line.addSubcommand(new RepairVerb(request));
    line.addSubcommand(new WhyVerb(request, read -> workflow.shapes()));
    line.addSubcommand(new ErrorsVerb(request));
    line.addSubcommand(new RedriveVerb(request));
    line.addSubcommand(new UndoVerb(request));
    line.addSubcommand(new GraphVerb(request, read -> workflow.shapes()));
    line.addSubcommand(new ReportVerb(request, read -> workflow.shapes()));
    line.addSubcommand(new ExportVerb(request));
    if (!arguments.problems().isEmpty()) {
      return usage(err, line, String.join("; ", arguments.problems()));
    }
    return execute(line, out, err, withoutRun(arguments.rest()));
  }

  private static void describe(CommandLine line, Arguments arguments, String name, Path file) {
    line.setDefaultValueProvider(
        option -> option.paramLabel().equals("FILE") ? file.toString() : null);
    CommandSpec spec = line.getCommandSpec().name(name);
    spec.usageMessage()
        .synopsisHeading("Usage:%n")
        .optionListHeading("Options:%n")
        .customSynopsis(
            "  " + name + " [run] [OPTIONS]  starts the run, or goes on with it",
            "  " + name + " VERB [OPTIONS]   looks at its file, also while it is being run");
    if (!arguments.help().isEmpty()) {
      ArgGroupSpec.Builder own =
          ArgGroupSpec.builder().validate(false).order(-1).heading("Options of this program:%n");
      arguments.help().forEach((option, meaning) -> own.addArg(ownOption(option, meaning)));
      spec.addArgGroup(own.build());
    }
  }

  /// Only for the help: the program has taken it already.
  private static OptionSpec ownOption(String option, String meaning) {
    String[] parts = option.split("=", 2);
    OptionSpec.Builder own = OptionSpec.builder(parts[0]).description(meaning.replace("%", "%%"));
    return parts.length == 1
        ? own.build()
        : own.type(String.class).arity("1").paramLabel(parts[1]).build();
  }

  /// To run is what the command does without a verb.
  private static String[] withoutRun(String[] args) {
    boolean isRun = args.length > 0 && args[0].equals("run");
    return isRun ? Arrays.copyOfRange(args, 1, args.length) : args;
  }

  private static int execute(CommandLine line, PrintStream out, PrintStream err, String... args) {
    line.getCommandSpec()
        .usageMessage()
        .commandListHeading("Verbs:%n")
        .exitCodeListHeading("Exit codes:%n")
        .exitCodeList(ExitCode.meanings());
    line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    line.setUsageHelpWidth(100);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler((failure, command, parsed) -> failed(err, command, failure));
    line.setParameterExceptionHandler((mistake, given) -> mistaken(err, mistake));
    int code = line.execute(args);
    out.flush();
    err.flush();
    return code;
  }

  private static int mistaken(PrintStream err, ParameterException mistake) {
    List<String> similar =
        mistake instanceof UnmatchedArgumentException unmatched
            ? unmatched.getSuggestions()
            : List.of();
    String hint = similar.isEmpty() ? "" : "; did you mean " + String.join(" or ", similar) + "?";
    return usage(err, mistake.getCommandLine(), mistake.getMessage() + hint);
  }

  private static int usage(PrintStream err, CommandLine command, String problem) {
    String name = command.getCommandSpec().qualifiedName();
    err.println(name + ": " + problem);
    err.println("try: " + typed(command.getCommandSpec()) + " --help");
    return ExitCode.USAGE.code();
  }

  /// What the user typed to come here: the launcher says how it was started.
  private static String typed(CommandSpec command) {
    String name = command.qualifiedName();
    String launcher = System.getProperty("jorb.command", command.root().name());
    return launcher + name.substring(command.root().name().length());
  }

  private static int failed(PrintStream err, CommandLine command, Throwable failure) {
    if (failure instanceof UsageException mistake) {
      return usage(err, command, String.valueOf(mistake.getMessage()));
    }
    if (isExplained(failure)) {
      err.println(command.getCommandSpec().root().name() + ": " + failure.getMessage());
    } else {
      failure.printStackTrace(err);
    }
    return ExitCode.FAILED.code();
  }

  /// Whether the message says all that a user needs.
  private static boolean isExplained(Throwable failure) {
    return failure instanceof RunFileException
        || (failure instanceof RunFailedException
            && failure.getCause() instanceof RunFileException);
  }
}
