package dev.jorb.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// What the board spends on a transition, without threads, time and disk.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BoardBenchmark {
  private static final int BATCH = 256;

  private final Ring ring = new Ring(2_000, 16);
  private final ArrayDeque<Entry<String>> executing = new ArrayDeque<>(ring.start());

  /// A step returns in a run that nobody records; the next one starts.
  @Benchmark
  public void finished() {
    executing.addAll(ring.board.apply(ring.finished(executing.remove()), 0));
  }

  /// A step returns, the next one starts, and the result is durable together with 255 others.
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void returnedAndCommitted() {
    List<Result<String>> batch = new ArrayList<>(BATCH);
    for (int i = 0; i < BATCH; i++) {
      Result<String> result = ring.result(executing.remove());
      batch.add(result);
      executing.addAll(ring.board.apply(new Message.Returned<>(result), 0));
    }
    executing.addAll(ring.board.apply(new Message.Committed<>(batch), 0));
  }
}
