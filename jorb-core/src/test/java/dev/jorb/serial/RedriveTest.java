package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.processor.Processor;
import dev.jorb.run.Job;
import dev.jorb.run.Json;
import dev.jorb.run.Run;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A run of four jobs whose step `push` has failed: two are parked, two ended in `refused`.
class RedriveTest {
  record Plan(String name) {}

  record Task(String kind) {}

  @TempDir Path folder;
  private Path file;
  private final AtomicBoolean isRepaired = new AtomicBoolean();
  private final Workflow<String, Plan, Task> workflow =
      Workflow.named("flow", String.class, Plan.class, Task.class)
          .state("edit", s -> s.exec((app, plan, task) -> Outcome.to("push", task)))
          .state("push", s -> s.exec(this::push).retry(Retry.never()))
          .terminal("refused")
          .terminal("merged")
          .build();

  private Outcome<Task> push(String app, Plan plan, Task task) throws IOException {
    if (isRepaired.get()) {
      return Outcome.to("merged", task);
    }
    if (task.kind().equals("refuse")) {
      return Outcome.to("refused", task).error("HTTP 403");
    }
    throw new IOException("HTTP 502");
  }

  @BeforeEach
  void fail() {
    file = folder.resolve("run.jorb");
    exec();
  }

  private void exec() {
    try (var journal = JournalSerializer.at(file, workflow)) {
      Run<Plan, Task> run =
          journal
              .load()
              .orElseGet(() ->
                  workflow
                      .run("r", new Plan("p"))
                      .addAll(
                          List.of(
                              new Task("break"),
                              new Task("refuse"),
                              new Task("break"),
                              new Task("refuse"))));
      Processor.of(workflow, "").serializer(journal).exec(run);
    }
  }

  private RedriveEntry send(List<String> jobs, String to) {
    try (Redrive redrive = Redrive.open(file)) {
      return redrive.send(jobs, to, "ada@laptop", "--state push");
    }
  }

  private Redrive.Undone undo() {
    try (Redrive redrive = Redrive.open(file)) {
      return redrive.undo("bob@desk");
    }
  }

  private Map<String, String> states() {
    return RunFile.read(file).run().jobs().stream().collect(Collectors.toMap(Job::id, Job::state));
  }

  private Job<Json> job(String id) {
    return RunFile.read(file).run().job(id).orElseThrow();
  }

  @Nested
  class Send {
    @Test
    void sentJobsStartAfreshInTheirNewStateAndKeepTheirPast() {
      send(List.of("0", "1"), "edit");

      assertThat(states()).isEqualTo(Map.of("0", "edit", "1", "edit", "2", "push", "3", "refused"));
      assertThat(job("0").parked()).isEmpty();
      assertThat(job("0").attempt()).isZero();
      assertThat(job("0").errorCount()).isEqualTo(1);
      assertThat(job("0").transitionCount()).isEqualTo(2);
      assertThat(job("2").parked()).isPresent();
    }

    @Test
    void nextStartRunsExactlyThem() {
      send(List.of("0", "1"), "edit");
      isRepaired.set(true);
      exec();

      assertThat(states().get("1")).isEqualTo("merged");
      assertThat(job("1").transitionCount()).isEqualTo(4);
      assertThat(job("3").transitionCount()).isEqualTo(2);
    }

    @Test
    void fileRemembersWhoAndWhenThroughStartsAndCompactions() throws IOException {
      RedriveEntry sent = send(List.of("0", "1"), "edit");
      exec();
      String text = Files.readString(file);
      Files.writeString(file, text.replace("\"state\":\"refused\"", "\"state\":\"merged\""));
      exec(); // Compacts, because of the edit.

      assertThat(RunFile.read(file).redrives())
          .singleElement()
          .satisfies(entry -> {
            assertThat(entry.by()).isEqualTo("ada@laptop");
            assertThat(entry.at())
                .isEqualTo(sent.at().truncatedTo(java.time.temporal.ChronoUnit.MILLIS));
            assertThat(entry.to()).isEqualTo("edit");
            assertThat(entry.jobs()).isEqualTo(2);
            assertThat(entry.why()).isEqualTo("--state push");
            assertThat(entry.undoneAt()).isEmpty();
          });
    }

    @Test
    void fileStaysUndamagedAndStillDeclaresItsStates() {
      send(List.of("0"), "edit");
      RunFile read = RunFile.read(file);

      assertThat(read.opening().sentences()).isEmpty();
      assertThat(read.workflowName()).contains("flow");
      assertThat(read.shapes()).isEqualTo(workflow.shapes());
    }

    @Test
    void unknownStateJobOrNoJobIsRefusedAndChangesNothing() throws IOException {
      byte[] before = Files.readAllBytes(file);

      assertThatThrownBy(() -> send(List.of("0"), "edti"))
          .hasMessage(
              "there is no state \"edti\" to send jobs to; known are [edit, push, refused, merged]");
      assertThatThrownBy(() -> send(List.of("0", "99"), "edit"))
          .hasMessage("there is no job \"99\"");
      assertThatThrownBy(() -> send(List.of(), "edit")).hasMessage("there is no job to redrive");
      assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void runThatGoesOnIsLeftAlone() {
      try (var journal = JournalSerializer.at(file, workflow)) {
        journal.load();

        assertThatThrownBy(() -> Redrive.open(file)).isInstanceOf(RunFileException.Locked.class);
      }
    }

    @Test
    void goFormHasNoPlaceForIt() {
      Path go = folder.resolve("run.json");
      try (var serializer = JsonSerializer.at(go, workflow)) {
        serializer.begin(workflow.run("g", new Plan("p")).add(new Task("x")));
      }

      assertThatThrownBy(() -> Redrive.open(go))
          .isInstanceOf(RunFileException.class)
          .hasMessageContaining("find and replace");
    }
  }

  @Nested
  class Undo {
    @Test
    void jobsStandAgainWhereTheyStood() {
      Function<String, String> told =
          id -> job(id).state() + " " + job(id).parked() + job(id).attempt();
      String zero = told.apply("0");
      String one = told.apply("1");
      send(List.of("0", "1"), "edit");

      Redrive.Undone undone = undo();

      assertThat(undone.back()).isEqualTo(2);
      assertThat(undone.movedOn()).isZero();
      assertThat(told.apply("0")).isEqualTo(zero).contains("HTTP 502");
      assertThat(told.apply("1")).isEqualTo(one);
      assertThat(RunFile.read(file).redrives().getFirst().undoneBy()).contains("bob@desk");
    }

    @Test
    void whatWasParkedByHandOrDelayedIsSoAgain() {
      Instant due = Instant.parse("2126-01-01T00:00:00Z");
      Instant deadline = Instant.parse("2126-02-01T00:00:00Z");
      change("0", job -> job.held(true).deadline(deadline));
      change("2", job -> job.released().due(due));

      send(List.of("0", "2"), "edit");

      assertThat(job("0").deadline()).isEmpty();
      assertThat(job("0").isHeld()).isFalse();
      assertThat(job("2").due()).isEmpty();
      undo();
      assertThat(job("0").isHeld()).isTrue();
      assertThat(job("0").deadline()).contains(deadline);
      assertThat(job("2").due()).contains(due);
    }

    private void change(String id, UnaryOperator<Job.Builder<Task>> change) {
      try (var journal = JournalSerializer.at(file, workflow)) {
        Run<Plan, Task> run = journal.load().orElseThrow();
        run.put(change.apply(run.job(id).orElseThrow().next()).build());
        journal.begin(run);
      }
    }

    @Test
    void takesBackTheLastOnlyAndThenTheOneBefore() {
      send(List.of("0"), "edit");
      send(List.of("2"), "merged");

      assertThat(undo().entry().number()).isEqualTo(2);
      assertThat(states()).containsEntry("0", "edit").containsEntry("2", "push");
      assertThat(undo().entry().number()).isEqualTo(1);
      assertThat(states()).containsEntry("0", "push");
      assertThatThrownBy(() -> undo()).hasMessage("there is no redrive to take back");
    }

    @Test
    void jobsThatWentOnStayWhereTheyAre() {
      send(List.of("0"), "edit");
      isRepaired.set(true);
      exec();

      Redrive.Undone undone = undo();

      assertThat(undone.back()).isZero();
      assertThat(undone.movedOn()).isEqualTo(1);
      assertThat(states()).containsEntry("0", "merged");
    }
  }
}
