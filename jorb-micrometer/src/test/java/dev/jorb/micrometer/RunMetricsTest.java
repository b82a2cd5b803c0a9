package dev.jorb.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.jorb.event.StatusCount;
import dev.jorb.measure.StateMeasures;
import dev.jorb.processor.Processor;
import dev.jorb.processor.RunHandle;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

/// Meters of real runs: each figure is one that is known from elsewhere.
@Timeout(60)
class RunMetricsTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Map<String, Map<String, String>> signs = new ConcurrentHashMap<>();

  private final Workflow<CountDownLatch, String, String> workflow =
      Workflow.named("measured", CountDownLatch.class, String.class, String.class)
          .state("look", s -> s.exec((app, all, job) -> Outcome.to("work", job)).concurrency(4))
          .state("work", s -> s.execJob(this::work).concurrency(3).retry(Retry.never()))
          .terminal("done")
          .build();

  private Outcome<String> work(CountDownLatch go, String all, Job<String> job) throws Exception {
    signs.put(job.id(), MDC.getCopyOfContextMap());
    MDC.put("left behind", job.id());
    go.await();
    if (job.context().endsWith("0")) {
      throw new IllegalStateException("out of order");
    }
    return Outcome.to("done", job.context());
  }

  private Run<String, String> jobs() {
    Run<String, String> run = workflow.run("measured", "");
    return run.addAll(IntStream.range(0, 100).mapToObj(i -> "job " + i));
  }

  private double gauge(String name, String... tags) {
    return registry.get(name).tags(tags).gauge().value();
  }

  @Test
  void metersTellHowTheRunEnded() throws Exception {
    try (RunHandle handle = Processor.of(workflow, new CountDownLatch(0)).start(jobs())) {
      handle.await();
      try (RunMetrics metrics = RunMetrics.of(handle, Tags.of("host", "here"))) {
        metrics.bindTo(registry);
        StateMeasures work = handle.measures().state("work");
        var timer =
            registry
                .get("jorb.executions")
                .tags("run", "measured", "state", "work")
                .functionTimer();

        assertThat(timer.count()).isEqualTo(100);
        assertThat(timer.totalTime(TimeUnit.NANOSECONDS))
            .isCloseTo(work.times().executing().total().toNanos(), within(0.01));
        assertThat(
                registry
                    .get("jorb.executions.percentile")
                    .tags("state", "work", "phi", "0.95")
                    .timeGauge()
                    .value(TimeUnit.NANOSECONDS))
            .as("in nanoseconds, as seconds in a double and back")
            .isCloseTo(work.times().executing().at(95).toNanos(), within(0.01));
        assertThat(
                registry
                    .get("jorb.failures")
                    .tags("state", "work", "kind", "exception")
                    .functionCounter()
                    .count())
            .isEqualTo(10);
        assertThat(gauge("jorb.jobs", "state", "work", "status", "parked")).isEqualTo(10);
        assertThat(gauge("jorb.jobs", "state", "done", "status", "ended")).isEqualTo(90);
        assertThat(gauge("jorb.slots", "state", "work")).isEqualTo(3);
        assertThat(gauge("jorb.limited", "state", "work", "by", "no_work")).isEqualTo(1);
        assertThat(registry.getMeters())
            .allSatisfy(meter -> assertThat(meter.getId().getTag("host")).isEqualTo("here"));
      }
    }
  }

  @Test
  void metersTellHowARunGoes() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (RunHandle handle = Processor.of(workflow, go).start(jobs());
        RunMetrics metrics = RunMetrics.of(handle)) {
      while (handle.status().get(1).executing() < 3 || handle.status().get(1).waiting() < 97) {
        Thread.onSpinWait();
      }
      metrics.bindTo(registry);

      assertThat(gauge("jorb.jobs", "state", "work", "status", "waiting")).isEqualTo(97);
      assertThat(gauge("jorb.limited", "state", "work", "by", "slots")).isEqualTo(1);
      assertThat(gauge("jorb.limited", "state", "work", "by", "rate")).isZero();
      go.countDown();
      handle.await();
    }
  }

  @Test
  void allJobsAreInOneStatusOfOneState() throws Exception {
    try (RunHandle handle = Processor.of(workflow, new CountDownLatch(0)).start(jobs());
        RunMetrics metrics = RunMetrics.of(handle)) {
      handle.await();
      metrics.bindTo(registry);

      assertThat(registry.get("jorb.jobs").gauges().stream().mapToDouble(g -> g.value()).sum())
          .isEqualTo(handle.status().stream().mapToLong(StatusCount::jobs).sum())
          .isEqualTo(100);
    }
  }

  @Test
  void closingTakesTheMetersAwayAndNoOthers() throws Exception {
    registry.counter("mine");
    try (RunHandle handle = Processor.of(workflow, new CountDownLatch(0)).start(jobs())) {
      handle.await();
      RunMetrics metrics = RunMetrics.of(handle);
      metrics.bindTo(registry);
      assertThat(registry.getMeters()).hasSizeGreaterThan(20);
      metrics.close();
      metrics.close();
    }

    assertThat(registry.getMeters())
        .extracting(Meter::getId)
        .extracting(Meter.Id::getName)
        .containsExactly("mine");
  }

  @Test
  void namesAreLowerCaseWithDots() throws Exception {
    try (RunHandle handle = Processor.of(workflow, new CountDownLatch(0)).start(jobs());
        RunMetrics metrics = RunMetrics.of(handle)) {
      metrics.bindTo(registry);

      assertThat(registry.getMeters())
          .isNotEmpty()
          .allSatisfy(meter -> assertThat(meter.getId().getName()).matches("jorb(\\.[a-z]+)+"));
      handle.await();
    }
  }

  @Test
  void stepsAreSignedWithRunJobAndStateAndNothingOfOthers() throws Exception {
    try (RunHandle handle = Processor.of(workflow, new CountDownLatch(0)).start(jobs())) {
      handle.await();
    }

    assertThat(signs).hasSize(100);
    signs.forEach((job, its) ->
        assertThat(its)
            .isEqualTo(Map.of("jorb.run", "measured", "jorb.job", job, "jorb.state", "work")));
  }
}
