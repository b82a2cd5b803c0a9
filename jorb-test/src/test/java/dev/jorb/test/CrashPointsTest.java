package dev.jorb.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CrashPointsTest {
  private static final int CHANGES = 3;

  /// A service that outlives the process.
  static final class Forge {
    final Simulation simulation;
    final List<String> pullRequests = new ArrayList<>();
    final List<String> pushes = new ArrayList<>();
    int processes;

    Forge(Simulation simulation) {
      this.simulation = simulation;
    }

    void open(String repository) {
      pullRequests.add(repository);
    }
  }

  record Change(String repository) {}

  static Outcome<Change> edit(Forge forge, String overall, Change change) {
    return Outcome.to("push", change);
  }

  /// The mistake: it does not look whether there is a pull request already.
  static Outcome<Change> pushBlindly(Forge forge, String overall, Change change) {
    forge.open(change.repository);
    return Outcome.to("pushed", change);
  }

  static Outcome<Change> push(Forge forge, String overall, Change change) {
    if (!forge.pullRequests.contains(change.repository)) {
      forge.open(change.repository);
    }
    return Outcome.to("pushed", change);
  }

  /// The same mistake, but only in the middle of the step.
  static Outcome<Change> pushSlowly(Forge forge, String overall, Change change)
      throws InterruptedException {
    if (!forge.pushes.contains(change.repository)) {
      forge.open(change.repository);
      forge.simulation.sleep(Duration.ofSeconds(5));
      forge.pushes.add(change.repository);
    }
    return Outcome.to("pushed", change);
  }

  static Workflow<Forge, String, Change> workflow(
      dev.jorb.workflow.Exec<Forge, String, Change> push) {
    return Workflow.named("changes", Forge.class, String.class, Change.class)
        .state("edit", s -> s.exec(CrashPointsTest::edit).concurrency(2))
        .state("push", s -> s.exec(push).concurrency(2).retry(Retry.times(1)))
        .terminal("pushed")
        .build();
  }

  static CrashPoints<Forge, String, Change, Forge> points(
      Workflow<Forge, String, Change> workflow) {
    return CrashPoints.of(workflow, Forge::new, CrashPointsTest::process, forge -> run(workflow))
        .invariant(
            "onePullRequest", forge -> assertThat(forge.pullRequests).doesNotHaveDuplicates())
        .runInvariant(
            "allPushed",
            run -> assertThat(run.jobs()).extracting(Job::state).containsOnly("pushed"));
  }

  private static Forge process(Forge forge) {
    forge.processes++;
    return forge;
  }

  private static Run<String, Change> run(Workflow<Forge, String, Change> workflow) {
    Run<String, Change> run = workflow.run("r", "o");
    for (int i = 0; i < CHANGES; i++) {
      run.add(new Change("repository " + i));
    }
    return run;
  }

  @Nested
  class InParallel {
    @Test
    void trialsAreMadeAtTheSameTime() {
      var workflow = workflow(CrashPointsTest::push);
      AtomicInteger made = new AtomicInteger();
      CountDownLatch two = new CountDownLatch(2);
      CrashPoints.of(
              workflow,
              simulation -> {
                if (made.incrementAndGet() > 1) { // The first is the run without a crash.
                  two.countDown();
                  assertThat(two.await(30, TimeUnit.SECONDS)).isTrue();
                }
                return new Forge(simulation);
              },
              CrashPointsTest::process,
              forge -> run(workflow))
          .parallel(2)
          .check();
    }

    @Test
    void reportIsTheSame() {
      var blind = points(workflow(CrashPointsTest::pushBlindly)).seeds(3);

      assertThat(blind.parallel(4).run()).hasToString(blind.run().toString());
    }

    @Test
    void whatATrialThrowsIsThrown() {
      var workflow = workflow(CrashPointsTest::push);
      AtomicInteger made = new AtomicInteger();
      var points =
          CrashPoints.of(
              workflow,
              simulation -> {
                if (made.incrementAndGet() == 3) {
                  throw new IOException("no place for a world");
                }
                return new Forge(simulation);
              },
              CrashPointsTest::process,
              forge -> run(workflow));

      assertThatThrownBy(points.parallel(2)::check)
          .hasMessage("the world cannot be made: java.io.IOException: no place for a world");
      assertThatThrownBy(() -> points.parallel(0))
          .hasMessage("at least 1 trial at a time, but was 0");
    }
  }

  @Nested
  class OfStepsThatAreVerified {
    private final Workflow<Forge, String, Change> verified =
        Workflow.named("changes", Forge.class, String.class, Change.class)
            .state("edit", s -> s.exec(CrashPointsTest::edit).concurrency(2))
            .state(
                "push",
                s -> s.exec(CrashPointsTest::pushBlindly).concurrency(2).verify(this::lookForIt))
            .terminal("pushed")
            .build();

    private final List<String> lookedAt = new ArrayList<>();

    private Optional<Outcome<Change>> lookForIt(Forge forge, String overall, Job<Change> job) {
      lookedAt.add(job.id());
      return forge.pullRequests.contains(job.context().repository)
          ? Optional.of(Outcome.to("pushed", job.context()))
          : Optional.empty();
    }

    @Test
    void breakNothingThoughTheStepLooksForNothing() {
      CrashReport report = points(verified).seeds(20).check();

      assertThat(report.broken()).isEmpty();
      assertThat(lookedAt).contains("0", "1", "2");
    }

    @Test
    void sameStepUnverifiedIsFound() {
      CrashReport report = points(workflow(CrashPointsTest::pushBlindly)).seeds(20).run();

      assertThat(report.toString()).contains("break onePullRequest: after push, before its record");
    }

    @Test
    void leaveJobsParkedIfTheStateSaysSo() {
      var parking =
          Workflow.named("changes", Forge.class, String.class, Change.class)
              .state("push", s -> s.exec(CrashPointsTest::pushBlindly).parkInDoubt())
              .terminal("pushed")
              .build();

      CrashReport report =
          CrashPoints.of(parking, Forge::new, CrashPointsTest::process, forge -> run(parking))
              .invariant(
                  "onePullRequest", forge -> assertThat(forge.pullRequests).doesNotHaveDuplicates())
              .runInvariant(
                  "onlyWhatWasNotRecordedIsParked",
                  run ->
                      assertThat(run.jobs())
                          .filteredOn(job -> job.parked().isPresent())
                          .hasSizeLessThan(3))
              .seeds(5)
              .check();

      assertThat(report.points()).isGreaterThan(20);
    }
  }

  @Nested
  class OfBatches {
    private static List<Outcome<Change>> pushAll(
        Forge forge, String overall, List<Job<Change>> jobs, boolean looks) {
      for (Job<Change> job : jobs) {
        String repository = job.context().repository;
        if (!looks || !forge.pullRequests.contains(repository)) {
          forge.open(repository);
        }
      }
      return jobs.stream().map(job -> Outcome.to("pushed", job.context())).toList();
    }

    private static CrashPoints<Forge, String, Change, Forge> pointsOfBatches(boolean looks) {
      return points(
          Workflow.named("changes", Forge.class, String.class, Change.class)
              .state(
                  "push",
                  s ->
                      s.execBatch(
                          2, (forge, overall, jobs) -> pushAll(forge, overall, jobs, looks)))
              .terminal("pushed")
              .build());
    }

    @Test
    void breakNothingIfTheStepLooksFirst() {
      pointsOfBatches(true).seeds(20).check();
    }

    @Test
    void nameTheCallWhoseJobsAreDoneTwice() {
      CrashReport report = pointsOfBatches(false).run();

      assertThat(report.broken())
          .extracting(broken -> broken.invariant())
          .containsOnly("onePullRequest");
      assertThat(report.tried())
          .extracting(tried -> tried.point().where())
          .contains("after push of job 0 and push of job 1, before its record");
    }
  }

  @Nested
  class OfStepsThatLookFirst {
    @Test
    void breakNothing() {
      CrashReport report = points(workflow(CrashPointsTest::push)).seeds(20).check();

      assertThat(report.broken()).isEmpty();
      assertThat(report.toString())
          .isEqualTo(report.points() + " crash points, none breaks anything");
    }

    @Test
    void areAfterEachStepAndInAndAfterEachRecord() {
      CrashReport report = points(workflow(CrashPointsTest::push)).seeds(20).check();

      for (long seed = 1; seed <= 20; seed++) {
        long each = seed;
        List<CrashPoint> points =
            report.tried().stream()
                .filter(tried -> tried.seed() == each)
                .map(CrashReport.Tried::point)
                .toList();
        assertThat(points)
            .extracting(CrashPoint::where)
            .contains(
                "after edit of job 0, before its record",
                "after edit of job 2, before its record",
                "after push of job 0, before its record",
                "after push of job 2, before its record");
        long records =
            points.stream().filter(p -> p.where().startsWith("after the record")).count();
        assertThat(points)
            .filteredOn(p -> p.where().startsWith("in the middle of the record"))
            .hasSize((int) records);
        assertThat(points)
            .filteredOn(p -> p.where().startsWith("after the note that"))
            .isNotEmpty()
            .hasSize((int) (points.size() - 2 * CHANGES - 2 * records));
        assertThat(points)
            .extracting(CrashPoint::number)
            .containsExactlyElementsOf(
                java.util.stream.IntStream.range(0, points.size()).boxed().toList());
      }
    }

    @Test
    void startTheProcessASecondTimeInTheSameWorld() {
      AtomicInteger trials = new AtomicInteger();
      points(workflow(CrashPointsTest::push))
          .invariant(
              "oneWorld",
              forge -> assertThat(forge.processes).isEqualTo(trials.getAndIncrement() == 0 ? 1 : 2))
          .check();

      assertThat(trials).hasValueGreaterThan(10);
    }
  }

  @Nested
  class OfAStepThatIsNotIdempotent {
    @Test
    void breakItsInvariantExactlyBetweenItsWorkAndItsRecord() {
      CrashReport report = points(workflow(CrashPointsTest::pushBlindly)).run();

      assertThat(report.broken())
          .isNotEmpty()
          .extracting(CrashReport.Broken::invariant)
          .containsOnly("onePullRequest");
      assertThat(report.brokenPlaces()).containsExactly("after push, before its record");
    }

    @Test
    void areNamedWithTheWayToTryOneAgain() {
      CrashPoints<Forge, String, Change, Forge> points =
          points(workflow(CrashPointsTest::pushBlindly));
      CrashReport report = points.run();
      CrashReport.Tried first =
          report.tried().stream().filter(each -> each.result() != null).findFirst().orElseThrow();

      assertThatThrownBy(points::check)
          .isInstanceOf(AssertionError.class)
          .hasMessageStartingWith(
              report.points()
                  + " crash points, "
                  + report.broken().size()
                  + " break onePullRequest: after push, before its record")
          .hasMessageContaining("point " + first.point().number() + ", after push of job ")
          .hasMessageEndingWith("try one again: .only(1, " + first.point().number() + ")");
      assertThatThrownBy(points.only(1, first.point().number())::check)
          .hasMessageStartingWith("1 crash point, 1 breaks onePullRequest: after push");
    }

    @Test
    void areFoundInsideItTooWhereTheWorldTakesTime() {
      CrashReport report = points(workflow(CrashPointsTest::pushSlowly)).run();

      assertThat(report.brokenPlaces()).containsExactly("inside push");
    }
  }

  @Nested
  class CannotBeTried {
    @Test
    void ofARunThatBreaksItsInvariantsByItself() {
      assertThatThrownBy(() ->
              points(workflow(CrashPointsTest::push))
                  .invariant("never", forge -> assertThat(forge.pullRequests).isEmpty())
                  .run())
          .isInstanceOf(AssertionError.class)
          .hasMessageStartingWith("seed 1 breaks never without any crash: ");
    }

    @Test
    void ofARunThatIsAnotherEachTime() {
      AtomicInteger calls = new AtomicInteger();

      assertThatThrownBy(() ->
              points(
                      workflow((forge, overall, change) ->
                          calls.getAndIncrement() % 4 == 0
                              ? Outcome.stay(change)
                              : push(forge, overall, change)))
                  .run())
          .isInstanceOf(AssertionError.class)
          .hasMessageStartingWith("seed 1 is not the same history each time: point ")
          .hasMessageContaining("Simulation.random()");
    }

    @Test
    void underNamesThatAreTakenOrNumbersThatAreNone() {
      var points = points(workflow(CrashPointsTest::push));

      assertThatThrownBy(() -> points.invariant("onePullRequest", forge -> {}))
          .hasMessage("there are two invariants with the name onePullRequest");
      assertThatThrownBy(() -> points.only(1, -1))
          .hasMessage("a point's number must be at least 0 but was -1");
      assertThatThrownBy(() -> points.only(1, 5_000).run())
          .hasMessageContaining("there is no point 5000");
    }

    @Test
    void inAWorldThatCannotBeMade() {
      Workflow<Forge, String, Change> workflow = workflow(CrashPointsTest::push);

      assertThatThrownBy(() ->
              CrashPoints.of(
                      workflow,
                      simulation -> {
                        throw new IOException("no such place");
                      },
                      (Forge forge) -> forge,
                      forge -> run(workflow))
                  .run())
          .hasMessage("the world cannot be made: java.io.IOException: no such place");
    }
  }

  @Nested
  class AfterARestart {
    @Test
    void arunThatCannotRestIsFound() {
      CrashReport report =
          points(
                  workflow((forge, overall, change) ->
                      forge.processes > 1
                          ? Outcome.stay(change).after(Duration.ofDays(100))
                          : push(forge, overall, change)))
              .run();

      assertThat(report.broken())
          .isNotEmpty()
          .extracting(CrashReport.Broken::invariant)
          .containsOnly("comesToRest");
    }

    @Test
    void theWorldIsClosed() {
      List<String> closed = new ArrayList<>();
      record Place(List<String> closed) implements AutoCloseable {
        @Override
        public void close() {
          closed.add("closed");
        }
      }
      Workflow<Place, String, Change> workflow =
          Workflow.named("w", Place.class, String.class, Change.class)
              .state("work", s -> s.exec((place, overall, change) -> Outcome.to("done", change)))
              .terminal("done")
              .build();

      CrashReport report =
          CrashPoints.of(
                  workflow,
                  simulation -> new Place(closed),
                  place -> place,
                  place -> workflow.run("r", "o").add(new Change("a")))
              .check();

      assertThat(report.points()).isEqualTo(4);
      assertThat(closed).hasSize(5);
    }
  }
}
