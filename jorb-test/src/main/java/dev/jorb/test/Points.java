package dev.jorb.test;

import dev.jorb.engine.VirtualTime;
import dev.jorb.run.Job;
import dev.jorb.run.Transition;
import dev.jorb.test.CrashPoint.InDoubt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Counts the places where a process can be killed, in the order in which it comes by them, and
/// kills it at the one that it was told.
final class Points {
  /// No place.
  static final int NONE = -1;

  private final VirtualTime time;
  private final int target;
  private final List<CrashPoint> passed = new ArrayList<>();
  private final Map<Thread, List<? extends Job<?>>> jobs = new HashMap<>();

  /// By job.
  private final Map<String, InDoubt> inDoubt = new LinkedHashMap<>();

  /// @param target the number of the place, from 0, or [#NONE]
  Points(VirtualTime time, int target) {
    this.time = time;
    this.target = target;
  }

  /// All places that the process came by so far.
  List<CrashPoint> passed() {
    return List.copyOf(passed);
  }

  /// A step begins, on this thread, with the jobs of its call.
  void begin(List<? extends Job<?>> called) {
    jobs.put(Thread.currentThread(), called);
  }

  /// A step is in the middle of its work.
  void inside() {
    List<? extends Job<?>> called = jobs.get(Thread.currentThread());
    if (called != null) {
      called.forEach(job -> inDoubt.put(job.id(), new InDoubt(job.id(), job.state(), false)));
      pass("inside %s".formatted(steps(called)));
    }
  }

  /// A step has done its work, of which nobody knows yet.
  void returned(List<? extends Job<?>> called) {
    done(called);
    pass("after %s, before its record".formatted(steps(called)));
  }

  /// A step has failed, and may have done some of its work.
  void failed(List<? extends Job<?>> called) {
    done(called);
    pass("after %s failed, before its record".formatted(steps(called)));
  }

  private void done(List<? extends Job<?>> called) {
    jobs.remove(Thread.currentThread());
    called.forEach(job -> inDoubt.put(job.id(), new InDoubt(job.id(), job.state(), true)));
  }

  /// It is written that steps have started.
  void started(List<? extends Job<?>> jobs) {
    if (!jobs.isEmpty()) {
      pass("after the note that %s has started".formatted(steps(jobs)));
    }
  }

  private static String steps(List<? extends Job<?>> jobs) {
    return jobs.stream()
        .map(job -> job.state() + " of job " + job.id())
        .collect(Collectors.joining(" and "));
  }

  /// A batch is half written.
  void recording(List<? extends Transition<?>> batch) {
    pass("in the middle of the record of " + executions(batch));
  }

  /// A batch is written.
  void recorded(List<? extends Transition<?>> batch) {
    batch.forEach(each -> inDoubt.remove(each.job().id()));
    pass("after the record of %s, before anything followed".formatted(executions(batch)));
  }

  private static String executions(List<? extends Transition<?>> batch) {
    return batch.stream()
        .map(Transition::job)
        .map(job -> job.lastTransition().orElseThrow().from() + " of job " + job.id())
        .collect(Collectors.joining(" and "));
  }

  /// Comes by a place; does not return from the one where the process is killed.
  private void pass(String where) {
    CrashPoint point = new CrashPoint(passed.size(), where, List.copyOf(inDoubt.values()));
    passed.add(point);
    if (point.number() == target) {
      time.kill();
    }
  }
}
