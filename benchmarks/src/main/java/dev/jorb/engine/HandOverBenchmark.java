package dev.jorb.engine;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/// How the board's lock bears workers: each hands its result over and takes the next job in one
/// turn of the lock, as the engine's workers do, and works a while in between.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HandOverBenchmark {
  /// How much a step works, in units of JMH that take one to three nanoseconds each.
  @Param({"0", "1000"})
  public int work;

  private final Ring ring = new Ring(10_000, 16);
  private final ArrayDeque<Entry<String>> spare = new ArrayDeque<>(ring.start());
  private final ReentrantLock lock = new ReentrantLock();

  /// A worker and its job.
  @State(Scope.Thread)
  public static class Worker {
    private @Nullable Entry<String> entry;
  }

  /// One step: work, hand over, take.
  @Benchmark
  public void handOver(Worker worker) {
    Entry<String> entry = worker.entry == null ? take() : worker.entry;
    Blackhole.consumeCPU(work);
    Message<String> message = ring.finished(entry);
    lock.lock();
    try {
      spare.addAll(ring.board.apply(message, System.nanoTime()));
      worker.entry = spare.remove();
    } finally {
      lock.unlock();
    }
  }

  private Entry<String> take() {
    lock.lock();
    try {
      return spare.remove();
    } finally {
      lock.unlock();
    }
  }
}
