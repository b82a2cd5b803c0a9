package dev.jorb.cli;

import dev.jorb.event.StatusListener;
import dev.jorb.processor.Processor;
import dev.jorb.processor.RunHandle;
import dev.jorb.processor.RunSummary;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.serial.Opening;
import dev.jorb.workflow.Workflow;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/// Executes a program's run once: loads or creates it, says what was found, runs it, tells how it
/// ended. Used once.
///
/// @param <A> the application context
/// @param <O> the overall context
/// @param <J> the job context
final class Execution<A, O, J> {
  private final Program<A, O, J> program;
  private final Settings settings;
  private final PrintStream out;
  private final PrintStream err;
  private final ProgressBars bars;

  /// What a program brings along.
  record Program<A, O, J>(
      Workflow<A, O, J> workflow, Callable<? extends A> app, Callable<Run<O, J>> newRun) {}

  /// What the user asked for.
  record Settings(Path file, boolean isStrict, boolean isQuiet, boolean isJson, Duration grace) {}

  Execution(Program<A, O, J> program, Settings settings, PrintStream out, PrintStream err) {
    this.program = program;
    this.settings = settings;
    this.out = out;
    this.err = err;
    this.bars = ProgressBars.on(err).of(program.workflow()).leavingNothing();
  }

  /// Blocks until the run is at rest, was stopped, or could not go on.
  ExitCode exec() throws Exception {
    makeFolder();
    try (JournalSerializer<O, J> journal =
        JournalSerializer.at(settings.file(), program.workflow())) {
      Run<O, J> run = loadOrCreate(journal);
      if (!isAcceptable(journal.opening())) {
        return ExitCode.FAILED;
      }
      A app = program.app().call();
      try {
        return exec(run, app, journal);
      } finally {
        close(app);
      }
    }
  }

  private void makeFolder() throws Exception {
    Path folder = settings.file().toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
  }

  private Run<O, J> loadOrCreate(JournalSerializer<O, J> journal) throws Exception {
    var loaded = journal.load();
    return loaded.isPresent() ? loaded.get() : program.newRun().call();
  }

  /// Tells what the opening found; false if the user is strict and there is something to be strict
  /// about. Hand edits are a way of steering a run, so they are no reason.
  private boolean isAcceptable(Opening opening) {
    Opening problems =
        new Opening(
            false, true, 0, List.of(), opening.unknownStates(), opening.unreadable(), List.of());
    List<String> sentences = (settings.isQuiet() ? problems : opening).sentences();
    sentences.forEach(sentence -> err.println(settings.file() + ": " + sentence));
    if (settings.isStrict() && !problems.sentences().isEmpty()) {
      err.println("not started, because of --strict; nothing was changed");
      return false;
    }
    return true;
  }

  private ExitCode exec(Run<O, J> run, A app, JournalSerializer<O, J> journal)
      throws InterruptedException {
    StatusListener listener = settings.isQuiet() ? StatusListener.none() : bars;
    try (Signals signals = Signals.listen(settings.grace(), bars::say)) {
      RunSummary ended;
      try (RunHandle handle =
          Processor.of(program.workflow(), app)
              .serializer(journal)
              .listener(listener)
              .gracePeriod(settings.grace())
              .start(run)) {
        signals.attach(handle);
        ended = handle.await();
      } finally {
        bars.close();
      }
      ExitCode exit = exit(ended, signals);
      List<String> known = program.workflow().stateNames();
      tell(Summary.of(settings.file(), run, known, ended, exit));
      return exit;
    }
  }

  private static ExitCode exit(RunSummary ended, Signals signals) {
    if (ended.wasStopped()) {
      return signals.stoppedBy().orElse(ExitCode.INTERRUPTED);
    }
    return ended.isComplete() ? ExitCode.COMPLETE : ExitCode.PARKED;
  }

  private void tell(Summary summary) {
    if (settings.isJson()) {
      JsonText.print(out, summary.json());
    } else if (settings.isQuiet()) {
      summary.printProblems(out);
    } else {
      summary.print(out);
    }
    out.flush();
  }

  /// Closes the application context if it can be closed. The run has ended, so its trouble is told
  /// and changes nothing.
  private void close(A app) {
    if (app instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception trouble) {
        err.println("the run has ended, but its application context cannot be closed:");
        trouble.printStackTrace(err);
      }
    }
  }
}
