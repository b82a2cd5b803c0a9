package dev.jorb.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceHintsTest {
  private static final Instant NOW = Instant.parse("1994-11-06T08:49:07Z");

  private static ServiceHints hints(Map<String, ?> headers) {
    return ServiceHints.of(headers, NOW);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "30",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994"
      })
  void readsRetryAfterInAllItsForms(String value) {
    assertThat(hints(Map.of("retry-after", value)).retryAfter()).contains(Duration.ofSeconds(30));
  }

  @Test
  void takesDatesThatAreOverAsNow() {
    String past = "Sun, 06 Nov 1994 08:00:00 GMT";
    assertThat(hints(Map.of("Retry-After", past)).retryAfter()).contains(Duration.ZERO);
  }

  @Test
  void comparesDatesWithTheServersOwn() {
    Map<String, String> headers =
        Map.of(
            "Date", "Sun, 06 Nov 1994 10:00:00 GMT",
            "Retry-After", "Sun, 06 Nov 1994 10:00:05 GMT");
    assertThat(hints(headers).retryAfter()).contains(Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "-5", "1e3", "", "99999999999999999999"})
  void passesOverWhatItDoesNotUnderstand(String value) {
    assertThat(hints(Map.of("Retry-After", value)).retryAfter()).isEmpty();
  }

  @Test
  void readsTheFieldsOfTheDraft() {
    Map<String, ?> headers =
        Map.of(
            "RateLimit-Policy", "\"burst\";q=100;w=60, \"daily\";q=1000;w=86400",
            "RateLimit", "\"burst\";r=50;t=30, \"daily\";r=7;t=3600");
    isQuota(hints(headers), 7, 1_000, 3_600);
  }

  @Test
  void readsTheDraftsEarlierForms() {
    isQuota(hints(Map.of("RateLimit", "limit=100, remaining=50, reset=5")), 50, 100, 5);
    isQuota(
        hints(
            Map.of(
                "RateLimit-Limit", "100, 100;w=60",
                "RateLimit-Remaining", "50",
                "RateLimit-Reset", "5")),
        50,
        100,
        5);
  }

  @Test
  void tellsWhatAVendorMeansByItsSize() {
    long seconds = NOW.getEpochSecond() + 90;
    Instant later = Instant.parse("2026-11-24T10:00:00Z");
    isQuota(vendor("90"), 3, 60, 90);
    isQuota(
        ServiceHints.of(vendorHeaders(Long.toString(later.getEpochSecond() + 90)), later),
        3,
        60,
        90);
    isQuota(
        ServiceHints.of(vendorHeaders(Long.toString(later.toEpochMilli() + 90_000)), later),
        3,
        60,
        90);
    assertThat(seconds).as("times before 2001 are taken as spans").isLessThan(1_000_000_000L);
  }

  private static ServiceHints vendor(String reset) {
    return hints(vendorHeaders(reset));
  }

  private static Map<String, List<String>> vendorHeaders(String reset) {
    return Map.of(
        "X-RateLimit-Limit", List.of("60"),
        "x-ratelimit-remaining", List.of("3"),
        "X-RATELIMIT-RESET", List.of(reset));
  }

  @Test
  void closesUntilTheResetIfNothingIsLeft() {
    assertThat(hints(Map.of("X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", "12")).closedFor())
        .contains(Duration.ofSeconds(12));
    assertThat(vendor("12").closedFor()).isEmpty();
  }

  @Test
  void saysNothingIfTheServiceDoes() {
    assertThat(hints(Map.of("Content-Type", "text/plain"))).isSameAs(ServiceHints.NONE);
  }

  private static void isQuota(ServiceHints hints, long remaining, long limit, long resetSeconds) {
    assertThat(hints.remaining()).hasValue(remaining);
    assertThat(hints.limit()).hasValue(limit);
    assertThat(hints.reset()).contains(Duration.ofSeconds(resetSeconds));
  }
}
