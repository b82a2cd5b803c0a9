package dev.jorb.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void fullBucketGivesItsBurstAndThenOnePermitAnInterval() {
    TokenBucket bucket = new TokenBucket(Rate.perSecond(4).burst(3));

    assertThat(takeAll(bucket, 0)).isEqualTo(3);
    assertThat(bucket.waitNanos(0)).isEqualTo(SECOND / 4);
    assertThat(takeAll(bucket, SECOND / 4 - 1)).isZero();
    assertThat(takeAll(bucket, SECOND / 4)).isEqualTo(1);
    assertThat(takeAll(bucket, SECOND)).isEqualTo(3);
  }

  @Test
  void restFillsItNoFurtherThanItsBurst() {
    TokenBucket bucket = new TokenBucket(Rate.perSecond(4).burst(3));
    takeAll(bucket, 0);

    assertThat(takeAll(bucket, 1_000 * SECOND)).isEqualTo(3);
  }

  @Test
  void askingForTheWaitTakesNothing() {
    TokenBucket bucket = new TokenBucket(Rate.perSecond(1));

    assertThat(bucket.waitNanos(0)).isZero();
    assertThat(bucket.waitNanos(0)).isZero();
    assertThat(bucket.tryAcquire(0)).isTrue();
    assertThat(bucket.tryAcquire(0)).isFalse();
  }

  @Test
  void whereTheClockBeganDoesNotMatter() {
    for (long origin : new long[] {Long.MIN_VALUE, -5, 0, Long.MAX_VALUE - SECOND / 2}) {
      TokenBucket bucket = new TokenBucket(Rate.perSecond(1).burst(2));

      assertThat(takeAll(bucket, origin)).isEqualTo(2);
      assertThat(bucket.waitNanos(origin)).isEqualTo(SECOND);
      assertThat(takeAll(bucket, origin + SECOND - 1)).isZero();
      assertThat(takeAll(bucket, origin + SECOND)).isEqualTo(1);
    }
  }

  @Test
  void sevenPerSecondAreSevenPerSecondAfterADay() {
    TokenBucket bucket = new TokenBucket(Rate.perSecond(7));
    long now = 0;
    for (int start = 0; start < 7 * 86_400; start++) {
      now += bucket.waitNanos(now);
      assertThat(bucket.tryAcquire(now)).isTrue();
    }

    assertThat(now + bucket.waitNanos(now)).isEqualTo(86_400 * SECOND);
  }

  @Test
  void burstThatNoRunReachesIsNoLimit() {
    TokenBucket bucket = new TokenBucket(Rate.of(1, Duration.ofDays(366)).burst(Integer.MAX_VALUE));

    for (int start = 0; start < 50; start++) {
      assertThat(bucket.tryAcquire(start)).isTrue();
    }
  }

  @Test
  void morePermitsThanNanosecondsAreNoLimitBelowThat() {
    TokenBucket bucket = new TokenBucket(Rate.of(10, Duration.ofNanos(1)));

    assertThat(takeAll(bucket, 0)).isEqualTo(10);
    assertThat(takeAll(bucket, 1)).isEqualTo(10);
  }

  /// Whatever the caller does, no window holds more starts than a bucket of tokens would give; and
  /// who asks at the time that he was told gets his permit.
  @Test
  void noWindowHoldsMoreThanTheBurstAndWhatFlowsIn() {
    long seed = Long.getLong("jorb.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 100; round++) {
      Rate rate =
          Rate.of(1 + random.nextInt(50), Duration.ofNanos(1 + random.nextInt(1_000)))
              .burst(1 + random.nextInt(5));
      List<Long> starts = starts(new TokenBucket(rate), random);
      assertThat(fullestWindow(starts, rate))
          .as("windows of %s that hold too many starts, -Djorb.seed=%s", rate, seed)
          .isEmpty();
    }
  }

  /// A window that holds more starts than it may, told; empty if there is none.
  private static Optional<String> fullestWindow(List<Long> starts, Rate rate) {
    for (int first = 0; first < starts.size(); first++) {
      for (int last = first; last < starts.size(); last++) {
        long nanos = starts.get(last) - starts.get(first);
        if (last - first + 1 > most(rate, nanos)) {
          return Optional.of(last - first + 1 + " starts in " + nanos + " ns");
        }
      }
    }
    return Optional.empty();
  }

  private static List<Long> starts(TokenBucket bucket, Random random) {
    List<Long> starts = new ArrayList<>();
    long now = random.nextLong();
    for (int i = 0; i < 100; i++) {
      long wait = bucket.waitNanos(now);
      long pause = random.nextBoolean() ? wait : random.nextInt(100);
      now += pause;
      boolean taken = bucket.tryAcquire(now);
      assertThat(taken).isEqualTo(pause >= wait);
      if (taken) {
        starts.add(now);
      }
    }
    return starts;
  }

  /// The burst and what flows in; the time told is in whole nanoseconds, so one is given away.
  private static int most(Rate rate, long windowNanos) {
    return BigInteger.valueOf(windowNanos + 1)
        .multiply(BigInteger.valueOf(rate.permits()))
        .divide(BigInteger.valueOf(rate.period().toNanos()))
        .add(BigInteger.valueOf(rate.burst()))
        .intValueExact();
  }

  private static int takeAll(TokenBucket bucket, long nowNanos) {
    int taken = 0;
    while (taken < 1_000 && bucket.tryAcquire(nowNanos)) {
      taken++;
    }
    return taken;
  }
}
