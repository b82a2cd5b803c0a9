package dev.jorb.serial;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What a journal that acknowledges too early calls in place of its flush: the flush comes before
/// the next batch. Thread-safe.
final class LateFlush {
  private static final Set<JournalFile> OWING = ConcurrentHashMap.newKeySet();

  private LateFlush() {}

  static void owe(JournalFile file) {
    OWING.add(file);
  }

  static void pay(JournalFile file) {
    if (!OWING.remove(file)) {
      return;
    }
    try {
      Method flush = JournalFile.class.getDeclaredMethod("flush");
      flush.setAccessible(true);
      flush.invoke(file);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the journal has no flush any more", e);
    }
  }
}
