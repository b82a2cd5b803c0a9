package dev.jorb.processor;

import dev.jorb.engine.RestingEngine;
import dev.jorb.run.Job;
import java.util.function.Predicate;

/// A run that nobody executes, to be changed by hand. Each change blocks until it is recorded. To
/// be closed, which closes the serializer. Not thread-safe.
///
/// ```java
/// try (var resting = processor.open(run)) {
///   resting.cancel(Jobs.familyOf("17"));
/// }
/// ```
public final class RestingRun implements AutoCloseable {
  private final RestingEngine<?, ?> engine;

  RestingRun(RestingEngine<?, ?> engine) {
    this.engine = engine;
  }

  /// Parks jobs until somebody releases them, over new starts too; returns how many. What has ended
  /// is passed over, here and below.
  public int park(Predicate<? super Job<?>> which, String reason) {
    return engine.park(which, reason);
  }

  /// Gives parked jobs a fresh budget; returns how many.
  public int release(Predicate<? super Job<?>> which) {
    return engine.release(which);
  }

  /// Ends jobs in the state `cancelled`, which needs no declaration; returns how many.
  public int cancel(Predicate<? super Job<?>> which) {
    return engine.cancel(which);
  }

  /// Lets jobs start before others in their state that have a lower priority; returns how many have
  /// another one now. Nobody said: 0.
  public int prioritize(Predicate<? super Job<?>> which, int priority) {
    return engine.prioritize(which, priority);
  }

  /// Ends the recording.
  @Override
  public void close() {
    engine.close();
  }
}
