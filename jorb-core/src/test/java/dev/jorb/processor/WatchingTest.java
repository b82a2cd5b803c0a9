package dev.jorb.processor;

import static dev.jorb.processor.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.event.InDoubt;
import dev.jorb.event.InDoubt.Became;
import dev.jorb.event.RunEvent;
import dev.jorb.run.Job;
import dev.jorb.run.Jobs;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.workflow.Failures;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.State;
import dev.jorb.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real runs that pause themselves, jobs that are in doubt, and listeners that hear of it.
class WatchingTest {
  private static final Retry SOON = new Retry(1_000, Duration.ofMillis(1), Duration.ofMillis(1));

  @TempDir Path folder;

  private final AtomicBoolean broken = new AtomicBoolean(true);
  private final List<String> executed = new CopyOnWriteArrayList<>();
  private final List<RunEvent> events = new CopyOnWriteArrayList<>();

  private Outcome<Note> step(Job<Note> job) {
    executed.add(job.stepKey().replaceFirst(".*/", ""));
    if (broken.get()) {
      throw new IllegalStateException("out of order");
    }
    return Outcome.to("done", job.context());
  }

  private Workflow<Object, String, Note> workflow(
      Consumer<State.Builder<Object, String, Note>> more) {
    return Workflow.named("watched", Object.class, String.class, Note.class)
        .state("work", s -> more.accept(s.execJob((app, overall, job) -> step(job)).retry(SOON)))
        .terminal("done")
        .build();
  }

  private Processor<Object, String, Note> processor(Workflow<Object, String, Note> workflow) {
    return Processor.of(workflow, new Object())
        .serializer(JournalSerializer.at(folder.resolve("run.jorb"), workflow))
        .onEvent(events::add);
  }

  private static Run<String, Note> jobs(Workflow<Object, String, Note> workflow, int count) {
    Run<String, Note> run = workflow.run("watched", "overall");
    for (int i = 0; i < count; i++) {
      run.add(new Note());
    }
    return run;
  }

  @Test
  void statePausesItselfSaysSoAndGoesOnWhenTold() throws Exception {
    var workflow = workflow(s -> s.pauseWhen(Failures.moreThan(5)));
    try (RunHandle handle = processor(workflow).start(jobs(workflow, 20))) {
      eventually("it is paused", () -> !handle.paused().isEmpty());
      assertThat(handle.paused().getFirst().state()).contains("work");
      assertThat(handle.paused().getFirst().reason()).isEqualTo("more than 5 failures");
      assertThat(executed).hasSize(6);
      assertThat(handle.hasEnded()).isFalse();

      broken.set(false);
      handle.resume("work");

      assertThat(handle.await().isComplete()).isTrue();
    }
    assertThat(events)
        .hasAtLeastOneElementOfType(RunEvent.Paused.class)
        .hasAtLeastOneElementOfType(RunEvent.Resumed.class);
  }

  @Test
  void circuitGoesOnByItselfWhenTheServiceIsBack() {
    var workflow = workflow(s -> s.circuit(Failures.moreThan(3), Duration.ofMillis(5)));
    try (RunHandle handle = processor(workflow).start(jobs(workflow, 10))) {
      eventually("it probes", () -> events.stream().anyMatch(RunEvent.Probed.class::isInstance));
      broken.set(false);
      eventually("the run has ended", handle::hasEnded);

      assertThat(handle.status().getLast().completed()).isEqualTo(10);
    }
  }

  @Test
  void wholeRunIsPausedAndResumedByHand() throws Exception {
    broken.set(false);
    var workflow = workflow(s -> {});
    Run<String, Note> run = jobs(workflow, 1);
    CountDownLatch started = new CountDownLatch(1);
    try (RunHandle handle = processor(workflow).onEvent(event -> started.countDown()).start(run)) {
      handle.pause();
      started.await();
      assertThat(handle.paused()).hasSize(1);
      handle.resume();

      assertThat(handle.await().isComplete()).isTrue();
    }
  }

  @Nested
  class AJobInDoubt {
    private Run<String, Note> crashed(Workflow<Object, String, Note> workflow, int crashes) {
      Run<String, Note> run = workflow.run("watched", "overall");
      for (String id : List.of("0", "1")) {
        run.put(
            Job.<Note>builder(id, "work")
                .context(new Note(id))
                .version(4)
                .inDoubt(true)
                .crashes(crashes)
                .build());
      }
      return run;
    }

    private Job<Note> stored(Workflow<Object, String, Note> workflow, String id) {
      try (var journal = JournalSerializer.at(folder.resolve("run.jorb"), workflow)) {
        return journal.load().orElseThrow().job(id).orElseThrow();
      }
    }

    @Test
    void runsAgainUnderTheSameKeyIfNothingWasSaid() {
      broken.set(false);
      var workflow = workflow(s -> {});

      RunSummary summary = processor(workflow).exec(crashed(workflow, 1));

      assertThat(summary.isComplete()).isTrue();
      assertThat(executed).containsExactlyInAnyOrder("0#4", "1#4");
      assertThat(summary.inDoubt())
          .containsExactly(
              new InDoubt("0", "work", 1, Became.RUN_AGAIN),
              new InDoubt("1", "work", 1, Became.RUN_AGAIN));
      assertThat(events)
          .filteredOn(RunEvent.Doubted.class::isInstance)
          .extracting(event -> ((RunEvent.Doubted) event).doubt())
          .isEqualTo(summary.inDoubt());
    }

    @Test
    void isParkedIfItsStateSaysSoUntilSomebodyReleasesIt() {
      broken.set(false);
      var workflow = workflow(State.Builder::parkInDoubt);

      RunSummary summary = processor(workflow).exec(crashed(workflow, 1));

      assertThat(summary.parked()).isEqualTo(2);
      assertThat(executed).isEmpty();
      assertThat(summary.inDoubt()).extracting(InDoubt::became).containsOnly(Became.PARKED);
      Job<Note> job = stored(workflow, "0");
      assertThat(job.parked()).contains("in doubt: its step was running when the process died");
      assertThat(job.isHeld()).isTrue();
    }

    @Test
    void isVerifiedAndOnlyWhatWasNotDoneRunsAgain() {
      broken.set(false);
      var workflow =
          workflow(s ->
              s.verify((app, overall, job) ->
                  job.id().equals("0")
                      ? Optional.of(Outcome.to("done", new Note("found done")))
                      : Optional.empty()));

      RunSummary summary = processor(workflow).exec(crashed(workflow, 2));

      assertThat(summary.isComplete()).isTrue();
      assertThat(executed).containsExactly("1#4");
      assertThat(stored(workflow, "0").context()).hasToString("found done");
      assertThat(summary.inDoubt())
          .containsExactlyInAnyOrder(
              new InDoubt("0", "work", 2, Became.DONE),
              new InDoubt("1", "work", 2, Became.NOT_DONE));
    }

    @Test
    void isParkedIfItCannotBeVerified() {
      var workflow =
          workflow(s ->
              s.verify((app, overall, job) -> {
                throw new IllegalStateException("no network");
              }));

      RunSummary summary = processor(workflow).exec(crashed(workflow, 1));

      assertThat(summary.parked()).isEqualTo(2);
      assertThat(executed).isEmpty();
      assertThat(stored(workflow, "1").parked())
          .contains(
              "in doubt, and it cannot be verified: java.lang.IllegalStateException: no network");
    }

    @Test
    void isParkedAfterThreeCrashesUntilSomebodyReleasesIt() {
      broken.set(false);
      var workflow = workflow(s -> {});

      RunSummary summary = processor(workflow).exec(crashed(workflow, 3));
      assertThat(summary.parked()).isEqualTo(2);
      assertThat(summary.inDoubt())
          .hasSize(2)
          .extracting(InDoubt::became)
          .containsOnly(Became.PARKED);
      assertThat(executed).isEmpty();

      try (var journal = JournalSerializer.at(folder.resolve("run.jorb"), workflow)) {
        Run<String, Note> run = journal.load().orElseThrow();
        assertThat(run.job("0").orElseThrow().parked())
            .contains("its step was running in 3 crashes");
        try (var resting = Processor.of(workflow, new Object()).serializer(journal).open(run)) {
          resting.release(Jobs.all());
        }
      }
      try (var journal = JournalSerializer.at(folder.resolve("run.jorb"), workflow)) {
        Run<String, Note> run = journal.load().orElseThrow();
        assertThat(Processor.of(workflow, new Object()).serializer(journal).exec(run).isComplete())
            .isTrue();
      }
    }

    @Test
    void noteThatItHasStartedIsWrittenBeforeItsStepRuns() {
      broken.set(false);
      AtomicBoolean wasNoted = new AtomicBoolean();
      Path file = folder.resolve("run.jorb");
      var workflow =
          Workflow.named("watched", Object.class, String.class, Note.class)
              .state(
                  "work",
                  s ->
                      s.parkInDoubt()
                          .exec((app, overall, note) -> {
                            wasNoted.set(
                                java.nio.file.Files.readString(file)
                                    .contains("{\"started\":{\"0\":1}"));
                            return Outcome.to("done", note);
                          }))
              .terminal("done")
              .build();

      assertThat(processor(workflow).exec(jobs(workflow, 1)).isComplete()).isTrue();
      assertThat(wasNoted).isTrue();
    }
  }

  @Nested
  class AListener {
    @Test
    void hearsWhatHappensInItsOrder() {
      var workflow =
          Workflow.named("watched", Object.class, String.class, Note.class)
              .state(
                  "a", s -> s.exec((app, overall, note) -> Outcome.to("b", note).kick("b", note)))
              .state(
                  "b",
                  s ->
                      s.retry(Retry.never())
                          .execJob((app, overall, job) -> {
                            if (job.parent().isPresent()) {
                              throw new IllegalStateException("bad");
                            }
                            return Outcome.to("done", job.context());
                          }))
              .terminal("done")
              .build();

      processor(workflow).exec(jobs(workflow, 1));

      assertThat(events.getFirst()).isEqualTo(new RunEvent.Started("watched", 1));
      assertThat(events.getLast()).isEqualTo(new RunEvent.Ended("watched", false));
      assertThat(events)
          .filteredOn(RunEvent.Moved.class::isInstance)
          .extracting(event -> ((RunEvent.Moved) event).from())
          .containsExactly("a", "b");
      assertThat(events)
          .filteredOn(RunEvent.Failed.class::isInstance)
          .singleElement()
          .satisfies(event -> assertThat(((RunEvent.Failed) event).retryAfter()).isEmpty());
      assertThat(events)
          .filteredOn(RunEvent.Parked.class::isInstance)
          .singleElement()
          .satisfies(event ->
              assertThat(((RunEvent.Parked) event).reason())
                  .isEqualTo("failed: java.lang.IllegalStateException: bad"));
    }

    @Test
    void hearsTheSameOfARunThatNobodyRecords() {
      broken.set(false);
      var workflow = workflow(s -> {});

      Processor.of(workflow, new Object()).onEvent(events::add).exec(jobs(workflow, 1));

      assertThat(events)
          .filteredOn(RunEvent.Moved.class::isInstance)
          .extracting(event -> ((RunEvent.Moved) event).from())
          .containsExactly("work");
    }

    @Tag("slow")
    @Test
    void thatThrowsOrNeverReturnsDoesNothingToTheRun() {
      broken.set(false);
      var workflow = workflow(s -> {});
      CountDownLatch never = new CountDownLatch(1);

      RunSummary summary =
          processor(workflow)
              .onEvent(event -> {
                throw new StackOverflowError();
              })
              .onEvent(event -> Eventually.isOpen(never))
              .exec(jobs(workflow, 50));

      assertThat(summary.isComplete()).isTrue();
      never.countDown();
    }
  }
}
