package dev.jorb.processor;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for what must come, with a deadline that only a bug reaches.
public final class Eventually {
  private static final long DEADLINE_SECONDS = 60;

  private Eventually() {}

  /// Blocks until the condition holds.
  public static void eventually(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not within " + DEADLINE_SECONDS + " s: " + what);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  /// Blocks until the latch is open, whatever interrupts the thread.
  public static void isOpen(CountDownLatch latch) {
    eventually("the latch is open", () -> latch.getCount() == 0);
  }
}
