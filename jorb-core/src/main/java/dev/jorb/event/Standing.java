package dev.jorb.event;

import dev.jorb.measure.LimitedBy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Where a job of a live run stands, as its scheduler knows it at a moment.
///
/// @param phase what is being done with it
/// @param place how many jobs start before it in its state, or in its line if the state's limits
///   are kept per key; 0 if it does not wait
/// @param before the first few of those
/// @param running the jobs whose steps run in its state
/// @param concurrency how many may
/// @param limitedBy what keeps its state from starting more
/// @param hold the same in words, with names and times; empty if there is no more to say
/// @param until when that ends; empty if no time ends it
/// @param refused the job that a service refused last in this state; empty if none was
public record Standing(
    Phase phase,
    int place,
    List<String> before,
    List<String> running,
    int concurrency,
    LimitedBy limitedBy,
    String hold,
    Optional<Instant> until,
    Optional<String> refused) {
  /// Copies the lists.
  public Standing {
    before = List.copyOf(before);
    running = List.copyOf(running);
  }

  /// What is being done with a job.
  public enum Phase {
    /// It waits for a start.
    WAITING,
    /// Its step runs.
    EXECUTING,
    /// Its step has returned, and the outcome is on its way to the disk.
    COMMITTING,
    /// What a person has ordered for it is being carried out.
    ORDERED,
    /// It was told to wait until a time.
    DELAYED,
    /// It waits for the jobs that it kicked.
    JOINING,
    /// It needs a person.
    PARKED,
    /// It is in a terminal state.
    ENDED
  }
}
