package dev.jorb.workflow;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// How often a failed attempt is tried again, and after what delay.
///
/// The delay before retry `n` (from 1) is drawn evenly from zero to `min(max, first × 2^(n-1))`:
/// exponential backoff with full jitter, after Marc Brooker, "Exponential Backoff And Jitter", AWS
/// Architecture Blog, 2015. Immutable.
///
/// @param times retries after the first attempt, from 0
/// @param first the longest delay before the first retry
/// @param max the longest delay before any retry
/// @param onlyOn the exceptions that are worth another attempt; empty for all
/// @param giveUpOn the exceptions that are not, even if `onlyOn` has them
/// @param onlyIf says of an exception that both let pass whether it is worth another attempt;
///   called by many threads at a time
public record Retry(
    int times,
    Duration first,
    Duration max,
    List<Class<? extends Throwable>> onlyOn,
    List<Class<? extends Throwable>> giveUpOn,
    Predicate<? super Throwable> onlyIf) {
  /// Three retries within 1 s, 2 s and 4 s.
  public static final Retry DEFAULT = times(3);

  /// Refuses what cannot be meant.
  ///
  /// @throws IllegalArgumentException if `times` is negative, or not `0 < first <= max <= 365 days`
  public Retry {
    if (times < 0) {
      throw new IllegalArgumentException("retry: times must be at least 0 but was " + times);
    }
    if (first.isNegative() || first.isZero()) {
      throw new IllegalArgumentException(
          "retry: the first delay must be above zero but was " + first);
    }
    if (max.compareTo(first) < 0 || max.compareTo(Duration.ofDays(365)) > 0) {
      throw new IllegalArgumentException(
          "retry: the longest delay must be between the first, "
              + first
              + ", and 365 days but was "
              + max);
    }
    onlyOn = List.copyOf(onlyOn);
    giveUpOn = List.copyOf(giveUpOn);
    Objects.requireNonNull(onlyIf, "retry: onlyIf must not be null");
  }

  /// Retries that make no difference between exceptions.
  public Retry(int times, Duration first, Duration max) {
    this(times, first, max, List.of(), List.of(), Retry::isAny);
  }

  private static boolean isAny(Throwable failure) {
    return true;
  }

  /// That many retries, from 1 s up to 5 minutes.
  public static Retry times(int times) {
    return new Retry(times, Duration.ofSeconds(1), Duration.ofMinutes(5));
  }

  /// No retry: the first failure is final.
  public static Retry never() {
    return times(0);
  }

  /// The same with other delays.
  public Retry backoff(Duration first, Duration max) {
    return new Retry(times, first, max, onlyOn, giveUpOn, onlyIf);
  }

  /// The same, but only for these exceptions and their subclasses; any other is final at once. What
  /// a step reports by `Outcome.stay(…).error(…)` is retried all the same: it asked to stay.
  @SafeVarargs
  @SuppressWarnings("varargs") // It is only read.
  public final Retry onlyOn(Class<? extends Throwable>... types) {
    return new Retry(times, first, max, List.of(types), giveUpOn, onlyIf);
  }

  /// The same, but these exceptions and their subclasses are final at once.
  @SafeVarargs
  @SuppressWarnings("varargs") // It is only read.
  public final Retry giveUpOn(Class<? extends Throwable>... types) {
    return new Retry(times, first, max, onlyOn, List.of(types), onlyIf);
  }

  /// The same, but only for exceptions that `worthRetrying` says yes to; any other is final at
  /// once. Called by many threads at a time. If it throws, the attempt is repeated and what it
  /// threw is logged with the failure.
  public Retry onlyIf(Predicate<? super Throwable> worthRetrying) {
    return new Retry(times, first, max, onlyOn, giveUpOn, worthRetrying);
  }

  /// Whether another attempt follows after `failures` failed ones, from 1.
  public boolean allows(int failures) {
    return failures <= times;
  }

  /// Whether `failure` is worth another attempt at all. Throws what [#onlyIf()] throws.
  public boolean covers(Throwable failure) {
    return (onlyOn.isEmpty() || onlyOn.stream().anyMatch(type -> type.isInstance(failure)))
        && giveUpOn.stream().noneMatch(type -> type.isInstance(failure))
        && onlyIf.test(failure);
  }

  /// Draws the delay before the retry that follows `failures` failed attempts, from 1.
  public Duration delay(int failures, RandomGenerator random) {
    long cap = max.toNanos();
    int doublings = Math.min(failures - 1, 62);
    long ceiling = first.toNanos() > cap >> doublings ? cap : first.toNanos() << doublings;
    return Duration.ofNanos(random.nextLong(ceiling + 1));
  }
}
