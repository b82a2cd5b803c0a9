package dev.jorb.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// The rule of the Go version, number for number.
class AimdTest {
  private static final long MILLI = 1_000_000L;
  private static final Permit PERMIT = new Permit(1, 0);

  private final Limiter limiter = Aimd.of(100, 10, 200).limiter();

  private double after(Feedback feedback, long millis) {
    limiter.ended(PERMIT, feedback, millis * MILLI);
    return limiter.learned().orElseThrow();
  }

  @Test
  void addsOneASecondAtMost() {
    assertThat(after(Feedback.SUCCEEDED, 0)).isEqualTo(101);
    assertThat(after(Feedback.SUCCEEDED, 999)).isEqualTo(101);
    assertThat(after(Feedback.SUCCEEDED, 1_000)).isEqualTo(102);
    assertThat(after(Feedback.FAILED, 9_000)).isEqualTo(102);
  }

  @Test
  void halvesOnceInTheMergeWindow() {
    assertThat(after(Feedback.REFUSED, 0)).isEqualTo(50);
    assertThat(after(Feedback.REFUSED, 499)).isEqualTo(50);
    assertThat(after(Feedback.REFUSED, 500)).isEqualTo(25);
    assertThat(after(Feedback.SUCCEEDED, 501)).as("at once after a refusal").isEqualTo(26);
  }

  @Test
  void staysBetweenItsBounds() {
    for (int i = 0; i < 10; i++) {
      after(Feedback.REFUSED, i * 1_000);
    }
    assertThat(after(Feedback.REFUSED, 99_000)).isEqualTo(10);
    for (int i = 0; i < 300; i++) {
      after(Feedback.SUCCEEDED, 100_000 + i * 1_000);
    }
    assertThat(after(Feedback.SUCCEEDED, 999_000)).isEqualTo(200);
  }

  @Test
  void countsEachRefusalWithoutAMergeWindow() {
    Limiter each = Aimd.of(100, 1, 200).merge(Duration.ZERO).limiter();
    each.ended(PERMIT, Feedback.REFUSED, 0);
    each.ended(PERMIT, Feedback.REFUSED, 0);

    assertThat(each.learned()).hasValue(25);
  }

  @Test
  void bringsItsSettingsIntoOrder() {
    assertThat(Aimd.of(5, 200, 10)).isEqualTo(Aimd.of(10, 10, 200));
    assertThat(Aimd.of(-1, -1, 7)).isEqualTo(Aimd.of(0, 1e-9, 7));
    assertThat(Aimd.of(500, 1, 7).initial()).isEqualTo(7);
  }

  @Test
  void letsASecondsWorthStartAtOnce() {
    int started = 0;
    while (limiter.waitNanos(1, 0) == 0) {
      limiter.started(1, 0);
      started++;
    }
    assertThat(started).isEqualTo(100);
    assertThat(limiter.waitNanos(1, 0)).isEqualTo(10 * MILLI);
  }
}
