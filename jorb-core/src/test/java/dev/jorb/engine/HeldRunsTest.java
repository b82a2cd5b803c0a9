package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.event.StatusListener;
import dev.jorb.limit.ThrottledException;
import dev.jorb.limit.TimeWindow;
import dev.jorb.measure.LimitedBy;
import dev.jorb.report.Limit;
import dev.jorb.report.RunReport;
import dev.jorb.run.HoldNote;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.SimRunFile;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.State;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Runs of the real scheduler in virtual time that something held of which the transitions do not
/// tell, and what the report says that is made from their file.
class HeldRunsTest {
  private static final Instant START = Instant.parse("2026-11-24T08:00:00Z");
  private static final int JOBS = 60;

  private final SplittableRandom random = new SplittableRandom(17);
  private VirtualTime time = new VirtualTime(START, random.split());
  private boolean wasRefused;

  /// Two states with steps of two seconds, one slot each: a run of about two minutes.
  private Workflow<VirtualTime, String, String> workflow(
      Consumer<State.Builder<VirtualTime, String, String>> more) {
    return Workflow.named("held", VirtualTime.class, String.class, String.class)
        .state(
            "first",
            s -> {
              s.exec((app, overall, job) -> step(job, "second")).concurrency(1);
              more.accept(s);
            })
        .state("second", s -> s.exec((app, overall, job) -> step(job, "done")).concurrency(1))
        .terminal("done")
        .build();
  }

  private Outcome<String> step(String job, String to) throws InterruptedException {
    time.sleep(Duration.ofSeconds(2));
    return Outcome.to(to, job);
  }

  /// Lets the run come to its end, and reads its file.
  private RunReport report(
      Workflow<VirtualTime, String, String> workflow,
      Consumer<VirtualEngine<VirtualTime, String, String>> disturbance) {
    return report(workflow, new SimRunFile<>(workflow, 17), disturbance);
  }

  private RunReport report(
      Workflow<VirtualTime, String, String> workflow,
      SimRunFile<String, String> file,
      Consumer<VirtualEngine<VirtualTime, String, String>> disturbance) {
    Run<String, String> run = workflow.run("held", "");
    run.addAll(IntStream.range(0, JOBS).mapToObj(Integer::toString));
    var engine = engine(workflow, run, file);
    disturbance.accept(engine);
    engine.runUntil(START.plus(Duration.ofDays(2)));
    assertThat(engine.failure()).isEmpty();
    assertThat(engine.isResting()).isTrue();
    Run<String, String> read = file.open().orElseThrow();
    assertThat(read.holdNotes()).hasSizeLessThan(20).isEqualTo(run.holdNotes());
    return RunReport.of(workflow.shapes(), read.jobs(), read.holdNotes());
  }

  private VirtualEngine<VirtualTime, String, String> engine(
      Workflow<VirtualTime, String, String> workflow,
      Run<String, String> run,
      SimRunFile<String, String> file) {
    var engine =
        new VirtualEngine<>(
            workflow, time, run, file.serializer(), StatusListener.none(), time, random.split());
    engine.start();
    return engine;
  }

  private void at(long seconds, Runnable act) {
    time.after(Duration.ofSeconds(seconds), act);
  }

  private static double share(RunReport report, String state, Limit limit) {
    var limits =
        report.states().stream()
            .filter(each -> each.shape().name().equals(state))
            .findFirst()
            .orElseThrow()
            .limits();
    return (double) limits.stream().filter(limit::equals).count() / limits.size();
  }

  @Test
  void pauseIsNamed() {
    RunReport report =
        report(
            workflow(s -> {}),
            engine -> {
              at(20, () -> engine.pause("first"));
              at(20 + 600, () -> engine.resume("first"));
            });
    assertThat(report.bottleneck().state()).isEqualTo("first");
    assertThat(report.bottleneck().limit()).isEqualTo(Limit.PAUSE);
    assertThat(report.bottleneck().sentence())
        .startsWith("\"first\" was paused for 8")
        .contains("raising limits would not help");
    assertThat(share(report, "first", Limit.PAUSE)).isBetween(0.8, 0.87);
    assertThat(share(report, "first", Limit.SLOTS)).isBetween(0.1, 0.2);
    assertThat(share(report, "first", Limit.OTHER)).isLessThan(0.01);
  }

  @Test
  void fullDiskIsNamed() {
    var workflow = workflow(s -> {});
    SimRunFile<String, String> file = new SimRunFile<>(workflow, 17);
    RunReport report =
        report(
            workflow,
            file,
            engine -> {
              at(20, () -> file.leaveRoom(0));
              at(20 + 600, () -> file.leaveRoom(1 << 30));
            });
    assertThat(report.bottleneck().limit()).isEqualTo(Limit.DISK);
    assertThat(report.bottleneck().sentence()).contains(" waited for the disk for 8");
    assertThat(share(report, "first", Limit.DISK)).isGreaterThan(0.75);
  }

  @Test
  void closedGateIsNamedThoughNothingHadBegun() {
    var atNine = TimeWindow.between(LocalTime.of(9, 0), LocalTime.of(17, 0), ZoneOffset.UTC);
    RunReport report = report(workflow(s -> s.limit(atNine)), engine -> {});
    assertThat(report.start()).isBefore(START.plusSeconds(1));
    assertThat(report.bottleneck().state()).isEqualTo("first");
    assertThat(report.bottleneck().limit()).isEqualTo(Limit.GATE);
    assertThat(report.bottleneck().sentence()).contains(" was held by a gate for 9");
  }

  @Test
  void serviceThatSaidNoIsNamed() {
    var workflow =
        Workflow.named("held", VirtualTime.class, String.class, String.class)
            .state("first", s -> s.exec((app, overall, job) -> refusedOnce(job)).concurrency(1))
            .state("second", s -> s.exec((app, overall, job) -> step(job, "done")).concurrency(1))
            .terminal("done")
            .build();
    RunReport report = report(workflow, engine -> {});
    assertThat(report.bottleneck().limit()).isEqualTo(Limit.CLOSED);
    assertThat(report.bottleneck().sentence()).contains("closed by a service that said no for 8");
  }

  private Outcome<String> refusedOnce(String job) throws InterruptedException {
    if (!wasRefused && job.equals("9")) {
      wasRefused = true;
      throw new ThrottledException(Duration.ofSeconds(600));
    }
    return step(job, "second");
  }

  @Test
  void waitsAreWithPauses() {
    RunReport paused =
        report(
            workflow(s -> {}),
            engine -> {
              at(20, () -> engine.pause("first"));
              at(20 + 600, () -> engine.resume("first"));
            });
    assertThat(paused.states().getFirst().waiting().max()).isGreaterThan(Duration.ofSeconds(600));
  }

  @Test
  void waitsAreWithoutTheTimeInWhichNoProcessRan() {
    var workflow = workflow(s -> {});
    SimRunFile<String, String> file = new SimRunFile<>(workflow, 17);
    Run<String, String> run = workflow.run("held", "");
    run.addAll(IntStream.range(0, JOBS).mapToObj(Integer::toString));
    engine(workflow, run, file).runUntil(START.plusSeconds(21));
    file.endProcess(false);
    VirtualTime later = new VirtualTime(START.plusSeconds(36_000), random.split());
    time = later;
    Run<String, String> again = file.open().orElseThrow();
    var engine = engine(workflow, again, file);
    engine.runUntil(START.plus(Duration.ofDays(2)));
    assertThat(engine.isResting()).isTrue();
    Run<String, String> read = file.open().orElseThrow();
    RunReport report = RunReport.of(workflow.shapes(), read.jobs(), read.holdNotes());
    assertThat(read.holdNotes()).singleElement().matches(HoldNote::isAbsence);
    assertThat(report.states().getFirst().waiting().max())
        .isBetween(Duration.ofSeconds(100), Duration.ofSeconds(130));
    assertThat(report.slowest())
        .allMatch(lane -> lane.wall().compareTo(Duration.ofSeconds(30)) < 0);
    assertThat(report.bottleneck().limit()).isEqualTo(Limit.SLOTS);
  }

  @Test
  void whatHoldsNothingIsNotNoted() {
    var workflow = workflow(s -> {});
    RunReport report = report(workflow, engine -> {});
    assertThat(report.bottleneck().limit()).isEqualTo(Limit.SLOTS);
    assertThat(share(report, "first", Limit.DISK)).isLessThan(0.05);
  }

  @Test
  void notesGrowSlowlyWhateverComesAndGoes() {
    RunReport report =
        report(
            workflow(s -> {}),
            engine -> {
              for (int i = 0; i < 2_000; i++) {
                at(10 + 20 * i, () -> engine.pause("first"));
                at(20 + 20 * i, () -> engine.resume("first"));
              }
            });
    assertThat(report.states().getFirst().limits()).contains(Limit.PAUSE);
  }

  @Test
  void holdIsKnownWhenTheProcessDiesInIt() {
    var workflow = workflow(s -> {});
    SimRunFile<String, String> file = new SimRunFile<>(workflow, 17);
    Run<String, String> run = workflow.run("held", "");
    run.addAll(IntStream.range(0, JOBS).mapToObj(Integer::toString));
    var engine = engine(workflow, run, file);
    at(20, () -> engine.pause("first"));
    for (int i = 0; i < 600; i++) {
      at(20 + i, () -> engine.pause("first")); // In virtual time samples come with what happens.
    }
    engine.runUntil(START.plus(Duration.ofSeconds(500)));
    file.endProcess(false);
    Run<String, String> read = file.open().orElseThrow();
    assertThat(read.holdNotes())
        .singleElement()
        .satisfies(note -> assertThat(note.held()).isGreaterThan(Duration.ofSeconds(400)))
        .extracting(HoldNote::state)
        .isEqualTo("first");
  }

  @Nested
  class Notes {
    private final Desk desk =
        Desk.of(w -> w.state("work", s -> s.exec(Desk::step)).terminal("done"));
    private final HoldWatch watch = new HoldWatch(START);
    private Instant now = START;

    /// Time passes, and the watch takes a sample of it.
    private List<HoldNote> passes(long millis) {
      now = now.plusMillis(millis);
      return watch.sample(desk.board(), now);
    }

    private HoldNote pause(long untilMillis, long heldMillis) {
      return new HoldNote(
          "work",
          LimitedBy.PAUSED,
          START,
          START.plusMillis(untilMillis),
          Duration.ofMillis(heldMillis));
    }

    @BeforeEach
    void enter() {
      desk.enter("work", "a", "b");
    }

    @Test
    void growByASecondAtLeastUntilTheHoldIsOver() {
      desk.pauses("work");
      assertThat(passes(1_000)).containsExactly(pause(1_000, 1_000));
      assertThat(passes(900)).isEmpty();
      desk.resumes("work");
      assertThat(passes(1_000)).as("a gap of a second").isEmpty();
      assertThat(passes(1)).as("and more").containsExactly(pause(1_900, 1_900));
      assertThat(passes(1)).isEmpty();
    }

    @Test
    void areCompleteWhenTheRunEnds() {
      desk.pauses("work");
      assertThat(passes(1_000)).hasSize(1);

      Instant end = START.plusMillis(1_100);
      assertThat(watch.end(desk.board(), end)).containsExactly(pause(1_100, 1_100));
      assertThat(watch.end(desk.board(), end)).isEmpty();
    }

    /// A second's pause, and two seconds without; says since when it held.
    private Instant holdsAndGoes() {
      desk.pauses("work");
      Instant since = passes(1_000).getLast().since();
      desk.resumes("work");
      passes(2_000);
      return since;
    }

    @Test
    void takeInWiderGapsWhenThereAreMany() {
      List<Instant> begins = IntStream.range(0, 66).mapToObj(i -> holdsAndGoes()).toList();

      assertThat(new HashSet<>(begins.subList(0, 64))).as("each by itself").hasSize(64);
      assertThat(begins.subList(64, 66)).as("one with the last").containsOnly(begins.get(63));
    }

    @Test
    void ofAnAbsenceNeedSomeTimeToHavePassed() {
      Run<String, String> run = Run.create("held", "", "none");
      assertThat(HoldWatch.absence(run, START)).as("of a run without jobs").isEmpty();
      Job<String> job = Job.create("a", "work", "", START);
      run.put(job.next().updated(START).transition("work", "work", START, Duration.ZERO).build());

      assertThat(HoldWatch.absence(run, START)).isEmpty();
      assertThat(HoldWatch.absence(run, START.minusSeconds(9))).as("a clock set back").isEmpty();
      assertThat(HoldWatch.absence(run, START.plusMillis(1)))
          .containsExactly(HoldNote.absence(START, START.plusMillis(1)));
    }
  }
}
