package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.event.StatusListener;
import dev.jorb.limit.Rate;
import dev.jorb.report.Bottleneck;
import dev.jorb.report.Limit;
import dev.jorb.report.RunReport;
import dev.jorb.run.Run;
import dev.jorb.serial.MemoryRunFile;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.State;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The bottlenecks of runs of the real scheduler in virtual time: named as they are by
/// construction, and advice that helps when it is followed.
class BottleneckOfRunsTest {
  private static final Instant START = Instant.parse("2026-11-24T08:00:00Z");

  /// A state: how many slots, how long its step takes, how many starts a second; 0 for any.
  private record Station(int slots, Duration step, int startsPerSecond) {
    Station(int slots, int stepMillis) {
      this(slots, Duration.ofMillis(stepMillis), 0);
    }

    Station rate(int perSecond) {
      return new Station(slots, step, perSecond);
    }

    void define(State.Builder<VirtualTime, String, String> state, String next) {
      state
          .exec((time, overall, job) -> {
            if (!step.isZero()) {
              time.sleep(step);
            }
            return Outcome.to(next, job);
          })
          .concurrency(slots);
      if (startsPerSecond > 0) {
        state.rate(Rate.perSecond(startsPerSecond));
      }
    }
  }

  /// How long a run took, and what its report says.
  private record Ended(Duration took, Bottleneck bottleneck) {}

  private static Ended run(int jobs, Station first, Station second) {
    SplittableRandom random = new SplittableRandom(17);
    VirtualTime time = new VirtualTime(START, random.split());
    var workflow =
        Workflow.named("limited", VirtualTime.class, String.class, String.class)
            .state("first", s -> first.define(s, "second"))
            .state("second", s -> second.define(s, "done"))
            .terminal("done")
            .build();
    Run<String, String> run = workflow.run("limited", "");
    run.addAll(IntStream.range(0, jobs).mapToObj(Integer::toString));
    var engine =
        new VirtualEngine<>(
            workflow,
            time,
            run,
            new MemoryRunFile().open(workflow, time),
            StatusListener.none(),
            time,
            random.split());
    engine.start();
    engine.runUntil(START.plus(Duration.ofDays(1)));
    assertThat(engine.isResting()).isTrue();
    return new Ended(
        engine.measures().elapsed(), RunReport.of(workflow.shapes(), run.jobs()).bottleneck());
  }

  private static void assertMuchShorter(Ended after, Ended before) {
    assertThat(after.took()).isLessThan(before.took().multipliedBy(7).dividedBy(10));
  }

  private static void assertNotShorter(Ended after, Ended before) {
    assertThat(after.took()).isGreaterThan(before.took().multipliedBy(95).dividedBy(100));
  }

  @Test
  void fewSlotsAreNamedAndMoreOfThemHelp() {
    Ended before = run(200, new Station(8, 1_000), new Station(2, 1_000));

    assertThat(before.bottleneck().state()).isEqualTo("second");
    assertThat(before.bottleneck().limit()).isEqualTo(Limit.SLOTS);
    assertMuchShorter(run(200, new Station(8, 1_000), new Station(4, 1_000)), before);
    assertNotShorter(run(200, new Station(16, 1_000), new Station(2, 1_000)), before);
  }

  @Test
  void lowRateIsNamedAndAHigherOneHelps() {
    Ended before = run(200, new Station(8, 1_000), new Station(8, 250).rate(2));

    assertThat(before.bottleneck().state()).isEqualTo("second");
    assertThat(before.bottleneck().limit()).isEqualTo(Limit.RATE);
    assertMuchShorter(run(200, new Station(8, 1_000), new Station(8, 250).rate(4)), before);
    assertNotShorter(run(200, new Station(8, 1_000), new Station(32, 250).rate(2)), before);
  }

  @Test
  void upstreamThatStarvesTheOthersIsNamed() {
    Ended before = run(100, new Station(1, 1_000), new Station(1, 900));

    assertThat(before.bottleneck().state()).isEqualTo("first");
    assertThat(before.bottleneck().limit()).isEqualTo(Limit.SLOTS);
    assertNotShorter(run(100, new Station(1, 1_000), new Station(4, 900)), before);
    assertMuchShorter(run(100, new Station(2, 1_000), new Station(2, 900)), before);
  }

  @Tag("slow")
  @Test
  void diskIsNotTakenForALimitThatCouldBeRaised() {
    Ended before = run(30_000, new Station(64, 0), new Station(64, 0));

    assertThat(before.bottleneck().limit()).isEqualTo(Limit.OTHER);
    assertThat(before.bottleneck().sentence())
        .contains("the disk", "raising its limits would not help");
    // Ten times the slots; the disk's delays are drawn anew.
    assertThat(run(30_000, new Station(640, 0), new Station(640, 0)).took())
        .isGreaterThan(before.took().multipliedBy(7).dividedBy(10));
  }
}
