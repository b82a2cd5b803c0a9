package dev.jorb.engine;

import dev.jorb.run.Job;
import dev.jorb.workflow.Group;
import dev.jorb.workflow.State;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The states on the board: those of the workflow in its order, and then those that only jobs name.
///
/// Read and written by the board only.
final class Lanes<J> {
  private final List<Lane<J>> all = new ArrayList<>();
  private final Map<String, Lane<J>> byState = new HashMap<>();
  private final List<Places<J>> groups;

  /// @param touched is set for lanes that may go on
  Lanes(List<Group> groups, BitSet touched) {
    this.groups = groups.stream().map(group -> new Places<J>(group, touched)).toList();
  }

  Lane<J> add(State<?, ?, J> state) {
    long timeoutNanos = state.timeout().map(Timers::nanos).orElse(0L);
    Lane<J> lane = add(state.name(), state.isTerminal(), state.concurrency(), timeoutNanos, true);
    lane.definition = state;
    lane.batchSize = state.batchSize();
    lane.notesFirst = state.parksInDoubt() || state.verify().isPresent();
    return lane;
  }

  private Lane<J> add(
      String state, boolean terminal, int concurrency, long timeoutNanos, boolean known) {
    Places<J> places = Places.of(state, groups);
    Lane<J> lane =
        new Lane<>(all.size(), state, terminal, concurrency, timeoutNanos, known, places);
    all.add(lane);
    byState.put(state, lane);
    return lane;
  }

  /// All of them; grows when a job names another one.
  List<Lane<J>> all() {
    return all;
  }

  Lane<J> get(int index) {
    return all.get(index);
  }

  /// The one with this name.
  ///
  /// @throws IllegalArgumentException if there is none
  Lane<J> of(String state) {
    Lane<J> lane = byState.get(state);
    if (lane == null) {
      throw new IllegalArgumentException("unknown state \"" + state + "\"; known are " + all);
    }
    return lane;
  }

  /// The one with this name, which is new if only a job names it: where cancelled jobs end, or
  /// where jobs are parked because the workflow does not have it.
  Lane<J> ofAny(String state) {
    Lane<J> lane = byState.get(state);
    if (lane != null) {
      return lane;
    }
    boolean cancelled = state.equals(Job.CANCELLED);
    return add(state, cancelled, 1, 0, cancelled);
  }

  /// The same for a job that goes there from another one.
  Lane<J> next(Lane<J> from, String state) {
    Lane<J> last = from.lastNext;
    if (last == null || !last.state.equals(state)) {
      last = ofAny(state);
      from.lastNext = last;
    }
    return last;
  }

  /// The places of the group with this name.
  ///
  /// @throws IllegalArgumentException if there is none
  Places<J> group(String name) {
    return Places.named(name, groups);
  }

  /// How many jobs want to come into groups that are full.
  int shutOut() {
    return groups.isEmpty() ? 0 : Places.shutOut(groups);
  }
}
