package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.event.Standing;
import dev.jorb.event.StatusListener;
import dev.jorb.limit.Rate;
import dev.jorb.limit.ThrottledException;
import dev.jorb.limit.TimeWindow;
import dev.jorb.measure.LimitedBy;
import dev.jorb.report.Why;
import dev.jorb.report.Why.Reason;
import dev.jorb.run.Job;
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
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Why jobs of a run are where they are, for each reason that there is, in virtual time.
class WhyInVirtualTimeTest {
  private static final Instant START = Instant.parse("2026-11-24T08:00:00Z");

  private final SplittableRandom random = new SplittableRandom(17);
  private final VirtualTime time = new VirtualTime(START, random.split());
  private Workflow<VirtualTime, String, String> workflow;
  private Run<String, String> run;
  private VirtualEngine<VirtualTime, String, String> engine;

  private void start(int jobs, Consumer<State.Builder<VirtualTime, String, String>> first) {
    start(jobs, first, builder -> builder);
  }

  private void start(
      int jobs,
      Consumer<State.Builder<VirtualTime, String, String>> first,
      UnaryOperator<Workflow.Builder<VirtualTime, String, String>> more) {
    workflow =
        more.apply(
                Workflow.named("asked", VirtualTime.class, String.class, String.class)
                    .state("first", first)
                    .state("second", s -> s.exec(WhyInVirtualTimeTest::second))
                    .terminal("done"))
            .build();
    run = workflow.run("asked", "");
    run.addAll(IntStream.range(0, jobs).mapToObj(Integer::toString));
    engine =
        new VirtualEngine<>(
            workflow,
            time,
            run,
            new MemoryRunFile().open(workflow, time),
            StatusListener.none(),
            time,
            random.split());
    engine.start();
  }

  private void advance(Duration duration) {
    time.after(duration, () -> {});
    engine.runUntil(time.instant().plus(duration));
  }

  private static Outcome<String> second(VirtualTime time, String overall, String job)
      throws InterruptedException {
    time.sleep(Duration.ofHours(1));
    return Outcome.to("done", job);
  }

  /// Takes a minute.
  private static Outcome<String> slowly(VirtualTime time, String overall, String job)
      throws InterruptedException {
    time.sleep(Duration.ofMinutes(1));
    return Outcome.to("second", job);
  }

  private Why why(String id) {
    Standing standing = engine.standing(id).orElseThrow();
    return Why.of(
        run.job(id).orElseThrow(), run.jobs(), workflow.shapes(), standing, 0, time.instant());
  }

  @Test
  void slotsAreTakenByWhomAndWhoIsBefore() {
    start(12, s -> s.exec(WhyInVirtualTimeTest::slowly).concurrency(2));
    advance(Duration.ofSeconds(10));

    assertThat(why("0").reason()).isEqualTo(Reason.EXECUTING);
    assertThat(why("2").limitedBy()).isEqualTo(LimitedBy.SLOTS);
    assertThat(why("2").sentence())
        .startsWith("it is the next to start in \"first\"; all 2 slots are taken by ")
        .contains("0", "1");
    assertThat(why("4").sentence()).startsWith("it waits in \"first\" behind 2 jobs: 2, 3; ");
    assertThat(why("11").sentence())
        .startsWith("it waits in \"first\" behind 9 jobs: 2, 3, 4, 5, 6 and 4 more; ");
    assertThat(why("11").waitsFor()).containsExactly("2", "3", "4", "5", "6");
  }

  @Test
  void priorityCountsBeforeTheOrderOfComing() {
    start(1, s -> s.exec(WhyInVirtualTimeTest::slowly));
    run = workflow.run("asked", "");
    run.addAll(IntStream.range(0, 3).mapToObj(Integer::toString));
    run.put(Job.<String>builder("3", "first").context("3").priority(5).build());
    engine =
        new VirtualEngine<>(
            workflow,
            time,
            run,
            new MemoryRunFile().open(workflow, time),
            StatusListener.none(),
            time,
            random.split());
    engine.pause("first");
    engine.start();
    advance(Duration.ofSeconds(10));

    assertThat(why("3").sentence()).startsWith("it is the next to start");
    assertThat(why("0").waitsFor()).containsExactly("3");
  }

  @Test
  void rateLetsTheNextOneStartAtATime() {
    start(5, s -> s.exec(WhyInVirtualTimeTest::slowly).concurrency(9).rate(Rate.perHour(1)));
    advance(Duration.ofSeconds(10));

    assertThat(why("1").limitedBy()).isEqualTo(LimitedBy.RATE);
    assertThat(why("1").notBefore()).isEqualTo(START.plus(Duration.ofHours(1)));
    assertThat(why("1").sentence())
        .isEqualTo(
            "it is the next to start in \"first\"; slots are free, and it waits for 1 per 1H until"
                + " 2026-11-24T09:00:00Z");
  }

  @Test
  void serviceClosedItUntilWhenAndByWhoseRefusal() {
    start(
        5,
        s ->
            s.exec((app, overall, job) -> {
              throw new ThrottledException(Duration.ofMinutes(5));
            }));
    advance(Duration.ofSeconds(10));

    assertThat(why("1").limitedBy()).isEqualTo(LimitedBy.CLOSED);
    assertThat(why("1").notBefore()).isBetween(START.plusSeconds(300), START.plusSeconds(301));
    assertThat(why("1").sentence())
        .startsWith(
            "it waits in \"first\" behind job 0; closed by the service until 2026-11-24T08:05")
        .endsWith(", which refused job 0 last");
  }

  @Test
  void groupIsFullWithWhom() {
    start(
        5,
        s -> s.exec(WhyInVirtualTimeTest::slowly).concurrency(9),
        builder -> builder.group("open", 2, "first", "second"));
    advance(Duration.ofSeconds(90));

    assertThat(why("4").limitedBy()).isEqualTo(LimitedBy.GROUP);
    assertThat(why("4").sentence())
        .startsWith(
            "it waits in \"first\" behind 2 jobs: 2, 3; the group \"open\" is full: 2 of 2, with ");
  }

  @Test
  void gateOpensAtATimeOfDay() {
    var night = TimeWindow.between(LocalTime.of(18, 0), LocalTime.of(7, 0), ZoneOffset.UTC);
    start(1, s -> s.exec(WhyInVirtualTimeTest::slowly).limit(night));
    advance(Duration.ofSeconds(10));

    assertThat(why("0").limitedBy()).isEqualTo(LimitedBy.GATE);
    assertThat(why("0").notBefore()).isNotNull();
    assertThat(why("0").sentence()).contains("waits for the time from 18:00 to 07:00");
  }

  @Test
  void pausedByHand() {
    start(1, s -> s.exec(WhyInVirtualTimeTest::slowly));
    engine.pause("second");
    advance(Duration.ofMinutes(2));

    assertThat(why("0").limitedBy()).isEqualTo(LimitedBy.PAUSED);
    assertThat(why("0").sentence())
        .isEqualTo("it is the next to start in \"second\"; paused: by hand; resume it");
  }

  @Test
  void delayedUntilWhenAndAfterHowManyFailures() {
    start(
        1,
        s ->
            s.exec((app, overall, job) ->
                Outcome.stay(job).error("not yet").after(Duration.ofHours(2))));
    advance(Duration.ofMinutes(1));

    assertThat(why("0").reason()).isEqualTo(Reason.DELAYED);
    assertThat(why("0").sentence())
        .startsWith("it failed once in \"first\" and may start again at 2026-11-24T10:00:00");
  }

  @Test
  void parkedSinceWhenAndWhy() {
    start(
        1,
        s ->
            s.exec(
                    (app, overall, job) -> {
                      throw new IllegalStateException("HTTP 502");
                    })
                .retry(Retry.never()));
    advance(Duration.ofMinutes(1));

    assertThat(why("0").reason()).isEqualTo(Reason.PARKED);
    assertThat(why("0").sentence()).contains("since 2026-11-24T08:00:00", "HTTP 502");
  }

  @Test
  void whichKicksAreStillOut() {
    start(
        1,
        s ->
            s.exec((app, overall, job) ->
                Outcome.stay(job).kick("second", "a").kick("second", "b").awaitKicks()));
    advance(Duration.ofMinutes(61));

    assertThat(why("0").reason()).isEqualTo(Reason.KICKS_OUT);
    assertThat(why("0").waitsFor()).containsExactly("0->1");
    assertThat(why("0->1").reason()).isEqualTo(Reason.EXECUTING);
    assertThat(why("0->0").reason()).isEqualTo(Reason.ENDED);
  }
}
