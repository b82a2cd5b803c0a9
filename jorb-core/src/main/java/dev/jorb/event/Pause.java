package dev.jorb.event;

import java.util.Optional;

/// A state, or a whole run, in which nothing new starts.
///
/// @param state the state; empty for the run
/// @param reason who or what paused it
public record Pause(Optional<String> state, String reason) {}
