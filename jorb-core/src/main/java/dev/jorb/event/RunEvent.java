package dev.jorb.event;

import dev.jorb.run.Job;
import java.time.Duration;
import java.util.Optional;

/// Something that happened in a run. What concerns a job is told when it is recorded.
public sealed interface RunEvent {
  /// The run has started.
  record Started(String run, int jobs) implements RunEvent {}

  /// A job has moved, or stayed without an error.
  ///
  /// @param job as it is now
  /// @param from the state whose step was executed
  /// @param took how long the step took
  /// @param kicked how many jobs it kicked
  record Moved(Job<?> job, String from, Duration took, int kicked) implements RunEvent {}

  /// An attempt has failed.
  ///
  /// @param job as it is now: it tells where it went, and its last error
  /// @param from the state whose step failed
  /// @param retryAfter how long until the next attempt; empty if there is none
  record Failed(Job<?> job, String from, Optional<Duration> retryAfter) implements RunEvent {}

  /// A job was parked; told after [Failed] if that was the reason.
  record Parked(Job<?> job, String reason) implements RunEvent {}

  /// A parked job was released by hand.
  record Released(Job<?> job) implements RunEvent {}

  /// A job was cancelled.
  record Cancelled(Job<?> job, String from) implements RunEvent {}

  /// A job has another priority.
  record Prioritized(Job<?> job, int before) implements RunEvent {}

  /// A step has run longer than its state allows, and was interrupted.
  record TimedOut(Overdue step) implements RunEvent {}

  /// A job was in doubt, and something was done about it.
  record Doubted(InDoubt doubt) implements RunEvent {}

  /// A state, or the run, was paused or has paused itself.
  record Paused(Pause pause) implements RunEvent {}

  /// A state, or the run, goes on.
  ///
  /// @param state the state; empty for the run
  record Resumed(Optional<String> state) implements RunEvent {}

  /// A paused circuit tries one job.
  record Probed(String state, String job) implements RunEvent {}

  /// A job goes in circles without waiting and without a change of its context; it is slowed down.
  /// Told when it has come back a hundred times, and at each further hundred.
  ///
  /// @param laps how often it came back
  record Looped(String job, String state, int laps) implements RunEvent {}

  /// The disk is full; nothing new starts until there is room.
  record DiskFull(String reason) implements RunEvent {}

  /// There is room on the disk again.
  record DiskHasRoom() implements RunEvent {}

  /// The listener was too slow for this many events; they are lost to it.
  record Missed(long events) implements RunEvent {}

  /// The run has ended; nothing comes after it.
  record Ended(String run, boolean wasStopped) implements RunEvent {}
}
