package dev.jorb.test;

import dev.jorb.event.StatusCount;
import dev.jorb.event.StatusListener;
import java.util.ArrayList;
import java.util.List;

/// Remembers all that it is told. In a [Simulation] that is every change of the counts; from a
/// processor it comes a few times a second. Thread-safe.
public final class RecordingListener implements StatusListener {
  private final List<List<StatusCount>> statuses = new ArrayList<>();

  /// A listener that was told nothing yet.
  public RecordingListener() {}

  @Override
  public synchronized void status(List<StatusCount> counts) {
    statuses.add(List.copyOf(counts));
  }

  /// All that it was told, oldest first.
  public synchronized List<List<StatusCount>> statuses() {
    return List.copyOf(statuses);
  }

  /// What it was told of one state, oldest first, without repetitions.
  public List<StatusCount> of(String state) {
    List<StatusCount> changes = new ArrayList<>();
    for (List<StatusCount> counts : statuses()) {
      StatusCount count = find(counts, state);
      if (changes.isEmpty() || !changes.getLast().equals(count)) {
        changes.add(count);
      }
    }
    return List.copyOf(changes);
  }

  /// What it was told last.
  ///
  /// @throws IllegalStateException if it was told nothing
  public List<StatusCount> last() {
    List<List<StatusCount>> all = statuses();
    if (all.isEmpty()) {
      throw new IllegalStateException("the listener was told nothing yet");
    }
    return all.getLast();
  }

  /// What it was told last of one state.
  ///
  /// @throws IllegalArgumentException if there is no such state
  /// @throws IllegalStateException if it was told nothing
  public StatusCount last(String state) {
    return find(last(), state);
  }

  /// The most jobs of a state whose steps ran at the same time.
  public int mostExecuting(String state) {
    return of(state).stream().mapToInt(StatusCount::executing).max().orElse(0);
  }

  private static StatusCount find(List<StatusCount> counts, String state) {
    return counts.stream()
        .filter(count -> count.state().equals(state))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "there is no state \"%s\"; known are %s"
                    .formatted(state, counts.stream().map(StatusCount::state).toList())));
  }
}
