package dev.jorb.engine;

import static dev.jorb.processor.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.time.TimeSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/// A clock that rings when something is due, by a time that stands still. What it rings for is done
/// under its lock: whoever gets the lock knows that it sleeps.
class AlarmClockTest {
  /// The machine's time may be below zero.
  private static final long NOW = -TimeUnit.DAYS.toNanos(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final CountDownLatch rang = new CountDownLatch(1);
  private final List<Throwable> failures = new ArrayList<>();

  // Guarded by the lock.
  private OptionalLong due = OptionalLong.empty();
  private int rings;

  private AlarmClock clock(Runnable ring) {
    TimeSource time =
        new TimeSource() {
          @Override
          public long nanoTime() {
            return NOW;
          }

          @Override
          public Instant instant() {
            return Instant.EPOCH;
          }
        };
    return new AlarmClock("r", lock, time, now -> due, ring, failures::add);
  }

  private void ring() {
    rings++;
    rang.countDown();
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  @Test
  void sleepsUntilSomethingIsDueAndWakesForWhatIsDueEarlier() throws InterruptedException {
    due = OptionalLong.of(NOW + TimeUnit.HOURS.toNanos(1));
    AlarmClock clock = clock(this::ring);
    clock.start();
    rang.await();

    locked(() -> {
      assertThat(rings).isEqualTo(1);
      due = OptionalLong.of(NOW + TimeUnit.MINUTES.toNanos(30));
      clock.wakeIfEarlier(NOW);
    });
    eventually("it rings again", () -> countOfRings() == 2);
    locked(clock::stop);
  }

  private int countOfRings() {
    lock.lock();
    try {
      return rings;
    } finally {
      lock.unlock();
    }
  }

  @Test
  void failureOfWhatItRingsForIsTold() {
    RuntimeException broken = new IllegalStateException("on purpose");
    AlarmClock clock =
        clock(() -> {
          throw broken;
        });
    clock.start();

    eventually("it is told", () -> !told().isEmpty());
    assertThat(told()).containsExactly(broken);
  }

  private List<Throwable> told() {
    lock.lock();
    try {
      return List.copyOf(failures);
    } finally {
      lock.unlock();
    }
  }
}
