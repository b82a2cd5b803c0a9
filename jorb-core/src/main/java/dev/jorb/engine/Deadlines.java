package dev.jorb.engine;

import dev.jorb.engine.Entry.Phase;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/// When running steps are overdue. All steps of a state have the same timeout, so the first that
/// began is the first that is due. Read and written by the board only.
final class Deadlines<J> {
  private final List<Lane<J>> lanes;

  /// Lanes with executions that have a deadline.
  private final BitSet timed = new BitSet();

  /// Executions whose deadline has passed since somebody asked.
  private List<Entry<J>> overdue = new ArrayList<>();

  Deadlines(List<Lane<J>> lanes) {
    this.lanes = lanes;
  }

  /// A step begins. If its job's time was over while it waited for a thread, nobody could be
  /// interrupted then, so it is now.
  void began(Entry<J> entry, long nowNanos) {
    Lane<J> lane = entry.lane;
    if (!entry.is(Phase.EXECUTING)) {
      return;
    }
    if (lane.timeoutNanos > 0) {
      lane.deadlines.put(entry, nowNanos + lane.timeoutNanos);
      timed.set(lane.index);
    }
    Order next = entry.next;
    if (entry.call == null && next != null && next.act() instanceof Order.Expire) {
      isOver(entry);
    }
  }

  /// The time of an execution is over, whatever its state allows.
  void isOver(Entry<J> entry) {
    overdue.add(entry);
  }

  void find(long nowNanos) {
    for (int i = timed.nextSetBit(0); i >= 0; i = timed.nextSetBit(i + 1)) {
      find(lanes.get(i), nowNanos);
    }
  }

  private void find(Lane<J> lane, long nowNanos) {
    Iterator<Map.Entry<Entry<J>, Long>> deadlines = lane.deadlines.entrySet().iterator();
    while (deadlines.hasNext()) {
      Map.Entry<Entry<J>, Long> first = deadlines.next();
      if (first.getValue() - nowNanos > 0) {
        return;
      }
      overdue.add(first.getKey());
      deadlines.remove();
    }
    timed.clear(lane.index);
  }

  /// Those that have become overdue since this was last asked.
  List<Entry<J>> take() {
    if (overdue.isEmpty()) {
      return List.of();
    }
    List<Entry<J>> taken = overdue;
    overdue = new ArrayList<>();
    return taken;
  }

  /// How long until the first is overdue, from 0; [Long#MAX_VALUE] if none will be.
  long waitNanos(long nowNanos) {
    long wait = Long.MAX_VALUE;
    for (int i = timed.nextSetBit(0); i >= 0; i = timed.nextSetBit(i + 1)) {
      for (long deadline : lanes.get(i).deadlines.sequencedValues()) {
        wait = Math.min(wait, Math.max(0, deadline - nowNanos));
        break;
      }
    }
    return wait;
  }
}
