package dev.jorb.processor;

import static dev.jorb.processor.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.workflow.Exec;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the next start makes of a run that rested or was stopped.
class ResumingTest {
  @TempDir Path folder;

  private Workflow<Object, String, Note> workflow(String state, Exec<Object, String, Note> step) {
    return Workflow.named("resumed", Object.class, String.class, Note.class)
        .state(
            state,
            s -> s.exec(step).retry(new Retry(2, Duration.ofMillis(1), Duration.ofMillis(1))))
        .terminal("done")
        .build();
  }

  private RunHandle start(Workflow<Object, String, Note> workflow) {
    JournalSerializer<String, Note> journal = journal(workflow);
    Run<String, Note> run =
        journal.load().orElseGet(() -> workflow.run("test", "overall").add(new Note()));
    return Processor.of(workflow, new Object()).serializer(journal).start(run);
  }

  private JournalSerializer<String, Note> journal(Workflow<Object, String, Note> workflow) {
    return JournalSerializer.at(folder.resolve("run.jorb"), workflow);
  }

  private Job<Note> stored(Workflow<Object, String, Note> workflow) {
    try (var journal = journal(workflow)) {
      return journal.load().orElseThrow().job("0").orElseThrow();
    }
  }

  @Test
  void parkedJobGetsAFreshBudget() throws InterruptedException {
    AtomicInteger calls = new AtomicInteger();
    AtomicBoolean repaired = new AtomicBoolean();
    var workflow =
        workflow(
            "a",
            (app, overall, note) -> {
              if (calls.incrementAndGet() % 3 == 0 && repaired.get()) {
                return Outcome.to("done", note);
              }
              throw new IllegalStateException("not yet");
            });
    assertThat(start(workflow).await().parked()).isEqualTo(1);
    assertThat(stored(workflow).parked()).isPresent();
    assertThat(calls).hasValue(3);

    repaired.set(true);
    RunSummary summary = start(workflow).await();

    assertThat(calls).hasValue(6);
    assertThat(summary.isComplete()).isTrue();
    assertThat(stored(workflow).parked()).isEmpty();
    assertThat(stored(workflow).errorCount()).isEqualTo(5);
  }

  @Test
  void delayedJobWaitsTheRestOfItsDelay() throws InterruptedException {
    AtomicInteger calls = new AtomicInteger();
    var workflow =
        workflow(
            "a",
            (app, overall, note) -> {
              calls.incrementAndGet();
              return Outcome.stay(note).after(Duration.ofHours(1));
            });
    stopWhenDelayed(start(workflow));
    Instant due = stored(workflow).due().orElseThrow();

    stopWhenDelayed(start(workflow));

    assertThat(calls).hasValue(1);
    assertThat(stored(workflow).due()).contains(due);
  }

  private static void stopWhenDelayed(RunHandle handle) throws InterruptedException {
    eventually("it is delayed", () -> handle.status().getFirst().delayed() == 1);
    handle.stop();
    assertThat(handle.await().wasStopped()).isTrue();
  }

  @Test
  void delayThatIsOverIsForgotten() {
    var workflow = workflow("a", (app, overall, note) -> Outcome.to("done", note));
    Run<String, Note> run = workflow.run("test", "overall");
    run.put(
        Job.<Note>builder("0", "a").context(new Note()).due(Instant.now().minusSeconds(9)).build());

    assertThat(Processor.of(workflow, new Object()).exec(run).isComplete()).isTrue();
  }

  @Test
  void jobInAStateThatTheWorkflowLostIsParkedAndGoesOnWhenItIsBack() throws InterruptedException {
    var old = workflow("a", (app, overall, note) -> Outcome.stay(note).after(Duration.ofDays(1)));
    stopWhenDelayed(start(old));
    var renamed = workflow("z", (app, overall, note) -> Outcome.to("done", note));

    RunSummary summary = start(renamed).await();

    assertThat(summary.parked()).isEqualTo(1);
    assertThat(stored(old).state()).isEqualTo("a");
    try (RunHandle handle = start(old)) {
      eventually("it waits again", () -> handle.status().getFirst().delayed() == 1);
    }
  }

  @Test
  void finishedRunRunsNothingAgain() throws InterruptedException {
    AtomicInteger calls = new AtomicInteger();
    var workflow =
        workflow(
            "a",
            (app, overall, note) -> {
              calls.incrementAndGet();
              return Outcome.to("done", note);
            });
    start(workflow).await();

    RunSummary summary = start(workflow).await();

    assertThat(summary.isComplete()).isTrue();
    assertThat(calls).hasValue(1);
  }
}
