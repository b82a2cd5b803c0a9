package dev.jorb.run;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a run remembers of one of its limits over its end: that a service closed it until a time,
/// and what it has learned.
///
/// @param limit which one: the state's name, `#`, and its place among the state's limits from 0
/// @param key for whom, if it is kept per key, as text; else empty
/// @param until until when the service closed it; null if it did not
/// @param rate what it has learned, in its own unit; null if nothing
public record LimitNote(String limit, String key, @Nullable Instant until, @Nullable Double rate) {
  /// Refuses null names.
  public LimitNote {
    Objects.requireNonNull(limit, "limit");
    Objects.requireNonNull(key, "key");
  }

  /// Until when the service closed it.
  public Optional<Instant> closedUntil() {
    return Optional.ofNullable(until);
  }

  /// What it has learned.
  public Optional<Double> learned() {
    return Optional.ofNullable(rate);
  }

  /// Whether it is about the same limit.
  public Id id() {
    return new Id(limit, key);
  }

  /// Which limit a note is about.
  ///
  /// @param limit as in the note
  /// @param key as in the note
  public record Id(String limit, String key) {}
}
