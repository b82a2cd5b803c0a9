package dev.jorb.bench;

import dev.jorb.limit.Feedback.Quota;
import dev.jorb.limit.Limiter;
import dev.jorb.limit.Rate;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.LongToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// A service as its clients see it. All of it follows from the seed and the calls.
@FunctionalInterface
interface SimulatedService {
  /// Somebody calls now.
  Answer call(String tenant, String key, long nowNanos);

  /// What it answers.
  ///
  /// @param accepted whether it did what it was asked for
  /// @param latencyNanos after how long it answers
  /// @param retryNanos for a refusal, how long it says to wait; -1 if it does not say
  /// @param quota what its headers say is left; null if they do not
  record Answer(boolean accepted, long latencyNanos, long retryNanos, @Nullable Quota quota) {}

  long SECOND = 1_000_000_000L;

  /// A token bucket.
  ///
  /// @param perSecond its rate at each moment
  /// @param hints whether a refusal names the time to wait, in whole seconds as `Retry-After` does
  static SimulatedService tokenBucket(LongToDoubleFunction perSecond, double burst, boolean hints) {
    SplittableRandom random = new SplittableRandom(1);
    double[] tokens = {burst};
    long[] at = {0};
    return (tenant, key, now) -> {
      double rate = perSecond.applyAsDouble(now);
      tokens[0] = Math.min(burst, tokens[0] + (now - at[0]) / 1e9 * rate);
      at[0] = now;
      if (tokens[0] >= 1) {
        tokens[0]--;
        return new Answer(true, latency(random), -1, null);
      }
      long retry = (long) Math.ceil((1 - tokens[0]) / rate) * SECOND;
      return new Answer(false, latency(random), hints ? retry : -1, null);
    };
  }

  /// A sliding window that is counted exactly.
  static SimulatedService slidingWindow(int permits, Duration period, boolean hints) {
    SplittableRandom random = new SplittableRandom(2);
    Limiter window = Rate.of(permits, period).sliding().limiter();
    return (tenant, key, now) -> {
      long wait = window.waitNanos(1, now);
      if (wait == 0) {
        window.started(1, now);
        return new Answer(true, latency(random), -1, null);
      }
      long retry = (wait + SECOND - 1) / SECOND * SECOND;
      return new Answer(false, latency(random), hints ? retry : -1, null);
    };
  }

  /// So many in each period, from full period to full period; every answer says how many are left
  /// and when there are more, in whole seconds.
  static SimulatedService quota(int permits, Duration period) {
    SplittableRandom random = new SplittableRandom(3);
    long[] left = {permits};
    long[] end = {period.toNanos()};
    return (tenant, key, now) -> {
      while (now >= end[0]) {
        end[0] += period.toNanos();
        left[0] = permits;
      }
      boolean accepted = left[0] > 0;
      left[0] -= accepted ? 1 : 0;
      long latency = latency(random);
      long reset = (end[0] - now - latency + SECOND - 1) / SECOND * SECOND;
      return new Answer(
          accepted, latency, accepted ? -1 : reset, new Quota(left[0], permits, reset));
    };
  }

  /// A token bucket for each key.
  static SimulatedService bucketPerKey(double perSecond, double burst) {
    Map<String, SimulatedService> buckets = new HashMap<>();
    return (tenant, key, now) ->
        buckets
            .computeIfAbsent(key, each -> tokenBucket(time -> perSecond, burst, false))
            .call(tenant, key, now);
  }

  /// So many workers who serve first come, first served; each call beyond what they can do at a
  /// time makes all of them slower, as a machine that swaps does.
  ///
  /// @param longCalls which part of the calls takes a hundred times as long as the others
  static SimulatedService workers(int workers, double slowdown, double longCalls) {
    SplittableRandom random = new SplittableRandom(4);
    PriorityQueue<Long> freeAt = new PriorityQueue<>();
    PriorityQueue<Long> running = new PriorityQueue<>();
    for (int i = 0; i < workers; i++) {
      freeAt.add(0L);
    }
    return (tenant, key, now) -> {
      while (!running.isEmpty() && running.element() <= now) {
        running.remove();
      }
      int excess = Math.max(0, running.size() + 1 - workers);
      double size = random.nextDouble() < longCalls ? 100 : 1;
      double work = 0.02 * size * (0.8 + 0.4 * random.nextDouble()) * (1 + slowdown * excess);
      long start = Math.max(now, freeAt.remove());
      long end = start + (long) (work * 1e9);
      freeAt.add(end);
      running.add(end);
      return new Answer(true, end - now, -1, null);
    };
  }

  private static long latency(SplittableRandom random) {
    return (long) (SECOND * (0.08 + 0.04 * random.nextDouble()));
  }
}
