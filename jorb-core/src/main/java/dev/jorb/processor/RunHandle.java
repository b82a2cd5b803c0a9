package dev.jorb.processor;

import dev.jorb.engine.Engine;
import dev.jorb.event.StatusCount;
import dev.jorb.time.TimeSource;
import java.time.Duration;
import java.util.List;

/// A run that is being executed. Thread-safe.
public final class RunHandle implements AutoCloseable {
  private final String run;
  private final Engine<?, ?, ?> engine;
  private final TimeSource time;
  private final Duration gracePeriod;
  private final long startNanos;

  RunHandle(String run, Engine<?, ?, ?> engine, TimeSource time, Duration gracePeriod) {
    this.run = run;
    this.engine = engine;
    this.time = time;
    this.gracePeriod = gracePeriod;
    this.startNanos = time.nanoTime();
  }

  /// Blocks until the run rests or was stopped.
  ///
  /// @throws RunFailedException if the run could not go on; what was acknowledged is safe
  /// @throws InterruptedException if the calling thread is interrupted; the run goes on
  public RunSummary await() throws InterruptedException {
    engine.await();
    return summary();
  }

  private RunSummary summary() {
    engine
        .failure()
        .ifPresent(failure -> {
          throw new RunFailedException(run, failure);
        });
    return new RunSummary(
        run,
        engine.wasStopped(),
        engine.status(),
        engine.overdue(),
        Duration.ofNanos(time.nanoTime() - startNanos));
  }

  /// How the run stands now, by state, in the workflow's order.
  public List<StatusCount> status() {
    return engine.status();
  }

  /// Whether the run has ended.
  public boolean hasEnded() {
    return engine.hasEnded();
  }

  /// Starts nothing new and gives running steps the processor's grace period. Does not block.
  public void stop() {
    stop(gracePeriod);
  }

  /// Starts nothing new and gives running steps until `grace` is over; then they are interrupted,
  /// and what they return more than a moment later is thrown away. Does not block. A second call
  /// can only shorten the period.
  ///
  /// @throws IllegalArgumentException if it is negative
  public void stop(Duration grace) {
    if (grace.isNegative()) {
      throw new IllegalArgumentException("grace period must not be negative but was " + grace);
    }
    engine.stop(grace);
  }

  /// Stops the run and blocks until it has ended. An interrupt shortens the grace period to nothing
  /// and is passed on.
  @Override
  public void close() {
    stop();
    boolean interrupted = false;
    while (!engine.hasEnded()) {
      try {
        engine.await();
      } catch (InterruptedException hurry) {
        interrupted = true;
        stop(Duration.ZERO);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
