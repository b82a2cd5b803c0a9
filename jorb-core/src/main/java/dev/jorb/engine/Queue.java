package dev.jorb.engine;

import dev.jorb.engine.Entry.Phase;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The jobs that wait in a state: the highest priority first, and among equals the first to come.
///
/// A job that leaves out of turn stays in its place as an entry that is gone, which is passed over:
/// so nothing is searched. Jobs of priority 0 are in a queue of their own, so that who uses no
/// priorities pays nothing for them.
///
/// Read and written by the board only.
final class Queue<J> {
  private final ArrayDeque<Entry<J>> plain = new ArrayDeque<>();

  /// The queues of other priorities, highest first; null until there is one.
  private @Nullable NavigableMap<Integer, ArrayDeque<Entry<J>>> others;

  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(Entry<J> entry) {
    queue(entry.job.priority()).add(entry);
    size++;
  }

  void addFirst(Entry<J> entry) {
    queue(entry.job.priority()).addFirst(entry);
    size++;
  }

  /// A job left out of turn; its entry is gone.
  void left() {
    size--;
  }

  /// The first one, which stays. There must be one.
  Entry<J> element() {
    return front().element();
  }

  /// Takes the first one. There must be one.
  Entry<J> remove() {
    size--;
    return front().remove();
  }

  /// The queue of the highest priority that has a job, with that in front.
  private ArrayDeque<Entry<J>> front() {
    while (others != null && !others.isEmpty()) {
      Map.Entry<Integer, ArrayDeque<Entry<J>>> highest = others.firstEntry();
      if (highest.getKey() < 0 && hasJob(plain)) {
        return plain;
      }
      if (hasJob(highest.getValue())) {
        return highest.getValue();
      }
      others.remove(highest.getKey());
    }
    hasJob(plain);
    return plain;
  }

  private boolean hasJob(ArrayDeque<Entry<J>> queue) {
    for (Entry<J> first = queue.peek();
        first != null && first.phase == Phase.GONE;
        first = queue.peek()) {
      queue.remove();
    }
    return !queue.isEmpty();
  }

  private ArrayDeque<Entry<J>> queue(int priority) {
    if (priority == 0) {
      return plain;
    }
    if (others == null) {
      others = new TreeMap<>(Collections.reverseOrder());
    }
    return others.computeIfAbsent(priority, p -> new ArrayDeque<>());
  }
}
