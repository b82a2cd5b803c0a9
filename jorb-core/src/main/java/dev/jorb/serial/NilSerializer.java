package dev.jorb.serial;

import dev.jorb.run.Run;
import dev.jorb.run.Transition;
import java.util.List;
import java.util.Optional;

/// Remembers nothing, for runs that are not worth it. Thread-safe.
///
/// @param <O> the overall context
/// @param <J> the job context
public final class NilSerializer<O, J> implements Serializer<O, J> {
  private static final byte[] NOTHING = {};

  /// A serializer that stores nothing.
  public NilSerializer() {}

  @Override
  public Optional<Run<O, J>> load() {
    return Optional.empty();
  }

  @Override
  public void begin(Run<O, J> run) {}

  @Override
  public Encoded<J> encode(Transition<J> transition) {
    return new Encoded<>(transition, NOTHING);
  }

  @Override
  public void commit(List<Encoded<J>> batch) {}

  @Override
  public boolean isRecording() {
    return false;
  }

  @Override
  public void close() {}
}
