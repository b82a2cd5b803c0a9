package dev.jorb.serial;

import dev.jorb.run.HoldNote;
import dev.jorb.run.Job;
import dev.jorb.run.LimitNote;
import dev.jorb.run.Run;
import dev.jorb.run.Transition;
import java.util.List;
import java.util.Optional;

/// Remembers a run so that it can be stopped and started again at any moment.
///
/// The life of one: [#load()], then [#begin] once, then [#encode] and [#commit] while the run goes
/// on, then [#close()]. All but `encode` are called by one thread at a time, and none of them is
/// called by a thread that may be interrupted; `encode` is called by many workers at once.
///
/// @param <O> the overall context
/// @param <J> the job context
public interface Serializer<O, J> extends AutoCloseable {
  /// The run that is stored, or empty if none is. Blocks while it reads.
  ///
  /// @throws RunFileException if what is stored is damaged, belongs to another process, or cannot
  ///   be read
  Optional<Run<O, J>> load();

  /// Makes the run durable as it stands and gets ready to record its transitions. Blocks.
  ///
  /// @param run the loaded run, or a new one if none is stored
  /// @throws RunFileException if another run is stored already, or it cannot be written
  void begin(Run<O, J> run);

  /// Encodes a transition. Pure and thread-safe: nothing is stored by it.
  ///
  /// @throws EncodeException if a context cannot be written in a form that can be read again
  Encoded<J> encode(Transition<J> transition) throws EncodeException;

  /// Records a batch, in its order, atomically; blocks until it is durable. When it throws, nothing
  /// of the batch is recorded.
  ///
  /// @throws DiskFullException if there is no room; the same batch may be tried again
  /// @throws RunFileException if it cannot be written; the serializer takes no batch after it
  void commit(List<Encoded<J>> batch);

  /// Records a batch as [#commit(List)] does, and notes which steps have started, so that after a
  /// crash the jobs that were running are known to be in doubt. A step that may not be executed
  /// twice unseen (`verify`, `parkInDoubt`, a group) begins when this has returned. The note need
  /// not be durable by then, and a serializer may do without: this default records the batch only.
  ///
  /// @param batch may be empty
  /// @param started jobs whose steps have started at these versions since the last call and have no
  ///   outcome in a batch up to this one
  /// @throws DiskFullException if there is no room; neither is recorded, and the same call may be
  ///   tried again
  /// @throws RunFileException if it cannot be written; the serializer takes no batch after it
  default void commit(List<Encoded<J>> batch, List<Job<J>> started) {
    if (!batch.isEmpty()) {
      commit(batch);
    }
  }

  /// Notes what is to be remembered of limits at the next start: until when a service closed them,
  /// and what they have learned. It has to outlive this process, and need not outlive the machine.
  /// Called between [#begin] and [#close], as `commit` is. A serializer may do without: this
  /// default does nothing.
  ///
  /// @param limits the newest of each limit that has changed
  /// @throws RunFileException if it cannot be written; the serializer takes no batch after it
  default void note(List<LimitNote> limits) {}

  /// Notes by what the states of the run were held, for whoever asks later where its time went. As
  /// with [#note]: called between [#begin] and [#close], it need not outlive the machine, and a
  /// serializer may do without.
  ///
  /// @param holds new ones, and longer versions of some that were noted before
  /// @throws RunFileException if it cannot be written; the serializer takes no batch after it
  default void noteHolds(List<HoldNote> holds) {}

  /// Whether [#commit] does anything. If not, nobody waits for it.
  boolean isRecording();

  /// Ends the recording and gives up what is held. May be called more than once.
  ///
  /// @throws RunFileException if the end cannot be recorded; what was committed is safe all the
  ///   same
  @Override
  void close();

  /// A transition, ready to be written.
  ///
  /// @param transition what it says
  /// @param bytes how it is stored; the serializer's own business
  /// @param <J> the job context
  record Encoded<J>(Transition<J> transition, byte[] bytes) {}
}
