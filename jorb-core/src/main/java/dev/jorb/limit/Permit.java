package dev.jorb.limit;

/// A start that was allowed.
///
/// @param cost what it took, at least 0
/// @param startNanos when, in the limiter's time
public record Permit(long cost, long startNanos) {}
