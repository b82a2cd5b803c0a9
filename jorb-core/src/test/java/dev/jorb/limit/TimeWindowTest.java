package dev.jorb.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class TimeWindowTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private final TimeWindow day =
      TimeWindow.between(LocalTime.of(9, 0), LocalTime.of(17, 0), BERLIN);
  private final TimeWindow night =
      TimeWindow.between(LocalTime.of(18, 0), LocalTime.of(8, 0), BERLIN);

  private static Duration closed(TimeWindow window, String time) {
    return window.closedFor(Instant.parse(time));
  }

  @Test
  void isOpenFromItsBeginningToBeforeItsEnd() {
    assertThat(closed(day, "2026-01-15T07:59:59Z")).isEqualTo(Duration.ofSeconds(1));
    assertThat(closed(day, "2026-01-15T08:00:00Z")).isZero();
    assertThat(closed(day, "2026-01-15T15:59:59Z")).isZero();
    assertThat(closed(day, "2026-01-15T16:00:00Z")).isEqualTo(Duration.ofHours(16));
  }

  @Test
  void mayGoOverMidnight() {
    assertThat(closed(night, "2026-01-15T23:30:00Z")).isZero();
    assertThat(closed(night, "2026-01-15T06:59:59Z")).isZero();
    assertThat(closed(night, "2026-01-15T07:00:00Z")).isEqualTo(Duration.ofHours(10));
  }

  @Test
  void goesByTheClocksOfItsPlaceWhenTheyChange() {
    // In the night to 29 March 2026 the clocks go from two to three.
    assertThat(closed(day, "2026-03-28T16:00:00Z")).isEqualTo(Duration.ofHours(15));
  }

  @Test
  void refusesToOpenAndCloseAtTheSameTime() {
    assertThat(TimeWindow.between(LocalTime.NOON, LocalTime.NOON, BERLIN).problems())
        .containsExactly(
            "time window: it must not open and close at the same time but does at 12:00");
  }
}
