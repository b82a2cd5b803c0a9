package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.jorb.event.StatusListener;
import dev.jorb.limit.Limit;
import dev.jorb.limit.Limiter;
import dev.jorb.limit.Rate;
import dev.jorb.limit.ThrottledException;
import dev.jorb.limit.TimeWindow;
import dev.jorb.measure.Ending;
import dev.jorb.measure.LimitedBy;
import dev.jorb.measure.RunMeasures;
import dev.jorb.measure.Sample;
import dev.jorb.measure.StateMeasures;
import dev.jorb.run.Run;
import dev.jorb.serial.MemoryRunFile;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.State;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What is measured of runs whose figures are known by construction, in virtual time.
class MeasuresTest {
  private static final Instant START = Instant.parse("2026-11-24T08:00:00Z");

  private final SplittableRandom random = new SplittableRandom(17);
  private final VirtualTime time = new VirtualTime(START, random.split());
  private final MemoryRunFile file = new MemoryRunFile();

  private VirtualEngine<VirtualTime, String, String> start(
      int jobs, Consumer<State.Builder<VirtualTime, String, String>> first) {
    return start(jobs, first, s -> s.exec(MeasuresTest::second).concurrency(100));
  }

  private VirtualEngine<VirtualTime, String, String> start(
      int jobs,
      Consumer<State.Builder<VirtualTime, String, String>> first,
      Consumer<State.Builder<VirtualTime, String, String>> second) {
    var workflow =
        Workflow.named("measured", VirtualTime.class, String.class, String.class)
            .state("first", first)
            .state("second", second)
            .terminal("done")
            .build();
    Run<String, String> run = workflow.run("measured", "");
    run.addAll(IntStream.range(0, jobs).mapToObj(Integer::toString));
    var engine =
        new VirtualEngine<>(
            workflow,
            time,
            run,
            file.open(workflow, time),
            StatusListener.none(),
            time,
            random.split());
    engine.start();
    return engine;
  }

  private static Outcome<String> second(VirtualTime time, String overall, String job) {
    return Outcome.to("done", job);
  }

  /// Takes a second.
  private static Outcome<String> slowly(VirtualTime time, String overall, String job)
      throws InterruptedException {
    time.sleep(Duration.ofSeconds(1));
    return Outcome.to("second", job);
  }

  private static void advance(VirtualEngine<?, ?, ?> engine, VirtualTime time, int seconds) {
    engine.runUntil(time.instant().plusSeconds(seconds));
  }

  private LimitedBy limitedBy(VirtualEngine<?, ?, ?> engine, String state) {
    return engine.measures().state(state).load().limitedBy();
  }

  @Nested
  class AStateIsLimitedBy {
    @Test
    void itsSlotsAndTheNextHasNoWork() {
      var engine = start(10, s -> s.exec(MeasuresTest::slowly).concurrency(2));
      advance(engine, time, 2);

      assertThat(limitedBy(engine, "first")).isEqualTo(LimitedBy.SLOTS);
      assertThat(limitedBy(engine, "second")).isEqualTo(LimitedBy.NO_WORK);
    }

    @Test
    void itsRate() {
      var engine =
          start(10, s -> s.exec(MeasuresTest::slowly).concurrency(9).rate(Rate.perMinute(6)));
      advance(engine, time, 15);

      assertThat(limitedBy(engine, "first")).isEqualTo(LimitedBy.RATE);
    }

    @Test
    void aServiceThatSaidNo() {
      var engine =
          start(
              10,
              s ->
                  s.exec(
                          (app, overall, job) -> {
                            throw new ThrottledException(Duration.ofMinutes(5));
                          })
                      .concurrency(9));
      advance(engine, time, 15);

      assertThat(limitedBy(engine, "first")).isEqualTo(LimitedBy.CLOSED);
      assertThat(engine.measures().state("first").endings().get(Ending.REFUSED)).isPositive();
      assertThat(engine.measures().state("first").executions()).isZero();
    }

    @Test
    void theTimeOfDay() {
      var window = TimeWindow.between(LocalTime.of(18, 0), LocalTime.of(7, 0), ZoneOffset.UTC);
      var engine = start(10, s -> s.exec(MeasuresTest::slowly).limit(window));
      advance(engine, time, 15);

      assertThat(limitedBy(engine, "first")).isEqualTo(LimitedBy.GATE);
    }

    @Test
    void aLimiterOfTheWorkflowsOwn() {
      Limit never =
          () ->
              new Limiter() {
                @Override
                public long waitNanos(long cost, long nowNanos) {
                  return Limiter.UNTIL_CHANGED;
                }

                @Override
                public void started(long cost, long nowNanos) {}
              };
      var engine = start(10, s -> s.exec(MeasuresTest::slowly).limit(never));
      advance(engine, time, 15);

      assertThat(limitedBy(engine, "first")).isEqualTo(LimitedBy.LIMITER);
    }

    @Test
    void aPause() {
      var engine = start(10, s -> s.exec(MeasuresTest::slowly));
      engine.pause("first");
      advance(engine, time, 15);

      assertThat(limitedBy(engine, "first")).isEqualTo(LimitedBy.PAUSED);
    }
  }

  @Nested
  class Figures {
    @Test
    void timesAreThoseThatPassed() {
      var engine = start(10, s -> s.exec(MeasuresTest::slowly).concurrency(2));
      advance(engine, time, 60);
      StateMeasures first = engine.measures().state("first");

      assertThat(first.executions()).isEqualTo(10);
      assertThat(first.times().executing().total()).isEqualTo(Duration.ofSeconds(10));
      assertThat(first.times().executing().at(50).toMillis()).isCloseTo(1_000, within(10L));
      assertThat(first.times().waiting().count()).isEqualTo(10);
      assertThat(first.times().waiting().total()).isEqualTo(Duration.ofSeconds(2 * 10));
      assertThat(first.times().permit().count()).as("nothing needs a permit").isZero();
      assertThat(first.times().disk().count()).isEqualTo(10);
      assertThat(first.times().disk().max()).isPositive();
    }

    @Test
    void waitsBeginWhenAJobComesIntoTheState() {
      var engine =
          start(
              10,
              s -> s.exec(MeasuresTest::slowly).concurrency(10),
              s ->
                  s.exec(
                          (app, overall, job) -> {
                            app.sleep(Duration.ofSeconds(1));
                            return Outcome.to("done", job);
                          })
                      .concurrency(1));
      advance(engine, time, 60);

      assertThat(engine.measures().state("first").times().waiting().total()).isZero();
      assertThat(engine.measures().state("second").times().waiting().total().toMillis())
          .as("from 0 to 9 seconds")
          .isCloseTo(45_000, within(100L));
    }

    @Test
    void waitForAPermitIsWhatIsNotWaitForASlot() {
      var engine =
          start(4, s -> s.exec(MeasuresTest::slowly).concurrency(1).rate(Rate.perMinute(20)));
      advance(engine, time, 60);
      StateMeasures first = engine.measures().state("first");

      // One starts each three seconds; for one of them, its predecessor has the slot.
      assertThat(first.times().permit().count()).isEqualTo(4);
      assertThat(first.times().permit().total().toMillis()).isCloseTo(6_000, within(1L));
      assertThat(first.times().waiting().total().toMillis()).isCloseTo(18_000, within(1L));
    }

    @Test
    void slotsAndPermitsAreUsedToAPart() {
      var engine =
          start(1_000, s -> s.exec(MeasuresTest::slowly).concurrency(4).rate(Rate.perSecond(2)));
      advance(engine, time, 100);
      StateMeasures first = engine.measures().state("first");

      assertThat(first.elapsed().toSeconds()).isEqualTo(100);
      assertThat(first.slotUse()).isCloseTo(0.5, within(0.01));
      assertThat(first.permitUse()).isCloseTo(1, within(0.01));
      assertThat(first.perSecond()).isCloseTo(2, within(0.05));
      assertThat(first.load().executing()).isEqualTo(2);
    }

    @Test
    void throughputNowIsThatOfTheLastSeconds() {
      var engine =
          start(
              100,
              s ->
                  s.exec(
                          (app, overall, job) -> {
                            app.sleep(Duration.ofMillis(Integer.parseInt(job) < 50 ? 1_000 : 100));
                            return Outcome.to("second", job);
                          })
                      .concurrency(1));
      advance(engine, time, 54);
      StateMeasures first = engine.measures().state("first");

      assertThat(first.perSecondNow()).isCloseTo((6 + 40) / 10.0, within(0.4));
      assertThat(first.perSecond()).isCloseTo(90 / 54.0, within(0.1));
    }

    @Test
    void endingsAreToldApart() {
      var engine =
          start(
              60,
              s ->
                  s.exec((app, overall, job) ->
                          switch (Integer.parseInt(job) % 6) {
                            case 0 -> throw new IllegalStateException("broken");
                            case 1 -> Outcome.stay(job).error("not yet");
                            case 2 -> Outcome.to("nowhere", job);
                            case 3 -> {
                              app.sleep(Duration.ofHours(1));
                              yield Outcome.to("second", job);
                            }
                            default -> Outcome.to("second", job);
                          })
                      .concurrency(7)
                      .timeout(Duration.ofSeconds(5))
                      .retry(Retry.never()));
      advance(engine, time, 600);
      StateMeasures first = engine.measures().state("first");

      assertThat(first.endings())
          .containsEntry(Ending.SUCCEEDED, 20L)
          .containsEntry(Ending.EXCEPTION, 10L)
          .containsEntry(Ending.OUTCOME, 20L)
          .containsEntry(Ending.TIMEOUT, 10L)
          .containsEntry(Ending.CONTEXT, 0L);
      assertThat(first.failures()).isEqualTo(40);
    }

    @Test
    void queuesAreSeenOverTimeAndLongRunsKeepFewSamples() {
      var engine = start(4_000, s -> s.exec(MeasuresTest::slowly).concurrency(1));
      advance(engine, time, 3_600);
      List<Sample> history = engine.measures().state("first").history();

      assertThat(history).hasSizeBetween(200, 442);
      assertThat(history).isSortedAccordingTo((a, b) -> a.at().compareTo(b.at()));
      assertThat(history)
          .allSatisfy(sample -> {
            long second = sample.at().toSeconds();
            assertThat((long) sample.waiting()).isBetween(3_998 - second, 4_000 - second);
            assertThat(sample.executions()).isBetween(second - 1, second);
            assertThat(sample.limitedBy()).isEqualTo(LimitedBy.SLOTS);
          });
      assertThat(history.getFirst().at()).isLessThan(Duration.ofSeconds(20));
      assertThat(history.getLast().at()).isGreaterThan(Duration.ofSeconds(3_590));
    }

    @Test
    void wholeRunIsTheSumOfItsStates() {
      var engine = start(10, s -> s.exec(MeasuresTest::slowly).concurrency(2));
      advance(engine, time, 3);
      RunMeasures measures = engine.measures();
      StateMeasures whole = measures.whole();

      assertThat(measures.states())
          .extracting(StateMeasures::state)
          .containsExactly("first", "second");
      assertThat(whole.executions())
          .isEqualTo(measures.states().stream().mapToLong(StateMeasures::executions).sum())
          .isPositive();
      assertThat(whole.times().executing().count()).isEqualTo(whole.executions());
      assertThat(whole.load().limitedBy()).isEqualTo(LimitedBy.SLOTS);
      assertThat(whole.load().concurrency()).isEqualTo(102);
      assertThat(measures.commits().count()).isPositive();
      assertThatThrownBy(() -> measures.state("done"))
          .hasMessage("run \"measured\" measures no state \"done\"; it measures [first, second]");
    }

    @Test
    void nothingIsMeasuredAfterTheEnd() {
      var engine = start(1, s -> s.exec(MeasuresTest::slowly));
      advance(engine, time, 3_600);
      Duration elapsed = engine.measures().elapsed();

      assertThat(elapsed).isLessThan(Duration.ofSeconds(2));
      assertThat(engine.measures().state("first").load().slotSeconds()).isEqualTo(1);
    }
  }
}
