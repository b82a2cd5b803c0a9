package dev.jorb.test;

import dev.jorb.run.HoldNote;
import dev.jorb.run.Job;
import dev.jorb.run.LimitNote;
import dev.jorb.run.Run;
import dev.jorb.run.Transition;
import dev.jorb.serial.EncodeException;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.serial.MemoryRunFile;
import dev.jorb.serial.Serializer;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// A journal in memory whose process can be killed in the middle of a batch, and after it.
final class CrashingSerializer<O, J> implements Serializer<O, J> {
  private final JournalSerializer<O, J> journal;
  private final MemoryRunFile file;
  private final Points points;
  private final RandomGenerator random;
  private long tornAt = -1;

  CrashingSerializer(
      JournalSerializer<O, J> journal, MemoryRunFile file, Points points, RandomGenerator random) {
    this.journal = journal;
    this.file = file;
    this.points = points;
    this.random = random;
  }

  /// What the killed process has left behind.
  MemoryRunFile left() {
    return file.killedAt(tornAt >= 0 ? tornAt : file.size());
  }

  @Override
  public void commit(List<Encoded<J>> batch) {
    commit(batch, List.of());
  }

  @Override
  public void commit(List<Encoded<J>> batch, List<Job<J>> started) {
    long before = file.size();
    journal.commit(batch, started);
    if (batch.isEmpty()) {
      points.started(started);
      return;
    }
    List<Transition<J>> transitions = batch.stream().map(Encoded::transition).toList();
    // The last byte is a line break, without which the batch is as good.
    tornAt = before + 1 + random.nextLong(file.size() - before - 2);
    points.recording(transitions);
    tornAt = -1;
    points.recorded(transitions);
  }

  @Override
  public Optional<Run<O, J>> load() {
    return journal.load();
  }

  @Override
  public void begin(Run<O, J> run) {
    journal.begin(run);
  }

  @Override
  public Encoded<J> encode(Transition<J> transition) throws EncodeException {
    return journal.encode(transition);
  }

  @Override
  public void note(List<LimitNote> limits) {
    journal.note(limits);
  }

  @Override
  public void noteHolds(List<HoldNote> holds) {
    journal.noteHolds(holds);
  }

  @Override
  public boolean isRecording() {
    return true;
  }

  @Override
  public void close() {
    journal.close();
  }
}
