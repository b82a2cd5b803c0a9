package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.event.StatusCount;
import dev.jorb.event.StatusListener;
import dev.jorb.limit.Rate;
import dev.jorb.run.Job;
import dev.jorb.run.JobTransition;
import dev.jorb.run.Run;
import dev.jorb.serial.MemoryRunFile;
import dev.jorb.serial.NilSerializer;
import dev.jorb.serial.Serializer;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.State;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class VirtualEngineTest {
  private static final Instant START = Instant.parse("2026-11-24T08:00:00Z");

  private final MemoryRunFile file = new MemoryRunFile();

  /// A process in virtual time, under one seed.
  private final class Process {
    final SplittableRandom random;
    final VirtualTime time;
    final List<Integer> executing = new ArrayList<>();

    Process(long seed) {
      random = new SplittableRandom(seed);
      time = new VirtualTime(START, random.split());
    }

    private final StatusListener counter =
        counts -> executing.add(counts.stream().mapToInt(StatusCount::executing).sum());

    VirtualEngine<VirtualTime, String, String> exec(
        Workflow<VirtualTime, String, String> workflow,
        Run<String, String> run,
        Serializer<String, String> serializer) {
      var engine =
          new VirtualEngine<>(workflow, time, run, serializer, counter, time, random.split());
      engine.start();
      engine.runUntil(START.plus(Duration.ofDays(3_650)));
      return engine;
    }
  }

  private static Workflow<VirtualTime, String, String> workflow(
      Consumer<State.Builder<VirtualTime, String, String>> work) {
    return Workflow.named("w", VirtualTime.class, String.class, String.class)
        .state("work", work)
        .terminal("done")
        .build();
  }

  private static Run<String, String> run(Workflow<VirtualTime, String, String> workflow, int jobs) {
    return workflow.run("r", "o").addAll(IntStream.range(0, jobs).mapToObj(i -> "c" + i).toList());
  }

  private static Outcome<String> tenMinutes(VirtualTime time, String overall, String context)
      throws InterruptedException {
    time.sleep(Duration.ofMinutes(10));
    return Outcome.to("done", context);
  }

  @Nested
  class Limits {
    @Test
    void slotsMakeJobsWaitForEachOther() {
      var workflow = workflow(s -> s.exec(VirtualEngineTest::tenMinutes).concurrency(2));
      Run<String, String> run = run(workflow, 48 * 2);
      Process process = new Process(1);

      process.exec(workflow, run, new NilSerializer<>());

      assertThat(run.jobs()).extracting(Job::state).containsOnly("done");
      assertThat(process.time.instant()).isEqualTo(START.plus(Duration.ofHours(8)));
      assertThat(process.executing).contains(2).allMatch(n -> n <= 2);
    }

    @Test
    void ratesSpreadStartsOverVirtualTime() {
      var workflow =
          workflow(s -> s.exec(VirtualEngineTest::tenMinutes).concurrency(9).rate(Rate.perHour(6)));
      Process process = new Process(1);

      process.exec(workflow, run(workflow, 7), new NilSerializer<>());

      assertThat(process.time.instant())
          .isEqualTo(START.plus(Duration.ofHours(1)).plus(Duration.ofMinutes(10)));
    }

    @Test
    void timeoutInterruptsTheStepAtItsMoment() {
      var workflow =
          workflow(s ->
              s.exec(VirtualEngineTest::tenMinutes)
                  .timeout(Duration.ofMinutes(4))
                  .retry(Retry.never()));
      Run<String, String> run = run(workflow, 1);
      Process process = new Process(1);

      process.exec(workflow, run, new NilSerializer<>());

      Job<String> job = run.job("0").orElseThrow();
      assertThat(job.parked()).contains("failed: timed out after PT4M");
      assertThat(process.time.instant()).isEqualTo(START.plus(Duration.ofMinutes(4)));
      assertThat(job.lastTransition().map(JobTransition::took)).contains(Duration.ofMinutes(4));
    }

    @Test
    void delaysAndRetriesPassOnVirtualTime() {
      var workflow =
          Workflow.named("w", VirtualTime.class, String.class, String.class)
              .state(
                  "poll",
                  s ->
                      s.exec((time, overall, context) ->
                          context.length() < 10
                              ? Outcome.stay(context + "+").after(Duration.ofHours(1))
                              : Outcome.to("fail", context)))
              .state(
                  "fail",
                  s ->
                      s.exec(
                              (time, overall, context) -> {
                                throw new java.io.IOException("down");
                              })
                          .retry(Retry.times(2).backoff(Duration.ofHours(1), Duration.ofHours(1))))
              .terminal("done")
              .build();
      Run<String, String> run = workflow.run("r", "o").add("c");
      Process process = new Process(5);

      var engine = process.exec(workflow, run, file.open(workflow, process.time));

      assertThat(engine.isResting()).isTrue();
      assertThat(run.job("0").orElseThrow().errorCount()).isEqualTo(3);
      assertThat(process.time.instant())
          .isBetween(START.plus(Duration.ofHours(9)), START.plus(Duration.ofHours(12)));
    }
  }

  @Nested
  class Seeds {
    private final Workflow<VirtualTime, String, String> workflow =
        workflow(s -> s.exec(this::randomly).concurrency(3));

    private Outcome<String> randomly(VirtualTime time, String overall, String context)
        throws InterruptedException {
      time.sleep(Duration.ZERO);
      order.add(context);
      return Outcome.to("done", context);
    }

    private List<String> order = new ArrayList<>();

    @Test
    void sameIsTheSameHistoryAndAnotherIsAnother() {
      List<String> one = historyUnder(1);

      assertThat(historyUnder(1)).isEqualTo(one);
      assertThat(IntStream.range(2, 9).mapToObj(this::historyUnder)).anyMatch(h -> !h.equals(one));
    }

    private List<String> historyUnder(long seed) {
      order = new ArrayList<>();
      Process process = new Process(seed);
      MemoryRunFile own = new MemoryRunFile();
      process.exec(workflow, run(workflow, 12), own.open(workflow, process.time));
      order.add(process.time.instant().toString());
      return order;
    }
  }

  @Nested
  class KilledAndStartedAgain {
    private int executions;

    @Test
    void goesOnWhereItsFileSaysAndEndsInOrder() {
      var workflow = workflow(s -> s.exec(this::killTheFirstTime).concurrency(2));
      Process process = new Process(1);
      process.exec(workflow, run(workflow, 10), file.open(workflow, process.time));
      assertThat(process.time.isKilled()).isTrue();

      MemoryRunFile left = file.killedAt(file.size());
      var second = left.open(workflow, process.time);
      Run<String, String> loaded = second.load().orElseThrow();
      process.exec(workflow, loaded, second);

      assertThat(loaded.jobs()).extracting(Job::state).containsOnly("done");
      assertThat(executions).isBetween(11, 13);
      try (var third = left.open(workflow, process.time)) {
        assertThat(third.load().orElseThrow().jobs()).extracting(Job::state).containsOnly("done");
        assertThat(third.opening().isClean()).isTrue();
      }
      process.time.close();
    }

    private Outcome<String> killTheFirstTime(VirtualTime time, String overall, String context)
        throws InterruptedException {
      time.sleep(Duration.ofSeconds(1));
      if (++executions == 6) {
        time.kill();
      }
      return Outcome.to("done", context);
    }
  }
}
