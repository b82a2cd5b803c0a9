package dev.jorb.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SlidingWindowTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void noWindowEverHoldsMore() {
    long seed = Long.getLong("jorb.seed", new Random().nextLong());
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      int permits = 1 + random.nextInt(7);
      long period = 1 + random.nextInt(1_000);
      Limiter window = Rate.of(permits, Duration.ofNanos(period)).sliding().limiter();
      List<Long> starts = new ArrayList<>();
      long now = Long.MAX_VALUE - 5_000;
      for (int i = 0; i < 200; i++) {
        now += random.nextInt(100);
        long wait = window.waitNanos(1, now);
        if (wait == 0) {
          window.started(1, now);
          starts.add(now);
        } else if (random.nextBoolean()) {
          now += wait;
          assertThat(window.waitNanos(1, now - 1)).as("before, seed " + seed).isPositive();
          assertThat(window.waitNanos(1, now)).as("after its wait, seed " + seed).isZero();
        }
      }
      for (int i = permits; i < starts.size(); i++) {
        assertThat(starts.get(i) - starts.get(i - permits))
            .as("start " + i + ", seed " + seed)
            .isGreaterThanOrEqualTo(period);
      }
    }
  }

  @Test
  void asManyMayStartAtOnce() {
    Limiter window = Rate.perSecond(3).sliding().limiter();
    for (int i = 0; i < 3; i++) {
      assertThat(window.waitNanos(1, 7)).isZero();
      window.started(1, 7);
    }
    assertThat(window.waitNanos(1, 7)).isEqualTo(SECOND);
  }

  @Test
  void costsThatCameOutLowerAreGivenBack() {
    Limiter window = Rate.perSecond(10).sliding().limiter();
    window.started(10, 0);
    window.ended(new Permit(10, 0), Feedback.SUCCEEDED.cost(4), 5);

    assertThat(window.waitNanos(6, 5)).isZero();
    assertThat(window.waitNanos(7, 5)).isEqualTo(SECOND - 5);
  }

  @Test
  void costAboveAllPermitsTakesAllOfThem() {
    Limiter window = Rate.perSecond(10).sliding().limiter();
    assertThat(window.waitNanos(99, 0)).isZero();
    window.started(99, 0);
    assertThat(window.waitNanos(1, SECOND - 1)).isEqualTo(1);
    assertThat(window.waitNanos(1, SECOND)).isZero();
  }

  @Test
  void isLikeNewWhenItsPeriodIsOver() {
    Limiter window = Rate.perSecond(10).sliding().limiter();
    window.started(1, 0);
    assertThat(window.isLikeNew(SECOND - 1)).isFalse();
    assertThat(window.isLikeNew(SECOND)).isTrue();
  }
}
