package dev.jorb.processor;

import static dev.jorb.processor.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.serial.RunFile;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a run file knows of steps that have started and not returned.
class StartsTest {
  @TempDir Path folder;
  private final CountDownLatch gate = new CountDownLatch(1);

  private final Workflow<Object, String, Note> workflow =
      Workflow.named("starts", Object.class, String.class, Note.class)
          .state(
              "fast", s -> s.exec((app, overall, note) -> Outcome.to("slow", note)).concurrency(2))
          .state("slow", s -> s.exec((app, overall, note) -> blocked(note)).concurrency(2))
          .terminal("done")
          .build();

  private Outcome<Note> blocked(Note note) throws InterruptedException {
    gate.await();
    return Outcome.to("done", note);
  }

  @Test
  void stepsThatRunAreInDoubtIfTheProcessDiesNow() throws Exception {
    Path file = folder.resolve("starts.jorb");
    Run<String, Note> run =
        workflow
            .run("test", "overall")
            .addAll(List.of(new Note("a"), new Note("b"), new Note("c")));
    try (var journal = JournalSerializer.at(file, workflow);
        RunHandle handle = Processor.of(workflow, new Object()).serializer(journal).start(run)) {
      eventually("two steps are noted", () -> executing(file).size() == 2);
      List<String> executing = executing(file);
      assertThat(inDoubt(copyAsIfKilled(file))).containsExactlyInAnyOrderElementsOf(executing);
      gate.countDown();
      assertThat(handle.await().isComplete()).isTrue();
    }
    assertThat(inDoubt(file)).isEmpty();
  }

  /// Each of these wants to know for sure, after a crash, whether a step had begun.
  private enum Rule {
    VERIFY,
    PARK_IN_DOUBT,
    GROUP
  }

  /// Jobs whose steps find themselves in the run file end in "noted".
  private static Workflow<Path, String, Note> looking(Rule rule) {
    var looking =
        Workflow.named("looking", Path.class, String.class, Note.class)
            .state(
                "push",
                s -> {
                  s.concurrency(3)
                      .execJob((file, overall, job) ->
                          Outcome.to(
                              executing(file).contains(job.id()) ? "noted" : "missing",
                              job.context()));
                  switch (rule) {
                    case VERIFY -> s.verify((file, overall, job) -> Optional.empty());
                    case PARK_IN_DOUBT -> s.parkInDoubt();
                    case GROUP -> {}
                  }
                })
            .terminal("noted")
            .terminal("missing");
    return rule == Rule.GROUP ? looking.group("open", 2, "push").build() : looking.build();
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void startIsInTheFileBeforeTheStepBegins(Rule rule) throws Exception {
    Path file = folder.resolve("starts.jorb");
    Workflow<Path, String, Note> workflow = looking(rule);
    Run<String, Note> run =
        workflow
            .run("test", "overall")
            .addAll(IntStream.range(0, 20).mapToObj(i -> new Note("note " + i)).toList());
    try (var journal = JournalSerializer.at(file, workflow)) {
      Processor.of(workflow, file).serializer(journal).exec(run);
    }
    assertThat(run.jobs()).extracting(Job::state).containsOnly("noted");
  }

  private static List<String> executing(Path file) {
    return Files.exists(file) ? List.copyOf(RunFile.read(file).executing()) : List.of();
  }

  private Path copyAsIfKilled(Path file) throws IOException {
    return Files.copy(file, folder.resolve("killed.jorb"));
  }

  private List<String> inDoubt(Path file) {
    try (var journal = JournalSerializer.at(file, workflow)) {
      return journal.load().orElseThrow().jobs().stream()
          .filter(job -> job.inDoubt() && job.crashes() == 1)
          .map(Job::id)
          .toList();
    }
  }
}
