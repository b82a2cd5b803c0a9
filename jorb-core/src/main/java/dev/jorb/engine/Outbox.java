package dev.jorb.engine;

import dev.jorb.engine.Entry.Phase;
import dev.jorb.run.HoldNote;
import dev.jorb.run.Job;
import dev.jorb.run.LimitNote;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What there is for the journal thread to write. Guarded by the dispatcher's lock.
///
/// @param <J> the job context
final class Outbox<J> {
  /// As many as may wait; a list that was longer is not made so long again.
  private static final int USUAL = 4_096;

  private List<Result<J>> results = new ArrayList<>();

  /// Steps that workers have begun since the journal thread last took what there was.
  private List<Entry<J>> started = new ArrayList<>();

  /// What is to be remembered of limits that have changed, the newest of each.
  private final Map<LimitNote.Id, LimitNote> limits = new LinkedHashMap<>();

  /// By what states were held, as far as it is not written yet.
  private List<HoldNote> holds = new ArrayList<>();

  /// What the journal thread has to write.
  ///
  /// @param results may be empty
  /// @param started jobs whose steps are running and have started since the last time
  /// @param limits what is to be remembered of limits that have changed
  /// @param holds by what states were held
  record Work<J>(
      List<Result<J>> results,
      List<Job<J>> started,
      List<LimitNote> limits,
      List<HoldNote> holds) {}

  /// Adds a result; says whether it is the first.
  boolean add(Result<J> result) {
    results.add(result);
    return results.size() == 1;
  }

  void add(List<LimitNote> notes) {
    notes.forEach(note -> limits.put(note.id(), note));
  }

  void addHolds(List<HoldNote> notes) {
    notes.forEach(note -> {
      holds.removeIf(note::replaces);
      holds.add(note);
    });
  }

  /// A worker has begun with this job, and with those that share its call.
  void started(Entry<J> entry) {
    if (entry.call == null) {
      started.add(entry);
    } else {
      started.addAll(entry.together());
    }
  }

  /// Whether there is something to write.
  ///
  /// @param quiet whether starts have waited long enough for results to be written with
  boolean isWorthWriting(boolean quiet) {
    return !results.isEmpty()
        || !limits.isEmpty()
        || !holds.isEmpty()
        || (quiet && !started.isEmpty());
  }

  Work<J> take() {
    List<Result<J>> batch = results;
    results = new ArrayList<>(Math.min(batch.size(), USUAL));
    return new Work<>(batch, takeStarted(), takeLimits(), takeHolds());
  }

  /// Steps that have returned are left out: their results are in the batch that is taken now.
  private List<Job<J>> takeStarted() {
    List<Job<J>> running = new ArrayList<>();
    for (Entry<J> entry : started) {
      if (entry.is(Phase.EXECUTING)) {
        running.add(entry.job);
      }
    }
    started = new ArrayList<>(Math.min(started.size(), USUAL));
    return running;
  }

  List<HoldNote> takeHolds() {
    if (holds.isEmpty()) {
      return List.of();
    }
    List<HoldNote> taken = holds;
    holds = new ArrayList<>();
    return taken;
  }

  List<LimitNote> takeLimits() {
    if (limits.isEmpty()) {
      return List.of();
    }
    List<LimitNote> taken = List.copyOf(limits.values());
    limits.clear();
    return taken;
  }
}
