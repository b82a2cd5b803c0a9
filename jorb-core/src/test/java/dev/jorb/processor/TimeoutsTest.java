package dev.jorb.processor;

import static dev.jorb.processor.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.event.Overdue;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.workflow.Exec;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.State;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Real steps that take too long.
class TimeoutsTest {
  private static final Retry ONCE = new Retry(1, Duration.ofMillis(1), Duration.ofMillis(1));

  private final CountDownLatch release = new CountDownLatch(1);

  private static Workflow<Object, String, Note> workflow(
      Exec<Object, String, Note> step, Consumer<State.Builder<Object, String, Note>> described) {
    return Workflow.named("late", Object.class, String.class, Note.class)
        .state("work", s -> described.accept(s.exec(step).timeout(Duration.ofMillis(20))))
        .terminal("done")
        .build();
  }

  private static Run<String, Note> jobs(Workflow<Object, String, Note> workflow, int count) {
    Run<String, Note> run = workflow.run("test", "overall");
    for (int i = 0; i < count; i++) {
      run.add(new Note());
    }
    return run;
  }

  @Test
  void stepThatTakesTooLongIsInterruptedAndTriedAgain() {
    AtomicInteger calls = new AtomicInteger();
    var workflow =
        workflow(
            (app, overall, note) -> {
              if (calls.incrementAndGet() == 1) {
                new CountDownLatch(1).await();
              }
              return Outcome.to("done", note);
            },
            s -> s.retry(ONCE));
    Run<String, Note> run = jobs(workflow, 1);

    assertThat(Processor.of(workflow, new Object()).exec(run).isComplete()).isTrue();
    Job<Note> job = run.job("0").orElseThrow();
    assertThat(job.errors())
        .singleElement()
        .satisfies(error -> assertThat(error.message()).isEqualTo("timed out after PT0.02S"));
    assertThat(job.attempt()).isZero();
  }

  @Test
  void stepThatReturnsAfterItsTimeHasFailedAllTheSame() {
    var workflow =
        workflow(
            (app, overall, note) -> {
              eventually("it is interrupted", Thread.currentThread()::isInterrupted);
              return Outcome.to("done", note);
            },
            s -> s.retry(Retry.never()));
    Run<String, Note> run = jobs(workflow, 1);

    assertThat(Processor.of(workflow, new Object()).exec(run).parked()).isEqualTo(1);
    assertThat(run.job("0").orElseThrow().parked()).contains("failed: timed out after PT0.02S");
  }

  private Outcome<Note> ignoresTheInterrupt(Note note) {
    Eventually.isOpen(release);
    return Outcome.to("done", note);
  }

  @Test
  void stepThatIgnoresTheInterruptKeepsItsSlotAndIsShownWithItsStack() throws Exception {
    var workflow =
        workflow(
            (app, overall, note) -> ignoresTheInterrupt(note),
            s -> s.concurrency(2).retry(Retry.never()));
    Run<String, Note> run = jobs(workflow, 3);
    long beforeNanos = System.nanoTime();
    try (RunHandle handle = Processor.of(workflow, new Object()).start(run)) {
      eventually("two are overdue", () -> handle.overdue().size() == 2);

      assertThat(handle.status().getFirst().waiting()).isEqualTo(1);
      assertThat(handle.overdue()).extracting(Overdue::job).containsExactlyInAnyOrder("0", "1");
      Duration running = handle.overdue().getFirst().running();
      assertThat(running)
          .as("the time since its step began")
          .isBetween(Duration.ofMillis(20), Duration.ofNanos(System.nanoTime() - beforeNanos));
      assertThat(handle.overdue().getFirst().toString())
          .startsWith("job ")
          .contains(" in work, running for PT", "at ", "TimeoutsTest.ignoresTheInterrupt(");
      release.countDown();
      assertThat(handle.await().overdue()).isEmpty();
    }
    assertThat(run.job("0").orElseThrow().parked()).contains("failed: timed out after PT0.02S");
  }

  @Tag("slow")
  @Test
  void nothingHangsAtCloseBecauseOfIt() {
    var workflow = workflow((app, overall, note) -> ignoresTheInterrupt(note), s -> {});
    Run<String, Note> run = jobs(workflow, 1);
    RunHandle handle = Processor.of(workflow, new Object()).gracePeriod(Duration.ZERO).start(run);
    eventually("it is overdue", () -> handle.overdue().size() == 1);

    handle.close();

    assertThat(handle.hasEnded()).isTrue();
    assertThat(run.job("0").orElseThrow().version()).isEqualTo(1);
    release.countDown();
  }
}
