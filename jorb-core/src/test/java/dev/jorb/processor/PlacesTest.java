package dev.jorb.processor;

import static dev.jorb.processor.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.event.StatusCount;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.serial.Redrive;
import dev.jorb.serial.RunFile;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.State;
import dev.jorb.workflow.Workflow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who is inside of a group, over the end of a process.
class PlacesTest {
  @TempDir Path folder;

  /// What a process does.
  ///
  /// @param pushed the jobs whose first step in the group has begun
  /// @param release lets those steps return
  private record Tools(Queue<String> pushed, CountDownLatch release) {
    static Tools of(int count) {
      return new Tools(new ConcurrentLinkedQueue<>(), new CountDownLatch(count));
    }
  }

  /// A pull request that nobody merges for an hour.
  private static Workflow<Tools, String, Note> workflow(
      Consumer<State.Builder<Tools, String, Note>> more) {
    return Workflow.named("code-change", Tools.class, String.class, Note.class)
        .state(
            "push",
            s -> {
              s.concurrency(100)
                  .execJob((tools, overall, job) -> {
                    tools.pushed.add(job.id());
                    tools.release.await();
                    return Outcome.to("watch", job.context()).after(Duration.ofHours(1));
                  });
              more.accept(s);
            })
        .state("watch", s -> s.exec((tools, overall, note) -> Outcome.to("merged", note)))
        .terminal("merged")
        .group("open pull requests", 2, "push", "watch")
        .build();
  }

  private static Run<String, Note> run(Workflow<Tools, String, Note> workflow) {
    return workflow
        .run("upgrade", "")
        .addAll(IntStream.range(0, 5).mapToObj(i -> new Note("note " + i)).toList());
  }

  private static StatusCount status(RunHandle handle, String state) {
    return handle.status().stream()
        .filter(count -> count.state().equals(state))
        .findFirst()
        .orElseThrow();
  }

  /// The file as it is when `reached` holds: as if the process had been killed then.
  private Path killed(Workflow<Tools, String, Note> workflow, Tools tools, String state, int busy)
      throws Exception {
    Path file = folder.resolve("run.jorb");
    Path killed = folder.resolve("killed.jorb");
    try (var journal = JournalSerializer.at(file, workflow);
        RunHandle handle =
            Processor.of(workflow, tools)
                .serializer(journal)
                .gracePeriod(Duration.ZERO)
                .start(run(workflow))) {
      eventually(
          "two are inside",
          () ->
              tools.pushed.size() == 2
                  && status(handle, state).executing() + status(handle, state).delayed() == busy
                  && !status(handle, "push").hold().isEmpty());
      Files.copy(file, killed);
    }
    return killed;
  }

  @Tag("slow")
  @Test
  void jobsThatWereInsideKeepTheirPlaces() throws Exception {
    var workflow = workflow(s -> {});
    Path killed = killed(workflow, Tools.of(0), "watch", 2);
    assertThat(RunFile.read(killed).shapes()).isEqualTo(workflow.shapes());

    Tools tools = Tools.of(0);
    try (var journal = JournalSerializer.at(killed, workflow);
        RunHandle handle =
            Processor.of(workflow, tools).serializer(journal).start(journal.load().orElseThrow())) {
      eventually("two are inside", () -> status(handle, "watch").delayed() == 2);
      assertThat(status(handle, "push").hold())
          .isEqualTo("the group \"open pull requests\" is full: 2 of 2, with 0, 1");
      assertThat(tools.pushed).isEmpty();
      assertThat(handle.why("3").sentence())
          .isEqualTo(
              "it waits in \"push\" behind job 2;"
                  + " the group \"open pull requests\" is full: 2 of 2, with 0, 1");
      assertThatThrownBy(() -> handle.setGroup("open pull requests", 0))
          .hasMessage("group \"open pull requests\": it must let at least 1 job in but was 0");
      handle.setGroup("open pull requests", 3);
      eventually("one more comes in", () -> status(handle, "watch").delayed() == 3);
      assertThat(tools.pushed).containsExactly("2");
    }
  }

  @Test
  void jobsWhoseStepsWereRunningKeepTheirsThoughTheyAreParkedNow() throws Exception {
    var workflow = workflow(State.Builder::parkInDoubt);
    Path killed = killed(workflow, Tools.of(1), "push", 2);

    for (int start = 1; start <= 3; start++) {
      Tools tools = Tools.of(0);
      try (var journal = JournalSerializer.at(killed, workflow)) {
        RunSummary summary =
            Processor.of(workflow, tools).serializer(journal).exec(journal.load().orElseThrow());
        assertThat(summary.parked()).as("start " + start).isEqualTo(2);
      }
      assertThat(tools.pushed).isEmpty();
    }
  }

  @Test
  void placeIsFreeWhenItsJobWasSentOutside() throws Exception {
    var workflow = workflow(s -> {});
    Path killed = killed(workflow, Tools.of(0), "watch", 2);
    try (Redrive redrive = Redrive.open(killed)) {
      redrive.send(List.of("0"), "merged", "ada", "merged by hand");
    }
    try (Redrive redrive = Redrive.open(killed)) {
      redrive.send(List.of("1"), "push", "ada", "once more");
    }

    Tools tools = Tools.of(0);
    try (var journal = JournalSerializer.at(killed, workflow);
        RunHandle handle =
            Processor.of(workflow, tools).serializer(journal).start(journal.load().orElseThrow())) {
      eventually("two are inside", () -> status(handle, "watch").delayed() == 2);
      assertThat(tools.pushed).containsExactlyInAnyOrder("1", "2");
    }
    try (var journal = JournalSerializer.at(killed, workflow)) {
      assertThat(journal.load().orElseThrow().job("0").map(Job::state)).contains("merged");
    }
  }
}
