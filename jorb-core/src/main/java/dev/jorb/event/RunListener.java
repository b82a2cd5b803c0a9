package dev.jorb.event;

/// Is told what happens in a run.
///
/// Called on a thread of its own, never at the same time twice, in the order of events. It can
/// neither slow nor break the run: events wait for it in a bounded queue, and what finds no room is
/// counted and told as [RunEvent.Missed]. What it throws is logged once.
@FunctionalInterface
public interface RunListener {
  /// Something happened.
  void event(RunEvent event);
}
