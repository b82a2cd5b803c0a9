package dev.jorb.torture.hostile;

import dev.jorb.processor.Processor;
import dev.jorb.processor.RunFailedException;
import dev.jorb.processor.RunHandle;
import dev.jorb.processor.RunSummary;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.time.TimeSource;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/// A program with many honest jobs and a few of one hostile kind.
///
/// Exit codes: 0 when every honest job has come to its end, 5 when they did not in time, 3 when the
/// run could not go on; what a hostile step chooses if it ends the JVM.
///
/// Arguments: run file, kind, honest jobs.
public final class Neighbourhood {
  /// The honest jobs did not come to their end in time.
  public static final int STUCK = 5;

  /// The run could not go on.
  public static final int FAILED = 3;

  /// The overall context.
  ///
  /// @param notes that anybody may change
  public record Street(List<String> notes) {}

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration GRACE = Duration.ofMillis(300);
  private static final long LOOK_NANOS = 2_000_000;

  private final Path file;
  private final Hostility kind;
  private final int honest;
  private final CompletableFuture<RunHandle> handle = new CompletableFuture<>();
  private final CompletableFuture<Run<Street, Piece>> run = new CompletableFuture<>();
  private final List<String> shared = new ArrayList<>();

  private Neighbourhood(Path file, Hostility kind, int honest) {
    this.file = file;
    this.kind = kind;
    this.honest = honest;
  }

  /// Runs one neighbourhood.
  public static void main(String[] args) {
    int code =
        new Neighbourhood(Path.of(args[0]), Hostility.valueOf(args[1]), Integer.parseInt(args[2]))
            .live();
    Runtime.getRuntime().halt(code); // Threads that never end must not keep it.
  }

  /// The run that is going on.
  RunHandle handle() {
    return handle.join();
  }

  /// Its jobs.
  Run<Street, Piece> run() {
    return run.join();
  }

  /// The run's file.
  Path file() {
    return file;
  }

  /// A list that all steps share without a lock.
  List<String> shared() {
    return shared;
  }

  /// Its workflow.
  public static Workflow<Neighbourhood, Street, Piece> workflow() {
    return Workflow.named("street", Neighbourhood.class, Street.class, Piece.class)
        .state(
            "work",
            s ->
                s.concurrency(8)
                    .retry(new Retry(1, Duration.ofMillis(1), Duration.ofMillis(2)))
                    .exec((street, overall, piece) -> street.step(overall, piece)))
        .state(
            "more",
            s -> s.concurrency(8).exec((street, overall, piece) -> Outcome.to("done", piece.hop())))
        .terminal("done")
        .build();
  }

  private Outcome<Piece> step(Street overall, Piece piece) throws Exception {
    return piece.role.equals("honest")
        ? Outcome.to("more", piece.hop())
        : kind.deed().act(this, overall, piece);
  }

  private int live() {
    var workflow = workflow();
    var journal = JournalSerializer.at(file, workflow);
    Run<Street, Piece> jobs = journal.load().orElseGet(() -> first(workflow));
    run.complete(jobs);
    RunHandle going =
        Processor.of(workflow, this)
            .serializer(journal)
            .listener(counts -> kind.listener().hear(this))
            .gracePeriod(GRACE)
            .start(jobs);
    handle.complete(going);
    try {
      return awaitHonest(going);
    } catch (RunFailedException failed) {
      System.err.println(failed.getMessage());
      return FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return STUCK;
    }
  }

  /// Waits until the honest ones are done, and then ends what does not end by itself.
  private int awaitHonest(RunHandle going) throws InterruptedException {
    TimeSource time = TimeSource.system();
    long deadline = time.nanoTime() + PATIENCE.toNanos();
    while (!going.hasEnded() && done(going) < honest) {
      if (time.nanoTime() - deadline > 0) {
        return STUCK;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    long patience = time.nanoTime() + GRACE.toNanos();
    while (!going.hasEnded() && time.nanoTime() - patience < 0) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    going.stop();
    RunSummary summary = going.await();
    return summary.wasStopped() && done(going) < honest ? STUCK : 0;
  }

  private static long done(RunHandle going) {
    return going.status().getLast().completed();
  }

  private Run<Street, Piece> first(Workflow<?, Street, Piece> workflow) {
    Run<Street, Piece> jobs = workflow.run("street", new Street(new ArrayList<>()));
    int every = Math.max(1, honest / kind.jobs());
    for (int n = 0; n < honest; n++) {
      if (n % every == 0 && n / every < kind.jobs()) {
        jobs.add(new Piece("hostile"));
      }
      jobs.add(new Piece());
    }
    return jobs;
  }
}
