package dev.jorb.processor;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.run.Transition;
import dev.jorb.serial.NoRoom;
import dev.jorb.serial.Serializer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;

/// Records in memory, and lets a test say when a commit comes through and how it fails.
final class GatedSerializer implements Serializer<String, Note> {
  private final Map<String, Job<Note>> durable = new ConcurrentHashMap<>();
  private final List<List<String>> batches = new ArrayList<>();
  private final Queue<Throwable> failures = new ArrayDeque<>();
  private boolean roomForNotes = true;
  private int refusedNotes;
  private boolean shut;
  private int passes;
  private int waiting;
  private int attempts;
  private int closed;
  private RuntimeException failingBegin;
  private RuntimeException failingClose;

  /// Commits wait from now on.
  synchronized void shut() {
    shut = true;
  }

  /// Commits come through again.
  synchronized void open() {
    shut = false;
    notifyAll();
  }

  /// What waits comes through; what comes after it waits.
  synchronized void openOnce() {
    passes = waiting;
    notifyAll();
  }

  /// The next commits fail like this, one after the other.
  synchronized void failWith(Collection<? extends Throwable> next) {
    failures.addAll(next);
  }

  /// Whether a note of starts that comes without a batch finds room.
  synchronized void roomForNotes(boolean isThere) {
    roomForNotes = isThere;
  }

  /// Notes for which there was no room.
  synchronized int refusedNotes() {
    return refusedNotes;
  }

  synchronized void failBeginWith(RuntimeException failure) {
    failingBegin = failure;
  }

  synchronized void failCloseWith(RuntimeException failure) {
    failingClose = failure;
  }

  /// Commits that wait for the gate.
  synchronized int waiting() {
    return waiting;
  }

  /// Commits that were tried.
  synchronized int attempts() {
    return attempts;
  }

  synchronized int closed() {
    return closed;
  }

  /// The ids of each batch's jobs, in order.
  synchronized List<List<String>> batches() {
    return List.copyOf(batches);
  }

  /// The version of the job that would survive a crash; 0 if none.
  int durableVersion(String id) {
    Job<Note> job = durable.get(id);
    return job == null ? 0 : job.version();
  }

  @Override
  public Optional<Run<String, Note>> load() {
    return Optional.empty();
  }

  @Override
  public synchronized void begin(Run<String, Note> run) {
    awaitGate();
    if (failingBegin != null) {
      throw failingBegin;
    }
    run.jobs().forEach(job -> durable.put(job.id(), job));
  }

  @Override
  public Encoded<Note> encode(Transition<Note> transition) {
    if (transition.job().context().more != null) {
      throw new IllegalArgumentException("a note without end");
    }
    return new Encoded<>(transition, new byte[16]);
  }

  @Override
  public synchronized void commit(List<Encoded<Note>> batch, List<Job<Note>> started) {
    if (!batch.isEmpty()) {
      commit(batch);
    } else if (!started.isEmpty() && !roomForNotes) {
      refusedNotes++;
      throw NoRoom.onTheDisk();
    }
  }

  @Override
  public synchronized void commit(List<Encoded<Note>> batch) {
    attempts++;
    awaitGate();
    Throwable failure = failures.poll();
    if (failure != null) {
      throw GatedSerializer.<RuntimeException>sneaky(failure);
    }
    batches.add(batch.stream().map(each -> each.transition().job().id()).toList());
    for (Encoded<Note> each : batch) {
      durable.put(each.transition().job().id(), each.transition().job());
      each.transition().kicked().forEach(job -> durable.put(job.id(), job));
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> RuntimeException sneaky(Throwable failure) throws T {
    throw (T) failure;
  }

  private void awaitGate() {
    waiting++;
    while (shut && passes == 0) {
      try {
        wait();
      } catch (InterruptedException never) {
        throw new AssertionError("the journal thread was interrupted", never);
      }
    }
    passes = Math.max(0, passes - 1);
    waiting--;
  }

  @Override
  public boolean isRecording() {
    return true;
  }

  @Override
  public synchronized void close() {
    closed++;
    if (failingClose != null) {
      throw failingClose;
    }
  }
}
