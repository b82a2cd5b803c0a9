package dev.jorb.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RateTest {
  @Test
  void saysHowManyInWhatTimeAndHowManyAtOnce() {
    Rate rate = Rate.perMinute(80).burst(5);

    assertThat(rate.permits()).isEqualTo(80);
    assertThat(rate.period()).isEqualTo(Duration.ofMinutes(1));
    assertThat(rate.burst()).isEqualTo(5);
    assertThat(rate).hasToString("80 per 1M, burst 5");
  }

  @Test
  void permitsComeOneByOneIfNotSaidOtherwise() {
    assertThat(Rate.perSecond(10).burst()).isEqualTo(1);
  }

  @Test
  void burstMakesAnotherRate() {
    Rate rate = Rate.perHour(3);

    assertThat(rate.burst(2)).isNotSameAs(rate);
    assertThat(rate.burst()).isEqualTo(1);
  }

  @Nested
  class Refuses {
    @Test
    void permitsBelowOne() {
      refuses(Rate.perSecond(0), "rate: permits must be at least 1 but was 0");
      refuses(Rate.perMinute(-3), "rate: permits must be at least 1 but was -3");
    }

    @Test
    void periodsThatCannotBeMeant() {
      refuses(
          Rate.of(1, Duration.ZERO), "rate: period must be between 1 ns and 366 days but was PT0S");
      refuses(
          Rate.of(1, Duration.ofSeconds(-1)),
          "rate: period must be between 1 ns and 366 days but was PT-1S");
      refuses(
          Rate.of(1, Duration.ofDays(367)),
          "rate: period must be between 1 ns and 366 days but was PT8808H");
    }

    @Test
    void burstsBelowOne() {
      refuses(Rate.perSecond(1).burst(0), "rate: burst must be at least 1 but was 0");
    }

    private void refuses(Rate mistake, String message) {
      assertThat(mistake.problems()).containsExactly(message);
      assertThatThrownBy(mistake::limiter)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(message);
    }
  }
}
