package dev.jorb.engine;

import dev.jorb.measure.Ending;
import dev.jorb.run.Job;
import dev.jorb.run.Transition;
import dev.jorb.serial.Serializer.Encoded;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// What the measures of one transition cost: all that is counted from a start to the disk.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MeterBenchmark {
  private final Meter meter = new Meter();
  private final Result<String> result = result();
  private long nowNanos;

  private static Result<String> result() {
    Instant at = Instant.parse("2026-11-24T10:42:07.113Z");
    Job<String> job = Job.create("17", "edit", "context", at);
    Entry<String> entry = new Entry<>(job, new Lane<>(0, "edit", false, 16, 0, true, null));
    entry.ending(Ending.SUCCEEDED);
    Job<String> next =
        job.next().state("push").transition("edit", "push", at, Duration.ofMillis(532)).build();
    var encoded = new Encoded<>(new Transition<>(next, List.of()), new byte[0]);
    return new Result<>(entry, encoded, Duration.ZERO);
  }

  /// A job starts, its step returns, and that is recorded.
  @Benchmark
  public void transition() {
    nowNanos += 1_234;
    meter.started(nowNanos - (nowNanos & 0xFFFFFF), false, nowNanos);
    meter.freed(nowNanos);
    meter.recorded(result, nowNanos & 0xFFFFF);
  }
}
