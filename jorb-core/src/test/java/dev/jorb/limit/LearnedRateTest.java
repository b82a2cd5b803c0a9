package dev.jorb.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LearnedRateTest {
  private static Caller calling(LearnedRate rate, int serviceRate) {
    return new Caller(rate.limiter(), 64, Caller.bucket(serviceRate));
  }

  @Test
  void findsTheLimitFromBelowAndStaysThere() {
    Caller caller = calling(LearnedRate.between(1, 1_000), 100);
    caller.calls(120);

    assertThat(caller.limiter.learned().orElseThrow()).isBetween(90.0, 110.0);
    caller.calls(300);
    assertThat(caller.accepted).isGreaterThan(28_500);
    assertThat(caller.refused).isLessThan(30);
  }

  @Test
  void findsLimitsOfAnySize() {
    for (int rate : new int[] {5, 20, 400}) {
      Caller caller = calling(LearnedRate.between(1, 1_000), rate);
      caller.calls(200);
      caller.calls(200);

      assertThat(caller.accepted).as("accepted at " + rate).isGreaterThan(180L * rate);
    }
  }

  @Test
  void followsALimitThatFallsAndComesBack() {
    AtomicInteger rate = new AtomicInteger(100);
    Map<Integer, LongPredicate> services = Map.of(100, Caller.bucket(100), 20, Caller.bucket(20));
    Caller caller =
        new Caller(
            LearnedRate.between(1, 1_000).limiter(), 64, now -> services.get(rate.get()).test(now));
    caller.calls(200);
    rate.set(20);
    caller.calls(60);
    assertThat(caller.refused).isLessThan(60);
    caller.calls(60);
    assertThat(caller.accepted).isBetween(1_100L, 1_250L);
    rate.set(100);
    caller.calls(150);
    caller.calls(60);
    assertThat(caller.accepted).isGreaterThan(5_400);
  }

  @Test
  void beginsWhereItLeftOff() {
    Limiter limiter = LearnedRate.between(1, 1_000).limiter();
    assertThat(limiter.learned()).isEmpty();
    limiter.recall(100);
    Caller caller = new Caller(limiter, 64, Caller.bucket(100));
    caller.calls(5);

    assertThat(caller.accepted).isGreaterThan(450);
  }

  @Test
  void asksRarelyWhileNothingIsAccepted() {
    Caller caller =
        new Caller(LearnedRate.between(1, 1_000).startAt(100).limiter(), 64, now -> false);
    caller.calls(600);

    assertThat(caller.refused).isBetween(5L, 60L);
  }

  @Test
  void doesNotGrowWhileNobodyWaitsForIt() {
    Caller caller = new Caller(LearnedRate.between(50, 1_000).limiter(), 1, now -> true);
    caller.calls(600); // One at a time, a tenth of a second each: ten per second.

    Limiter limiter = caller.limiter;
    long wait = 0;
    for (int i = 0; i < 10 && wait == 0; i++) {
      limiter.started(1, 700 * Caller.SECOND);
      wait = limiter.waitNanos(1, 700 * Caller.SECOND);
    }
    assertThat(wait).as("still some 50 per second").isBetween(1L, Caller.SECOND / 40);
  }

  @Nested
  class Refuses {
    @Test
    void settingsThatCannotBeMeant() {
      refuses(
          LearnedRate.between(0, 5), "learned rate: min must be above zero but was 0.0 per second");
      refuses(
          LearnedRate.between(Double.NaN, 5),
          "learned rate: min must be above zero but was NaN per second");
      refuses(
          LearnedRate.between(1, Double.POSITIVE_INFINITY),
          "learned rate: max must be above zero and finite but was Infinity per second");
      refuses(
          LearnedRate.between(9, 5),
          "learned rate: min must not be above max but was 9.0, above 5.0 per second");
      refuses(
          LearnedRate.between(1, 5).startAt(7),
          "learned rate: initial must be between min, 1.0, and max, 5.0, but was 7.0 per second");
      refuses(
          AdaptiveConcurrency.between(9, 5),
          "concurrency: min must not be above max but was 9.0, above 5.0 at a time");
      refuses(Concurrency.of(0), "concurrency: must be at least 1 but was 0");
      refuses(
          KeyedLimit.of(Rate.perSecond(1)).with("a", Rate.perSecond(0)),
          "key a: rate: permits must be at least 1 but was 0");
      refuses(Aimd.of(Double.NaN, 1, 5), "aimd: initial must be a finite number but was NaN");
      refuses(
          Aimd.of(1, 1, 5).interval(Duration.ZERO),
          "aimd: interval must be above zero but was PT0S");
    }

    private void refuses(Limit mistake, String message) {
      assertThat(mistake.problems()).containsExactly(message);
      if (!(mistake instanceof KeyedLimit)) {
        assertThatThrownBy(mistake::limiter)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage(message);
      }
    }
  }
}
