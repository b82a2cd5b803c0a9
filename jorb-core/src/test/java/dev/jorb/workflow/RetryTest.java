package dev.jorb.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RetryTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void allowsAsManyRetriesAsItSays() {
    assertThat(Retry.times(2).allows(2)).isTrue();
    assertThat(Retry.times(2).allows(3)).isFalse();
    assertThat(Retry.never().allows(1)).isFalse();
  }

  @Test
  void defaultRetriesThreeTimes() {
    assertThat(Retry.DEFAULT.times()).isEqualTo(3);
  }

  @Test
  void delayIsWithinItsBoundsForAnyNumberOfFailures() {
    Retry retry = new Retry(Integer.MAX_VALUE, Duration.ofNanos(3), Duration.ofDays(365));
    SplittableRandom random = new SplittableRandom(1);
    for (int failures = 1; failures <= 200; failures++) {
      assertThat(retry.delay(failures, random)).isBetween(Duration.ZERO, Duration.ofDays(365));
    }
    assertThat(retry.delay(Integer.MAX_VALUE, random))
        .isBetween(Duration.ZERO, Duration.ofDays(365));
  }

  @Test
  void delayNeverExceedsTheMost() {
    Retry retry = new Retry(9, Duration.ofNanos(1), Duration.ofNanos(5));
    SplittableRandom random = new SplittableRandom(2);
    for (int draw = 0; draw < 1_000; draw++) {
      assertThat(retry.delay(1, random)).isLessThanOrEqualTo(Duration.ofNanos(1));
      assertThat(retry.delay(3, random)).isLessThanOrEqualTo(Duration.ofNanos(4));
      assertThat(retry.delay(4, random)).isLessThanOrEqualTo(Duration.ofNanos(5));
    }
  }

  @Test
  void backoffKeepsTheNumberOfTimes() {
    assertThat(Retry.times(7).backoff(SECOND, SECOND.multipliedBy(2)))
        .isEqualTo(new Retry(7, SECOND, SECOND.multipliedBy(2)));
  }

  @Test
  void onlyTheKindsThatAreWorthIt() {
    Retry retry =
        Retry.times(3)
            .onlyOn(java.io.IOException.class)
            .giveUpOn(java.io.FileNotFoundException.class)
            .onlyIf(failure -> !"410 gone".equals(failure.getMessage()));

    assertThat(retry.covers(new java.io.IOException("503"))).isTrue();
    assertThat(retry.covers(new java.io.IOException("410 gone"))).isFalse();
    assertThat(retry.covers(new java.io.FileNotFoundException("503"))).isFalse();
    assertThat(retry.covers(new IllegalStateException("503"))).isFalse();
  }

  @Nested
  class Refuses {
    @Test
    void negativeTimes() {
      refuses(() -> Retry.times(-1), "retry: times must be at least 0 but was -1");
    }

    @Test
    void noFirstDelay() {
      refuses(
          () -> Retry.times(1).backoff(Duration.ZERO, SECOND),
          "retry: the first delay must be above zero but was PT0S");
      refuses(
          () -> Retry.times(1).backoff(SECOND.negated(), SECOND),
          "retry: the first delay must be above zero but was PT-1S");
    }

    @Test
    void longestDelayOutsideItsBounds() {
      refuses(
          () -> Retry.times(1).backoff(SECOND, Duration.ofMillis(999)),
          "retry: the longest delay must be between the first, PT1S, and 365 days but was"
              + " PT0.999S");
      refuses(
          () -> Retry.times(1).backoff(SECOND, Duration.ofDays(366)),
          "retry: the longest delay must be between the first, PT1S, and 365 days but was PT8784H");
    }

    private void refuses(Runnable mistake, String message) {
      assertThatThrownBy(mistake::run)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(message);
    }
  }
}
