package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.limit.Rate;
import dev.jorb.run.Job;
import dev.jorb.run.LimitNote;
import dev.jorb.run.Run;
import dev.jorb.run.Transition;
import dev.jorb.serial.Sample.Box;
import dev.jorb.serial.Sample.Plan;
import dev.jorb.time.TimeSource;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the journal does with what it is given, on a simulated disk.
class JournalSerializerTest {
  private final SimDisk disk = new SimDisk(new Random(1));
  private final Sample.Clock clock = new Sample.Clock();
  private final Run<Plan, Box> run = Sample.freshRun(3);

  private JournalSerializer<Plan, Box> journal() {
    return Sample.journal(disk, clock);
  }

  /// Moves a job, on the disk and in the run.
  private void move(JournalSerializer<Plan, Box> journal, String id, String to) {
    List<Transition<Box>> batch = List.of(Sample.move(run.job(id).orElseThrow(), to, clock));
    journal.commit(Sample.encoded(journal, batch));
    run.apply(batch);
  }

  private long syncs() {
    return disk.log().stream().filter(call -> call.startsWith("SYNC ")).count();
  }

  private String text() {
    return Sample.utf8(disk.content(Sample.PATH));
  }

  @Nested
  class BeforeItBegins {
    @Test
    void thereIsNoRunAndNothingIsKnown() {
      try (var journal = journal()) {
        assertThat(journal.path()).isEqualTo(Sample.PATH);
        assertThat(journal.isRecording()).isTrue();
        assertThat(journal.load()).isEmpty();
        assertThat(journal.redrives()).isEmpty();
        assertThat(journal.opening()).isEqualTo(Opening.ofNew());
      }
    }

    @Test
    void nothingIsRecorded() {
      try (var journal = journal()) {
        assertThatThrownBy(() -> journal.commit(List.of()))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("commit before begin");
        assertThatThrownBy(() -> journal.note(List.of()))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("note before begin");
        assertThatThrownBy(() -> journal.noteHolds(List.of()))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("note before begin");
      }
    }

    @Test
    void aRunThatIsThereIsNotWrittenOver() {
      try (var first = journal()) {
        first.begin(run);
      }
      String before = text();

      try (var second = journal()) {
        assertThatThrownBy(() -> second.begin(run))
            .isInstanceOf(RunFileException.class)
            .hasMessageContaining("there is a run in it already");
      }
      assertThat(text()).isEqualTo(before);
      assertThat(disk.log()).filteredOn(call -> call.startsWith("CREATE")).hasSize(1);
    }

    @Test
    void aFullDiskIsSaid() {
      disk.capacity(300);
      try (var journal = journal()) {
        assertThatThrownBy(() -> journal.begin(run))
            .isInstanceOf(DiskFullException.class)
            .hasMessageContaining("no space left on the device; what it held is safe");
      }
      assertThat(disk.exists(Sample.PATH)).isFalse();
    }
  }

  @Nested
  class ARunThatCannotBeReadAgain {
    @TempDir Path folder;

    @Test
    void isRefusedBeforeAnythingIsWritten() {
      UnreadableRuns.assertRefused(folder.resolve("odd.jorb"), JournalSerializer::at);
    }
  }

  @Nested
  class ABatch {
    @Test
    void ofNothingIsNotWritten() {
      try (var journal = journal()) {
        journal.begin(run);
        int calls = disk.calls();
        journal.commit(List.of());
        assertThat(disk.calls()).isEqualTo(calls);
      }
    }

    @Test
    void isFlushedEachTime() {
      try (var journal = journal()) {
        journal.begin(run);
        long before = syncs();
        move(journal, "0", "edit");
        move(journal, "1", "edit");
        assertThat(syncs() - before).isEqualTo(2);
      }
    }

    @Test
    void isFlushedWhenASecondIsJustOver() {
      long[] nanos = {0};
      TimeSource still =
          new TimeSource() {
            @Override
            public long nanoTime() {
              return nanos[0];
            }

            @Override
            public Instant instant() {
              return Instant.EPOCH;
            }
          };
      try (var journal = Sample.journal(disk, still).durability(Durability.RELAXED)) {
        journal.begin(run);
        long before = syncs();
        nanos[0] = 999_999_999;
        move(journal, "0", "edit");
        assertThat(syncs() - before).isZero();
        nanos[0] = 1_000_000_000;
        move(journal, "1", "edit");
        assertThat(syncs() - before).isEqualTo(1);
      }
    }

    @Test
    void isFlushedOnceASecondIfThatIsEnough() {
      try (var journal = journal().durability(Durability.RELAXED)) {
        journal.begin(run);
        long before = syncs();
        move(journal, "0", "edit");
        assertThat(syncs() - before).isZero();

        clock.pass(Duration.ofSeconds(1));
        move(journal, "1", "edit");
        assertThat(syncs() - before).isEqualTo(1);
        move(journal, "2", "edit");
        assertThat(syncs() - before).isEqualTo(1);

        clock.pass(Duration.ofSeconds(1));
        move(journal, "0", "push");
        assertThat(syncs() - before).isEqualTo(2);
      }
    }
  }

  @Nested
  class ANote {
    private final LimitNote closed =
        new LimitNote("push#0", "github", Instant.parse("2026-11-24T11:00:00Z"), null);

    @Test
    void isReadAgain() {
      try (var journal = journal()) {
        journal.begin(run);
        journal.note(List.of(closed));
      }
      try (var journal = journal()) {
        assertThat(journal.load().orElseThrow().limitNotes()).containsExactly(closed);
      }
    }

    @Test
    void isLeftOutWithoutRoom() {
      try (var journal = journal()) {
        journal.begin(run);
        String before = text();
        disk.capacity(disk.used() + 10);

        journal.note(List.of(closed));

        assertThat(text()).isEqualTo(before);
        disk.capacity(Long.MAX_VALUE);
        move(journal, "0", "edit");
      }
      try (var journal = journal()) {
        assertThat(Sample.picture(journal.load().orElseThrow())).isEqualTo(Sample.picture(run));
      }
    }
  }

  @Nested
  class AJob {
    private static final Instant AT = Instant.parse("2026-11-24T10:00:00.250Z");

    static List<UnaryOperator<Job.Builder<Box>>> things() {
      return List.of(
          job -> job,
          job -> job.context(new Box("another \u20ac \" line\n", -1, List.of("x"))),
          job -> job.version(7),
          job -> job.kicks(1),
          job -> job.attempt(1),
          job -> job.kicks(1).awaitsKicks(true),
          job -> job.due(AT.plusMillis(1)),
          job -> job.parked("needs a person"),
          job -> job.crashes(3),
          job -> job.parked("wait for me").held(true),
          job -> job.priority(-3),
          job -> job.laps(7),
          job -> job.deadline(AT.plusSeconds(1)),
          job -> job.parent("1"),
          job -> job.state("edit").transition("new", "edit", AT, Duration.ofMillis(3)),
          job -> job.transition("new", "new", AT, Duration.ofNanos(1_500_000)).version(9),
          job -> job.error("new", AT, "no"),
          job -> job.error("edit", AT, "no"),
          job ->
              job.state("push")
                  .transition("edit", "push", AT, Duration.ofHours(3))
                  .error("edit", AT, "not yet"));
    }

    private Job<Box> found() {
      try (var journal = journal()) {
        return journal.load().orElseThrow().job("0").orElseThrow();
      }
    }

    @ParameterizedTest
    @MethodSource("things")
    void isTheSameWhenItIsReadAgainAndAfterACompaction(UnaryOperator<Job.Builder<Box>> thing) {
      Job<Box> job = thing.apply(run.job("0").orElseThrow().next().updated(AT)).build();
      try (var journal = journal()) {
        journal.begin(run);
        journal.commit(Sample.encoded(journal, List.of(new Transition<>(job, List.of()))));
      }

      assertThat(Sample.picture(found())).isEqualTo(Sample.picture(job));
      new RunFiles(disk, clock).compactFile(Sample.PATH);
      assertThat(found()).usingRecursiveComparison().isEqualTo(job);
    }

    @ParameterizedTest
    @MethodSource("things")
    void isTheSameIfItComesWithItsRun(UnaryOperator<Job.Builder<Box>> thing) {
      Job<Box> job = thing.apply(run.job("0").orElseThrow().copy().updated(AT)).build();
      run.put(job);
      try (var journal = journal()) {
        journal.begin(run);
      }

      assertThat(found()).usingRecursiveComparison().isEqualTo(job);
    }
  }

  @Nested
  class ItsWorkflow {
    @TempDir Path folder;

    @Test
    void isReadAgainWithAllThatItDeclares() {
      var workflow =
          Workflow.named("shaped", String.class, Plan.class, Box.class)
              .state(
                  "new",
                  s ->
                      s.exec((app, o, job) -> Outcome.to("push", job))
                          .concurrency(7)
                          .next("push", "done"))
              .state(
                  "push",
                  s ->
                      s.exec((app, o, job) -> Outcome.to("done", job))
                          .rate(Rate.perHour(10))
                          .retry(Retry.times(2))
                          .onFailure("failed"))
              .terminal("done")
              .terminal("failed")
              .group("open", 5, "push")
              .build();
      Path file = folder.resolve("shaped.jorb");
      try (var journal = JournalSerializer.at(file, workflow)) {
        Run<Plan, Box> shaped = workflow.run("shaped", new Plan("T"));
        shaped.add(new Box("a", 1));
        journal.begin(shaped);
      }

      RunFile read = RunFile.read(file);
      assertThat(read.path()).isEqualTo(file);
      assertThat(read.workflowName()).contains("shaped");
      assertThat(read.states()).isEqualTo(workflow.stateNames());
      assertThat(read.terminalStates()).isEqualTo(workflow.terminalStateNames());
      assertThat(read.shapes()).isEqualTo(workflow.shapes());
      assertThat(read.redrives()).isEmpty();
      assertThat(read.executing()).isEmpty();
    }
  }

  @Nested
  class TheNextStart {
    private void record() {
      try (var journal = journal()) {
        journal.begin(run);
        move(journal, "0", "edit");
      }
    }

    @Test
    void goesOnInAFileThatWasClosedInOrder() {
      record();
      String before = text();
      try (var journal = journal()) {
        Run<Plan, Box> again = journal.load().orElseThrow();
        again.put(Job.create("added", "new", new Box("later", 1), clock.instant()));
        journal.begin(again);
      }

      assertThat(text()).startsWith(before.substring(0, before.indexOf("{\"closed\"")));
      try (var journal = journal()) {
        Run<Plan, Box> found = journal.load().orElseThrow();
        assertThat(found.job("added").orElseThrow().context()).isEqualTo(new Box("later", 1));
        assertThat(found.job("0").orElseThrow().state()).isEqualTo("edit");
      }
    }

    private void assertGoesOnBehind(String before) {
      try (var journal = journal()) {
        journal.begin(journal.load().orElseThrow());
      }
      assertThat(text().startsWith(before.substring(0, before.indexOf("{\"closed\"")))).isTrue();
    }

    @Test
    void compactsAFileOfWhichHardlyAnythingCounts() {
      try (var journal = journal()) {
        journal.begin(run);
        for (int i = 0; i < 8; i++) {
          Job<Box> job = run.job("0").orElseThrow();
          Box large = new Box("x".repeat(i == 7 ? 1 : 200_000), i);
          var batch = List.of(new Transition<>(job.next().context(large).build(), List.of()));
          journal.commit(Sample.encoded(journal, batch));
          run.apply(batch);
        }
      }
      assertThat(disk.used()).isGreaterThan(1_400_000);

      try (var journal = journal()) {
        journal.begin(journal.load().orElseThrow());
      }

      assertThat(disk.used()).isLessThan(10_000);
    }

    @Test
    void goesOnInALargeFileOfWhichMostCounts() {
      run.put(Job.create("large", "new", new Box("x".repeat(600_000), 1), clock.instant()));
      record();

      assertGoesOnBehind(text());
    }

    @Test
    void goesOnInALargeFileOfWhichMostIsThePastOfItsJobs() {
      Job.Builder<Box> failed = run.job("1").orElseThrow().copy();
      for (int i = 0; i < 100; i++) {
        failed.error("new", clock.instant(), "x".repeat(7_000));
      }
      run.put(failed.build());
      record();

      assertGoesOnBehind(text());
    }

    @Test
    void refusesAFileThatWasChangedSinceItWasLoaded() {
      record();
      try (var journal = journal()) {
        Run<Plan, Box> again = journal.load().orElseThrow();
        disk.append(Sample.PATH, Sample.utf8("more"));
        String before = text();
        assertThatThrownBy(() -> journal.begin(again))
            .isInstanceOf(RunFileException.class)
            .hasMessageContaining("it was changed after it was loaded; nothing was written");
        assertThat(text()).isEqualTo(before);
      }
    }

    @Test
    void saysThatTheFileIsGone() {
      record();
      try (var journal = journal()) {
        Run<Plan, Box> again = journal.load().orElseThrow();
        disk.whenCalled(
            "OPEN " + Sample.PATH, () -> disk.whenCalled("STAT", () -> disk.remove(Sample.PATH)));
        assertThatThrownBy(() -> journal.begin(again))
            .isInstanceOf(RunFileException.class)
            .hasMessageContaining(Sample.PATH + " is gone");
      }
    }

    @Test
    void recordsAllThatAJobDidSinceItWasLoaded() {
      record();
      try (var journal = journal()) {
        Run<Plan, Box> again = journal.load().orElseThrow();
        for (String to : List.of("push", "edit", "push")) {
          again.apply(List.of(Sample.move(again.job("0").orElseThrow(), to, clock)));
          run.put(again.job("0").orElseThrow());
        }
        journal.begin(again);
      }
      try (var journal = journal()) {
        assertThat(Sample.picture(journal.load().orElseThrow())).isEqualTo(Sample.picture(run));
      }
    }

    @Test
    void refusesAnotherRun() {
      record();
      try (var journal = journal()) {
        journal.load();
        assertThatThrownBy(() -> journal.begin(Sample.freshRun(3)))
            .isInstanceOf(RunFileException.class)
            .hasMessageContaining("it holds run \"sample\" with the id " + run.id() + ", not run");
      }
    }

    @Test
    void beginsWhereAnEmptyFileIs() {
      disk.put(Sample.PATH, new byte[0]);
      try (var journal = journal()) {
        assertThat(journal.load()).isEmpty();
        journal.begin(run);
      }
      try (var journal = journal()) {
        assertThat(journal.load().orElseThrow().size()).isEqualTo(3);
      }
    }
  }
}
