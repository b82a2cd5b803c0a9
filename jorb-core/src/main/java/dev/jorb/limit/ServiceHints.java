package dev.jorb.limit;

import dev.jorb.time.TimeSource;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What an HTTP service says in its responses' headers about its own limits: how long to wait, how
/// much is left, when there is more.
///
/// Give those of a refusal to [ThrottledException#ThrottledException(ServiceHints)], and those of a
/// success to `Outcome.hints(…)`: then the run stops before the service has to refuse.
///
/// It understands, in any case of letters, and passes over what it does not:
///
/// - `Retry-After`, as seconds and as a date in any of its three forms (RFC 9110, 5.6.7 and 10.2.3)
/// - `RateLimit` and `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers, as
///   `"name";r=5;t=30` and as the earlier `limit=100, remaining=5, reset=30`; of several the one
///   that has least left
/// - `RateLimit-Limit`, `RateLimit-Remaining`, `RateLimit-Reset` of its first drafts
/// - `X-RateLimit-*` and `X-Rate-Limit-*`, which nobody has specified: a reset may be in seconds
///   from now, or seconds or milliseconds since 1970; what is meant is told by its size
///
/// Dates are compared with the response's own `Date` if it has one, so that clocks that differ do
/// no harm. Immutable and thread-safe.
public final class ServiceHints {
  /// The service said nothing.
  public static final ServiceHints NONE = new ServiceHints(null, -1, -1, null);

  private static final String[] VENDOR = {"RateLimit-", "X-RateLimit-", "X-Rate-Limit-"};
  private static final Pattern ITEM = Pattern.compile("([a-z]+)\\s*=\\s*\"?(\\d{1,18})");
  private static final List<DateTimeFormatter> DATES =
      List.of(
          DateTimeFormatter.RFC_1123_DATE_TIME,
          new DateTimeFormatterBuilder()
              .appendPattern("EEEE, dd-MMM-")
              .appendValueReduced(ChronoField.YEAR, 2, 2, 1990)
              .appendPattern(" HH:mm:ss 'GMT'")
              .toFormatter(Locale.ENGLISH),
          DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH));

  private final @Nullable Duration retryAfter;
  private final long remaining;
  private final long limit;
  private final @Nullable Duration reset;

  private ServiceHints(
      @Nullable Duration retryAfter, long remaining, long limit, @Nullable Duration reset) {
    this.retryAfter = retryAfter;
    this.remaining = remaining;
    this.limit = limit;
    this.reset = reset;
  }

  /// Reads a response's headers.
  ///
  /// @param headers names, and values that are text or lists of it: the maps of `java.net.http`,
  ///   OkHttp, Spring and others
  public static ServiceHints of(Map<String, ?> headers) {
    return of(headers, TimeSource.system().instant());
  }

  /// Reads a response's headers.
  ///
  /// @param now what time it is, for dates in a response that does not say when it was made
  public static ServiceHints of(Map<String, ?> headers, Instant now) {
    TreeMap<String, String> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.forEach((name, value) -> {
      if (name != null && value != null) {
        byName.merge(name, text(value), (one, other) -> one + ", " + other);
      }
    });
    return read(byName, instant(byName.get("Date")).orElse(now));
  }

  private static String text(Object value) {
    StringBuilder text = new StringBuilder();
    if (value instanceof Iterable<?> several) {
      several.forEach(each -> text.append(text.isEmpty() ? "" : ", ").append(each));
    } else {
      text.append(value);
    }
    return text.toString().strip();
  }

  private static ServiceHints read(Map<String, String> headers, Instant now) {
    Duration retryAfter = retryAfter(headers.get("Retry-After"), now);
    String field = headers.get("RateLimit");
    if (field != null) {
      return ofField(retryAfter, field, headers.getOrDefault("RateLimit-Policy", ""));
    }
    for (String prefix : VENDOR) {
      String remaining = headers.get(prefix + "Remaining");
      String reset = headers.get(prefix + "Reset");
      if (remaining != null || reset != null) {
        return new ServiceHints(
            retryAfter,
            number(remaining),
            number(headers.get(prefix + "Limit")),
            reset(reset, now));
      }
    }
    return retryAfter == null ? NONE : new ServiceHints(retryAfter, -1, -1, null);
  }

  private static @Nullable Duration retryAfter(@Nullable String value, Instant now) {
    if (value == null) {
      return null;
    }
    long seconds = number(value);
    if (seconds >= 0) {
      return Duration.ofSeconds(seconds);
    }
    return instant(value)
        .map(at -> Duration.between(now, at))
        .map(left -> left.isNegative() ? Duration.ZERO : left)
        .orElse(null);
  }

  private static Optional<Instant> instant(@Nullable String date) {
    return date == null
        ? Optional.empty()
        : DATES.stream().flatMap(form -> instant(date, form).stream()).findFirst();
  }

  private static Optional<Instant> instant(String date, DateTimeFormatter form) {
    try {
      return Optional.of(LocalDateTime.parse(date, form).toInstant(ZoneOffset.UTC));
    } catch (DateTimeException another) {
      return Optional.empty();
    }
  }

  /// A number without sign or fraction, of which only the first counts if there are several; what
  /// stands behind it as `;w=60` or after a dot is passed over. -1 if it is none.
  private static long number(@Nullable String value) {
    if (value == null) {
      return -1;
    }
    String first = value.split("[,;.]", 2)[0].strip();
    return first.matches("\\d{1,18}") ? Long.parseLong(first) : -1;
  }

  private static @Nullable Duration reset(@Nullable String value, Instant now) {
    long number = number(value);
    if (number < 0) {
      return instant(value).map(at -> positive(Duration.between(now, at))).orElse(null);
    }
    if (number >= 100_000_000_000L) {
      return positive(Duration.ofMillis(number - now.toEpochMilli()));
    }
    return number >= 1_000_000_000L
        ? positive(Duration.between(now, Instant.ofEpochSecond(number)))
        : Duration.ofSeconds(number);
  }

  private static Duration positive(Duration duration) {
    return duration.isNegative() ? Duration.ZERO : duration;
  }

  /// The `RateLimit` field: of several policies the one that has least left.
  private static ServiceHints ofField(
      @Nullable Duration retryAfter, String field, String policies) {
    ServiceHints least = new ServiceHints(retryAfter, -1, -1, null);
    boolean isItems = !field.contains(";");
    for (String each : isItems ? new String[] {field} : field.split(",", -1)) {
      Map<String, Long> items = items(each);
      long remaining = items.getOrDefault("r", items.getOrDefault("remaining", -1L));
      Long reset = items.containsKey("t") ? items.get("t") : items.get("reset");
      long limit = items.getOrDefault("limit", quota(name(each), policies));
      if (remaining >= 0 && (least.remaining < 0 || remaining < least.remaining)) {
        least =
            new ServiceHints(
                retryAfter, remaining, limit, reset == null ? null : Duration.ofSeconds(reset));
      }
    }
    return least;
  }

  private static String name(String item) {
    return item.split(";", 2)[0].strip();
  }

  private static long quota(String name, String policies) {
    for (String each : policies.split(",", -1)) {
      if (name(each).equals(name)) {
        return items(each).getOrDefault("q", -1L);
      }
    }
    return -1;
  }

  private static Map<String, Long> items(String text) {
    Map<String, Long> items = new TreeMap<>();
    Matcher matcher = ITEM.matcher(text.toLowerCase(Locale.ROOT));
    while (matcher.find()) {
      items.putIfAbsent(matcher.group(1), Long.parseLong(matcher.group(2)));
    }
    return items;
  }

  /// How long the service said to wait.
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /// How much more it will take before the reset, at least 0.
  public OptionalLong remaining() {
    return remaining < 0 ? OptionalLong.empty() : OptionalLong.of(remaining);
  }

  /// How much it takes between two resets.
  public OptionalLong limit() {
    return limit < 0 ? OptionalLong.empty() : OptionalLong.of(limit);
  }

  /// How long until there is more, from when the headers were read.
  public Optional<Duration> reset() {
    return Optional.ofNullable(reset);
  }

  /// How long a refusal with these hints closes: what it said, or until the reset if nothing is
  /// left; empty if neither.
  public Optional<Duration> closedFor() {
    return retryAfter().or(() -> remaining == 0 ? reset() : Optional.empty());
  }

  /// The quota, if both what remains and the reset are known.
  Optional<Feedback.Quota> quota() {
    return remaining < 0 || reset == null
        ? Optional.empty()
        : Optional.of(new Feedback.Quota(remaining, limit, Nanos.of(reset)));
  }

  /// As feedback on a step that did not fail.
  public Feedback asSuccess() {
    return Feedback.SUCCEEDED.quota(quota().orElse(null));
  }

  @Override
  public String toString() {
    if (retryAfter == null && remaining < 0 && reset == null) {
      return "the service said no more";
    }
    return (retryAfter == null ? "" : "retry after " + retryAfter + " ")
        + (remaining < 0 ? "" : remaining + " left ")
        + (reset == null ? "" : "reset in " + reset);
  }
}
