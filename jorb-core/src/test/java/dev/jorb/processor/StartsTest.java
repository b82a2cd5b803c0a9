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
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
