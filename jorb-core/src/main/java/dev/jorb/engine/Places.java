package dev.jorb.engine;

import dev.jorb.run.Job;
import dev.jorb.workflow.Group;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The places of a [Group], and the jobs that have them. A job takes one when its first step in the
/// group starts, and gives it back when it is placed in a state outside.
///
/// Read and written by the board only.
final class Places<J> {
  private static final int SHOWN = 3;

  private final Group group;
  private final BitSet touched;
  private final LinkedHashSet<Entry<J>> inside = new LinkedHashSet<>();

  /// The lanes of its states.
  private final List<Lane<J>> lanes = new ArrayList<>();

  private int most;

  /// @param touched is set for lanes that may go on
  Places(Group group, BitSet touched) {
    this.group = group;
    this.most = group.most();
    this.touched = touched;
  }

  /// Those of the group that the state is in; null if it is in none.
  static <J> @Nullable Places<J> of(String state, List<Places<J>> groups) {
    return groups.stream().filter(each -> each.states().contains(state)).findFirst().orElse(null);
  }

  /// Those of the group with this name.
  ///
  /// @throws IllegalArgumentException if there is none
  static <J> Places<J> named(String name, List<Places<J>> groups) {
    return groups.stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "unknown group \"%s\"; known are %s"
                    .formatted(name, groups.stream().map(Places::name).toList())));
  }

  Set<String> states() {
    return group.states();
  }

  String name() {
    return group.name();
  }

  void add(Lane<J> lane) {
    lanes.add(lane);
  }

  /// From now on so many may be inside. Those who are stay.
  void most(int newMost) {
    most = newMost;
    wake();
  }

  boolean hasRoom() {
    return room() > 0;
  }

  /// How many more may come in.
  int room() {
    return Math.max(0, most - inside.size());
  }

  /// Whether a job of one of its states is inside, by what is recorded of it: its last step was one
  /// of the group's, or had started when a process died.
  boolean has(Job<?> job) {
    return job.inDoubt()
        || job.crashes() > 0
        || job.lastTransition().filter(last -> last.isWithin(states())).isPresent();
  }

  void enter(Entry<J> entry) {
    entry.places = this;
    inside.add(entry);
  }

  void leave(Entry<J> entry) {
    entry.places = null;
    inside.remove(entry);
    wake();
  }

  /// Another entry stands for the same job from now on.
  void replace(Entry<J> entry, Entry<J> fresh) {
    if (inside.remove(entry)) {
      enter(fresh);
    }
  }

  private void wake() {
    lanes.forEach(lane -> touched.set(lane.index));
  }

  /// How many jobs want to come into one of the groups and cannot.
  static <J> int shutOut(List<Places<J>> groups) {
    int sum = 0;
    for (Places<J> each : groups) {
      sum += each.shutOut();
    }
    return sum;
  }

  /// How many jobs want to come in and cannot.
  private int shutOut() {
    return hasRoom() ? 0 : lanes.stream().mapToInt(lane -> lane.entrants).sum();
  }

  /// That it is full, and with whom.
  String full() {
    String first =
        inside.stream().limit(SHOWN).map(each -> each.job.id()).collect(Collectors.joining(", "));
    int more = inside.size() - SHOWN;
    return "\"%s\" is full: %d of %d, with %s"
        .formatted(
            name(), inside.size(), most, more > 0 ? first + " and " + more + " more" : first);
  }
}
