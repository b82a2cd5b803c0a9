package dev.jorb.torture.child;

import dev.jorb.run.Job;
import dev.jorb.run.Transition;
import dev.jorb.serial.Serializer.Encoded;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/// What the child was told, written line by line with one `write` each, so that `kill -9` loses
/// nothing of it. Thread-safe.
///
/// | line | said when |
/// | --- | --- |
/// | `L n` | life `n` begins |
/// | `D job:version …` | the jobs are about to be added or redriven, all at once |
/// | `F job:version …` | the run is durable as it stands: all its jobs |
/// | `S job version state digest` | the step begins, so the version was acknowledged |
/// | `C n job:version …` | batch `n` is about to be committed |
/// | `K n` | batch `n` was acknowledged |
/// | `X n full` or `X n dead` | batch `n` was refused: for want of room, or for good |
/// | `E` | the run ended in order |
/// | `R message` | the run failed |
public final class Account implements AutoCloseable {
  private final FileOutputStream file;

  private Account(FileOutputStream file) {
    this.file = file;
  }

  /// Goes on in the account at `path`.
  static Account append(Path path) throws IOException {
    return new Account(new FileOutputStream(path.toFile(), true));
  }

  /// The last life may have been cut off in the middle of a line.
  void lives(int life) {
    write("\nL " + life);
  }

  void willAdd(Collection<? extends Job<?>> jobs) {
    write("D" + versions(jobs));
  }

  void isDurable(List<? extends Job<?>> jobs) {
    write("F" + versions(jobs));
  }

  private static String versions(Collection<? extends Job<?>> jobs) {
    StringBuilder line = new StringBuilder();
    jobs.forEach(job -> add(line, job));
    return line.toString();
  }

  private static void add(StringBuilder line, Job<?> job) {
    line.append(' ').append(job.id()).append(':').append(job.version());
  }

  void begins(Job<Load> job) {
    write("S " + job.id() + ' ' + job.version() + ' ' + job.state() + ' ' + job.context().digest());
  }

  void willCommit(long batch, List<? extends Encoded<?>> transitions) {
    StringBuilder line = new StringBuilder("C ").append(batch);
    for (Encoded<?> each : transitions) {
      Transition<?> transition = each.transition();
      add(line, transition.job());
      transition.kicked().forEach(job -> add(line, job));
    }
    write(line.toString());
  }

  void isCommitted(long batch) {
    write("K " + batch);
  }

  void isRefused(long batch, boolean forWantOfRoom) {
    write("X " + batch + (forWantOfRoom ? " full" : " dead"));
  }

  void ended() {
    write("E");
  }

  void failed(Throwable failure) {
    write("R " + String.valueOf(failure.getMessage()).replace('\n', ' '));
  }

  private void write(String line) {
    try {
      file.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
