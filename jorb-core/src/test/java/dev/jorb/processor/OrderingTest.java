package dev.jorb.processor;

import static dev.jorb.processor.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.run.Job;
import dev.jorb.run.Jobs;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Jobs are parked, released, cancelled and put first by hand, while their run goes and at rest.
class OrderingTest {
  @TempDir Path folder;

  private final CountDownLatch gate = new CountDownLatch(1);
  private final List<String> executed = new CopyOnWriteArrayList<>();

  /// Job 0 waits at the gate; the others come after it, one by one.
  private Outcome<Note> step(Job<Note> job) {
    if (job.id().equals("0")) {
      Eventually.isOpen(gate);
    }
    executed.add(job.id());
    return switch (job.context().text) {
      case "bad" -> throw new IllegalStateException("bad");
      case "review" -> Outcome.stay(new Note("good")).park("needs a review");
      default -> Outcome.to("done", job.context());
    };
  }

  private final Workflow<Object, String, Note> workflow =
      Workflow.named("orders", Object.class, String.class, Note.class)
          .state("work", s -> s.execJob((app, overall, job) -> step(job)).retry(Retry.never()))
          .state(
              "later",
              s -> s.exec((app, overall, note) -> Outcome.stay(note).after(Duration.ofDays(1))))
          .terminal("done")
          .build();

  private JournalSerializer<String, Note> journal() {
    return JournalSerializer.at(folder.resolve("run.jorb"), workflow);
  }

  private Processor<Object, String, Note> processor(JournalSerializer<String, Note> journal) {
    return Processor.of(workflow, new Object()).serializer(journal);
  }

  private Run<String, Note> run(String... texts) {
    Run<String, Note> run = workflow.run("orders", "overall");
    for (String text : texts) {
      run.add(new Note(text));
    }
    return run;
  }

  private RunHandle startedAtTheGate(Run<String, Note> run) {
    RunHandle handle = processor(journal()).start(run);
    eventually("job 0 runs", () -> handle.status().getFirst().executing() == 1);
    return handle;
  }

  private Job<Note> stored(String id) {
    try (var journal = journal()) {
      return journal.load().orElseThrow().job(id).orElseThrow();
    }
  }

  @Nested
  class WhileTheRunGoes {
    @Test
    void cancelledJobsEndWithoutRunning() throws Exception {
      Run<String, Note> run = run("", "", "", "");
      try (RunHandle handle = startedAtTheGate(run)) {
        assertThat(handle.cancel(Jobs.withId("2").or(Jobs.withId("3")))).isEqualTo(2);
        eventually(
            "they are cancelled", () -> run.job("3").orElseThrow().state().equals("cancelled"));
        gate.countDown();
        RunSummary summary = handle.await();

        assertThat(summary.isComplete()).isTrue();
        assertThat(summary.counts().getLast().state()).isEqualTo("cancelled");
        assertThat(summary.counts().getLast().jobs()).isEqualTo(2);
      }
      assertThat(executed).containsExactly("0", "1");
      assertThat(stored("2").lastTransition().orElseThrow().to()).isEqualTo("cancelled");
    }

    @Test
    void delayedJobIsCancelledSoThatTheRunEnds() throws Exception {
      Run<String, Note> run = workflow.run("orders", "overall").add("later", new Note());
      try (RunHandle handle = processor(journal()).start(run)) {
        eventually("it is delayed", () -> handle.status().get(1).delayed() == 1);
        handle.cancel(Jobs.all());

        assertThat(handle.await().isComplete()).isTrue();
      }
    }

    @Test
    void parkedJobStaysParkedOverStartsUntilSomebodyReleasesIt() throws Exception {
      Run<String, Note> run = run("", "");
      try (RunHandle handle = startedAtTheGate(run)) {
        handle.park(Jobs.withId("1"), "wait for the freeze to end");
        eventually("it is parked", () -> handle.status().getFirst().parked() == 1);
        gate.countDown();
        assertThat(handle.await().parked()).isEqualTo(1);
      }
      assertThat(stored("1").parked()).contains("wait for the freeze to end");

      try (var journal = journal()) {
        Run<String, Note> again = journal.load().orElseThrow();
        assertThat(processor(journal).exec(again).parked()).isEqualTo(1);
      }
      try (var journal = journal()) {
        Run<String, Note> again = journal.load().orElseThrow();
        try (var resting = processor(journal).open(again)) {
          assertThat(resting.release(Jobs.parked())).isEqualTo(1);
        }
      }
      try (var journal = journal()) {
        Run<String, Note> again = journal.load().orElseThrow();
        assertThat(processor(journal).exec(again).isComplete()).isTrue();
      }
      assertThat(executed).containsExactly("0", "1");
    }

    @Test
    void jobsAtTheirEndAreNotAmongThoseThatAreParked() throws Exception {
      Run<String, Note> run = run("", "").add("done", new Note());
      try (RunHandle handle = startedAtTheGate(run)) {
        assertThat(handle.park(Jobs.withId("1").or(Jobs.withId("2")), "wait")).isEqualTo(1);
        gate.countDown();
        assertThat(handle.await().parked()).isEqualTo(1);
      }
    }

    @Test
    void parkedJobIsReleasedAndNoOther() throws Exception {
      Run<String, Note> run = run("", "", "");
      try (RunHandle handle = startedAtTheGate(run)) {
        handle.park(Jobs.withId("1"), "wait for me");
        eventually("it is parked", () -> handle.status().getFirst().parked() == 1);

        assertThat(handle.release(Jobs.withId("2"))).isZero();
        assertThat(handle.release(Jobs.all())).isEqualTo(1);
        eventually("it waits again", () -> handle.status().getFirst().parked() == 0);
        gate.countDown();
        assertThat(handle.await().isComplete()).isTrue();
      }
      assertThat(executed).containsExactly("0", "2", "1");
    }

    @Test
    void failedJobIsReleasedWithAFreshBudget() throws Exception {
      Run<String, Note> run = run("", "bad");
      try (RunHandle handle = startedAtTheGate(run)) {
        gate.countDown();
        eventually("it is parked or over", () -> run.job("1").orElseThrow().parked().isPresent());
        handle.await();
      }
      assertThat(stored("1").attempt()).isEqualTo(1);
      try (var journal = journal()) {
        Run<String, Note> again = journal.load().orElseThrow();
        try (var resting = processor(journal).open(again)) {
          resting.release(Jobs.all());
          assertThat(again.job("1").orElseThrow().attempt()).isZero();
        }
      }
      assertThat(stored("1").attempt()).isZero();
    }

    @Test
    void higherPriorityGoesFirstAndIsRemembered() throws Exception {
      Run<String, Note> run = run("", "", "", "");
      try (RunHandle handle = startedAtTheGate(run)) {
        assertThat(handle.prioritize(Jobs.withId("3"), 10)).isEqualTo(1);
        handle.prioritize(Jobs.withId("1"), -10);
        eventually(
            "both are recorded",
            () ->
                run.job("3").orElseThrow().priority() == 10
                    && run.job("1").orElseThrow().priority() == -10);
        gate.countDown();
        handle.await();
      }
      assertThat(executed).containsExactly("0", "3", "2", "1");
      assertThat(stored("3").priority()).isEqualTo(10);
      assertThat(stored("1").priority()).isEqualTo(-10);
    }

    @Test
    void filterThatThrowsLeavesItsJobsAlone() throws Exception {
      Run<String, Note> run = run("", "");
      try (RunHandle handle = startedAtTheGate(run)) {
        Thread asker = Thread.currentThread();
        handle.cancel(job -> {
          if (Thread.currentThread().equals(asker)) {
            return true;
          }
          throw new IllegalStateException("no opinion");
        });
        gate.countDown();

        assertThat(handle.await().counts().get(2).jobs()).isEqualTo(2);
      }
    }

    @Test
    void pausedStateHoldsItsJobsUntilItIsResumed() throws Exception {
      Run<String, Note> run = run("", "");
      try (RunHandle handle = startedAtTheGate(run)) {
        handle.pause("work");
        gate.countDown();
        eventually("job 0 is done", () -> handle.status().get(2).completed() == 1);
        assertThat(handle.hasEnded()).isFalse();
        assertThat(handle.status().getFirst().waiting()).isEqualTo(1);
        handle.resume("work");

        assertThat(handle.await().isComplete()).isTrue();
        assertThatThrownBy(() -> handle.pause("wrok"))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("unknown state \"wrok\"; known are [work, later, done");
      }
    }
  }

  @Test
  void stepParksItsJobAndTheNextStartTriesAgain() {
    gate.countDown();
    RunSummary summary = processor(journal()).exec(run("review"));

    assertThat(summary.parked()).isEqualTo(1);
    assertThat(stored("0").parked()).contains("needs a review");
    assertThat(stored("0").attempt()).isZero();
    try (var journal = journal()) {
      Run<String, Note> again = journal.load().orElseThrow();
      assertThat(processor(journal).exec(again).isComplete()).isTrue();
    }
  }

  @Nested
  class AtRest {
    @Test
    void wholeFamilyIsCancelled() {
      Workflow<Object, String, Note> fork =
          Workflow.named("orders", Object.class, String.class, Note.class)
              .state(
                  "split",
                  s ->
                      s.execJob((app, overall, job) ->
                          job.id().length() > 6
                              ? Outcome.to("stuck", job.context())
                              : Outcome.to("stuck", job.context())
                                  .kick("split", job.context())
                                  .kick("split", job.context())))
              .state("stuck", s -> s.exec((app, overall, note) -> Outcome.stay(note).park("stuck")))
              .terminal("done")
              .build();
      Run<String, Note> run = fork.run("orders", "overall").add(new Note()).add(new Note());
      Path file = folder.resolve("run.jorb");
      Processor.of(fork, new Object()).serializer(JournalSerializer.at(file, fork)).exec(run);
      int all = run.size();

      try (var journal = JournalSerializer.at(file, fork)) {
        Run<String, Note> again = journal.load().orElseThrow();
        try (var resting = Processor.of(fork, new Object()).serializer(journal).open(again)) {
          assertThat(resting.cancel(Jobs.familyOf("0->1"))).isEqualTo(all / 4);
          assertThat(resting.cancel(Jobs.familyOf("0->1"))).isZero();
          assertThat(resting.prioritize(Jobs.withId("1"), 4)).isEqualTo(1);
          assertThat(resting.prioritize(Jobs.withId("1"), 4)).isZero();
        }
      }
      assertThat(stored("0->1->0").state()).isEqualTo("cancelled");
      assertThat(stored("0->0").state()).isEqualTo("stuck");
      assertThat(stored("1").priority()).isEqualTo(4);
    }
  }

  @Test
  void cancelledJobIsSentOnByAnEdit() throws Exception {
    gate.countDown();
    Path file = folder.resolve("run.jorb");
    Run<String, Note> run = workflow.run("test", "overall").add(new Note("good"));
    try (RestingRun resting =
        Processor.of(workflow, new Object())
            .serializer(JournalSerializer.at(file, workflow))
            .open(run)) {
      assertThat(resting.cancel(Jobs.withId("0"))).isEqualTo(1);
    }
    Files.writeString(
        file, Files.readString(file).replace("\"state\":\"cancelled\"", "\"state\":\"work\""));

    JournalSerializer<String, Note> journal = JournalSerializer.at(file, workflow);
    RunSummary summary =
        Processor.of(workflow, new Object()).serializer(journal).exec(journal.load().orElseThrow());

    assertThat(summary.isComplete()).isTrue();
    assertThat(executed).containsExactly("0");
  }
}
