package dev.jorb.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.limit.ThrottledException;
import dev.jorb.run.Job;
import dev.jorb.run.JobError;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.workflow.BatchExec;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.State;
import dev.jorb.workflow.Workflow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real steps that take several jobs in one call.
class BatchesTest {
  private static final Retry TWICE = new Retry(1, Duration.ofMillis(1), Duration.ofMillis(1));

  private final List<List<String>> calls = Collections.synchronizedList(new ArrayList<>());
  @TempDir Path folder;

  private Workflow<Object, String, Note> workflow(
      BatchExec<Object, String, Note> step, Consumer<State.Builder<Object, String, Note>> more) {
    BatchExec<Object, String, Note> noted =
        (app, overall, jobs) -> {
          calls.add(jobs.stream().map(Job::id).toList());
          return step.exec(app, overall, jobs);
        };
    return Workflow.named("batches", Object.class, String.class, Note.class)
        .state(
            "batch",
            s -> {
              s.execBatch(3, noted).retry(TWICE);
              more.accept(s);
            })
        .terminal("done")
        .build();
  }

  private static List<Outcome<Note>> allDone(List<Job<Note>> jobs) {
    return jobs.stream().map(job -> Outcome.to("done", job.context())).toList();
  }

  private Run<String, Note> run(Workflow<Object, String, Note> workflow, int jobs) {
    Run<String, Note> run = workflow.run("test", "overall");
    for (int i = 0; i < jobs; i++) {
      run.add(new Note());
    }
    return run;
  }

  private Path file() {
    return folder.resolve("run.jorb");
  }

  private RunSummary exec(Workflow<Object, String, Note> workflow, Run<String, Note> run) {
    return Processor.of(workflow, new Object())
        .serializer(JournalSerializer.at(file(), workflow))
        .exec(run);
  }

  @Test
  void sevenJobsAreThreeCalls() {
    var workflow = workflow((app, overall, jobs) -> allDone(jobs), s -> {});

    RunSummary summary = exec(workflow, run(workflow, 7));

    assertThat(summary.isComplete()).isTrue();
    assertThat(calls).containsExactly(List.of("0", "1", "2"), List.of("3", "4", "5"), List.of("6"));
  }

  @Test
  void outcomesOfACallAreOneBatchOfTheRunFile() throws Exception {
    var workflow = workflow((app, overall, jobs) -> allDone(jobs), s -> {});

    exec(workflow, run(workflow, 3));

    List<String> lines = Files.readAllLines(file());
    int first = indexOf(lines, "{\"id\":\"0\",\"state\":\"done\"");
    assertThat(lines.get(first + 1)).startsWith("{\"id\":\"1\",\"state\":\"done\"");
    assertThat(lines.get(first + 2)).startsWith("{\"id\":\"2\",\"state\":\"done\"");
    assertThat(lines.get(first + 3)).startsWith("{\"commit\":").contains("\"n\":3");
  }

  private static int indexOf(List<String> lines, String start) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(start)) {
        return i;
      }
    }
    throw new AssertionError("no line begins with " + start);
  }

  @Test
  void eachOutcomeIsJudgedByItself() {
    var workflow =
        workflow(
            (app, overall, jobs) -> {
              List<Outcome<Note>> outcomes = new ArrayList<>(allDone(jobs));
              for (int i = 0; i < jobs.size(); i++) {
                Note note = jobs.get(i).context();
                switch (jobs.get(i).id()) {
                  case "0" -> outcomes.set(i, Outcome.stay(note).park("look at it"));
                  case "1" -> outcomes.set(i, Outcome.to("done", new Note().unencodable()));
                  case "2" -> outcomes.set(i, null);
                  default -> {}
                }
              }
              return outcomes;
            },
            s -> s.retry(Retry.never()));
    Run<String, Note> run = run(workflow, 4);

    exec(workflow, run);

    assertThat(parked(run, "0")).isEqualTo("look at it");
    assertThat(parked(run, "1")).contains("cannot be stored");
    assertThat(parked(run, "2")).contains("returned null");
    assertThat(run.job("3").orElseThrow().state()).isEqualTo("done");
  }

  private static String parked(Run<String, Note> run, String id) {
    return run.job(id).orElseThrow().parked().orElseThrow();
  }

  @Test
  void callThatThrowsFailsEachOfItsJobsOnce() {
    AtomicInteger count = new AtomicInteger();
    var workflow =
        workflow(
            (app, overall, jobs) -> {
              if (count.incrementAndGet() == 1) {
                throw new IllegalStateException("the service is down");
              }
              return allDone(jobs);
            },
            s -> {});
    Run<String, Note> run = run(workflow, 3);

    assertThat(exec(workflow, run).isComplete()).isTrue();

    assertThat(run.jobs())
        .allSatisfy(job ->
            assertThat(job.errors())
                .extracting(JobError::message)
                .singleElement()
                .asString()
                .contains("the service is down"));
  }

  @Test
  void listOfAnotherLengthIsAFailureOfAll() {
    var workflow =
        workflow((app, overall, jobs) -> allDone(jobs.subList(0, 1)), s -> s.retry(Retry.never()));
    Run<String, Note> run = run(workflow, 2);

    exec(workflow, run);

    assertThat(parked(run, "0"))
        .isEqualTo(
            "failed: java.lang.IllegalStateException: the step returned 1 outcomes for 2 jobs; it"
                + " must return an outcome for each");
    assertThat(parked(run, "1")).isEqualTo(parked(run, "0"));
  }

  @Test
  void refusedCallIsNotCountedAndComesAgainInItsOrder() {
    AtomicInteger count = new AtomicInteger();
    var workflow =
        workflow(
            (app, overall, jobs) -> {
              if (count.incrementAndGet() == 1) {
                throw new ThrottledException(Duration.ofMillis(5));
              }
              return allDone(jobs);
            },
            s -> s.retry(Retry.never()));
    Run<String, Note> run = run(workflow, 3);

    assertThat(exec(workflow, run).isComplete()).isTrue();

    assertThat(calls).containsExactly(List.of("0", "1", "2"), List.of("0", "1", "2"));
    assertThat(run.jobs()).allSatisfy(job -> assertThat(job.errorCount()).isZero());
  }

  @Test
  void callThatTakesTooLongIsInterruptedAndFailsEachOfItsJobs() {
    var workflow =
        workflow(
            (app, overall, jobs) -> {
              new CountDownLatch(1).await();
              return allDone(jobs);
            },
            s -> s.timeout(Duration.ofMillis(10)).retry(Retry.never()));
    Run<String, Note> run = run(workflow, 2);

    exec(workflow, run);

    assertThat(run.jobs())
        .allSatisfy(job -> assertThat(job.parked()).contains("failed: timed out after PT0.01S"));
  }

  @Test
  void stoppedCallIsNotCounted() throws InterruptedException {
    CountDownLatch began = new CountDownLatch(1);
    var workflow =
        workflow(
            (app, overall, jobs) -> {
              began.countDown();
              new CountDownLatch(1).await();
              return allDone(jobs);
            },
            s -> {});
    Run<String, Note> run = run(workflow, 3);
    RunHandle handle =
        Processor.of(workflow, new Object())
            .serializer(JournalSerializer.at(file(), workflow))
            .start(run);
    began.await();

    handle.stop(Duration.ZERO);

    assertThat(handle.await().wasStopped()).isTrue();
    assertThat(run.jobs()).allSatisfy(job -> assertThat(job.version()).isEqualTo(1));
  }

  @Test
  void allJobsOfACallThatACrashBrokeOffAreInDoubt() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    var workflow =
        workflow(
            (app, overall, jobs) -> {
              began.countDown();
              Eventually.isOpen(release);
              return allDone(jobs);
            },
            s -> s.parkInDoubt());
    Path killed = folder.resolve("killed.jorb");
    try (RunHandle handle =
        Processor.of(workflow, new Object())
            .serializer(JournalSerializer.at(file(), workflow))
            .start(run(workflow, 3))) {
      began.await();
      Files.copy(file(), killed); // The step begins after the notes are in the file.
      release.countDown();
      handle.await();
    }

    JournalSerializer<String, Note> journal = JournalSerializer.at(killed, workflow);
    RunSummary summary =
        Processor.of(workflow, new Object()).serializer(journal).exec(journal.load().orElseThrow());

    assertThat(summary.inDoubt()).hasSize(3);
    assertThat(summary.parked()).isEqualTo(3);
    assertThat(calls).hasSize(1);
  }
}
