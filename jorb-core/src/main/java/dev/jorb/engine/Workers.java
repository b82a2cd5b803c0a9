package dev.jorb.engine;

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

    /// Ends a step that had a deadline; says whether it was interrupted because of it.
    synchronized boolean endTimed() {
      busy = null;
      boolean was = timedOut;
      timedOut = false;
      return was;
    }

    private synchronized void timeOut(Entry<?> entry) {
      if (entry.equals(busy)) {
        timedOut = true;
        thread.interrupt();
      }
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

  /// Interrupts the thread that runs this job's step, because it has run too long.
  void timeOut(Entry<?> entry) {
    all.forEach(worker -> worker.timeOut(entry));
  }

  /// Interrupts every thread that runs a step.
  void interrupt() {
    for (Worker worker : all) {
      if (worker.busy != null) {
        worker.thread.interrupt();
      }
    }
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
