package dev.jorb.engine;

import dev.jorb.limit.Gate;
import dev.jorb.limit.Limit;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Reads the gates of a run, on a thread that is there for that alone: a probe may take its time. A
/// run without gates has no such thread.
///
/// Thread-safe.
final class GateWatch {
  private final String run;
  private final Set<Gate> gates = ConcurrentHashMap.newKeySet();
  private final CountDownLatch end = new CountDownLatch(1);
  private boolean hasStarted;
  private boolean isReading;

  GateWatch(String run) {
    this.run = run;
  }

  /// Reads the gates of this limit from now on.
  synchronized void watch(Limit limit) {
    if (end.getCount() > 0) {
      Gate.in(limit).filter(gates::add).forEach(Gate::watched);
      readIfNeeded();
    }
  }

  synchronized void start() {
    hasStarted = true;
    readIfNeeded();
  }

  private void readIfNeeded() {
    if (hasStarted && !isReading && !gates.isEmpty()) {
      isReading = true;
      Thread.ofPlatform().name("jorb-gates " + run).daemon().start(this::read);
    }
  }

  private void read() {
    try {
      do {
        gates.forEach(Gate::read);
        var unused = Thread.interrupted(); // Of a probe that interrupts its own thread.
      } while (!end.await(Gate.PERIOD.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException neverSent) {
      Thread.currentThread().interrupt();
    } finally {
      gates.forEach(Gate::unwatched);
    }
  }

  /// The run is over. Does not wait for a probe.
  synchronized void end() {
    end.countDown();
    if (!isReading) {
      gates.forEach(Gate::unwatched);
    }
  }
}
