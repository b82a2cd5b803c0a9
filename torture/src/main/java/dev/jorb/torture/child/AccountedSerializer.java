package dev.jorb.torture.child;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.run.Transition;
import dev.jorb.serial.DiskFullException;
import dev.jorb.serial.EncodeException;
import dev.jorb.serial.Serializer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes in the account what a serializer is asked and what it answers.
final class AccountedSerializer implements Serializer<String, Load> {
  private final Serializer<String, Load> serializer;
  private final Account account;
  private final Phases phases;
  private final List<Job<Load>> added = new ArrayList<>();
  private final Runnable afterLast;
  private long batchesLeft;
  private long batch;

  /// @param afterLast runs after the `batches`th acknowledged batch
  AccountedSerializer(
      Serializer<String, Load> serializer,
      Account account,
      Phases phases,
      long batches,
      Runnable afterLast) {
    this.serializer = serializer;
    this.account = account;
    this.phases = phases;
    this.batchesLeft = batches;
    this.afterLast = afterLast;
  }

  /// Says that the program put `job` in the run, before it begins.
  void adds(Job<Load> job) {
    added.add(job);
  }

  @Override
  public Optional<Run<String, Load>> load() {
    phases.enter(Phases.Phase.LOAD);
    return serializer.load();
  }

  @Override
  public void begin(Run<String, Load> run) {
    account.willAdd(added);
    phases.enter(Phases.Phase.BEGIN);
    serializer.begin(run);
    account.isDurable(run.jobs());
    phases.enter(Phases.Phase.RUN);
  }

  @Override
  public Encoded<Load> encode(Transition<Load> transition) throws EncodeException {
    return serializer.encode(transition);
  }

  @Override
  public void commit(List<Encoded<Load>> transitions) {
    commit(transitions, List.of());
  }

  @Override
  public void commit(List<Encoded<Load>> transitions, List<Job<Load>> started) {
    if (transitions.isEmpty()) {
      noteStarts(started);
      return;
    }
    batch++;
    account.willCommit(batch, transitions);
    try {
      serializer.commit(transitions, started);
    } catch (Throwable refused) {
      account.isRefused(batch, refused instanceof DiskFullException);
      throw refused;
    }
    account.isCommitted(batch);
    if (--batchesLeft == 0) {
      afterLast.run();
    }
  }

  private void noteStarts(List<Job<Load>> started) {
    try {
      serializer.commit(List.of(), started);
    } catch (DiskFullException refused) {
      account.isRefused(batch, true);
      throw refused;
    }
  }

  @Override
  public boolean isRecording() {
    return serializer.isRecording();
  }

  @Override
  public void close() {
    phases.enter(Phases.Phase.CLOSE);
    serializer.close();
  }
}
