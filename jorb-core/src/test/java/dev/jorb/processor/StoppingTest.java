package dev.jorb.processor;

import static dev.jorb.processor.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.workflow.JobExec;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A run is stopped, by whatever means, and goes on later.
class StoppingTest {
  private static final int JOBS = 20;

  @TempDir Path folder;

  /// How often each step was begun, by `job vVersion`.
  private final Map<String, Integer> executions = new ConcurrentHashMap<>();

  private final CountDownLatch inside = new CountDownLatch(2);
  private final CountDownLatch release = new CountDownLatch(1);
  private final Workflow<Object, String, Note> workflow = workflow(this::waitForRelease);

  private Workflow<Object, String, Note> workflow(JobExec<Object, String, Note> first) {
    return Workflow.named("stopped", Object.class, String.class, Note.class)
        .state(
            "a",
            s ->
                s.concurrency(2)
                    .retry(Retry.never())
                    .execJob((app, overall, job) -> {
                      executions.merge(job.id() + " v" + job.version(), 1, Integer::sum);
                      return first.exec(app, overall, job);
                    }))
        .state(
            "b",
            s ->
                s.execJob((app, overall, job) -> {
                  executions.merge(job.id() + " v" + job.version(), 1, Integer::sum);
                  return Outcome.to("done", job.context());
                }))
        .terminal("done")
        .build();
  }

  private Outcome<Note> waitForRelease(Object app, String overall, Job<Note> job)
      throws InterruptedException {
    inside.countDown();
    release.await();
    return Outcome.to("b", job.context());
  }

  private JournalSerializer<String, Note> journal(Workflow<Object, String, Note> workflow) {
    return JournalSerializer.at(folder.resolve("run.jorb"), workflow);
  }

  private RunHandle start(Workflow<Object, String, Note> workflow) {
    JournalSerializer<String, Note> journal = journal(workflow);
    Run<String, Note> run = journal.load().orElseGet(() -> newRun(workflow));
    return Processor.of(workflow, new Object()).serializer(journal).start(run);
  }

  private static Run<String, Note> newRun(Workflow<Object, String, Note> workflow) {
    Run<String, Note> run = workflow.run("test", "overall");
    for (int i = 0; i < JOBS; i++) {
      run.add(new Note());
    }
    return run;
  }

  private Run<String, Note> stored() {
    try (var journal = journal(workflow)) {
      return journal.load().orElseThrow();
    }
  }

  /// Starts it again, this time with steps that succeed, and sees that each step ran once but for
  /// these.
  private void goesOnToItsEnd(String... executedTwice) throws InterruptedException {
    RunSummary summary =
        start(workflow((app, overall, job) -> Outcome.to("b", job.context()))).await();

    assertThat(summary.ended()).isEqualTo(JOBS);
    assertThat(executions).hasSize(2 * JOBS);
    assertThat(executions)
        .allSatisfy((step, times) ->
            assertThat(times).as(step).isEqualTo(List.of(executedTwice).contains(step) ? 2 : 1));
  }

  /// The ways to stop a run.
  enum Way {
    HANDLE,
    CLOSE,
    INTERRUPT
  }

  @Nested
  class WithinTheGracePeriod {
    @Tag("slow")
    @ParameterizedTest
    @EnumSource
    void whatFinishesIsStoredAndNothingNewStarts(Way way) throws InterruptedException {
      RunSummary summary = stopped(way);

      if (summary != null) {
        assertThat(summary.wasStopped()).isTrue();
        assertThat(summary.overdue()).isEmpty();
      }
      assertThat(executions).containsOnlyKeys("0 v1", "1 v1");
      assertThat(stored().jobs()).filteredOn(job -> job.state().equals("b")).hasSize(2);
      goesOnToItsEnd();
    }

    /// Stops it while two steps run, then lets them finish.
    private RunSummary stopped(Way way) throws InterruptedException {
      AtomicReference<RunSummary> summary = new AtomicReference<>();
      AtomicBoolean wasInterrupted = new AtomicBoolean();
      JournalSerializer<String, Note> journal = journal(workflow);
      var processor = Processor.of(workflow, new Object()).serializer(journal);
      RunHandle handle = way == Way.INTERRUPT ? null : processor.start(newRun(workflow));
      Thread caller =
          Thread.ofPlatform()
              .start(() -> {
                if (way == Way.CLOSE) {
                  Eventually.isOpen(inside);
                  handle.close();
                } else if (way == Way.INTERRUPT) {
                  summary.set(processor.exec(newRun(workflow)));
                  wasInterrupted.set(Thread.currentThread().isInterrupted());
                }
              });
      inside.await();
      switch (way) {
        case HANDLE -> handle.stop();
        case INTERRUPT -> caller.interrupt();
        case CLOSE -> eventually("close waits", () -> caller.getState() == Thread.State.WAITING);
      }
      if (way == Way.INTERRUPT) {
        eventually("exec waits again", () -> waitsUninterrupted(caller));
      }
      release.countDown();
      caller.join();
      assertThat(wasInterrupted.get()).isEqualTo(way == Way.INTERRUPT);
      if (way == Way.HANDLE) {
        summary.set(handle.await());
      }
      return summary.get();
    }

    private boolean waitsUninterrupted(Thread thread) {
      return !thread.isInterrupted() && thread.getState() == Thread.State.WAITING;
    }

    @Test
    void secondStopShortensItOnly() throws InterruptedException {
      RunHandle handle = start(workflow);
      inside.await();

      handle.stop(Duration.ofSeconds(Long.MAX_VALUE));
      handle.stop(Duration.ZERO);
      handle.stop(Duration.ofDays(1));

      assertThat(handle.await().wasStopped()).isTrue();
      goesOnToItsEnd("0 v1", "1 v1");
    }

    @Test
    void negativeOneIsRefused() throws InterruptedException {
      try (RunHandle handle = start(workflow)) {
        assertThatThrownBy(() -> handle.stop(Duration.ofSeconds(-1)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("grace period must not be negative but was PT-1S");
        release.countDown();
      }
    }
  }

  @Nested
  class AfterTheGracePeriod {
    @Test
    void interruptedStepStandsWhereItStoodAndItsAttemptIsNotCounted() throws InterruptedException {
      RunHandle handle = start(workflow);
      inside.await();

      handle.stop(Duration.ZERO);
      RunSummary summary = handle.await();

      assertThat(summary.wasStopped()).isTrue();
      assertThat(summary.overdue()).isEmpty();
      assertThat(summary.counts().getFirst().waiting()).isEqualTo(JOBS);
      assertThat(stored().jobs()).allMatch(job -> job.version() == 1 && job.attempt() == 0);
      goesOnToItsEnd("0 v1", "1 v1");
    }

    @Test
    void stepThatWrapsTheInterruptStandsWhereItStoodToo() throws InterruptedException {
      RunHandle handle =
          start(
              workflow((app, overall, job) -> {
                try {
                  return waitForRelease(app, overall, job);
                } catch (InterruptedException e) {
                  throw new IllegalStateException("wrapped", new Exception(e));
                }
              }));
      inside.await();

      handle.stop(Duration.ZERO);
      handle.await();

      assertThat(stored().jobs()).allMatch(job -> job.version() == 1);
      goesOnToItsEnd("0 v1", "1 v1");
    }

    @Test
    void stepThatLeavesTheInterruptSetAndFailsStandsWhereItStoodToo() throws InterruptedException {
      RunHandle handle =
          start(
              workflow((app, overall, job) -> {
                try {
                  return waitForRelease(app, overall, job);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                  throw new UncheckedIOException(new ClosedByInterruptException());
                }
              }));
      inside.await();

      handle.stop(Duration.ZERO);
      handle.await();

      assertThat(stored().jobs()).allMatch(job -> job.version() == 1);
      goesOnToItsEnd("0 v1", "1 v1");
    }

    @Test
    void stepThatFinishesOnTheInterruptIsStored() throws InterruptedException {
      RunHandle handle =
          start(
              workflow((app, overall, job) -> {
                try {
                  return waitForRelease(app, overall, job);
                } catch (InterruptedException hurry) {
                  return Outcome.to("b", job.context());
                }
              }));
      inside.await();

      handle.stop(Duration.ZERO);

      assertThat(handle.await().overdue()).isEmpty();
      assertThat(stored().jobs()).filteredOn(job -> job.state().equals("b")).hasSize(2);
      goesOnToItsEnd();
    }

    @Tag("slow")
    @Test
    void lateResultIsThrownAway() throws InterruptedException {
      CountDownLatch left = new CountDownLatch(2);
      RunHandle handle =
          start(
              workflow((app, overall, job) -> {
                inside.countDown();
                Eventually.isOpen(release);
                left.countDown();
                return Outcome.to("b", job.context());
              }));
      inside.await();

      handle.stop(Duration.ZERO);
      RunSummary summary = handle.await();
      release.countDown();
      left.await();

      assertThat(summary.overdue()).containsExactlyInAnyOrder("0 in a", "1 in a");
      assertThat(stored().jobs()).allMatch(job -> job.version() == 1);
      goesOnToItsEnd("0 v1", "1 v1");
    }
  }

  @Nested
  class AtOddMoments {
    @Test
    void beforeItHasBegun() throws InterruptedException {
      GatedSerializer disk = new GatedSerializer();
      disk.shut();
      Run<String, Note> run = newRun(workflow);
      RunHandle handle = Processor.of(workflow, new Object()).serializer(disk).start(run);
      eventually("begin waits", () -> disk.waiting() == 1);

      handle.stop();
      disk.open();
      RunSummary summary = handle.await();

      assertThat(summary.wasStopped()).isTrue();
      assertThat(summary.counts().getFirst().waiting()).isEqualTo(JOBS);
      assertThat(executions).isEmpty();
      assertThat(disk.closed()).isEqualTo(1);
    }

    @Test
    void whileAllJobsAreDelayed() throws InterruptedException {
      RunHandle handle =
          start(
              workflow(
                  (app, overall, job) -> Outcome.stay(job.context()).after(Duration.ofDays(1))));
      eventually("all are delayed", () -> handle.status().getFirst().delayed() == JOBS);

      handle.stop();

      assertThat(handle.await().wasStopped()).isTrue();
    }

    @Test
    void afterItsEnd() throws InterruptedException {
      release.countDown();
      RunHandle handle = start(workflow);
      handle.await();

      handle.stop();
      handle.close();

      RunSummary summary = handle.await();
      assertThat(summary.wasStopped()).isFalse();
      assertThat(summary.isComplete()).isTrue();
    }

    @Test
    void byAStepOfItsOwn() throws InterruptedException {
      AtomicReference<RunHandle> own = new AtomicReference<>();
      CountDownLatch known = new CountDownLatch(1);
      RunHandle handle =
          start(
              workflow((app, overall, job) -> {
                known.await();
                own.get().stop();
                return Outcome.to("b", job.context());
              }));
      own.set(handle);
      known.countDown();

      assertThat(handle.await().wasStopped()).isTrue();
      goesOnToItsEnd();
    }

    @Test
    void againAndAgain() throws InterruptedException {
      for (int start = 0; start < JOBS; start++) {
        CountDownLatch oneStep = new CountDownLatch(1);
        RunHandle handle =
            start(
                workflow((app, overall, job) -> {
                  oneStep.countDown();
                  return Outcome.to("b", job.context());
                }));
        eventually("a step or the end", () -> oneStep.getCount() == 0 || handle.hasEnded());
        handle.close();
      }
      goesOnToItsEnd();
    }
  }
}
