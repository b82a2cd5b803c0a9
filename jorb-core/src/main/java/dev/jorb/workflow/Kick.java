package dev.jorb.workflow;

import java.util.Objects;

/// A request for a new job.
///
/// @param state where it starts
/// @param context its job context
/// @param <J> the job context
public record Kick<J>(String state, J context) {
  /// Refuses null.
  public Kick {
    Objects.requireNonNull(state, "a kick's state must not be null");
    Objects.requireNonNull(context, "a kick's context must not be null");
  }
}
