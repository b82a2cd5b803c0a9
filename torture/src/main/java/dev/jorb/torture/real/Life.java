package dev.jorb.torture.real;

import dev.jorb.time.TimeSource;
import dev.jorb.torture.Finding;
import dev.jorb.torture.child.Phases.Phase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A child while it lives. Not thread-safe.
final class Life implements AutoCloseable {
  /// How long a turn of many lives may take. A life that hangs is found by itself, and sooner.
  static final Duration TURN = Duration.ofMinutes(15);

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final long LOOK_NANOS = 400_000;

  private final TimeSource time = TimeSource.system();
  private final Process process;
  private final boolean isUnderAnother;
  private final Path said;
  private final InputStream phases;
  private final Map<Phase, Long> enteredNanos = new EnumMap<>(Phase.class);
  private final long startNanos = TimeSource.system().nanoTime();
  private long endNanos;

  /// @param said a file for what it says
  Life(List<String> command, Path said) throws IOException {
    this(command, false, said);
  }

  /// @param isUnderAnother whether the command is a program that starts the child
  /// @param said a file for what it says
  Life(List<String> command, boolean isUnderAnother, Path said) throws IOException {
    this.isUnderAnother = isUnderAnother;
    this.said = said;
    this.process = new ProcessBuilder(command).redirectError(said.toFile()).start();
    this.phases = process.getInputStream();
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// What it said up to now.
  String said() throws IOException {
    return Files.readString(said).strip();
  }

  /// Waits until it enters the phase; whether it did before it ended.
  boolean reaches(Phase phase) throws IOException {
    long deadline = time.nanoTime() + PATIENCE.toNanos();
    while (!enteredNanos.containsKey(phase)) {
      boolean ended = !process.isAlive();
      if (phases.available() > 0) {
        note((char) phases.read());
      } else if (ended) {
        return false;
      } else if (time.nanoTime() - deadline > 0) {
        throw Finding.hung("the child does not come to " + phase + "; " + trace());
      } else {
        LockSupport.parkNanos(LOOK_NANOS);
      }
    }
    return true;
  }

  /// Whether it has entered the phase. Does not wait.
  boolean hasReached(Phase phase) throws IOException {
    while (phases.available() > 0) {
      note((char) phases.read());
    }
    return enteredNanos.containsKey(phase);
  }

  private void note(char letter) {
    for (Phase phase : Phase.values()) {
      if (phase.letter() == letter) {
        enteredNanos.put(phase, time.nanoTime());
      }
    }
  }

  /// How long it took until it entered the phase, if it did.
  OptionalLong nanosUntil(Phase phase) {
    Long at = enteredNanos.get(phase);
    return at == null ? OptionalLong.empty() : OptionalLong.of(at - startNanos);
  }

  /// How long it went on after it entered the phase, if it did and then ended by itself.
  OptionalLong nanosFrom(Phase phase) {
    Long at = enteredNanos.get(phase);
    return at == null || process.exitValue() != 0
        ? OptionalLong.empty()
        : OptionalLong.of(endNanos - at);
  }

  /// How long it was in a phase, if it left it.
  OptionalLong nanosIn(Phase phase, Phase next) {
    Long from = enteredNanos.get(phase);
    Long to = enteredNanos.get(next);
    return from == null || to == null ? OptionalLong.empty() : OptionalLong.of(to - from);
  }

  /// Kills it; nothing that it wrote is lost, since no pipe is closed. Whether it was still alive.
  boolean kill() {
    List<ProcessHandle> traced = descendants();
    if (traced.isEmpty()) {
      return process.isAlive() && process.toHandle().destroyForcibly();
    }
    return traced.stream().anyMatch(ProcessHandle::destroyForcibly);
  }

  /// Not looked for without need: that reads of every process of the machine.
  private List<ProcessHandle> descendants() {
    return isUnderAnother ? process.descendants().toList() : List.of();
  }

  /// Sends it a signal, if it is still there to get it.
  void signal(String name) throws IOException, InterruptedException {
    if (process.isAlive()) {
      Shell.run("sh", "-c", "kill -" + name + " " + pid() + " || true");
    }
  }

  /// Whether it has lived for longer than any life should.
  boolean isOverdue() {
    return time.nanoTime() - startNanos > PATIENCE.toNanos();
  }

  /// Waits for its end, and returns its exit code; 137 if it was killed in time.
  int awaitEnd() throws IOException, InterruptedException {
    if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw Finding.hung("the child does not end; " + trace());
    }
    endNanos = time.nanoTime();
    return process.exitValue();
  }

  /// Where its threads stand.
  private String trace() throws IOException {
    try {
      Shell.run("kill", "-QUIT", Long.toString(pid()));
      process.waitFor(2, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return "it said: "
        + said()
        + new String(phases.readNBytes(phases.available()), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws InterruptedException, IOException {
    descendants().forEach(ProcessHandle::destroyForcibly);
    process.toHandle().destroyForcibly();
    process.waitFor();
    phases.close();
  }
}
