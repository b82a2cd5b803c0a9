package dev.jorb.workflow;

import dev.jorb.limit.Limit;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A limit on a state's starts.
///
/// @param <J> the job context
public final class StateLimit<J> {
  private final Limit limit;
  private final @Nullable Function<? super J, ?> key;

  StateLimit(Limit limit, @Nullable Function<? super J, ?> key) {
    this.limit = Objects.requireNonNull(limit, "a state's limit must not be null");
    this.key = key;
  }

  /// The limit.
  public Limit limit() {
    return limit;
  }

  /// Tells a job's key, by its context; empty if the limit counts for all jobs together.
  public Optional<Function<? super J, ?>> key() {
    return Optional.ofNullable(key);
  }

  @Override
  public String toString() {
    return limit + (key == null ? "" : " per key");
  }
}
