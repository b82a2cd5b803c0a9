package dev.jorb.test;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// One execution of a step in a [Simulation], whether it was recorded or not.
///
/// @param job the job's id
/// @param state the state whose step it was
/// @param attempt failed attempts in a row before it, from 0
/// @param started when it began
/// @param ended when it returned or failed
/// @param to the state that it returned; empty if it threw
/// @param error the error that it returned, or the exception that it threw
public record Execution(
    String job,
    String state,
    int attempt,
    Instant started,
    Instant ended,
    Optional<String> to,
    Optional<String> error) {
  /// How long it took.
  public Duration took() {
    return Duration.between(started, ended);
  }
}
