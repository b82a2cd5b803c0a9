package dev.jorb.limit;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/// The limits at work in one or more runs: one [LiveLimiter] for each [Limit] object, and for each
/// of its keys.
///
/// Runs of one processor share theirs. Give one object to several processors, and they keep to each
/// limit together:
///
/// ```java
/// SharedLimits limits = new SharedLimits();
/// Processor.of(imports, tools).limits(limits).start(first);
/// Processor.of(exports, tools).limits(limits).start(second);
/// ```
///
/// Thread-safe. Keys that are not used any more, and whose limiters are as new, are forgotten: each
/// new key pays for a look at two old ones.
public final class SharedLimits {
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private final IdentityHashMap<Limit, LiveLimiter> forAll = new IdentityHashMap<>();
  private final IdentityHashMap<Limit, Map<Object, LiveLimiter>> byKey = new IdentityHashMap<>();

  /// What was put in place of a limit while a run went on.
  private final IdentityHashMap<Limit, Limit> replaced = new IdentityHashMap<>();

  /// No limits yet: they come with the runs.
  public SharedLimits() {}

  /// Takes the lock that guards all of its limiters. Held for microseconds.
  public void lock() {
    lock.lock();
  }

  /// Gives the lock back.
  public void unlock() {
    lock.unlock();
  }

  /// The limiter that counts for everybody. The lock must be held.
  public LiveLimiter get(Limit limit) {
    return forAll.computeIfAbsent(
        limit,
        each -> {
          Limit current = current(each, "");
          return new LiveLimiter(current, "", current.limiter());
        });
  }

  /// The limiter that counts for this key. The lock must be held.
  public LiveLimiter get(Limit limit, Object key, long nowNanos) {
    Map<Object, LiveLimiter> table = byKey.computeIfAbsent(limit, each -> new LinkedHashMap<>());
    LiveLimiter live = table.get(key);
    if (live == null) {
      sweep(table, nowNanos);
      sweep(table, nowNanos);
      Limit current = current(limit, key);
      live = new LiveLimiter(current, key, current.limiter());
      table.put(key, live);
    }
    return live;
  }

  private Limit current(Limit limit, Object key) {
    return of(replaced.getOrDefault(limit, limit), key);
  }

  /// Forgets the eldest if nothing is lost by it, and else makes it the youngest.
  private static void sweep(Map<Object, LiveLimiter> table, long nowNanos) {
    Iterator<Map.Entry<Object, LiveLimiter>> entries = table.entrySet().iterator();
    if (entries.hasNext()) {
      Map.Entry<Object, LiveLimiter> eldest = entries.next();
      Object key = eldest.getKey();
      LiveLimiter live = eldest.getValue();
      entries.remove();
      if (!live.canBeForgotten(nowNanos)) {
        table.put(key, live);
      }
    }
  }

  /// Puts another limit in place of this one, for all states and keys that it counts for. The lock
  /// must be held.
  ///
  /// @throws IllegalArgumentException if the other one cannot be used; then nothing has changed
  public void replace(Limit limit, Limit successor, long nowNanos) {
    Limit.check(successor);
    Map<LiveLimiter, Limiter> fresh = new HashMap<>();
    forEach(limit, (key, live) -> fresh.put(live, of(successor, key).limiter()));
    replaced.put(limit, successor);
    fresh.forEach((live, limiter) -> live.replace(of(successor, live.key()), limiter, nowNanos));
  }

  private static Limit of(Limit limit, Object key) {
    return limit instanceof KeyedLimit keyed ? keyed.of(key) : limit;
  }

  /// Tells all limiters of a limit, with their keys. The lock must be held.
  public void forEach(Limit limit, BiConsumer<Object, LiveLimiter> visitor) {
    LiveLimiter all = forAll.get(limit);
    if (all != null) {
      visitor.accept("", all);
    }
    byKey.getOrDefault(limit, Map.of()).forEach(visitor);
  }

  /// How many keys of a limit are remembered. The lock must be held.
  public int keys(Limit limit) {
    return byKey.getOrDefault(limit, Map.of()).size();
  }
}
