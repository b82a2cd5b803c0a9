package dev.jorb.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// One call of a step for several jobs. They start together, hold one slot and one permit, and
/// return together.
///
/// Made and changed by the board only; which jobs are in it does not change once it has started, so
/// that its worker may read them.
final class Call<J> {
  private final List<Entry<J>> entries = new ArrayList<>();

  private boolean isOver;

  void add(Entry<J> entry) {
    entries.add(entry);
    entry.call = this;
  }

  /// The one by which the call is known.
  Entry<J> first() {
    return entries.getFirst();
  }

  /// Its jobs, in the order in which they waited.
  List<Entry<J>> entries() {
    return Collections.unmodifiableList(entries);
  }

  int size() {
    return entries.size();
  }

  /// One of its jobs comes back; says whether it is the first to do so, before the others have
  /// moved on.
  boolean end(Entry<J> entry) {
    entry.call = null;
    boolean isFirst = !isOver;
    isOver = true;
    return isFirst;
  }
}
