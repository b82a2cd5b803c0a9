package dev.jorb.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.jorb.run.Job;
import dev.jorb.run.StateShape;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RunReportTest {
  private static final Instant START = Instant.parse("2026-11-24T10:00:00Z");

  /// A state of a simulated run: so many slots, so many seconds between two starts, so many seconds
  /// for a step.
  private record Station(int slots, double gap, double step) {
    StateShape shape(int index) {
      return new StateShape(
          "s" + index, false, slots, gap == 0 ? 0 : 1 / gap, List.of(), List.of());
    }
  }

  private record Event(double at, int job, int station, boolean isArrival) {}

  /// Sends jobs through stations, first come, first served, and gives them as a run file does.
  private static List<Job<String>> simulate(int count, Station... stations) {
    List<Job.Builder<String>> jobs = new ArrayList<>();
    List<ArrayDeque<Integer>> queues = new ArrayList<>();
    int[] busy = new int[stations.length];
    double[] nextStart = new double[stations.length];
    Arrays.stream(stations).forEach(each -> queues.add(new ArrayDeque<>()));
    PriorityQueue<Event> events = new PriorityQueue<>(Comparator.comparingDouble(Event::at));
    for (int i = 0; i < count; i++) {
      jobs.add(Job.builder(Integer.toString(i), "end"));
      events.add(new Event(0, i, 0, true));
    }
    while (!events.isEmpty()) {
      Event event = events.remove();
      int s = event.station();
      if (event.isArrival()) {
        queues.get(s).add(event.job());
      } else if (event.job() >= 0) {
        busy[s]--;
        String to = s + 1 == stations.length ? "end" : "s" + (s + 1);
        jobs.get(event.job())
            .transition(
                "s" + s, to, at(event.at()), Duration.ofNanos((long) (stations[s].step() * 1e9)));
        if (s + 1 < stations.length) {
          events.add(new Event(event.at(), event.job(), s + 1, true));
        }
      }
      while (!queues.get(s).isEmpty()
          && busy[s] < stations[s].slots()
          && event.at() >= nextStart[s] - 1e-9) {
        busy[s]++;
        nextStart[s] = event.at() + stations[s].gap();
        events.add(new Event(event.at() + stations[s].step(), queues.get(s).remove(), s, false));
        if (stations[s].gap() > 0) {
          events.add(new Event(nextStart[s], -1, s, false)); // A permit.
        }
      }
    }
    return jobs.stream().map(job -> job.context("").updated(START).build()).toList();
  }

  private static Instant at(double seconds) {
    return START.plusNanos((long) (seconds * 1e9));
  }

  private static RunReport report(int count, Station... stations) {
    List<StateShape> shapes = new ArrayList<>();
    for (int i = 0; i < stations.length; i++) {
      shapes.add(stations[i].shape(i));
    }
    shapes.add(StateShape.unknown("end", true));
    return RunReport.of(shapes, simulate(count, stations));
  }

  private static double seconds(RunReport report) {
    return Duration.between(report.start(), report.end()).toMillis() / 1e3;
  }

  @Nested
  class TheBottleneck {
    @Test
    void isTheStateWithTooFewSlots() {
      RunReport report =
          report(200, new Station(8, 0, 1), new Station(2, 0, 1), new Station(8, 0, 1));

      assertThat(report.bottleneck().state()).isEqualTo("s1");
      assertThat(report.bottleneck().limit()).isEqualTo(Limit.SLOTS);
      assertThat(report.bottleneck().share()).isGreaterThan(0.9);
      assertThat(report.bottleneck().sentence())
          .startsWith("\"s1\" was limited by its 2 slots for ");
    }

    @Test
    void isTheStateWithTheLowRate() {
      RunReport report =
          report(200, new Station(8, 0, 1), new Station(8, 0.5, 0.25), new Station(8, 0, 1));

      assertThat(report.bottleneck().state()).isEqualTo("s1");
      assertThat(report.bottleneck().limit()).isEqualTo(Limit.RATE);
      assertThat(report.bottleneck().sentence())
          .startsWith("\"s1\" was limited by its rate of 2 a second for ")
          .contains("more slots would not help");
    }

    @Test
    void isUpstreamOfAStateThatStarves() {
      RunReport report = report(200, new Station(1, 0, 1), new Station(1, 0, 0.9));

      assertThat(report.bottleneck().state()).isEqualTo("s0");
      assertThat(report.states().get(1).limits())
          .contains(Limit.NO_WORK)
          .doesNotContain(Limit.SLOTS);
    }

    /// Four jobs a minute at most, because each is inside for a minute, and no more than four may
    /// be.
    @Test
    void isTheGroupThatIsFull() {
      StateShape push = inGroup("push", 8);
      StateShape watch = inGroup("watch", 100);
      List<Job<String>> jobs = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        double in = i / 4 * 60;
        jobs.add(
            Job.<String>builder(Integer.toString(i), "end")
                .context("")
                .updated(START)
                .transition("push", "watch", at(in + 1), Duration.ofSeconds(1))
                .transition("watch", "end", at(in + 60), Duration.ofSeconds(59))
                .build());
      }
      RunReport report = RunReport.of(List.of(push, watch, StateShape.unknown("end", true)), jobs);

      assertThat(report.bottleneck().state()).isEqualTo("push");
      assertThat(report.bottleneck().limit()).isEqualTo(Limit.GROUP);
      assertThat(report.bottleneck().share()).isGreaterThan(0.8);
      assertThat(report.states().get(1).limits()).as("who is inside").doesNotContain(Limit.GROUP);
      assertThat(report.bottleneck().sentence())
          .startsWith("\"push\" was limited by its group \"open\" of at most 4 jobs for ")
          .contains("more slots would not help");
    }

    private static StateShape inGroup(String name, int slots) {
      return new StateShape(name, false, slots, 0, List.of(), List.of(), "open", 4);
    }

    /// Two starts of ten minutes each, with two slots always taken, and an hour between them.
    @Test
    void isNotTheTimeInWhichNoProcessRan() {
      List<Job<String>> jobs = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        double out = (i / 2 + 1) * 60 + (i < 20 ? 0 : 3_600);
        jobs.add(
            Job.<String>builder(Integer.toString(i), "end")
                .context("")
                .updated(START)
                .transition("s0", "end", at(out), Duration.ofSeconds(60))
                .build());
      }
      RunReport report =
          RunReport.of(
              List.of(new Station(2, 0, 0).shape(0), StateShape.unknown("end", true)), jobs);

      assertThat(report.idle()).isCloseTo(Duration.ofHours(1), Duration.ofMinutes(1));
      assertThat(report.bottleneck().limit()).isEqualTo(Limit.SLOTS);
      assertThat(report.bottleneck().share()).isGreaterThan(0.8);
      assertThat(report.states().getFirst().limits())
          .filteredOn(Limit.OTHER::equals)
          .as("but for the part in which the first process ended")
          .hasSizeLessThan(2);
    }

    @Test
    void isSomethingElseWhenJobsWaitAndNoLimitIsUsedUp() {
      List<Job<String>> jobs = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        // One after the other, a second apart, though there are eight slots: as a slow disk does
        // it.
        jobs.add(
            Job.<String>builder(Integer.toString(i), "end")
                .context("")
                .updated(START)
                .transition("s0", "end", at(i + 0.01), Duration.ofMillis(10))
                .build());
      }
      RunReport report =
          RunReport.of(
              List.of(new Station(8, 0, 0).shape(0), StateShape.unknown("end", true)), jobs);

      assertThat(report.bottleneck().limit()).isEqualTo(Limit.OTHER);
      assertThat(report.bottleneck().sentence()).contains("raising its limits would not help");
    }

    @Test
    void isNothingWhenNothingWaits() {
      RunReport report = report(4, new Station(8, 0, 1), new Station(8, 0, 1));

      assertThat(report.bottleneck().state()).isEmpty();
      assertThat(report.bottleneck().sentence()).startsWith("no limit held the run up");
    }

    @Test
    void raisingTheNamedLimitShortensTheRunAndRaisingAnotherDoesNot() {
      Station wide = new Station(8, 0, 1);
      Station narrow = new Station(2, 0, 1);
      double before = seconds(report(200, wide, narrow, wide));

      assertThat(seconds(report(200, wide, new Station(4, 0, 1), wide))).isLessThan(0.6 * before);
      assertThat(seconds(report(200, new Station(16, 0, 1), narrow, wide)))
          .isCloseTo(before, within(0.02 * before));
    }

    @Test
    void raisingTheNamedRateShortensTheRunAndMoreSlotsDoNot() {
      Station wide = new Station(8, 0, 1);
      double before = seconds(report(200, wide, new Station(8, 0.5, 0.25), wide));

      assertThat(seconds(report(200, wide, new Station(8, 0.25, 0.25), wide)))
          .isLessThan(0.6 * before);
      assertThat(seconds(report(200, wide, new Station(16, 0.5, 0.25), wide))).isEqualTo(before);
    }
  }

  @Nested
  class Figures {
    private final RunReport report = report(100, new Station(4, 0, 1), new Station(2, 0, 1));

    @Test
    void executionsAndTheirTimes() {
      StateReport first = report.states().get(0);

      assertThat(first.executions()).isEqualTo(100);
      assertThat(first.executing().at(50).toMillis()).isCloseTo(1_000, within(10L));
      assertThat(first.executing().total()).isEqualTo(Duration.ofSeconds(100));
      assertThat(first.waiting().max().toMillis()).as("24 s").isCloseTo(24_000, within(240L));
    }

    @Test
    void seriesAddUpToWhatHappened() {
      StateReport first = report.states().get(0);
      double part = report.partSeconds();

      assertThat(Arrays.stream(first.endedPerSecond()).sum() * part).isCloseTo(100, within(1e-6));
      assertThat(Arrays.stream(first.executingNow()).sum() * part).isCloseTo(100, within(1e-3));
      assertThat(first.executingNow()[10]).isCloseTo(4, within(1e-6));
      assertThat(first.executingNow()[239]).isZero();
    }

    @Test
    void lanesAreTheJobsWays() {
      assertThat(report.slowest()).hasSize(20);
      assertThat(report.slowest().getFirst().bars()).hasSize(2);
      assertThat(report.sample()).hasSize(100);
      assertThat(seconds(report)).isCloseTo(51, within(1.0));
    }
  }

  @Test
  void cancellingIsNoExecution() {
    List<StateShape> shapes =
        List.of(new Station(1, 0, 1).shape(0), StateShape.unknown("end", true));
    Job<String> done =
        Job.<String>builder("0", "end")
            .context("")
            .transition("s0", "end", START.plusSeconds(2), Duration.ofSeconds(2))
            .build();
    Job<String> cancelled =
        Job.<String>builder("1", Job.CANCELLED)
            .context("")
            .transition("s0", Job.CANCELLED, START.plusSeconds(3), Duration.ZERO)
            .build();

    RunReport report = RunReport.of(shapes, List.of(done, cancelled));

    StateReport state = report.states().getFirst();
    assertThat(state.executions()).isEqualTo(1);
    assertThat(state.executing().mean()).isEqualTo(Duration.ofSeconds(2));
    assertThat(report.states().getLast().shape().terminal()).isTrue();
  }

  @Test
  void runThatNeverStartedHasAReportToo() {
    RunReport report =
        RunReport.of(
            List.of(new Station(1, 0, 1).shape(0)), List.of(Job.create("0", "s0", "", START)));

    assertThat(report.bottleneck().sentence()).isEqualTo("nothing was executed yet");
    assertThat(report.states().getFirst().jobs()).isEqualTo(1);
  }

  @Test
  void kickedJobWaitsFromItsBirthAndARetryDoesNotWait() {
    Job<String> parent =
        Job.<String>builder("0", "end")
            .context("")
            .updated(START)
            .kicks(1)
            .transition("s0", "end", at(10), Duration.ofSeconds(10))
            .build();
    Job<String> child =
        Job.<String>builder("0->0", "end")
            .context("")
            .parent("0")
            .updated(START)
            .transition("s1", "s1", at(13), Duration.ofSeconds(1))
            .error("s1", at(13), "refused")
            .transition("s1", "s1", at(15), Duration.ofSeconds(1)) // A poll.
            .transition("s1", "end", at(20), Duration.ofSeconds(1))
            .build();

    RunReport report = RunReport.of(List.of(), List.of(parent, child));
    StateReport s1 =
        report.states().stream()
            .filter(s -> s.shape().name().equals("s1"))
            .findFirst()
            .orElseThrow();

    assertThat(s1.waiting().count()).isEqualTo(1);
    assertThat(s1.waiting().max().toMillis()).isCloseTo(2_000, within(20L));
    assertThat(s1.retries()).isEqualTo(1);
  }
}
