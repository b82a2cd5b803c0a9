package dev.jorb.processor;

import static dev.jorb.processor.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.event.RunEvent;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.NoRoom;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What waits for the disk, and what happens when the disk fails.
class DurabilityTest {
  private final GatedSerializer disk = new GatedSerializer();

  /// The steps that began, as `job vVersion state`.
  private final List<String> began = new CopyOnWriteArrayList<>();

  private final Workflow<Object, String, Note> workflow =
      Workflow.named("durable", Object.class, String.class, Note.class)
          .state("a", s -> s.execJob((app, overall, job) -> step(job, "b")))
          .state("b", s -> s.execJob((app, overall, job) -> step(job, "done")))
          .terminal("done")
          .build();

  private Outcome<Note> step(Job<Note> job, String next) {
    assertThat(disk.durableVersion(job.id())).isEqualTo(job.version());
    began.add(job.toString());
    return Outcome.to(next, job.context());
  }

  private Run<String, Note> jobs(int count) {
    return workflow
        .run("test", "overall")
        .addAll(IntStream.range(0, count).mapToObj(i -> new Note("note " + i)));
  }

  private Processor<Object, String, Note> processor() {
    return Processor.of(workflow, new Object()).serializer(disk);
  }

  @AfterEach
  void openTheGate() {
    disk.open();
  }

  @Nested
  class WhileTheDiskIsBusy {
    @Test
    void nextStepStartsOnlyWhenTheLastTransitionIsDurable() throws InterruptedException {
      Run<String, Note> run = jobs(1);
      RunHandle handle = startedWithAShutGate(run, 1);

      eventually("the commit waits", () -> disk.waiting() == 1);
      assertThat(began).containsExactly("0 v1 a");
      assertThat(run.job("0").orElseThrow().state()).isEqualTo("a");
      assertThat(handle.status().getFirst().executing()).isEqualTo(1);

      disk.open();
      assertThat(handle.await().isComplete()).isTrue();
      assertThat(began).containsExactly("0 v1 a", "0 v2 b");
      assertThat(run.job("0").orElseThrow().state()).isEqualTo("done");
    }

    @Test
    void slotIsUsedAgainWhileTheResultWaits() throws InterruptedException {
      RunHandle handle = startedWithAShutGate(jobs(5), 5);

      assertThat(began).containsExactly("0 v1 a", "1 v1 a", "2 v1 a", "3 v1 a", "4 v1 a");

      disk.open();
      assertThat(handle.await().isComplete()).isTrue();
    }

    @Test
    void resultsThatWaitedTogetherAreOneBatch() throws InterruptedException {
      RunHandle handle = startedWithAShutGate(jobs(5), 5);
      disk.open();
      handle.await();

      List<List<String>> batches = disk.batches();
      int first = batches.getFirst().size();
      assertThat(batches.get(1)).hasSizeGreaterThanOrEqualTo(5 - first);
    }

    @Tag("slow")
    @Test
    void stepsStopWhenTooMuchWaits() throws InterruptedException {
      RunHandle handle = startedWithAShutGate(jobs(6_000), 4_096);

      eventually("the commit waits", () -> disk.waiting() == 1);
      assertThat(began).hasSize(4_096);

      disk.open();
      assertThat(handle.await().ended()).isEqualTo(6_000);
    }

    private RunHandle startedWithAShutGate(Run<String, Note> run, int begins)
        throws InterruptedException {
      disk.shut();
      RunHandle handle = processor().start(run);
      eventually("it begins", () -> disk.waiting() == 1);
      disk.openOnce();
      eventually("steps have begun", () -> began.size() == begins);
      return handle;
    }
  }

  @Nested
  class WhenTheDiskFails {
    @Test
    void runFailsAndNothingIsAcknowledgedAfterwards() {
      Run<String, Note> run = jobs(3);
      disk.failWith(List.of(new IllegalStateException("the disk is gone")));

      assertThatThrownBy(() -> processor().exec(run))
          .isInstanceOf(RunFailedException.class)
          .hasMessage("run \"test\" cannot go on: the disk is gone")
          .hasCauseInstanceOf(IllegalStateException.class);

      assertThat(disk.attempts()).isEqualTo(1);
      assertThat(disk.closed()).isEqualTo(1);
      assertThat(run.jobs()).allMatch(job -> job.version() == 1);
      assertThat(began).noneMatch(step -> step.endsWith(" b"));
    }

    @Test
    void errorFailsTheRunToo() {
      disk.failWith(List.of(new StackOverflowError()));

      assertThatThrownBy(() -> processor().exec(jobs(3)))
          .isInstanceOf(RunFailedException.class)
          .hasCauseInstanceOf(StackOverflowError.class);
    }

    @Test
    void runningStepsAreInterruptedAndAwaited() {
      CountDownLatch inside = new CountDownLatch(1);
      AtomicBoolean closedTooEarly = new AtomicBoolean(true);
      var waiting =
          Workflow.named("waiting", Object.class, String.class, Note.class)
              .state(
                  "a",
                  s ->
                      s.concurrency(2)
                          .execJob((app, overall, job) -> {
                            if (job.id().equals("0")) {
                              Eventually.isOpen(inside);
                              return Outcome.to("done", job.context());
                            }
                            inside.countDown();
                            try {
                              new CountDownLatch(1).await();
                            } finally {
                              for (int i = 0; i < 1_000 && disk.closed() == 0; i++) {
                                Thread.yield(); // A step that takes its time to end.
                              }
                              closedTooEarly.set(disk.closed() > 0);
                            }
                            return Outcome.to("done", job.context());
                          }))
              .terminal("done")
              .build();
      disk.failWith(List.of(new IllegalStateException("the disk is gone")));
      var run = waiting.run("test", "overall").add(new Note()).add(new Note());

      assertThatThrownBy(() -> Processor.of(waiting, new Object()).serializer(disk).exec(run))
          .isInstanceOf(RunFailedException.class);

      assertThat(closedTooEarly).isFalse();
    }

    @Test
    void failedBeginStartsNothing() {
      disk.failBeginWith(new IllegalStateException("not my file"));

      assertThatThrownBy(() -> processor().exec(jobs(3)))
          .isInstanceOf(RunFailedException.class)
          .hasMessage("run \"test\" cannot go on: not my file");

      assertThat(began).isEmpty();
      assertThat(disk.closed()).isEqualTo(1);
    }

    @Test
    void listenerHearsNothingOfARunThatDidNotBegin() {
      var heard = new CopyOnWriteArrayList<Object>();
      disk.failBeginWith(new IllegalStateException("not my file"));

      assertThatThrownBy(() -> processor().listener(heard::add).exec(jobs(3)))
          .isInstanceOf(RunFailedException.class);

      assertThat(heard).isEmpty();
    }

    @Test
    void failedCloseIsTold() {
      Run<String, Note> run = jobs(3);
      disk.failCloseWith(new IllegalStateException("no seal"));

      assertThatThrownBy(() -> processor().exec(run))
          .isInstanceOf(RunFailedException.class)
          .hasMessage("run \"test\" cannot go on: no seal");

      assertThat(run.jobs()).allMatch(job -> job.state().equals("done"));
    }

    @Test
    void interruptOfAFailedRunIsPassedOn() {
      disk.failBeginWith(new IllegalStateException("not my file"));
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> processor().exec(jobs(3))).isInstanceOf(RunFailedException.class);

      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Nested
  class WhenTheDiskIsFull {
    @Test
    void runGoesOnByItselfWhenThereIsRoomAndSaysSo() {
      disk.failWith(Collections.nCopies(2, NoRoom.onTheDisk()));
      var heard = new CopyOnWriteArrayList<RunEvent>();

      RunSummary summary = processor().onEvent(heard::add).exec(jobs(20));

      assertThat(summary.isComplete()).isTrue();
      assertThat(summary.counts().getFirst().completed()).isEqualTo(20);
      assertThat(disk.batches().stream().mapToInt(List::size).sum()).isEqualTo(40);
      assertThat(heard)
          .filteredOn(
              event -> event instanceof RunEvent.DiskFull || event instanceof RunEvent.DiskHasRoom)
          .satisfiesExactly(
              full -> assertThat(((RunEvent.DiskFull) full).reason()).contains("no space left"),
              room -> assertThat(room).isEqualTo(new RunEvent.DiskHasRoom()));
    }

    @Tag("slow")
    @Test
    void nothingNewStartsMeanwhile() throws InterruptedException {
      disk.failWith(Collections.nCopies(100_000, NoRoom.onTheDisk()));
      RunHandle handle = processor().start(jobs(2_000));
      eventually("the disk was tried twice", () -> disk.attempts() > 1);
      eventually("what ran has returned", () -> handle.status().getFirst().waiting() < 2_000);
      int beganSoFar = began.size();
      int tried = disk.attempts();
      eventually("the disk was tried again", () -> disk.attempts() > tried);

      assertThat(began.size()).isBetween(1, beganSoFar + 1);
      handle.stop(Duration.ZERO);
      assertThatThrownBy(handle::await).isInstanceOf(RunFailedException.class);
    }

    @Tag("slow")
    @Test
    void aStepWhoseStartIsNotedFirstBeginsOnlyWhenTheNoteIsThere() throws InterruptedException {
      var careful =
          Workflow.named("careful", Object.class, String.class, Note.class)
              .state("a", s -> s.parkInDoubt().execJob((app, overall, job) -> step(job, "done")))
              .terminal("done")
              .build();
      disk.roomForNotes(false);
      RunHandle handle =
          Processor.of(careful, new Object())
              .serializer(disk)
              .start(careful.run("test", "overall").add(new Note()));
      eventually("the note was tried twice", () -> disk.refusedNotes() > 1);
      assertThat(began).isEmpty();

      disk.roomForNotes(true);
      assertThat(handle.await().isComplete()).isTrue();
      assertThat(began).containsExactly("0 v1 a");
    }

    @Test
    void stoppedRunGivesUpWhenItsGracePeriodIsOver() {
      disk.failWith(Collections.nCopies(100_000, NoRoom.onTheDisk()));
      Run<String, Note> run = jobs(3);
      RunHandle handle = processor().start(run);
      eventually("the disk was tried", () -> disk.attempts() > 0);
      handle.stop(Duration.ZERO);

      assertThatThrownBy(handle::await)
          .isInstanceOf(RunFailedException.class)
          .hasMessageContaining("no space left");

      assertThat(run.jobs()).allMatch(job -> job.version() == 1);
      assertThat(disk.closed()).isEqualTo(1);
    }
  }
}
