package dev.jorb.processor;

import static dev.jorb.processor.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.limit.LearnedRate;
import dev.jorb.limit.Rate;
import dev.jorb.limit.ThrottledException;
import dev.jorb.run.LimitNote;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.time.TimeSource;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.State;
import dev.jorb.workflow.Workflow;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a service said to a process that has died since.
class ClosedUntilTest {
  @TempDir Path folder;

  private static Workflow<AtomicInteger, String, Note> workflow(
      Consumer<State.Builder<AtomicInteger, String, Note>> more, Duration closed) {
    return Workflow.named("calls", AtomicInteger.class, String.class, Note.class)
        .state(
            "call",
            s -> {
              s.exec((calls, overall, note) -> {
                if (calls.incrementAndGet() == 1) {
                  throw new ThrottledException(closed);
                }
                return Outcome.to("done", note);
              });
              more.accept(s);
            })
        .terminal("done")
        .build();
  }

  /// Runs until the service has refused and that is in the file; then as if the process had died.
  ///
  /// @param look what is looked at before
  private Path refusedAndKilled(
      Workflow<AtomicInteger, String, Note> workflow, Consumer<RunHandle> look) throws Exception {
    Path file = folder.resolve("calls.jorb");
    Path killed = folder.resolve("killed.jorb");
    Run<String, Note> run = workflow.run("test", "").add(new Note("a"));
    try (var journal = JournalSerializer.at(file, workflow);
        RunHandle handle =
            Processor.of(workflow, new AtomicInteger()).serializer(journal).start(run)) {
      eventually("the refusal is noted", () -> Files.exists(file) && notes(file).contains("until"));
      eventually("the run tells of it", () -> !run.limitNotes().isEmpty());
      Files.copy(file, killed);
      look.accept(handle);
    }
    return killed;
  }

  private static void isSaidToBeClosed(RunHandle handle) {
    assertThat(handle.status().getFirst().hold())
        .startsWith("closed by the service")
        .contains(" until 20");
  }

  private static String notes(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.filter(line -> line.startsWith("{\"limit\"")).collect(Collectors.joining("\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The service is closed for an hour, so that what starts now is what should not.
  private void isNotCalledAgain(Workflow<AtomicInteger, String, Note> workflow) throws Exception {
    Path killed = refusedAndKilled(workflow, ClosedUntilTest::isSaidToBeClosed);
    AtomicInteger calls = new AtomicInteger(7);
    for (int start = 0; start < 2; start++) {
      try (var journal = JournalSerializer.at(killed, workflow)) {
        Run<String, Note> run = journal.load().orElseThrow();
        assertThat(run.job("0").orElseThrow().attempt()).as("attempts that count").isZero();
        try (RunHandle handle = Processor.of(workflow, calls).serializer(journal).start(run)) {
          eventually(
              "the job has come to its turn", () -> handle.status().getFirst().waiting() == 1);
          isSaidToBeClosed(handle);
        }
      }
    }
    assertThat(calls).as("calls").hasValue(7);
  }

  @Test
  void serviceThatClosedAStateWithALimitIsNotCalledAgain() throws Exception {
    isNotCalledAgain(workflow(s -> s.rate(Rate.perSecond(100)), Duration.ofHours(1)));
  }

  @Test
  void serviceThatClosedAStateWithoutLimitsIsNotCalledAgain() throws Exception {
    isNotCalledAgain(workflow(s -> {}, Duration.ofHours(1)));
  }

  @Test
  void serviceThatClosedAKeyIsNotCalledAgain() throws Exception {
    isNotCalledAgain(
        workflow(s -> s.rate(Rate.perSecond(100)).per(note -> "host"), Duration.ofHours(1)));
  }

  @Test
  void runGoesOnWhenTheTimeIsOver() throws Exception {
    var workflow = workflow(s -> s.rate(Rate.perSecond(100)), Duration.ofMillis(200));
    Path killed = refusedAndKilled(workflow, handle -> {}); // It may be over already.
    try (var journal = JournalSerializer.at(killed, workflow)) {
      Run<String, Note> run = journal.load().orElseThrow();
      Instant until = run.limitNotes().getFirst().closedUntil().orElseThrow();
      AtomicInteger calls = new AtomicInteger(7);
      assertThat(Processor.of(workflow, calls).serializer(journal).exec(run).isComplete()).isTrue();
      assertThat(calls).hasValue(8);
      assertThat(TimeSource.system().instant()).isAfterOrEqualTo(until.minusMillis(1));
    }
  }

  @Test
  void learnedRatesAreRememberedOverCompactions() throws Exception {
    var workflow = workflow(s -> s.rate(LearnedRate.between(1, 50)), Duration.ofHours(1));
    Path file = folder.resolve("learned.jorb");
    LimitNote note = new LimitNote("call#0", "", null, 42.5);
    try (var journal = JournalSerializer.at(file, workflow)) {
      journal.begin(workflow.run("test", "").add(new Note("a")));
      journal.note(List.of(new LimitNote("call#0", "", null, 1.0)));
      journal.note(List.of(note));
    }
    for (int i = 0; i < 3; i++) {
      try (var journal = JournalSerializer.at(file, workflow)) {
        Run<String, Note> run = journal.load().orElseThrow();
        assertThat(run.limitNotes()).containsExactly(note);
        journal.begin(run);
      }
      Files.writeString(
          file, Files.readString(file).replace("\"state\":\"call\"", "\"state\":\"done\""));
    }
  }

  /// A process of its own: says that it was refused, and waits to be killed.
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      Path file = Path.of(args[0]);
      var workflow =
          Workflow.named("calls", AtomicInteger.class, String.class, Note.class)
              .state("call", s -> s.exec((calls, overall, note) -> call(note)))
              .terminal("done")
              .build();
      var journal = JournalSerializer.at(file, workflow);
      Run<String, Note> run =
          journal.load().orElseGet(() -> workflow.run("test", "").add(new Note("a")));
      RunHandle handle = Processor.of(workflow, new AtomicInteger()).serializer(journal).start(run);
      while (handle.status().getFirst().hold().isEmpty()) {
        Thread.onSpinWait();
      }
      System.out.println(handle.status().getFirst().hold());
    }

    private static Outcome<Note> call(Note note) {
      System.out.println("called");
      throw new ThrottledException(Duration.ofHours(1));
    }
  }

  @Tag("slow")
  @Test
  void serviceIsNotCalledAgainAfterKillDashNine() throws Exception {
    Path file = folder.resolve("process.jorb");
    assertThat(linesUntilKilled(file))
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("called"),
            line -> assertThat(line).startsWith("closed by the service until "));
    assertThat(linesUntilKilled(file))
        .satisfiesExactly(line -> assertThat(line).startsWith("closed by the service until "));
  }

  /// What the program says up to its hold, when it is killed as soon as that is in the file.
  private static List<String> linesUntilKilled(Path file) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      List<String> lines = new ArrayList<>();
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
        if (line.startsWith("closed")) {
          break;
        }
      }
      eventually("the refusal is noted", () -> notes(file).contains("until"));
      return lines;
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }
}
