package dev.jorb.run;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a redrive took a job away from; a job carries it until its next version.
///
/// @param number the number of the redrive in the run's life, from 1
/// @param from the state that the job was in
/// @param attempt its failed attempts in a row there
/// @param parked why it was parked there; null if it was not
/// @param held whether a start would have left it parked
/// @param due when it was to be executed again; null if it was not delayed
/// @param deadline when it had to be at its end; null for any time
/// @param awaitedKicks whether it waited there for the jobs that it had kicked
public record Redriven(
    int number,
    String from,
    int attempt,
    @Nullable String parked,
    boolean held,
    @Nullable Instant due,
    @Nullable Instant deadline,
    boolean awaitedKicks) {
  /// Checks that it has a state.
  public Redriven {
    Objects.requireNonNull(from, "from");
  }
}
