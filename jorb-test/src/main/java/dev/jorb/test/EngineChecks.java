package dev.jorb.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.processor.Processor;
import dev.jorb.processor.RunHandle;
import dev.jorb.processor.RunSummary;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.test.SerializerConformance.Check;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/// Whole runs go through it.
final class EngineChecks {
  private static final int JOBS = 200;

  private final Bench.Factory benches;

  EngineChecks(Bench.Factory benches) {
    this.benches = benches;
  }

  List<Check> all() {
    return List.of(
        new Check(
            "aWholeRunGoesThroughIt", () -> wholeRun(benches.named("aWholeRunGoesThroughIt"))),
        new Check("aStoppedRunGoesOnWhereItWas", this::aStoppedRunGoesOnWhereItWas));
  }

  /// Counts what was executed, and opens a latch when half of the jobs have been edited.
  private static final class Steps {
    final Map<String, Integer> executions = new ConcurrentHashMap<>();
    final CountDownLatch halfWay = new CountDownLatch(JOBS / 2);

    Outcome<Item> fetch(Job<Item> job) {
      count(job);
      return Outcome.to("edit", Item.of(job.context().text() + " fetched"));
    }

    /// Fails once for every fifth job.
    Outcome<Item> edit(Job<Item> job) {
      count(job);
      halfWay.countDown();
      if (job.context().text().startsWith("item 5") && job.errorCount() == 0) {
        return Outcome.stay(job.context()).error("not yet");
      }
      return Outcome.to("report", Item.of(job.context().text() + " edited"))
          .kick("report", Item.of("about " + job.id()));
    }

    Outcome<Item> report(Job<Item> job) {
      count(job);
      return Outcome.to("done", Item.of(job.context().text() + " reported"));
    }

    private void count(Job<Item> job) {
      executions.merge(job.id() + " v" + job.version(), 1, Integer::sum);
    }

    Workflow<Steps, Batch, Item> workflow() {
      return Workflow.named("conformance", Steps.class, Batch.class, Item.class)
          .state("new", s -> s.execJob((app, batch, job) -> app.fetch(job)).concurrency(4))
          .state(
              "edit",
              s ->
                  s.execJob((app, batch, job) -> app.edit(job))
                      .concurrency(2)
                      .retry(Retry.times(2).backoff(Duration.ofMillis(1), Duration.ofMillis(2))))
          .state("report", s -> s.execJob((app, batch, job) -> app.report(job)).concurrency(8))
          .terminal("done")
          .build();
    }
  }

  static void wholeRun(Bench bench) {
    Steps steps = new Steps();
    Run<Batch, Item> run = Bench.newRun(JOBS);
    RunSummary summary = exec(bench, steps, run);
    assertThat(summary.isComplete()).isTrue();
    assertComplete(run, steps);
    if (bench.isRecording()) {
      bench.assertStored(run);
    }
  }

  private static RunSummary exec(Bench bench, Steps steps, Run<Batch, Item> run) {
    var workflow = steps.workflow();
    try (var serializer = bench.open(workflow)) {
      assertThat(serializer.load()).isEmpty();
      return Processor.of(workflow, steps).serializer(serializer).exec(run);
    }
  }

  private void aStoppedRunGoesOnWhereItWas() throws InterruptedException {
    Bench bench = benches.named("aStoppedRunGoesOnWhereItWas");
    Steps steps = new Steps();
    stopHalfWay(bench, steps, Bench.newRun(JOBS));

    var workflow = steps.workflow();
    Run<Batch, Item> run;
    try (var serializer = bench.open(workflow)) {
      run = Bench.load(serializer);
      assertThat(Processor.of(workflow, steps).serializer(serializer).exec(run).isComplete())
          .isTrue();
    }
    assertComplete(run, steps);
    bench.assertStored(run);
  }

  private static void stopHalfWay(Bench bench, Steps steps, Run<Batch, Item> run)
      throws InterruptedException {
    var workflow = steps.workflow();
    try (var serializer = bench.open(workflow);
        RunHandle handle = Processor.of(workflow, steps).serializer(serializer).start(run)) {
      steps.halfWay.await();
      handle.stop();
      handle.await();
    }
    bench.assertStored(run);
  }

  /// Every job and its child are done, and every step was executed once.
  private static void assertComplete(Run<Batch, Item> run, Steps steps) {
    assertThat(run.size()).isEqualTo(2 * JOBS);
    for (Job<Item> job : run.jobs()) {
      assertThat(job.state()).isEqualTo("done");
      assertThat(job.context().text())
          .isEqualTo(
              job.parent()
                  .map(parent -> "about " + parent + " reported")
                  .orElse("item " + job.id() + " fetched edited reported"));
    }
    assertThat(steps.executions.values()).containsOnly(1);
    List<String> retried =
        run.jobs().stream().filter(job -> job.errorCount() > 0).map(Job::id).toList();
    assertThat(retried).hasSize(11).allMatch(id -> id.startsWith("5"));
  }
}
