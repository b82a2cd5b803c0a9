package dev.jorb.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.limit.Feedback.Quota;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Limits that are kept per key, with a million of them.
class SharedLimitsTest {
  private static final int KEYS = 1_000_000;
  private static final long HOUR = Duration.ofHours(1).toNanos();

  private final SharedLimits limits = new SharedLimits();
  private int seen;
  private long nowNanos = Long.MAX_VALUE - HOUR;

  /// A call of each of so many new keys, one after the other; returns the most keys that were
  /// remembered.
  private int most(Limit limit, int keys, Duration between, Feedback answer) {
    int most = 0;
    for (int key = seen; key < seen + keys; key++) {
      LiveLimiter live = limits.get(limit, key, nowNanos);
      assertThat(live.waitNanos(1, nowNanos)).isZero();
      live.started(1, nowNanos);
      nowNanos += between.toNanos();
      live.ended(new Permit(1, nowNanos - between.toNanos()), answer, nowNanos);
      most = Math.max(most, limits.keys(limit));
    }
    seen += keys;
    return most;
  }

  @Tag("slow")
  @Test
  void ratesOfKeysThatAreFullAgainAreForgotten() {
    assertThat(most(Rate.perSecond(10), KEYS, Duration.ofMillis(10), Feedback.SUCCEEDED))
        .isLessThan(50);
  }

  @Tag("slow")
  @Test
  void learnedRatesAreForgottenAfterAnHour() {
    int anHour = 3_600;
    assertThat(most(LearnedRate.between(1, 50), KEYS, Duration.ofSeconds(1), Feedback.SUCCEEDED))
        .isBetween(anHour, 2 * anHour);
    assertThat(most(Aimd.of(1, 1, 50), 20 * anHour, Duration.ofSeconds(1), Feedback.SUCCEEDED))
        .isBetween(anHour, 2 * anHour);
  }

  @Test
  void quotasAreForgottenAfterAnHourBehindTheirEnd() {
    Feedback quota = Feedback.SUCCEEDED.quota(new Quota(10, 100, HOUR));
    int twoHours = 7_200;
    assertThat(most(Rate.perSecond(10), 20 * twoHours, Duration.ofSeconds(1), quota))
        .isBetween(twoHours / 2, 2 * twoHours);
  }

  @Test
  void keysThatAServiceClosedAreRememberedUntilTheyMayOpen() {
    Rate rate = Rate.perSecond(10);
    most(rate, 1_000, Duration.ofMillis(1), Feedback.refused(HOUR));

    assertThat(limits.keys(rate)).isEqualTo(1_000);
    most(rate, 1_000, Duration.ofMillis(1), Feedback.SUCCEEDED);
    assertThat(limits.keys(rate)).isGreaterThanOrEqualTo(1_000);
    assertThat(limits.get(rate, 7, nowNanos).waitNanos(1, nowNanos)).isPositive();
  }
}
