package dev.jorb.limit;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A service said: too much. Thrown by a step, itself or as a cause, it closes the limits of the
/// step's state, for all jobs, until the time that the service named; if the limits are kept per
/// key, those of that key. The attempt is not counted: the job is handed back as if it had not run.
///
/// ```java
/// if (response.statusCode() == 429) {
///   throw new ThrottledException(ServiceHints.of(response.headers().map()));
/// }
/// ```
///
/// Without a time, limits that learn draw their own conclusions, and all others are closed for a
/// second, then for two, and so on up to five minutes.
public final class ThrottledException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Duration retryAfter;
  private final transient @Nullable Instant retryAt;
  private final transient ServiceHints hints;

  private ThrottledException(
      String message, @Nullable Duration after, @Nullable Instant at, ServiceHints hints) {
    super(message);
    this.retryAfter = after;
    this.retryAt = at;
    this.hints = hints;
  }

  /// The service named no time.
  public ThrottledException() {
    this("throttled", null, null, ServiceHints.NONE);
  }

  /// The service said to wait so long.
  ///
  /// @throws IllegalArgumentException if it is negative
  public ThrottledException(Duration retryAfter) {
    this("throttled for " + notNegative(retryAfter), retryAfter, null, ServiceHints.NONE);
  }

  /// The service said to wait until then.
  public ThrottledException(Instant retryAt) {
    this("throttled until " + retryAt, null, retryAt, ServiceHints.NONE);
  }

  /// The service said what its response's headers say.
  public ThrottledException(ServiceHints hints) {
    this("throttled: " + hints, hints.closedFor().orElse(null), null, hints);
  }

  private static Duration notNegative(Duration retryAfter) {
    if (retryAfter.isNegative()) {
      throw new IllegalArgumentException(
          "throttled: the time to wait must not be negative but was " + retryAfter);
    }
    return retryAfter;
  }

  /// How long to wait from `now` on; empty if the service named no time.
  public Optional<Duration> retryAfter(Instant now) {
    if (retryAt == null) {
      return Optional.ofNullable(retryAfter);
    }
    Duration left = Duration.between(now, retryAt);
    return Optional.of(left.isNegative() ? Duration.ZERO : left);
  }

  /// What else the service said.
  public ServiceHints hints() {
    return hints;
  }
}
