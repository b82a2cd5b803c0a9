package dev.jorb.processor;

import static dev.jorb.processor.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.limit.Gate;
import dev.jorb.measure.LimitedBy;
import dev.jorb.measure.Sample;
import dev.jorb.report.Limit;
import dev.jorb.report.RunReport;
import dev.jorb.run.HoldNote;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.ForwardingSerializer;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.serial.NoRoom;
import dev.jorb.serial.RunFile;
import dev.jorb.serial.Serializer;
import dev.jorb.time.TimeSource;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.State;
import dev.jorb.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What held a run of the real engine, as its file tells it afterwards.
class HeldRunTest {
  /// So many samples are more than a second.
  private static final int SAMPLES = 6;

  @TempDir Path folder;

  private static Workflow<Object, String, Note> workflow(
      Consumer<State.Builder<Object, String, Note>> more) {
    return Workflow.named("held", Object.class, String.class, Note.class)
        .state(
            "work",
            s -> {
              s.exec((app, overall, note) -> Outcome.to("done", note)).concurrency(1);
              more.accept(s); // A step that it gives takes the place of that one.
            })
        .terminal("done")
        .build();
  }

  private static Run<String, Note> run(Workflow<Object, String, Note> workflow) {
    return workflow.run("run", "").addAll(IntStream.range(0, 50).mapToObj(i -> new Note("n" + i)));
  }

  private static void awaitHold(RunHandle handle, LimitedBy by) {
    eventually(
        "it was held for a while",
        () -> {
          var history = handle.measures().states().getFirst().history();
          return history.stream().map(Sample::limitedBy).filter(by::equals).count() >= SAMPLES;
        });
  }

  private static RunReport report(Workflow<?, ?, ?> workflow, Path file) {
    var run = RunFile.read(file).run();
    return RunReport.of(workflow.shapes(), run.jobs(), run.holdNotes());
  }

  private static void assertHeld(RunReport report, Limit limit) {
    assertThat(report.bottleneck().state()).isEqualTo("work");
    assertThat(report.bottleneck().limit()).isEqualTo(limit);
    assertThat(report.bottleneck().share()).isGreaterThan(0.5);
  }

  @Test
  void byAPause() throws Exception {
    Path file = folder.resolve("paused.jorb");
    CountDownLatch isPaused = new CountDownLatch(1);
    var workflow =
        workflow(s ->
            s.exec((app, overall, note) -> {
              Eventually.isOpen(isPaused);
              return Outcome.to("done", note);
            }));
    try (var journal = JournalSerializer.at(file, workflow);
        RunHandle handle =
            Processor.of(workflow, new Object()).serializer(journal).start(run(workflow))) {
      handle.pause();
      isPaused.countDown();
      awaitHold(handle, LimitedBy.PAUSED);
      eventually(
          "it is noted while it lasts", () -> !RunFile.read(file).run().holdNotes().isEmpty());
      handle.resume();
      assertThat(handle.await().isComplete()).isTrue();
    }
    assertHeld(report(workflow, file), Limit.PAUSE);
  }

  private static Duration held(Path file) {
    return RunFile.read(file).run().holdNotes().stream()
        .map(HoldNote::held)
        .reduce(Duration.ZERO, Duration::plus);
  }

  @Test
  void byNobodyBetweenItsLastTransitionAndItsNextStart() {
    Path file = folder.resolve("left.jorb");
    var workflow = workflow(s -> {});
    Run<String, Note> run = leftAnHourAgo(workflow);
    Processor.of(workflow, new Object()).serializer(JournalSerializer.at(file, workflow)).exec(run);

    assertThat(run.holdNotes()).extracting(HoldNote::by).containsExactly(LimitedBy.STOPPED);
    assertThat(RunFile.read(file).run().holdNotes()).isEqualTo(run.holdNotes());
    assertThat(held(file)).isGreaterThan(Duration.ofMinutes(59));
  }

  @Test
  void isNotToldOfARunThatNobodyRecords() {
    var workflow = workflow(s -> {});
    Run<String, Note> run = leftAnHourAgo(workflow);
    Processor.of(workflow, new Object()).exec(run);

    assertThat(run.holdNotes()).isEmpty();
  }

  private static Run<String, Note> leftAnHourAgo(Workflow<Object, String, Note> workflow) {
    Instant then = TimeSource.system().instant().minus(Duration.ofHours(1));
    Run<String, Note> run = workflow.run("run", "");
    run.put(
        Job.<Note>builder("0", "work")
            .context(new Note("n"))
            .version(2)
            .updated(then)
            .transition("work", "work", then, Duration.ZERO)
            .build());
    return run;
  }

  @Tag("slow")
  @Test
  void byAGate() throws Exception {
    Path file = folder.resolve("gated.jorb");
    AtomicBoolean isOpen = new AtomicBoolean();
    var workflow =
        workflow(s -> s.limit(Gate.atLeast("free licences", 1, () -> isOpen.get() ? 1 : 0)));
    try (var journal = JournalSerializer.at(file, workflow);
        RunHandle handle =
            Processor.of(workflow, new Object()).serializer(journal).start(run(workflow))) {
      awaitHold(handle, LimitedBy.GATE);
      isOpen.set(true);
      assertThat(handle.await().isComplete()).isTrue();
    }
    assertHeld(report(workflow, file), Limit.GATE);
  }

  @Tag("slow")
  @Test
  void byAFullDisk() throws Exception {
    Path file = folder.resolve("full.jorb");
    AtomicBoolean isFull = new AtomicBoolean(true);
    var workflow = workflow(s -> {});
    try (var journal = new FullDisk(JournalSerializer.at(file, workflow), isFull);
        RunHandle handle =
            Processor.of(workflow, new Object()).serializer(journal).start(run(workflow))) {
      awaitHold(handle, LimitedBy.DISK);
      isFull.set(false);
      assertThat(handle.await().isComplete()).isTrue();
    }
    assertHeld(report(workflow, file), Limit.DISK);
    try (var journal = JournalSerializer.at(file, workflow)) {
      List<HoldNote> before = journal.load().orElseThrow().holdNotes();
      assertThat(before)
          .anyMatch(note -> note.held().compareTo(Duration.ofSeconds(1)) > 0)
          .allMatch(note -> note.by() == LimitedBy.DISK);
    }
  }

  /// Has no room for what is recorded, while it is full.
  private static final class FullDisk extends ForwardingSerializer<String, Note> {
    private final AtomicBoolean isFull;

    FullDisk(Serializer<String, Note> journal, AtomicBoolean isFull) {
      super(journal);
      this.isFull = isFull;
    }

    @Override
    public void commit(List<Encoded<Note>> batch, List<Job<Note>> started) {
      if (isFull.get() && !batch.isEmpty()) {
        throw NoRoom.onTheDisk();
      }
      super.commit(batch, started);
    }
  }
}
