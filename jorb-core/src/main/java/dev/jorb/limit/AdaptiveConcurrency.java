package dev.jorb.limit;

import java.util.ArrayList;
import java.util.List;

/// A concurrency that finds the number of steps at a time which gets the most done, by trying.
///
/// ```java
/// s.limit(AdaptiveConcurrency.between(2, 64))
/// ```
///
/// Latency alone misleads when jobs differ in size, so it measures what is finished per second.
/// From the least on it doubles as long as that pays. Then it compares, now and then, its number
/// with one a quarter above or below: windows of the one and the other take turns, until the
/// difference of their throughputs is twice its standard error, or eight of each were seen. It
/// moves up if more gets done, and down if no less does. Trials that change nothing become rarer. A
/// refusal takes a quarter at once. What it found is in the run file: the next start begins there.
///
/// The idea to climb by measured throughput is that of .NET's thread pool (Hellerstein, Morrison
/// and Eilebrecht, "Optimizing concurrency levels in the .NET ThreadPool", 2008). The number counts
/// only while jobs wait for it. Immutable.
///
/// @param min the least at a time, at least 1
/// @param max the most at a time
public record AdaptiveConcurrency(int min, int max) implements Limit {
  /// Between these.
  public static AdaptiveConcurrency between(int min, int max) {
    return new AdaptiveConcurrency(min, max);
  }

  @Override
  public Limiter limiter() {
    Limit.check(this);
    return new ConcurrencyClimber(min, max);
  }

  @Override
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    Numbers.checkRange("concurrency", min, max, " at a time", problems);
    return problems;
  }

  @Override
  public String toString() {
    return "%d to %d at a time".formatted(min, max);
  }
}
