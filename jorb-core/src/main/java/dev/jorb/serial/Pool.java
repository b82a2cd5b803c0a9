package dev.jorb.serial;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keeps things that are costly to make and used for a moment by one thread at a time.
///
/// A place is shared by all threads whose ids have the same last bits: who finds it empty makes a
/// new thing, who finds it taken at the end drops one. So nobody waits. A `ThreadLocal` would keep
/// one for each of thousands of virtual threads. Thread-safe.
final class Pool<T> {
  private static final int PLACES = 64;

  private final AtomicReferenceArray<@Nullable T> places = new AtomicReferenceArray<>(PLACES);
  private final Supplier<T> maker;

  Pool(Supplier<T> maker) {
    this.maker = maker;
  }

  /// One that nobody else has.
  T take() {
    T kept = places.getAndSet(place(), null);
    return kept == null ? maker.get() : kept;
  }

  /// Gives it back. What may be broken is not given back.
  void give(T thing) {
    places.set(place(), thing);
  }

  private static int place() {
    return (int) Thread.currentThread().threadId() & (PLACES - 1);
  }
}
