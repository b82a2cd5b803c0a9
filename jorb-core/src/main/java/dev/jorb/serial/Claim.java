package dev.jorb.serial;

import dev.jorb.run.Run;
import dev.jorb.serial.Disk.LockHeldException;
import dev.jorb.serial.Disk.RunLock;
import dev.jorb.serial.Disk.Stat;
import dev.jorb.time.TimeSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A serializer's right to a run file: the lock, and what it found there when it read the file.
/// Touched by one thread at a time.
final class Claim implements AutoCloseable {
  /// When this process started; the system is asked once.
  private static final Optional<Instant> STARTED = ProcessHandle.current().info().startInstant();

  private final Disk disk;
  private final TimeSource time;
  private Path path;
  private @Nullable RunLock lock;
  private Optional<Stat> found = Optional.empty();

  Claim(Disk disk, TimeSource time, Path path) {
    this.disk = disk;
    this.time = time;
    this.path = path;
  }

  /// Where the lock of the run file at `path` is: a file that nothing else opens.
  static Path lockPath(Path path) {
    return path.resolveSibling(path.getFileName() + ".lock");
  }

  /// Takes the lock, unless this claim has it already; returns the path with symbolic links
  /// followed, which is what is locked, and what must be read and replaced.
  ///
  /// @throws RunFileException.Locked if somebody else has it
  Path take() throws IOException {
    if (lock != null) {
      return path;
    }
    path = disk.real(path);
    try {
      lock =
          disk.lock(
              lockPath(path),
              "pid " + ProcessHandle.current().pid() + " since " + startOfProcess());
      return path;
    } catch (LockHeldException e) {
      String holder = e.getMessage();
      throw new RunFileException.Locked(
          path,
          "another run has it open: "
              + (holder == null || holder.isEmpty() ? "a process that did not say which" : holder)
              + ". Wait for it to end, or stop it");
    }
  }

  private Instant startOfProcess() {
    return STARTED.orElseGet(time::instant);
  }

  /// Looks at what is there, and remembers it for [#requireUnchanged()].
  Optional<Stat> look() throws IOException {
    found = disk.stat(path);
    return found;
  }

  /// Refuses to write a new run over a file that was not loaded.
  void requireNothingStored(Run<?, ?> run) throws IOException {
    if (look().isPresent() && found.get().size() > 0) {
      throw new RunFileException(
          path,
          "there is a run in it already; load it, or choose another file for run \""
              + run.name()
              + "\"");
    }
  }

  /// Refuses to go on in a file that somebody changed since the last look.
  void requireUnchanged() throws IOException {
    if (!disk.stat(path).equals(found)) {
      throw new RunFileException(
          path, "it was changed after it was loaded; nothing was written. Start again");
    }
  }

  /// Refuses another run than the one that was loaded, or one that lost jobs since.
  void requireSame(Run<?, ?> run, RunImage image) {
    Header header = image.header;
    if (!run.id().equals(header.id())) {
      throw new RunFileException(
          path,
          "it holds run \""
              + header.run()
              + "\" with the id "
              + header.id()
              + ", not run \""
              + run.name()
              + "\" with the id "
              + run.id());
    }
    for (String job : image.jobs.keySet()) {
      if (run.job(job).isEmpty()) {
        throw new RunFileException(
            path, "it holds job " + job + ", which the run does not; nothing was changed");
      }
    }
  }

  /// Gives up the lock, if it is held.
  @Override
  public void close() {
    try (RunLock released = lock) {
      lock = null;
    } catch (IOException e) {
      throw new RunFileException(path, "its lock cannot be given up (" + e.getMessage() + ")", e);
    }
  }
}
