package dev.jorb.serial;

import dev.jorb.run.HoldNote;
import dev.jorb.run.Job;
import dev.jorb.run.LimitNote;
import dev.jorb.run.Run;
import dev.jorb.run.Transition;
import java.util.List;
import java.util.Optional;

/// Leaves all to another, for serializers of tests that do one thing differently.
///
/// @param <O> the overall context
/// @param <J> the job context
public abstract class ForwardingSerializer<O, J> implements Serializer<O, J> {
  private final Serializer<O, J> other;

  protected ForwardingSerializer(Serializer<O, J> other) {
    this.other = other;
  }

  @Override
  public Optional<Run<O, J>> load() {
    return other.load();
  }

  @Override
  public void begin(Run<O, J> run) {
    other.begin(run);
  }

  @Override
  public Encoded<J> encode(Transition<J> transition) throws EncodeException {
    return other.encode(transition);
  }

  @Override
  public final void commit(List<Encoded<J>> batch) {
    commit(batch, List.of());
  }

  @Override
  public void commit(List<Encoded<J>> batch, List<Job<J>> started) {
    other.commit(batch, started);
  }

  @Override
  public void note(List<LimitNote> limits) {
    other.note(limits);
  }

  @Override
  public void noteHolds(List<HoldNote> holds) {
    other.noteHolds(holds);
  }

  @Override
  public boolean isRecording() {
    return other.isRecording();
  }

  @Override
  public void close() {
    other.close();
  }
}
