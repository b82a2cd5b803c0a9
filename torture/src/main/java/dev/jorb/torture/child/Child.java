package dev.jorb.torture.child;

import dev.jorb.processor.Processor;
import dev.jorb.processor.RunFailedException;
import dev.jorb.processor.RunHandle;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.EarlyCompaction;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.serial.RunFileException;
import dev.jorb.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;

/// The program that is tortured. It goes on with the run in its file, or begins one; some of the
/// jobs that have come to an end it sends back to the start.
///
/// Exit codes: 0 after a run that rested or was stopped, 3 when the run could not go on, 4 when the
/// file could not be opened.
///
/// Arguments: run file, account, seed of the run, jobs, number of this life, batches after which it
/// stops itself.
public final class Child {
  /// The run could not go on.
  public static final int FAILED = 3;

  /// The file could not be opened.
  public static final int REFUSED = 4;

  /// The system property that has the file compacted all the time.
  public static final String EARLY_COMPACTION = "jorb.earlyCompaction";

  private final CountDownLatch enough = new CountDownLatch(1);
  private final Workflow<Account, String, Load> workflow = Script.workflow();
  private final Account account;
  private final AccountedSerializer serializer;

  private Child(Path file, Account account, long batches) {
    this.account = account;
    this.serializer =
        new AccountedSerializer(
            journal(file, workflow), account, new Phases(), batches, enough::countDown);
  }

  private static JournalSerializer<String, Load> journal(
      Path file, Workflow<Account, String, Load> workflow) {
    JournalSerializer<String, Load> journal = JournalSerializer.at(file, workflow);
    return Boolean.getBoolean(EARLY_COMPACTION) ? EarlyCompaction.in(journal) : journal;
  }

  /// Runs one life.
  public static void main(String[] args) throws Exception {
    try (Account account = Account.append(Path.of(args[1]))) {
      int life = Integer.parseInt(args[4]);
      account.lives(life);
      Child child = new Child(Path.of(args[0]), account, Long.parseLong(args[5]));
      System.exit(child.live(Long.parseLong(args[2]), Integer.parseInt(args[3]), life));
    }
  }

  private int live(long seed, int jobs, int life) throws InterruptedException {
    try {
      Run<String, Load> run = serializer.load().orElseGet(() -> first(seed, jobs));
      redrive(run, new SplittableRandom(seed + life));
      RunHandle handle =
          Processor.of(workflow, account)
              .serializer(serializer)
              .gracePeriod(Duration.ofMillis(20))
              .start(run);
      Thread.ofVirtual().start(() -> stopWhenEnough(handle));
      handle.await();
      account.ended();
      return 0;
    } catch (RunFailedException failed) {
      account.failed(failed);
      System.err.println(failed.getMessage());
      return FAILED;
    } catch (RunFileException refused) {
      account.failed(refused);
      System.err.println(refused.getMessage());
      return REFUSED;
    }
  }

  private void stopWhenEnough(RunHandle handle) {
    try {
      enough.await();
      handle.stop();
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  private Run<String, Load> first(long seed, int jobs) {
    Run<String, Load> run = workflow.run("torture", "seed " + seed);
    for (int n = 0; n < jobs; n++) {
      run.add(Oracle.first(seed, n));
    }
    run.jobs().forEach(serializer::adds);
    return run;
  }

  private void redrive(Run<String, Load> run, SplittableRandom random) {
    for (Job<Load> job : run.jobs()) {
      if (job.crashes() > 0) { // It is not to blame for them, and must not be parked.
        run.put(job.copy().crashes(0).build());
      }
      if (workflow.terminalStateNames().contains(job.state()) && random.nextInt(3) == 0) {
        Job<Load> again = job.next().state(Script.START).attempt(0).build();
        run.put(again);
        serializer.adds(again);
      }
    }
  }
}
