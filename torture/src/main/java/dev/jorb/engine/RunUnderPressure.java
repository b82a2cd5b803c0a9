package dev.jorb.engine;

import dev.jorb.processor.Processor;
import dev.jorb.processor.RunSummary;
import dev.jorb.run.Run;
import dev.jorb.serial.Ledger;
import dev.jorb.serial.SimRunFile;
import dev.jorb.torture.AllocationRow;
import dev.jorb.torture.Allocations;
import dev.jorb.torture.Finding;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// A run with forks, failures, delays and joins on a simulated disk, started again until all its
/// jobs are at their end. Used from altered classes.
public final class RunUnderPressure implements AllocationRow.Body {
  private static final int JOBS = 6;
  private static final int MOST_STARTS = 5;

  /// How often a job's step failed on purpose.
  private final Map<String, Integer> failures = new ConcurrentHashMap<>();

  @Override
  public void run(long seed) {
    failures.clear();
    Workflow<Object, String, String> workflow = workflow();
    SimRunFile<String, String> file = newFile(workflow, seed);
    Ledger ledger = new Ledger();
    for (int start = 0; start < MOST_STARTS; start++) {
      boolean hadFired = Allocations.hasFired();
      try {
        Run<String, String> run = file.open().orElseGet(() -> newRun(workflow));
        ledger.check(run);
        RunSummary summary =
            Processor.of(workflow, "app")
                .serializer(ledger.watch(file.serializer()))
                .gracePeriod(Duration.ofSeconds(1))
                .exec(run);
        if (summary.isComplete()) {
          look(file, ledger);
          return;
        }
      } catch (Finding finding) {
        throw finding;
      } catch (Throwable failed) {
        if (hadFired || !Allocations.hasFired()) {
          throw Finding.lost("start " + start + " fails with memory to spare", failed);
        }
      }
      file.endProcess(false);
    }
    throw Finding.lost("after " + MOST_STARTS + " starts not all jobs are at their end");
  }

  /// Nothing has happened yet when there is not even memory for this.
  private static SimRunFile<String, String> newFile(
      Workflow<Object, String, String> workflow, long seed) {
    try {
      return new SimRunFile<>(workflow, seed);
    } catch (OutOfMemoryError planted) {
      return new SimRunFile<>(workflow, seed);
    }
  }

  private static void look(SimRunFile<String, String> file, Ledger ledger) {
    file.endProcess(false);
    ledger.check(file.open().orElseThrow(() -> Finding.lost("no run is left")));
  }

  private static Run<String, String> newRun(Workflow<Object, String, String> workflow) {
    Run<String, String> run = workflow.run("pressure", "overall");
    for (int i = 0; i < JOBS; i++) {
      run.add("context " + i);
    }
    return run;
  }

  private Workflow<Object, String, String> workflow() {
    return Workflow.named("pressure", Object.class, String.class, String.class)
        .state(
            "fork",
            s ->
                s.exec((app, overall, context) ->
                        Outcome.to("work", context).kick("work", "kicked"))
                    .concurrency(2))
        .state(
            "work",
            s ->
                s.execJob(
                        (app, overall, job) -> {
                          if (failures.merge(job.id(), 1, Integer::sum) == 1) {
                            throw new IllegalStateException("the first time it fails");
                          }
                          return Outcome.to("rest", job.context()).after(Duration.ofMillis(1));
                        })
                    .concurrency(3)
                    .retry(new Retry(3, Duration.ofMillis(1), Duration.ofMillis(2))))
        .state("rest", s -> s.exec((app, overall, context) -> Outcome.to("done", context)))
        .terminal("done")
        .build();
  }
}
