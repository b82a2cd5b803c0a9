package dev.jorb.measure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/// How durations spread: a histogram of microseconds to two significant digits.
///
/// Percentiles are at most 1 % off. Two can be merged without loss. It takes a few kilobytes,
/// whatever is recorded; recording takes some ten nanoseconds and allocates nothing once the range
/// is known. Not thread-safe: whoever owns it guards it.
public final class Spread {
  private static final int DIGITS = 2;

  /// A hundred years: more than fits into a long of nanoseconds anyway.
  private static final long MOST_MICROS = 3_155_760_000_000_000L;

  private final Histogram micros = new Histogram(DIGITS);
  private long totalNanos;

  /// One that holds nothing yet.
  public Spread() {}

  /// Takes in one duration; a negative one, as a clock that was set back gives it, counts as zero.
  public void record(long nanos) {
    long kept = Math.max(0, nanos);
    totalNanos += kept;
    micros.recordValue(Math.min(kept / 1_000, MOST_MICROS));
  }

  /// Takes in all that another one holds.
  public void merge(Spread other) {
    totalNanos += other.totalNanos;
    micros.add(other.micros);
  }

  /// A copy that stays as it is.
  public Spread copy() {
    Spread copy = new Spread();
    copy.merge(this);
    return copy;
  }

  /// How many durations it holds.
  public long count() {
    return micros.getTotalCount();
  }

  /// Their sum.
  public Duration total() {
    return Duration.ofNanos(totalNanos);
  }

  /// Their mean; zero if there are none.
  public Duration mean() {
    return count() == 0 ? Duration.ZERO : Duration.ofNanos(totalNanos / count());
  }

  /// The duration that so many percent of all do not exceed, to 1 %; zero if there are none.
  ///
  /// @param percent from 0 to 100
  public Duration at(double percent) {
    return count() == 0 ? Duration.ZERO : ofMicros(micros.getValueAtPercentile(percent));
  }

  /// The longest, to 1 %; zero if there are none.
  public Duration max() {
    return count() == 0 ? Duration.ZERO : ofMicros(micros.getMaxValue());
  }

  private static Duration ofMicros(long value) {
    return Duration.ofNanos(value * 1_000);
  }

  /// Durations between two bounds.
  ///
  /// @param upTo the upper bound, not included
  public record Bucket(Duration upTo, long count) {}

  /// The durations in buckets that each reach twice as far as the one before, from 1 ms on; the
  /// empty ones at both ends left out.
  public List<Bucket> buckets() {
    List<Bucket> buckets = new ArrayList<>();
    for (HistogramIterationValue each : micros.logarithmicBucketValues(1_000, 2)) {
      long count = each.getCountAddedInThisIterationStep();
      if (count > 0 || !buckets.isEmpty()) {
        buckets.add(new Bucket(ofMicros(each.getValueIteratedTo() + 1), count));
      }
    }
    return buckets;
  }
}
