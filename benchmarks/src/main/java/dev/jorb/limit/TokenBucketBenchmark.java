package dev.jorb.limit;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// What a permit costs.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TokenBucketBenchmark {
  private final TokenBucket bucket = new TokenBucket(Rate.perSecond(7_000_000));
  private long nowNanos;

  /// Every other call gets a permit or so.
  @Benchmark
  public boolean tryAcquire() {
    nowNanos += 70;
    return bucket.tryAcquire(nowNanos);
  }
}
