package dev.jorb.engine;

import dev.jorb.time.TimeSource;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/// Calls when the passing of time alone changes something: a delay is over, a permit is there, a
/// step has run too long. One thread, which sleeps until the next such moment.
final class AlarmClock {
  private final ReentrantLock lock;
  private final TimeSource time;
  private final LongFunction<OptionalLong> nextDueNanos;
  private final Runnable ring;
  private final Consumer<Throwable> onFailure;
  private final Condition earlier;
  private final Thread thread;

  // Guarded by the lock.
  private boolean stopped;
  private boolean sleepsForEver;
  private long wakesAtNanos;

  /// @param lock guards all of it; held whenever anything here is called
  /// @param nextDueNanos tells, for the time now, when something is due
  /// @param ring is called when it is
  /// @param onFailure is told what `ring` throws
  AlarmClock(
      String run,
      ReentrantLock lock,
      TimeSource time,
      LongFunction<OptionalLong> nextDueNanos,
      Runnable ring,
      Consumer<Throwable> onFailure) {
    this.lock = lock;
    this.time = time;
    this.nextDueNanos = nextDueNanos;
    this.ring = ring;
    this.onFailure = onFailure;
    this.earlier = lock.newCondition();
    this.thread = Thread.ofPlatform().name("jorb-clock " + run).daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// Wakes the thread if something is due before it meant to wake.
  void wakeIfEarlier(long nowNanos) {
    OptionalLong due = nextDueNanos.apply(nowNanos);
    if (due.isPresent() && (sleepsForEver || due.getAsLong() - wakesAtNanos < 0)) {
      sleepsForEver = false;
      wakesAtNanos = due.getAsLong();
      earlier.signal();
    }
  }

  void stop() {
    stopped = true;
    earlier.signal();
  }

  private void run() {
    lock.lock();
    try {
      while (!stopped) {
        ring.run();
        sleepUntilDue();
      }
    } catch (InterruptedException neverSent) {
      Thread.currentThread().interrupt();
    } catch (Throwable broken) {
      onFailure.accept(broken);
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // Its caller loops.
  private void sleepUntilDue() throws InterruptedException {
    long now = time.nanoTime();
    OptionalLong due = nextDueNanos.apply(now);
    sleepsForEver = due.isEmpty();
    wakesAtNanos = due.orElse(0);
    if (stopped) {
      return;
    }
    if (sleepsForEver) {
      earlier.await();
    } else if (wakesAtNanos - now > 0) {
      earlier.awaitNanos(wakesAtNanos - now);
    }
  }
}
