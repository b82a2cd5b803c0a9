package dev.jorb.processor;

import static dev.jorb.processor.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.event.RunEvent;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.serial.JsonSerializer;
import dev.jorb.workflow.Exec;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real jobs that must be at their end by a time, or go in circles.
class DeadlinesTest {
  @TempDir Path folder;

  private static Workflow<Object, String, Note> workflow(
      Exec<Object, String, Note> step, Duration deadline) {
    return Workflow.named("deadlines", Object.class, String.class, Note.class)
        .state("work", s -> s.exec(step).onFailure("late").concurrency(2))
        .state("after", s -> s.exec((app, overall, note) -> Outcome.to("done", note)))
        .terminal("done")
        .terminal("late")
        .deadline(deadline)
        .build();
  }

  private RunSummary exec(Workflow<Object, String, Note> workflow, Run<String, Note> run) {
    return Processor.of(workflow, new Object())
        .serializer(JournalSerializer.at(folder.resolve("run.jorb"), workflow))
        .exec(run);
  }

  private static Job<Note> only(Run<String, Note> run) {
    return run.job("0").orElseThrow();
  }

  @Test
  void stepIsInterruptedAndItsJobGoesToWhereFailuresGo() {
    var workflow =
        workflow(
            (app, overall, note) -> {
              new CountDownLatch(1).await();
              return Outcome.to("done", note);
            },
            Duration.ofMillis(30));
    Run<String, Note> run = workflow.run("test", "overall").add(new Note());

    exec(workflow, run);

    assertThat(only(run).state()).isEqualTo("late");
    assertThat(only(run).lastError().orElseThrow().message())
        .startsWith("its deadline, ")
        .endsWith(", has passed");
    assertThat(only(run).errorCount()).isEqualTo(1);
  }

  @Test
  void delayedJobDoesNotWaitForItsTime() {
    var workflow =
        workflow(
            (app, overall, note) -> Outcome.stay(note).after(Duration.ofDays(1)),
            Duration.ofMillis(30));
    Run<String, Note> run = workflow.run("test", "overall").add(new Note());

    assertThat(exec(workflow, run).isComplete()).isTrue();

    assertThat(only(run).state()).isEqualTo("late");
  }

  @Test
  void jobThatIsInTimeIsLeftAlone() {
    var workflow = workflow((app, overall, note) -> Outcome.to("after", note), Duration.ofDays(1));
    Run<String, Note> run = workflow.run("test", "overall").add(new Note());

    exec(workflow, run);

    assertThat(only(run).state()).isEqualTo("done");
    assertThat(only(run).deadline()).isPresent();
  }

  @Test
  void deadlineOutlivesTheProcessInBothForms() throws Exception {
    Instant deadline = Instant.parse("2999-01-01T00:00:00Z");
    var workflow =
        workflow(
            (app, overall, note) ->
                Outcome.stay(note).after(Duration.ofHours(1)).deadline(deadline),
            Duration.ofDays(1));
    for (String file : List.of("run.jorb", "run.json")) {
      Path path = folder.resolve(file);
      var serializer =
          file.endsWith("jorb")
              ? JournalSerializer.at(path, workflow)
              : JsonSerializer.at(path, workflow);
      try (RunHandle handle =
          Processor.of(workflow, new Object())
              .serializer(serializer)
              .start(workflow.run("test", "overall").add(new Note()))) {
        eventually("it is delayed", () -> handle.status().getFirst().delayed() == 1);
      }

      try (var again =
          file.endsWith("jorb")
              ? JournalSerializer.at(path, workflow)
              : JsonSerializer.at(path, workflow)) {
        assertThat(only(again.load().orElseThrow()).deadline()).contains(deadline);
      }
    }
  }

  @Test
  void jobWhoseDeadlinePassedWhileNobodyRanItExpiresAtOnce() {
    AtomicInteger calls = new AtomicInteger();
    var workflow =
        workflow(
            (app, overall, note) -> {
              calls.incrementAndGet();
              return Outcome.to("done", note);
            },
            Duration.ofDays(1));
    Run<String, Note> run = workflow.run("test", "overall");
    run.put(
        Job.<Note>builder("0", "work")
            .context(new Note())
            .version(3)
            .deadline(Instant.now().minusSeconds(5))
            .build());

    exec(workflow, run);

    assertThat(only(run).state()).isEqualTo("late");
    assertThat(calls).hasValue(0);
  }

  @Tag("slow")
  @Test
  void jobThatGoesInCirclesIsSlowedDownAndReported() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    List<RunEvent> events = new CopyOnWriteArrayList<>();
    var workflow =
        workflow(
            (app, overall, note) -> {
              calls.incrementAndGet();
              return Outcome.stay(note);
            },
            Duration.ofDays(1));
    Run<String, Note> run = workflow.run("test", "overall").add(new Note());
    try (RunHandle handle = Processor.of(workflow, new Object()).onEvent(events::add).start(run)) {
      eventually(
          "it is told", () -> events.stream().anyMatch(event -> event instanceof RunEvent.Looped));

      assertThat(events).contains(new RunEvent.Looped("0", "work", 100));
      assertThat(handle.status().getFirst().hold()).isEqualTo("1 job goes in circles, slowed down");
      eventually("it goes on", () -> calls.get() > 100);
    }
    assertThat(only(run).laps()).isGreaterThanOrEqualTo(100);
  }
}
