package dev.jorb.event;

import java.util.List;

/// Is told how a run stands.
///
/// Called on a thread of its own, never at the same time twice, at most a few times a second and at
/// least about once, and once more when the run rests. It gets the newest counts: what it was too
/// slow for is skipped. What it throws is logged once and does nothing to the run.
@FunctionalInterface
public interface StatusListener {
  /// The counts of all states, in the states' order.
  void status(List<StatusCount> counts);

  /// The run has ended: nothing more will be told. Does nothing if not said.
  default void ended() {}

  /// A listener that does nothing.
  static StatusListener none() {
    return counts -> {};
  }
}
