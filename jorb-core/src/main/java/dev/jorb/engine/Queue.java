package dev.jorb.engine;

import dev.jorb.engine.Entry.Phase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
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
/// Where a group bounds how many may be inside, those that are inside go first, and the others wait
/// until there is room.
///
/// Read and written by the board only.
final class Queue<J> {
  private final ArrayDeque<Entry<J>> plain = new ArrayDeque<>();

  /// The queues of other priorities, highest first; null until there is one.
  private @Nullable NavigableMap<Integer, ArrayDeque<Entry<J>>> others;

  private int size;

  /// Those that want to come in; null if nothing bounds who may.
  private final @Nullable Queue<J> entrants;

  Queue() {
    this(false);
  }

  /// @param bounded whether a group bounds who may come in
  Queue(boolean bounded) {
    this.entrants = bounded ? new Queue<>() : null;
  }

  int size() {
    return entrants == null ? size : size + entrants.size;
  }

  boolean isEmpty() {
    return size() == 0;
  }

  /// Whether one of its jobs is inside, or needs no place.
  boolean hasInside() {
    return size > 0;
  }

  private @Nullable Queue<J> entrantsFor(Entry<J> entry) {
    return entry.places == null ? entrants : null;
  }

  void add(Entry<J> entry) {
    Queue<J> own = entrantsFor(entry);
    if (own != null) {
      own.add(entry);
      return;
    }
    queue(entry.job.priority()).add(entry);
    size++;
  }

  void addFirst(Entry<J> entry) {
    Queue<J> own = entrantsFor(entry);
    if (own != null) {
      own.addFirst(entry);
      return;
    }
    queue(entry.job.priority()).addFirst(entry);
    size++;
  }

  /// A job left out of turn; its entry is gone.
  void left(Entry<J> entry) {
    Queue<J> own = entrantsFor(entry);
    if (own != null) {
      own.size--;
    } else {
      size--;
    }
  }

  /// The first one, which stays. There must be one.
  Entry<J> element() {
    if (size == 0 && entrants != null) {
      return entrants.element();
    }
    return front().element();
  }

  /// The first ones, which stay: so many, or all that there are.
  ///
  /// @param room how many may come into the group, if one bounds that
  List<Entry<J>> first(int most, int room) {
    List<Entry<J>> first = new ArrayList<>();
    inOrder().stream()
        .flatMap(Collection::stream)
        .filter(entry -> !entry.is(Phase.GONE))
        .limit(most)
        .forEach(first::add);
    if (entrants != null) {
      first.addAll(entrants.first(Math.min(most - first.size(), room), 0));
    }
    return first;
  }

  private List<ArrayDeque<Entry<J>>> inOrder() {
    if (others == null) {
      return List.of(plain);
    }
    List<ArrayDeque<Entry<J>>> all = new ArrayList<>(others.headMap(0).values());
    all.add(plain);
    all.addAll(others.tailMap(0).values());
    return all;
  }

  /// Takes the first one. There must be one.
  Entry<J> remove() {
    if (size == 0 && entrants != null) {
      return entrants.remove();
    }
    size--;
    return front().remove();
  }

  /// How many start before this one, which waits here; adds the ids of the first of them until
  /// there are `most`.
  int before(Entry<J> entry, int most, List<String> ids) {
    int before = 0;
    for (ArrayDeque<Entry<J>> queue : inOrder()) {
      for (Entry<J> each : queue) {
        if (each.equals(entry)) {
          return before;
        }
        if (!each.is(Phase.GONE)) {
          before++;
          if (ids.size() < most) {
            ids.add(each.job.id());
          }
        }
      }
    }
    return entrants == null ? before : before + entrants.before(entry, most, ids);
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
        first != null && first.is(Phase.GONE);
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
