package dev.jorb.cli;

import dev.jorb.event.StatusCount;
import dev.jorb.processor.RunHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Turns signals into a stop: the first SIGINT, SIGTERM or SIGHUP drains the run, a later SIGINT
/// halts the process.
///
/// Thread-safe: signals come on threads of their own.
final class Signals implements AutoCloseable {
  private final Duration grace;
  private final Consumer<String> say;
  private final List<OsSignal> received = new ArrayList<>();
  private final AtomicReference<@Nullable ExitCode> stoppedBy = new AtomicReference<>();
  private volatile @Nullable RunHandle run;

  private Signals(Duration grace, Consumer<String> say) {
    this.grace = grace;
    this.say = say;
  }

  /// Listens until it is closed.
  static Signals listen(Duration grace, Consumer<String> say) {
    Signals signals = new Signals(grace, say);
    signals.listenTo("INT", ExitCode.INTERRUPTED);
    signals.listenTo("TERM", ExitCode.TERMINATED);
    signals.listenTo("HUP", ExitCode.TERMINATED);
    return signals;
  }

  @SuppressWarnings("EmptyCatch") // Windows has no SIGHUP, and -Xrs leaves all to the system.
  private void listenTo(String name, ExitCode code) {
    try {
      received.add(OsSignal.receive(name, () -> received(code)));
    } catch (UnsupportedOperationException notHere) {
    }
  }

  /// The run to stop; it is stopped at once if a signal came before.
  void attach(RunHandle handle) {
    run = handle;
    if (stoppedBy.get() != null) {
      handle.stop(grace);
    }
  }

  /// What stopped the run, if a signal did.
  Optional<ExitCode> stoppedBy() {
    return Optional.ofNullable(stoppedBy.get());
  }

  private void received(ExitCode code) {
    if (stoppedBy.compareAndSet(null, code)) {
      stop(run);
    } else if (code == ExitCode.INTERRUPTED) {
      Runtime.getRuntime().halt(code.code());
    }
  }

  private void stop(@Nullable RunHandle handle) {
    if (handle == null) {
      say.accept("stopping before the run begins; Ctrl-C again to halt");
      return;
    }
    handle.stop(grace);
    long running = handle.status().stream().mapToLong(StatusCount::executing).sum();
    say.accept(
        "stopping: "
            + (running == 1 ? "1 step is" : running + " steps are")
            + " still running, up to "
            + Text.seconds(grace)
            + "; Ctrl-C again to halt");
  }

  @Override
  public void close() {
    received.forEach(OsSignal::close);
  }
}
