package dev.jorb.engine;

import dev.jorb.event.InDoubt;
import dev.jorb.event.InDoubt.Became;
import dev.jorb.run.Job;
import java.util.ArrayList;
import java.util.List;

/// What became of the jobs that were in doubt when a run started. Thread-safe.
final class Doubts {
  private final List<InDoubt> all = new ArrayList<>();

  synchronized void became(Job<?> job, Became became) {
    all.add(new InDoubt(job.id(), job.state(), job.crashes(), became));
  }

  /// In the order in which something was done about them.
  synchronized List<InDoubt> all() {
    return List.copyOf(all);
  }
}
