package dev.jorb.limit;

import java.util.ArrayList;
import java.util.List;

/// A rate that finds a service's limit by itself, stays just below it, and looks now and then
/// whether it has grown.
///
/// ```java
/// s.rate(LearnedRate.between(1, 500))   // per second
/// ```
///
/// - **Search.** From the start it doubles every eight seconds, after half a minute every sixteen,
///   as long as jobs wait for it, until the service refuses.
/// - **Back off once per burst.** Refusals of steps that had started before the first of them count
///   as one. Nothing new starts until those steps are over. Then the limit is taken to be what the
///   service accepted between this burst and the one before, per second; or, when bursts follow
///   each other closely, the rate less the part that was refused, as DCTCP does (RFC 8257).
/// - **Stay.** From 3 % below the limit the rate comes near it, stays there, and rises above it,
///   along a cubic curve (CUBIC, RFC 9438): long near the limit, once per curve above it. If
///   nothing is refused well above, the limit has grown, and the search begins again from there.
/// - **Closed.** If nothing at all is accepted after a burst, the rate is not to blame: it asks
///   with one step at a time, after half a second, one, two and so on up to a minute, and then goes
///   on where it was.
/// - **Remember.** What it learned is in the run file: the next start begins there.
///
/// Times to wait and quotas that a service names go before all of that. Immutable.
///
/// @param initial starts per second at first
/// @param min the least, above zero
/// @param max the most
public record LearnedRate(double initial, double min, double max) implements Limit {
  /// Between these, beginning with the least.
  public static LearnedRate between(double minPerSecond, double maxPerSecond) {
    return new LearnedRate(minPerSecond, minPerSecond, maxPerSecond);
  }

  /// Between one in a hundred seconds and a million per second, beginning with this.
  public static LearnedRate startingAt(double perSecond) {
    return new LearnedRate(perSecond, 0.01, 1_000_000);
  }

  /// The same with another rate to begin with.
  public LearnedRate startAt(double perSecond) {
    return new LearnedRate(perSecond, min, max);
  }

  @Override
  public Limiter limiter() {
    Limit.check(this);
    return new LearningLimiter(this);
  }

  @Override
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    Numbers.checkRange("learned rate", min, max, " per second", problems);
    if (problems.isEmpty() && !(initial >= min && initial <= max)) {
      problems.add(
          "learned rate: initial must be between min, %s, and max, %s, but was %s per second"
              .formatted(min, max, initial));
    }
    return problems;
  }

  @Override
  public String toString() {
    return "a learned rate between %s and %s per second".formatted(min, max);
  }
}
