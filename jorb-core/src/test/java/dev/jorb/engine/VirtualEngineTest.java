package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.event.InDoubt;
import dev.jorb.event.InDoubt.Became;
import dev.jorb.event.StatusCount;
import dev.jorb.event.StatusListener;
import dev.jorb.limit.Rate;
import dev.jorb.limit.ThrottledException;
import dev.jorb.measure.Ending;
import dev.jorb.measure.LimitedBy;
import dev.jorb.run.HoldNote;
import dev.jorb.run.Job;
import dev.jorb.run.JobTransition;
import dev.jorb.run.LimitNote;
import dev.jorb.run.Run;
import dev.jorb.serial.ForwardingSerializer;
import dev.jorb.serial.MemoryRunFile;
import dev.jorb.serial.NilSerializer;
import dev.jorb.serial.NoRoom;
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

    VirtualEngine<VirtualTime, String, String> start(
        Workflow<VirtualTime, String, String> workflow,
        Run<String, String> run,
        Serializer<String, String> serializer) {
      var engine =
          new VirtualEngine<>(workflow, time, run, serializer, counter, time, random.split());
      engine.start();
      return engine;
    }

    VirtualEngine<VirtualTime, String, String> exec(
        Workflow<VirtualTime, String, String> workflow,
        Run<String, String> run,
        Serializer<String, String> serializer) {
      var engine = start(workflow, run, serializer);
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
  class Calls {
    @Test
    void ofSeveralJobsTakeAndReturnThemTogether() {
      List<Integer> calls = new ArrayList<>();
      var workflow =
          workflow(s ->
              s.execBatch(
                  3,
                  (time, overall, jobs) -> {
                    calls.add(jobs.size());
                    time.sleep(Duration.ofMinutes(1));
                    return jobs.stream().map(job -> Outcome.to("done", job.context())).toList();
                  }));
      Run<String, String> run = run(workflow, 7);
      Process process = new Process(1);

      process.exec(workflow, run, file.open(workflow, process.time));

      assertThat(calls).containsExactly(3, 3, 1);
      assertThat(run.jobs()).extracting(Job::state).containsOnly("done");
      assertThat(process.time.instant())
          .isBetween(START.plus(Duration.ofMinutes(3)), START.plus(Duration.ofMinutes(4)));
    }

    @Test
    void thatAreTimedOutFailTogether() {
      var workflow =
          workflow(s ->
              s.execBatch(
                      2,
                      (time, overall, jobs) -> {
                        time.sleep(Duration.ofHours(1));
                        return jobs.stream().map(job -> Outcome.to("done", job.context())).toList();
                      })
                  .timeout(Duration.ofMinutes(4))
                  .retry(Retry.never()));
      Run<String, String> run = run(workflow, 2);

      new Process(1).exec(workflow, run, new NilSerializer<>());

      assertThat(run.jobs())
          .allSatisfy(job -> assertThat(job.parked()).contains("failed: timed out after PT4M"));
    }
  }

  @Nested
  class TheDisk {
    /// A serializer that fails so often before it takes a batch.
    private static final class Failing extends ForwardingSerializer<String, String> {
      private final RuntimeException failure;
      private int failures;

      Failing(Serializer<String, String> taking, RuntimeException failure, int failures) {
        super(taking);
        this.failure = failure;
        this.failures = failures;
      }

      @Override
      public void commit(List<Encoded<String>> batch, List<Job<String>> started) {
        if (!batch.isEmpty() && failures-- > 0) {
          throw failure;
        }
        super.commit(batch, started);
      }
    }

    private final Workflow<VirtualTime, String, String> workflow =
        workflow(s -> s.exec(VirtualEngineTest::tenMinutes));

    @Test
    void thatIsFullHoldsTheRunUntilThereIsRoom() {
      Run<String, String> run = run(workflow, 2);
      Process process = new Process(1);

      var engine =
          process.exec(
              workflow, run, new Failing(file.open(workflow, process.time), NoRoom.onTheDisk(), 3));

      assertThat(engine.failure()).isEmpty();
      assertThat(run.jobs()).extracting(Job::state).containsOnly("done");
      assertThat(process.time.instant()).isAfter(START.plus(Duration.ofMinutes(20)));
    }

    @Test
    void thatFailsEndsTheRun() {
      Run<String, String> run = run(workflow, 2);
      Process process = new Process(1);
      RuntimeException broken = new IllegalStateException("the disk is gone");

      var engine =
          process.exec(workflow, run, new Failing(file.open(workflow, process.time), broken, 9));

      assertThat(engine.failure()).contains(broken);
      assertThat(engine.isResting()).isFalse();
      assertThat(run.jobs()).extracting(Job::state).containsOnly("work");
    }
  }

  @Nested
  class Starts {
    private final Process process = new Process(1);
    private final List<String> log = new ArrayList<>();

    /// Logs each commit: whose results it takes, and whose starts it notes.
    private final class Logging extends ForwardingSerializer<String, String> {
      Logging() {
        super(new NilSerializer<>());
      }

      @Override
      public void commit(List<Encoded<String>> batch, List<Job<String>> started) {
        List<String> results = batch.stream().map(each -> each.transition().job().id()).toList();
        log.add(results + " started " + started.stream().map(Job::id).toList());
      }

      @Override
      public boolean isRecording() {
        return true;
      }
    }

    private Outcome<String> slowly(VirtualTime time, String overall, String context)
        throws InterruptedException {
      log.add(context + " begins");
      return tenMinutes(time, overall, context);
    }

    private Outcome<String> atOnce(VirtualTime time, String overall, String context) {
      log.add(context + " begins");
      return Outcome.to("done", context);
    }

    @Test
    void areNotedOnceAndWaitForNoNote() {
      var workflow = workflow(s -> s.exec(this::slowly));

      process.exec(workflow, run(workflow, 1), new Logging());

      assertThat(log).containsExactly("c0 begins", "[] started [0]", "[0] started []");
    }

    @Test
    void areNotNotedIfTheStepReturnsBefore() {
      var workflow = workflow(s -> s.exec(this::atOnce));

      process.exec(workflow, run(workflow, 1), new Logging());

      assertThat(log).containsExactly("c0 begins", "[0] started []");
    }

    @Test
    void waitForTheirNoteIfNoStepMayRunTwiceUnseen() {
      var workflow = workflow(s -> s.exec(this::slowly).parkInDoubt().concurrency(1));
      Run<String, String> run = run(workflow, 2);

      process.exec(workflow, run, new Logging());

      assertThat(log)
          .containsExactly(
              "[] started [0]", "c0 begins", "[0] started [1]", "c1 begins", "[1] started []");
      assertThat(run.jobs()).extracting(Job::state).containsOnly("done");
    }

    @Test
    void waitForTheirOwnNoteWhileThatOfAnotherIsWritten() {
      var workflow =
          Workflow.named("w", VirtualTime.class, String.class, String.class)
              .state("plain", s -> s.exec(this::slowly))
              .state("noted", s -> s.exec(this::slowly).parkInDoubt())
              .terminal("done")
              .build();
      Run<String, String> run = workflow.run("r", "o").add("first");
      run.put(Job.create("late", "noted", "late", START).copy().due(START.plusMillis(1)).build());

      process.exec(workflow, run, new Logging());

      assertThat(log.subList(0, 4))
          .containsExactly("first begins", "[] started [0]", "[] started [late]", "late begins");
    }

    @Test
    void waitForNoNoteIfNothingIsRecorded() {
      var workflow = workflow(s -> s.exec(this::slowly).parkInDoubt());
      Run<String, String> run = run(workflow, 1);

      process.exec(workflow, run, new NilSerializer<>());

      assertThat(run.jobs()).extracting(Job::state).containsExactly("done");
      assertThat(process.time.instant()).isEqualTo(START.plus(Duration.ofMinutes(10)));
    }

    @Test
    void afterTheirJobsDeadlineAreInterrupted() {
      var workflow =
          Workflow.named("w", VirtualTime.class, String.class, String.class)
              .state("work", s -> s.exec(this::slowly).parkInDoubt())
              .terminal("done")
              .deadline(Duration.ofMillis(1))
              .build();
      Run<String, String> run = workflow.run("r", "o");
      run.put(Job.create("0", "work", "c0", START));

      process.exec(workflow, run, new Logging());

      assertThat(log).startsWith("[] started [0]", "c0 begins");
      assertThat(process.time.instant()).isBefore(START.plusSeconds(1));
      assertThat(run.job("0").orElseThrow().parked()).isPresent();
    }
  }

  @Nested
  class WhatIsNoted {
    private final Process process = new Process(1);
    private boolean wasRefused;

    private Outcome<String> refusedOnce(VirtualTime time, String overall, String context)
        throws InterruptedException {
      time.sleep(Duration.ofSeconds(1));
      if (!wasRefused) {
        wasRefused = true;
        throw new ThrottledException(Duration.ofMinutes(10));
      }
      return Outcome.to("done", context);
    }

    @Test
    void isUntilWhenAServiceClosedAState() {
      var workflow = workflow(s -> s.exec(this::refusedOnce));
      Run<String, String> run = run(workflow, 1);
      process
          .start(workflow, run, file.open(workflow, process.time))
          .runUntil(START.plusSeconds(2));

      LimitNote note = new LimitNote("work#", "", START.plusSeconds(1 + 600), null);
      assertThat(run.limitNotes()).containsExactly(note);
      try (var serializer = file.killedAt(file.size()).open(workflow, process.time)) {
        assertThat(serializer.load().orElseThrow().limitNotes()).containsExactly(note);
      }
    }

    @Test
    void isNothingIfNothingIsRecorded() {
      var workflow = workflow(s -> s.exec(this::refusedOnce));
      Run<String, String> run = run(workflow, 1);

      process.exec(workflow, run, new NilSerializer<>());

      assertThat(run.jobs()).extracting(Job::state).containsExactly("done");
      assertThat(run.limitNotes()).isEmpty();
    }

    @Test
    void isAtTheEndByWhatAStateWasHeldForLessThanASecond() {
      var workflow = workflow(s -> s.exec((time, overall, job) -> Outcome.to("done", job)));
      Run<String, String> run = run(workflow, 1);
      var engine =
          new VirtualEngine<>(
              workflow,
              process.time,
              run,
              file.open(workflow, process.time),
              StatusListener.none(),
              process.time,
              process.random);
      engine.pause("work");
      engine.start();
      process.time.after(Duration.ofMillis(700), () -> engine.resume("work"));
      engine.runUntil(START.plusSeconds(9));

      HoldNote note =
          new HoldNote(
              "work", LimitedBy.PAUSED, START, START.plusMillis(700), Duration.ofMillis(700));
      assertThat(engine.isResting()).isTrue();
      assertThat(run.holdNotes()).containsExactly(note);
      try (var serializer = file.open(workflow, process.time)) {
        assertThat(serializer.load().orElseThrow().holdNotes()).containsExactly(note);
      }
    }
  }

  @Nested
  class WhatIsMeasured {
    private final Process process = new Process(1);

    private VirtualEngine<VirtualTime, String, String> eighthsOfASecond() {
      var workflow =
          workflow(s ->
              s.exec(
                      (time, overall, job) -> {
                        time.sleep(Duration.ofMillis(125));
                        return Outcome.to("done", job);
                      })
                  .concurrency(1));
      return process.exec(workflow, run(workflow, 8), new NilSerializer<>());
    }

    @Test
    void isHowExecutionsEndedThoughNothingIsRecorded() {
      assertThat(eighthsOfASecond().measures().state("work").endings())
          .containsEntry(Ending.SUCCEEDED, 8L);
    }

    @Test
    void isSampledFourTimesASecondAndAtTheEnd() {
      assertThat(eighthsOfASecond().measures().state("work").history())
          .extracting(sample -> sample.at().toMillis())
          .containsExactly(250L, 500L, 750L, 1_000L, 1_000L);
    }

    @Test
    void isNothingAfterTheEnd() {
      var engine = eighthsOfASecond();
      process.time.after(Duration.ofHours(1), () -> {});
      process.time.runUntil(() -> false, START.plus(Duration.ofHours(2)));

      assertThat(process.time.instant()).isAfter(START.plus(Duration.ofHours(1)));
      assertThat(engine.measures().elapsed()).isEqualTo(Duration.ofSeconds(1));
    }
  }

  @Nested
  class WhatIsTold {
    @Test
    void isHowManyJobsAreWhereAndByWhatTheyAreHeld() {
      var workflow =
          workflow(s -> s.exec(VirtualEngineTest::tenMinutes).concurrency(9).rate(Rate.perHour(1)));
      Process process = new Process(1);
      var engine =
          new VirtualEngine<>(
              workflow,
              process.time,
              run(workflow, 3),
              new NilSerializer<>(),
              StatusListener.none(),
              process.time,
              process.random);
      engine.start();
      engine.runUntil(START.plus(Duration.ofMinutes(5)));

      StatusCount work = engine.status().getFirst();
      assertThat(work.executing()).isEqualTo(1);
      assertThat(work.waiting()).isEqualTo(2);
      assertThat(work.hold()).contains("2026-11-24T09:00:00Z");
      assertThat(engine.standing("0").orElseThrow().running()).containsExactly("0");
      assertThat(engine.standing("9")).isEmpty();
      assertThat(engine.inDoubt()).isEmpty();
    }

    @Test
    void isNothingWhereTheRunIsPaused() {
      var workflow = workflow(s -> s.exec(VirtualEngineTest::tenMinutes));
      Process process = new Process(1);
      var engine =
          new VirtualEngine<>(
              workflow,
              process.time,
              run(workflow, 1),
              new NilSerializer<>(),
              StatusListener.none(),
              process.time,
              process.random);
      engine.pause("work");
      engine.start();
      engine.runUntil(START.plus(Duration.ofMinutes(5)));
      assertThat(engine.status().getFirst().executing()).isZero();

      engine.resume("work");
      engine.runUntil(START.plus(Duration.ofHours(1)));
      assertThat(engine.isResting()).isTrue();
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

    @Test
    void tellsWhatBecameOfTheJobsThatWereRunning() {
      var workflow =
          workflow(s ->
              s.exec(
                      (time, overall, job) -> {
                        time.sleep(Duration.ofSeconds(1));
                        time.kill();
                        return Outcome.to("done", job);
                      })
                  .parkInDoubt());
      Process process = new Process(1);
      process.exec(workflow, run(workflow, 1), file.open(workflow, process.time));

      var second = file.killedAt(file.size()).open(workflow, process.time);
      Run<String, String> loaded = second.load().orElseThrow();
      var engine = process.exec(workflow, loaded, second);

      assertThat(engine.inDoubt()).containsExactly(new InDoubt("0", "work", 1, Became.PARKED));
      assertThat(loaded.job("0").orElseThrow().parked()).isPresent();
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
