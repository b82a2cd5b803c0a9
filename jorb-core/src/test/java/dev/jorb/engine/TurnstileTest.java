package dev.jorb.engine;

import static dev.jorb.processor.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.limit.Concurrency;
import dev.jorb.limit.Feedback;
import dev.jorb.limit.Feedback.Quota;
import dev.jorb.limit.KeyedLimit;
import dev.jorb.limit.Limit;
import dev.jorb.limit.Limiter;
import dev.jorb.limit.Permit;
import dev.jorb.limit.Rate;
import dev.jorb.limit.SharedLimits;
import dev.jorb.limit.TimeWindow;
import dev.jorb.measure.LimitedBy;
import dev.jorb.workflow.State;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Limited states on the board, by plain calls. A job's key is the first letter of its id.
class TurnstileTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration NANO = Duration.ofNanos(1);

  private static Desk limited(Consumer<State.Builder<Object, String, String>> limits) {
    return Desk.of(w ->
        w.state(
                "call",
                s -> {
                  s.exec(Desk::step).concurrency(100_000);
                  limits.accept(s);
                })
            .state("free", s -> s.exec(Desk::step).concurrency(1_000))
            .terminal("done"));
  }

  /// The context is "context of " and the id.
  private static String id(String context) {
    return context.substring("context of ".length());
  }

  private static String host(String context) {
    return id(context).substring(0, 1);
  }

  private static void cancel(Desk desk, String id) {
    assertThat(desk.orders(new Order.Cancel(), id)).containsExactly("order for " + id);
    desk.carriesOut(id);
    desk.commits(id);
  }

  @Nested
  class Several {
    @Test
    void eachMustAgreeAndNoneIsTakenInVain() {
      Desk desk = limited(s -> s.rate(Rate.perSecond(1)).limit(Concurrency.of(1)));

      assertThat(desk.enter("call", "a", "b", "c")).containsExactly("a");
      assertThat(desk.passes(SECOND.multipliedBy(5))).isEmpty();
      assertThat(desk.finishes("a", "done")).containsExactly("b");
      assertThat(desk.finishes("b", "done")).isEmpty();
      assertThat(desk.passes(SECOND)).containsExactly("c");
    }

    @Test
    void shortAndLongPeriodsHoldTogether() {
      Desk desk =
          limited(s -> s.rate(Rate.perSecond(2).sliding().and(Rate.perMinute(3).sliding())));

      assertThat(desk.enter("call", "a", "b", "c", "d")).containsExactly("a", "b");
      assertThat(desk.passes(SECOND)).containsExactly("c");
      assertThat(desk.passes(Duration.ofSeconds(59).minus(NANO))).isEmpty();
      assertThat(desk.passes(NANO)).containsExactly("d");
    }
  }

  @Nested
  class Keys {
    @Test
    void takeTurns() {
      Desk desk =
          limited(s -> s.limit(Concurrency.of(1)).rate(Rate.perHour(1)).per(TurnstileTest::host));

      assertThat(desk.enter("call", "a1", "a2", "a3", "b1", "c1")).containsExactly("a1");
      assertThat(desk.finishes("a1", "done")).containsExactly("b1");
      assertThat(desk.finishes("b1", "done")).containsExactly("c1");
      assertThat(desk.finishes("c1", "done")).isEmpty();
    }

    @Test
    void slowOneHoldsUpNoOther() {
      Desk desk = limited(s -> s.rate(Rate.perSecond(1)).per(TurnstileTest::host));

      assertThat(desk.enter("call", "a1", "a2", "a3", "b1", "b2")).containsExactly("a1", "b1");
      assertThat(desk.refuses("a1", Feedback.refused(Duration.ofHours(1).toNanos()))).isEmpty();
      assertThat(desk.passes(SECOND)).containsExactly("b2");
      assertThat(desk.passes(Duration.ofMinutes(59))).isEmpty();
      assertThat(desk.enter("call", "c1")).containsExactly("c1");
    }

    @Test
    void haveTheirConcurrency() {
      Desk desk = limited(s -> s.limit(Concurrency.of(2)).per(TurnstileTest::host));

      assertThat(desk.enter("call", "a1", "a2", "a3", "b1")).containsExactly("a1", "b1", "a2");
      assertThat(desk.passes(Duration.ofDays(1))).isEmpty();
      assertThat(desk.finishes("b1", "done")).isEmpty();
      assertThat(desk.finishes("a2", "done")).containsExactly("a3");
    }

    @Test
    void mayHaveLimitsOfTheirOwn() {
      Limit limit = KeyedLimit.of(Rate.perHour(1)).with("b", Rate.perHour(2).sliding());
      Desk desk = limited(s -> s.limit(limit).per(TurnstileTest::host));

      assertThat(desk.enter("call", "a1", "a2", "b1", "b2", "b3"))
          .containsExactly("a1", "b1", "b2");
    }

    @Test
    void whoseTimeComesFirstGoFirstWhoeverCameFirst() {
      Limit limit = KeyedLimit.of(Rate.perHour(1)).with("b", Rate.perMinute(1));
      Desk desk = limited(s -> s.limit(limit).per(TurnstileTest::host));
      assertThat(desk.enter("call", "a1", "a2", "b1", "b2")).containsExactly("a1", "b1");

      assertThat(desk.untilNextDue()).isEqualTo(Duration.ofMinutes(1));
      assertThat(desk.passes(Duration.ofMinutes(1))).containsExactly("b2");
      assertThat(desk.passes(Duration.ofMinutes(59))).containsExactly("a2");
    }

    @Test
    void shareOneLimiterBetweenStates() {
      Limit limit = Concurrency.of(1);
      Desk desk =
          Desk.of(w ->
              w.state(
                      "one",
                      s -> s.exec(Desk::step).concurrency(9).limit(limit).per(TurnstileTest::host))
                  .state(
                      "two",
                      s -> s.exec(Desk::step).concurrency(9).limit(limit).per(TurnstileTest::host))
                  .terminal("done"));

      assertThat(desk.enter("one", "a1", "b1")).containsExactly("a1", "b1");
      assertThat(desk.enter("two", "a2")).isEmpty();
      assertThat(desk.finishes("b1", "done")).isEmpty();
      assertThat(desk.finishes("a1", "done")).containsExactly("a2");
    }

    @Test
    void areForgottenWhenAllTheirJobsHaveLeftOutOfTurn() {
      Desk desk =
          limited(s -> s.limit(Concurrency.of(1)).rate(Rate.perSecond(1)).per(TurnstileTest::host));
      desk.enter("call", "a1", "b1");
      cancel(desk, "b1");
      assertThat(desk.count("call").waiting()).isZero();
      assertThat(desk.finishes("a1", "done")).isEmpty();

      assertThat(desk.enter("call", "b2")).containsExactly("b2");
    }

    @Test
    void ofTwoKindsAreKeptApart() {
      Desk desk =
          limited(s ->
              s.limit(Concurrency.of(1))
                  .per(TurnstileTest::host)
                  .limit(Concurrency.of(1))
                  .per(context -> context.substring(context.length() - 1)));

      assertThat(desk.enter("call", "a1", "a2", "b1", "b2")).containsExactly("a1", "b2");
      assertThat(desk.finishes("a1", "done")).isEmpty();
      assertThat(desk.finishes("b2", "done")).containsExactlyInAnyOrder("b1", "a2");
    }

    @Test
    void thatCannotBeToldParkTheirJobAlone() {
      Desk desk = limited(s -> s.limit(Concurrency.of(1)).per(context -> id(context).charAt(1)));

      assertThat(desk.enter("call", "a1", "b", "c2")).containsExactly("a1", "c2");
      assertThat(desk.count("call").parked()).isEqualTo(1);
    }

    /// Calls at a rate for each job.
    private static Desk eachWithItsOwn(
        SharedLimits shared,
        Rate rate,
        int concurrency,
        Consumer<Workflow.Builder<Object, String, String>> more) {
      return Desk.sharing(
          shared,
          () -> {},
          w ->
              more.accept(
                  w.state(
                          "call",
                          s ->
                              s.exec(Desk::step)
                                  .concurrency(concurrency)
                                  .rate(rate)
                                  .per(TurnstileTest::id))
                      .terminal("done")));
    }

    @Test
    void areForgottenWhenNothingIsLostByIt() {
      SharedLimits shared = new SharedLimits();
      Rate rate = Rate.perSecond(10);
      Desk desk = eachWithItsOwn(shared, rate, 9, w -> {});

      for (int i = 0; i < 10_000; i++) {
        assertThat(desk.enter("call", "job" + i)).hasSize(1);
        desk.passes(Duration.ofMillis(10));
        desk.finishes("job" + i, "done");
      }

      assertThat(shared.keys(rate)).as("keys that are remembered").isLessThan(50);
    }

    @Test
    void thatHaveNoJobWhenItIsTheirTurnAreForgotten() {
      SharedLimits shared = new SharedLimits();
      Rate rate = Rate.perSecond(10);
      Desk desk = eachWithItsOwn(shared, rate, 1, w -> {});

      assertThat(desk.enter("call", "job0")).containsExactly("job0");
      for (int i = 0; i < 200; i++) {
        desk.enter("call", "gone" + i, "job" + (i + 1));
        cancel(desk, "gone" + i);
        desk.passes(SECOND);
        assertThat(desk.finishes("job" + i, "done")).containsExactly("job" + (i + 1));
      }

      assertThat(shared.keys(rate)).as("keys that are remembered").isLessThan(50);
    }

    @Test
    void whoseJobsLeaveBeforeTheyComeIntoAGroupAreForgotten() {
      SharedLimits shared = new SharedLimits();
      Rate rate = Rate.perSecond(1);
      Desk desk = eachWithItsOwn(shared, rate, 9, w -> w.group("few", 1, "call"));

      for (int i = 0; i < 200; i++) {
        assertThat(desk.enter("call", "job" + i)).containsExactly("job" + i);
        assertThat(desk.enter("call", "gone" + i)).isEmpty();
        assertThat(desk.finishes("job" + i, "call")).isEmpty();
        cancel(desk, "gone" + i);
        assertThat(desk.passes(SECOND)).containsExactly("job" + i);
        desk.finishes("job" + i, "done");
      }

      assertThat(shared.keys(rate)).as("keys that are remembered").isLessThan(50);
    }

    @Test
    void letNobodyIntoAFullGroupWhileOneInsideWaitsForItsOwn() {
      Desk desk =
          Desk.of(w ->
              w.state(
                      "call",
                      s ->
                          s.exec(Desk::step)
                              .concurrency(9)
                              .rate(Rate.perHour(1))
                              .per(TurnstileTest::host))
                  .terminal("done")
                  .group("few", 1, "call"));
      assertThat(desk.enter("call", "a", "b")).containsExactly("a");

      assertThat(desk.finishes("a", "call")).isEmpty();
      assertThat(desk.untilNextDue()).isEqualTo(Duration.ofHours(1));
      assertThat(desk.passes(Duration.ofHours(1))).containsExactly("a");
      assertThat(desk.finishes("a", "done")).containsExactly("b");
    }

    @Test
    void andCostsAreToldOnceForEachTimeThatAJobComes() {
      List<String> told = new ArrayList<>();
      Desk desk =
          limited(s ->
              s.rate(Rate.perSecond(10))
                  .per(context -> {
                    told.add("key");
                    return host(context);
                  })
                  .cost(context -> {
                    told.add("cost");
                    return 1;
                  }));
      desk.enter("call", "a");
      desk.refuses("a", Feedback.refused(SECOND.toNanos()));
      assertThat(desk.passes(SECOND)).containsExactly("a");
      assertThat(told).containsExactly("cost", "key");

      desk.finishes("a", "call");
      assertThat(told)
          .as("its context may be another")
          .containsExactly("cost", "key", "cost", "key");
    }
  }

  @Nested
  class Costs {
    @Test
    void areTakenFromTheRate() {
      Desk desk = limited(s -> s.rate(Rate.perSecond(10).burst(10)).cost(c -> c.length() - 11));

      // Ids of 5, 6 and 1 letters: they start in their order, though the last one would fit.
      assertThat(desk.enter("call", "aaaaa", "bbbbbb", "c")).containsExactly("aaaaa");
      assertThat(desk.passes(Duration.ofMillis(100))).containsExactly("bbbbbb");
      assertThat(desk.passes(Duration.ofMillis(100))).containsExactly("c");
    }

    @Test
    void areCorrectedAfterwards() {
      Desk desk = limited(s -> s.rate(Rate.perSecond(10).burst(10)).cost(c -> 10));

      assertThat(desk.enter("call", "a", "b", "c")).containsExactly("a");
      assertThat(desk.finishesWith(Feedback.SUCCEEDED.cost(1), "a", "done")).isEmpty();
      assertThat(desk.passes(Duration.ofMillis(100))).containsExactly("b");
      assertThat(desk.finishesWith(Feedback.SUCCEEDED.cost(20), "b", "done")).isEmpty();
      assertThat(desk.passes(Duration.ofMillis(1_999))).isEmpty();
      assertThat(desk.passes(Duration.ofMillis(1))).containsExactly("c");
    }

    @Test
    void ofZeroNeedNoPermit() {
      Desk desk = limited(s -> s.rate(Rate.perHour(1)).cost(c -> id(c).equals("a") ? 1 : 0));

      assertThat(desk.enter("call", "a", "b", "c")).containsExactly("a", "b", "c");
    }

    @Test
    void belowZeroParkTheirJob() {
      Desk desk = limited(s -> s.rate(Rate.perSecond(10)).cost(c -> -1));

      assertThat(desk.enter("call", "a")).isEmpty();
      assertThat(desk.count("call").parked()).isEqualTo(1);
    }
  }

  @Nested
  class Refusals {
    @Test
    void handTheJobBackAndCloseTheStateUntilTheTimeThatWasNamed() {
      Desk desk = limited(s -> s.rate(Rate.perSecond(1_000).burst(1_000)));
      desk.enter("call", "a", "b", "c", "d");

      assertThat(desk.refuses("b", Feedback.refused(SECOND.toNanos()))).isEmpty();
      assertThat(desk.enter("call", "e")).isEmpty();
      assertThat(desk.passes(SECOND.minus(NANO))).isEmpty();
      assertThat(desk.passes(NANO)).as("one probe, and the first in line").containsExactly("b");
      assertThat(desk.count("call").waiting()).isEqualTo(1);
    }

    @Test
    void closeStatesWithoutLimitsToo() {
      Desk desk = limited(s -> {});
      desk.enter("free", IntStream.range(0, 1_002).mapToObj(i -> "f" + i).toArray(String[]::new));

      assertThat(desk.refuses("f5", Feedback.refused(SECOND.toNanos()))).isEmpty();
      assertThat(desk.enter("call", "a")).as("other states go on").containsExactly("a");
      assertThat(desk.passes(SECOND)).containsExactly("f5");
      assertThat(desk.finishes("f5", "done")).containsExactly("f1000");
    }

    @Test
    void closeStatesWithoutLimitsForJobsThatAreHandedBackLaterToo() {
      Desk desk =
          Desk.of(w -> w.state("call", s -> s.exec(Desk::step).concurrency(9)).terminal("done"));
      desk.enter("call", "a", "b");
      desk.refuses("a", Feedback.refused(SECOND.toNanos()));

      assertThat(desk.withdraws("b")).isEmpty();
      assertThat(desk.passes(SECOND)).as("one probe").containsExactly("b");
      assertThat(desk.finishes("b", "done")).containsExactly("a");
    }

    @Test
    void closeNoOtherStateWithoutLimits() {
      Desk desk =
          Desk.of(w ->
              w.state("mail", s -> s.exec(Desk::step).concurrency(9))
                  .state("call", s -> s.exec(Desk::step).concurrency(9))
                  .terminal("done"));
      desk.enter("mail", "a");
      desk.enter("call", "b");
      desk.refuses("a", Feedback.refused(Duration.ofHours(1).toNanos()));
      assertThat(desk.refuses("b", Feedback.refused(Duration.ofMinutes(1).toNanos()))).isEmpty();
      assertThat(desk.passes(Duration.ofMinutes(1))).containsExactly("b");
    }

    @Test
    void ofOneBurstCountOnce() {
      Desk desk = limited(s -> s.limit(Concurrency.of(4)));
      desk.enter("call", "a", "b", "c", "d");

      desk.refuses("a", Feedback.REFUSED);
      desk.lets(Duration.ofMillis(500));
      desk.refuses("b", Feedback.REFUSED);
      desk.refuses("c", Feedback.REFUSED);
      assertThat(desk.passes(Duration.ofMillis(500))).as("a second, not four").hasSize(1);
    }

    @Test
    void inARowDoubleTheTimeIfTheServiceNamesNone() {
      Desk desk = limited(s -> s.limit(Concurrency.of(4)));
      desk.enter("call", "a");

      for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
        desk.refuses("a", Feedback.REFUSED);
        assertThat(desk.passes(Duration.ofSeconds(seconds).minus(NANO))).isEmpty();
        assertThat(desk.passes(NANO)).containsExactly("a");
      }
    }

    @Test
    void areFollowedByASlowStart() {
      Desk desk = limited(s -> s.limit(Concurrency.of(8)));
      desk.enter("call", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l");
      desk.refuses("a", Feedback.refused(SECOND.toNanos()));
      for (String id : List.of("b", "c", "d", "e", "f", "g", "h")) {
        desk.finishes(id, "done");
      }

      assertThat(desk.passes(SECOND)).containsExactly("a");
      assertThat(desk.finishes("a", "done")).containsExactly("i", "j");
      assertThat(desk.finishes("i", "done")).containsExactly("k", "l");
    }

    @Test
    void ofTheProbeCloseAgain() {
      Desk desk = limited(s -> s.limit(Concurrency.of(8)));
      desk.enter("call", "a", "b");
      desk.refuses("a", Feedback.refused(SECOND.toNanos()));

      assertThat(desk.passes(SECOND)).containsExactly("a");
      assertThat(desk.refuses("a", Feedback.refused(SECOND.toNanos()))).isEmpty();
      assertThat(desk.passes(SECOND)).containsExactly("a");
    }

    @Test
    void mayOnlyExtendTheTime() {
      Desk desk = limited(s -> s.limit(Concurrency.of(8)));
      desk.enter("call", "a", "b", "c");
      desk.refuses("a", Feedback.refused(Duration.ofMinutes(1).toNanos()));
      desk.refuses("b", Feedback.refused(SECOND.toNanos()));
      desk.refuses("c", Feedback.refused(Duration.ofMinutes(2).toNanos()));

      assertThat(desk.passes(Duration.ofMinutes(2).minus(NANO))).isEmpty();
      assertThat(desk.passes(NANO)).hasSize(1);
    }
  }

  @Nested
  class Quotas {
    @Test
    void holdTheStateBeforeTheServiceRefuses() {
      Desk desk = limited(s -> s.limit(Concurrency.of(1)));
      Quota quota = new Quota(2, 4, Duration.ofMinutes(10).toNanos());

      desk.enter("call", "a", "b", "c", "d", "e", "f", "g", "h");
      assertThat(desk.finishesWith(Feedback.SUCCEEDED.quota(quota), "a", "done"))
          .containsExactly("b");
      assertThat(desk.finishes("b", "done")).containsExactly("c");
      assertThat(desk.finishes("c", "done")).as("two were left").isEmpty();
      assertThat(desk.passes(Duration.ofMinutes(10).minus(NANO))).isEmpty();
      assertThat(desk.passes(NANO)).containsExactly("d");
      assertThat(desk.finishes("d", "done")).containsExactly("e");
    }

    @Test
    void holdAStateThatHadNoLimitsToo() {
      Desk desk =
          Desk.of(w -> w.state("call", s -> s.exec(Desk::step).concurrency(1)).terminal("done"));
      Quota quota = new Quota(1, 10, Duration.ofMinutes(10).toNanos());
      desk.enter("call", "a", "b", "c");
      desk.refuses("a", Feedback.refused(SECOND.toNanos()));
      desk.passes(SECOND);

      assertThat(desk.finishesWith(Feedback.SUCCEEDED.quota(quota), "a", "done"))
          .containsExactly("b");
      assertThat(desk.finishes("b", "done")).as("one was left").isEmpty();
    }

    @Test
    void countWhatIsOnItsWay() {
      Desk desk = limited(s -> s.limit(Concurrency.of(3)));
      Quota quota = new Quota(2, -1, Duration.ofMinutes(10).toNanos());

      assertThat(desk.enter("call", "a", "b", "c", "d", "e")).containsExactly("a", "b", "c");
      assertThat(desk.finishesWith(Feedback.SUCCEEDED.quota(quota), "a", "done"))
          .as("b and c may be the two that are left")
          .isEmpty();
    }
  }

  @Nested
  class QuotasOutOfOrder {
    @Test
    void loseNothingIfAnswersOvertakeEachOther() {
      Desk desk = limited(s -> s.limit(Concurrency.of(3)));
      long reset = Duration.ofMinutes(10).toNanos();

      desk.enter("call", "a");
      desk.lets(NANO);
      desk.enter("call", "b");
      desk.lets(NANO);
      desk.enter("call", "c", "d", "e", "f");
      assertThat(desk.finishesWith(Feedback.SUCCEEDED.quota(new Quota(2, 9, reset)), "c", "done"))
          .as("a and b may be the two that are left")
          .isEmpty();
      assertThat(desk.finishesWith(Feedback.SUCCEEDED.quota(new Quota(3, 9, reset)), "b", "done"))
          .as("b was counted before c")
          .containsExactly("d");
      assertThat(desk.finishesWith(Feedback.SUCCEEDED.quota(new Quota(0, 9, reset)), "a", "done"))
          .as("a was counted after c, and so was d")
          .isEmpty();
    }
  }

  @Nested
  class LimitersOfUsers {
    /// Answers what it is told to.
    record Odd(Consumer<List<Long>> answers) implements Limit {
      @Override
      public Limiter limiter() {
        return new Limiter() {
          @Override
          public long waitNanos(long cost, long nowNanos) {
            List<Long> answer = new ArrayList<>();
            answers.accept(answer);
            return answer.getFirst();
          }

          @Override
          public void started(long cost, long nowNanos) {}
        };
      }

      @Override
      public String toString() {
        return "an odd one";
      }
    }

    @Test
    void thatThrowStopTheirStateAlone() {
      Desk desk =
          limited(s ->
              s.limit(
                  new Odd(answer -> {
                    throw new IllegalStateException("no idea");
                  })));

      assertThat(desk.enter("call", "a")).isEmpty();
      assertThat(desk.enter("free", "b")).containsExactly("b");
      assertThat(desk.passes(Duration.ofDays(1))).isEmpty();
      assertThat(desk.count("call").hold())
          .isEqualTo(
              "held: its limiter \"an odd one\" threw java.lang.IllegalStateException: no idea");
      assertThat(desk.untilNextDue()).isNull();
      assertThat(desk.limitedBy("call")).isEqualTo(LimitedBy.LIMITER);
    }

    @Test
    void thatThrowWhenAStartIsOverStopTheirStateAlone() {
      Desk desk = limited(s -> s.limit(new Forgetful()));
      assertThat(desk.enter("call", "a", "b")).containsExactly("a", "b");

      assertThat(desk.finishes("a", "free")).containsExactly("a");
      assertThat(desk.enter("call", "c")).isEmpty();
      assertThat(desk.count("call").hold())
          .startsWith("held: its limiter \"a forgetful one\" threw ")
          .endsWith("IllegalStateException: who was it?");
      assertThat(desk.sets("call", 0, Concurrency.of(5))).containsExactly("c");
    }

    /// Throws when a start is over.
    record Forgetful() implements Limit {
      @Override
      public Limiter limiter() {
        return new Limiter() {
          @Override
          public long waitNanos(long cost, long nowNanos) {
            return 0;
          }

          @Override
          public void started(long cost, long nowNanos) {}

          @Override
          public void ended(Permit permit, Feedback feedback, long nowNanos) {
            throw new IllegalStateException("who was it?");
          }
        };
      }

      @Override
      public String toString() {
        return "a forgetful one";
      }
    }

    @Test
    void thatAnswerNonsenseStopTheirStateAlone() {
      Desk desk = limited(s -> s.limit(new Odd(answer -> answer.add(-5L))));

      assertThat(desk.enter("call", "a")).isEmpty();
      assertThat(desk.enter("free", "b")).containsExactly("b");
      assertThat(desk.count("call").hold())
          .isEqualTo("held: its limiter \"an odd one\" answered a wait of -5 ns");
    }
  }

  @Nested
  class Settings {
    @Test
    void ofConcurrencyCountAtOnce() {
      Desk desk =
          Desk.of(w -> w.state("call", s -> s.exec(Desk::step).concurrency(3)).terminal("done"));

      assertThat(desk.enter("call", "a", "b", "c", "d", "e")).containsExactly("a", "b", "c");
      assertThat(desk.sets("call", 1)).isEmpty();
      assertThat(desk.finishes("a", "done")).isEmpty();
      assertThat(desk.finishes("b", "done")).isEmpty();
      assertThat(desk.finishes("c", "done")).containsExactly("d");
      assertThat(desk.sets("call", 2)).containsExactly("e");
    }

    @Test
    void ofRatesCountForThoseThatWaitAndForWhatHasPassed() {
      Desk desk = limited(s -> s.rate(Rate.perHour(1)));

      assertThat(desk.enter("call", "a", "b", "c")).containsExactly("a");
      assertThat(desk.sets("call", 0, Rate.perSecond(1))).as("one has passed").isEmpty();
      assertThat(desk.passes(SECOND)).containsExactly("b");
    }

    @Test
    void makeTheTimeOfTheOldLimitForgotten() {
      Desk desk = limited(s -> s.rate(Rate.perHour(1)).per(TurnstileTest::host));

      desk.enter("call", "a1", "a2", "a3");
      assertThat(desk.untilNextDue()).isEqualTo(Duration.ofHours(1));
      assertThat(desk.sets("call", 0, Concurrency.of(2))).containsExactly("a2");
      assertThat(desk.untilNextDue()).as("no time brings a place").isNull();
    }

    @Test
    void countForEachKeyThatWaits() {
      Desk desk = limited(s -> s.rate(Rate.perHour(1)).per(TurnstileTest::host));

      desk.enter("call", "a1", "a2", "b1", "b2");
      assertThat(desk.sets("call", 0, Concurrency.of(2))).containsExactlyInAnyOrder("a2", "b2");
      assertThat(desk.enter("call", "c1", "c2", "c3")).containsExactly("c1", "c2");
    }

    @Test
    void countForOtherStatesThatShareTheLimit() {
      Limit shared = Concurrency.of(1);
      Desk desk =
          Desk.of(w ->
              w.state("one", s -> s.exec(Desk::step).concurrency(9).limit(shared))
                  .state("two", s -> s.exec(Desk::step).concurrency(9).limit(shared))
                  .terminal("done"));

      desk.enter("one", "a");
      assertThat(desk.enter("two", "b", "c")).isEmpty();
      assertThat(desk.sets("one", 0, Concurrency.of(2))).containsExactly("b");
      assertThat(desk.finishes("a", "done")).containsExactly("c");
    }

    @Test
    void letAStateGoOnThatALimiterHeld() {
      Desk desk = limited(s -> s.limit(new LimitersOfUsers.Odd(answer -> answer.add(-5L))));

      assertThat(desk.enter("call", "a")).isEmpty();
      assertThat(desk.count("call").hold()).startsWith("held: its limiter");
      assertThat(desk.sets("call", 0, Rate.perSecond(1))).containsExactly("a");
    }

    @Test
    void thatCannotBeMeantChangeNothing() {
      Desk desk = limited(s -> s.rate(Rate.perSecond(1)));
      desk.enter("call", "a", "b");

      assertThatThrownBy(() -> desk.sets("call", 0, Rate.perSecond(0)))
          .hasMessage("rate: permits must be at least 1 but was 0");
      assertThatThrownBy(() -> desk.sets("call", 1, Rate.perSecond(9)))
          .hasMessage("state \"call\" has 1 limits, so there is none at place 1");
      assertThatThrownBy(() -> desk.sets("free", 0, Rate.perSecond(9)))
          .hasMessage("state \"free\" has no limits");
      assertThatThrownBy(() -> desk.sets("lost", 9)).hasMessageStartingWith("unknown state");
      assertThat(desk.passes(SECOND)).containsExactly("b");
    }
  }

  @Nested
  class Windows {
    private final TimeWindow night =
        TimeWindow.between(LocalTime.of(18, 0), LocalTime.of(8, 0), ZoneOffset.UTC);

    @Test
    void openAtTheirTimeAndCloseAtIt() {
      Desk desk = limited(s -> s.limit(night));
      desk.isAt(Instant.parse("2026-11-24T17:30:00Z"));

      assertThat(desk.enter("call", "a")).isEmpty();
      assertThat(desk.passes(Duration.ofMinutes(30).minus(NANO))).isEmpty();
      assertThat(desk.passes(NANO)).containsExactly("a");
      desk.lets(Duration.ofHours(14).minus(NANO));
      assertThat(desk.enter("call", "b")).containsExactly("b");
      desk.lets(NANO);
      assertThat(desk.enter("call", "c")).isEmpty();
      assertThat(desk.passes(Duration.ofHours(10))).containsExactly("c");
    }

    @Test
    void followTheClockOnTheWall() {
      Desk desk = limited(s -> s.limit(night));
      desk.isAt(Instant.parse("2026-11-24T12:00:00Z"));
      assertThat(desk.enter("call", "a")).isEmpty();
      desk.isAt(Instant.parse("2026-11-24T18:00:00Z"));

      assertThat(desk.passes(NANO)).containsExactly("a");
    }
  }

  @Nested
  class OtherRuns {
    @Test
    void shareWhatTheyAreGiven() {
      SharedLimits shared = new SharedLimits();
      Limit limit = Concurrency.of(1);
      AtomicInteger calls = new AtomicInteger();
      Desk first = sharing(shared, limit, () -> {});
      Desk second = sharing(shared, limit, calls::incrementAndGet);

      assertThat(first.enter("call", "a")).containsExactly("a");
      assertThat(second.enter("call", "b")).isEmpty();
      assertThat(calls).hasValue(0);
      first.finishes("a", "done");
      assertThat(calls).as("calls of the run that waits").hasValue(1);
      assertThat(second.passes(NANO)).containsExactly("b");
    }

    @Test
    void areToldWhenOneOfTheirKeysMayGoOn() {
      SharedLimits shared = new SharedLimits();
      Limit limit = Concurrency.of(1);
      AtomicInteger calls = new AtomicInteger();
      Desk first = sharingKeys(shared, limit, () -> {});
      Desk second = sharingKeys(shared, limit, calls::incrementAndGet);

      assertThat(first.enter("call", "a1", "b1")).containsExactly("a1", "b1");
      assertThat(second.enter("call", "a2")).isEmpty();
      first.finishes("b1", "done");
      assertThat(calls).as("calls for a key that nobody waits for").hasValue(0);
      first.finishes("a1", "done");
      assertThat(calls).as("calls of the run that waits").hasValue(1);
      assertThat(second.passes(NANO)).containsExactly("a2");
    }

    private Desk sharingKeys(SharedLimits shared, Limit limit, Runnable called) {
      return Desk.sharing(
          shared,
          called,
          w ->
              w.state(
                      "call",
                      s -> s.exec(Desk::step).concurrency(9).limit(limit).per(TurnstileTest::host))
                  .terminal("done"));
    }

    @Test
    void doNotWaitForOneInWhichAJobLeftOutOfTurn() {
      SharedLimits shared = new SharedLimits();
      Desk desk = sharing(shared, Concurrency.of(1), () -> {});
      desk.enter("call", "a", "b");
      cancel(desk, "b");

      Thread other =
          Thread.ofVirtual()
              .start(() -> {
                shared.lock();
                shared.unlock();
              });
      eventually("the other run has had its turn", () -> !other.isAlive());
    }

    private Desk sharing(SharedLimits shared, Limit limit, Runnable called) {
      return Desk.sharing(
          shared,
          called,
          w ->
              w.state("call", s -> s.exec(Desk::step).concurrency(9).limit(limit))
                  .terminal("done"));
    }
  }
}
