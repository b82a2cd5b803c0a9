package dev.jorb.engine;

import dev.jorb.event.Overdue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The threads that execute steps, and what each of them is at. Thread-safe.
final class Workers {
  private final Set<Worker> all = ConcurrentHashMap.newKeySet();

  /// A thread and the job whose step it runs.
  static final class Worker {
    private final Thread thread;
    private boolean timedOut;
    private long beganNanos;
    private volatile @Nullable Entry<?> busy;

    Worker(Thread thread) {
      this.thread = thread;
    }

    void begin(Entry<?> entry) {
      busy = entry;
    }

    void end() {
      busy = null;
    }

    /// A step that has a deadline begins.
    synchronized void beginTimed(long nowNanos) {
      beganNanos = nowNanos;
    }

    /// Ends a step that had a deadline; says whether it was interrupted because of it.
    synchronized boolean endTimed() {
      busy = null;
      boolean was = timedOut;
      timedOut = false;
      return was;
    }

    private synchronized @Nullable Overdue overdue(long nowNanos) {
      Entry<?> entry = busy;
      return entry == null || !timedOut
          ? null
          : new Overdue(
              entry.job.id(),
              entry.job.state(),
              Duration.ofNanos(nowNanos - beganNanos),
              List.of(thread.getStackTrace()));
    }

    private synchronized @Nullable Overdue timeOut(Entry<?> entry, long nowNanos) {
      if (!entry.equals(busy)) {
        return null;
      }
      timedOut = true;
      Overdue step = overdue(nowNanos);
      thread.interrupt();
      return step;
    }
  }

  Worker enter(Thread thread) {
    Worker worker = new Worker(thread);
    all.add(worker);
    return worker;
  }

  void leave(Worker worker) {
    all.remove(worker);
  }

  /// Interrupts the thread that runs this job's step, because it has run too long; says where it
  /// was. Null if the step has just ended.
  @Nullable Overdue timeOut(Entry<?> entry, long nowNanos) {
    for (Worker worker : all) {
      Overdue step = worker.timeOut(entry, nowNanos);
      if (step != null) {
        return step;
      }
    }
    return null;
  }

  /// The steps that were interrupted because they have run too long, and are still running.
  List<Overdue> overdue(long nowNanos) {
    List<Overdue> overdue = new ArrayList<>();
    for (Worker worker : all) {
      Overdue one = worker.overdue(nowNanos);
      if (one != null) {
        overdue.add(one);
      }
    }
    return overdue;
  }

  /// Interrupts every thread that runs a step.
  void interrupt() {
    for (Worker worker : all) {
      if (worker.busy != null) {
        worker.thread.interrupt();
      }
    }
  }

  /// What the workers are at.
  List<Entry<?>> entries() {
    List<Entry<?>> entries = new ArrayList<>();
    for (Worker worker : all) {
      Entry<?> entry = worker.busy;
      if (entry != null) {
        entries.add(entry);
      }
    }
    return entries;
  }

  /// The jobs whose steps are running.
  List<String> busy() {
    List<String> busy = new ArrayList<>();
    for (Worker worker : all) {
      Entry<?> entry = worker.busy;
      if (entry != null) {
        busy.add(entry.job.id() + " in " + entry.job.state());
      }
    }
    return busy;
  }
}
