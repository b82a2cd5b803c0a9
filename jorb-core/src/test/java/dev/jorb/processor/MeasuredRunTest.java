package dev.jorb.processor;

import static dev.jorb.processor.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.measure.Ending;
import dev.jorb.measure.LimitedBy;
import dev.jorb.measure.RunMeasures;
import dev.jorb.measure.StateMeasures;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.serial.NilSerializer;
import dev.jorb.serial.Serializer;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is measured of real runs: each figure is one that is known from elsewhere.
class MeasuredRunTest {
  private static final int JOBS = 200;

  @TempDir Path folder;

  private final Workflow<Object, String, Note> workflow =
      Workflow.named("measured", Object.class, String.class, Note.class)
          .state("look", s -> s.exec((app, all, note) -> Outcome.to("work", note)).concurrency(4))
          .state("work", s -> s.exec(MeasuredRunTest::work).concurrency(4).retry(Retry.never()))
          .terminal("done")
          .build();

  private static Outcome<Note> work(Object app, String all, Note note) {
    if (note.text.endsWith("0")) {
      throw new IllegalStateException("out of order");
    }
    return Outcome.to("done", note);
  }

  private Run<String, Note> jobs() {
    return workflow
        .run("measured", "")
        .addAll(IntStream.range(0, JOBS).mapToObj(i -> new Note("note " + i)));
  }

  private Serializer<String, Note> serializer(boolean isRecorded) {
    return isRecorded
        ? JournalSerializer.at(folder.resolve("run.jorb"), workflow)
        : new NilSerializer<>();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void endingsAndTimesAreCountedOnceForEachExecution(boolean isRecorded) throws Exception {
    RunHandle handle =
        Processor.of(workflow, new Object()).serializer(serializer(isRecorded)).start(jobs());
    handle.await();
    RunMeasures measures = handle.measures();
    StateMeasures work = measures.state("work");

    assertThat(measures.run()).isEqualTo("measured");
    assertThat(work.endings())
        .containsEntry(Ending.SUCCEEDED, 180L)
        .containsEntry(Ending.EXCEPTION, 20L);
    assertThat(work.load().started()).isEqualTo(200);
    assertThat(work.load().executing()).isZero();
    assertThat(work.times().executing().count()).isEqualTo(200);
    assertThat(work.times().waiting().count()).isEqualTo(200);
    assertThat(work.times().disk().count()).isEqualTo(isRecorded ? 200 : 0);
    assertThat(measures.commits().count() > 0).isEqualTo(isRecorded);
    assertThat(work.slotUse()).isBetween(0.0, 1.0);
    assertThat(measures.whole().executions()).isEqualTo(400);
    assertThat(handle.measures().elapsed()).as("it has ended").isEqualTo(measures.elapsed());
  }

  @Test
  void stateWhoseResultsWaitForTheDiskIsLimitedByIt() throws Exception {
    GatedSerializer disk = new GatedSerializer();
    CountDownLatch shut = new CountDownLatch(1);
    var waiting =
        Workflow.named("measured", Object.class, String.class, Note.class)
            .state(
                "look",
                s ->
                    s.exec(
                            (app, all, note) -> {
                              Eventually.isOpen(shut);
                              return Outcome.to("work", note);
                            })
                        .concurrency(4))
            .state("work", s -> s.exec((app, all, note) -> Outcome.to("done", note)))
            .terminal("done")
            .build();
    Run<String, Note> run = waiting.run("measured", "").addAll(List.of(new Note(), new Note()));
    try (RunHandle handle = Processor.of(waiting, new Object()).serializer(disk).start(run)) {
      eventually("both run", () -> handle.measures().state("look").load().executing() == 2);
      disk.shut();
      shut.countDown();
      eventually(
          "what look has done waits for the disk",
          () -> handle.measures().state("look").load().limitedBy() == LimitedBy.DISK);
      assertThat(handle.measures().state("work").load().limitedBy()).isEqualTo(LimitedBy.NO_WORK);
      disk.open();
      assertThat(handle.await().isComplete()).isTrue();
    }
  }

  @Test
  void flightRecordingHoldsExecutionsTransitionsAndCommits() throws Exception {
    List<RecordedEvent> events;
    try (Recording recording = new Recording()) {
      for (String name : List.of("Execution", "Transition", "Commit")) {
        recording.enable("dev.jorb." + name).withThreshold(Duration.ZERO);
      }
      recording.start();
      Processor.of(workflow, new Object()).serializer(serializer(true)).exec(jobs());
      recording.stop();
      events = read(recording);
    }

    assertThat(count(events, "dev.jorb.Execution", "state"))
        .isEqualTo(Map.of("look", 200L, "work", 200L));
    assertThat(count(events, "dev.jorb.Execution", "ending"))
        .isEqualTo(Map.of("SUCCEEDED", 380L, "EXCEPTION", 20L));
    assertThat(count(events, "dev.jorb.Transition", "from"))
        .isEqualTo(Map.of("look", 200L, "work", 200L));
    assertThat(count(events, "dev.jorb.Transition", "state"))
        .isEqualTo(Map.of("work", 220L, "done", 180L));
    assertThat(count(events, "dev.jorb.Transition", "job")).hasSize(200).containsEntry("17", 2L);
    assertThat(
            events.stream()
                .filter(event -> event.getEventType().getName().equals("dev.jorb.Commit"))
                .mapToInt(event -> event.getInt("transitions"))
                .sum())
        .isEqualTo(400);
  }

  /// Happens within a step, or within a commit.
  @Name("dev.jorb.test.Mark")
  static final class Mark extends Event {}

  private static void mark() {
    new Mark().commit();
  }

  @Test
  void flightRecordingTellsWhenStepsAndCommitsBegan() throws Exception {
    List<RecordedEvent> events;
    var marked =
        Workflow.named("marked", Object.class, String.class, Note.class)
            .state(
                "work",
                s ->
                    s.exec((app, all, note) -> {
                      mark();
                      return Outcome.to("done", note);
                    }))
            .terminal("done")
            .build();
    try (Recording recording = new Recording()) {
      recording.enable(Mark.class).withThreshold(Duration.ZERO);
      recording.enable("dev.jorb.Execution").withThreshold(Duration.ZERO);
      recording.start();
      Processor.of(marked, new Object()).exec(marked.run("marked", "").add(new Note()));
      recording.stop();
      events = read(recording);
    }

    RecordedEvent execution = only(events, "dev.jorb.Execution");
    RecordedEvent step = only(events, "dev.jorb.test.Mark");
    assertThat(step.getStartTime()).isBetween(execution.getStartTime(), execution.getEndTime());
    assertThat(execution.getDuration()).isPositive();
  }

  private static RecordedEvent only(List<RecordedEvent> events, String type) {
    var all = events.stream().filter(e -> e.getEventType().getName().equals(type)).toList();
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  private List<RecordedEvent> read(Recording recording) throws IOException {
    Path file = folder.resolve("flight.jfr");
    recording.dump(file);
    return RecordingFile.readAllEvents(file);
  }

  private static Map<String, Long> count(List<RecordedEvent> events, String type, String field) {
    return events.stream()
        .filter(event -> event.getEventType().getName().equals(type))
        .collect(Collectors.groupingBy(event -> event.getString(field), Collectors.counting()));
  }
}
