package dev.jorb.engine;

import java.util.ArrayList;
import java.util.List;

/// What is paused in the [ReferenceModel], by hand or by too many failures.
final class ModelPauses {
  private final Scenario scenario;
  private final boolean[] paused;

  /// What pauses the states, and the run, by themselves; null if nothing does.
  private final ModelBreaker[] breakers;

  private final ModelBreaker runBreaker;
  private boolean runPaused;

  ModelPauses(Scenario scenario) {
    this.scenario = scenario;
    this.paused = new boolean[scenario.states().size()];
    this.breakers = new ModelBreaker[paused.length];
    for (int i = 0; i < paused.length; i++) {
      Scenario.Care care = scenario.states().get(i).care();
      if (care.pauseWhen() != null) {
        breakers[i] = new ModelBreaker(care.pauseWhen(), care.probeNanos());
      }
    }
    this.runBreaker =
        scenario.run().pauseWhen() == null ? null : new ModelBreaker(scenario.run().pauseWhen(), 0);
  }

  void pause(int state) {
    paused[state] = true;
  }

  void resume(int state) {
    paused[state] = false;
    if (breakers[state] != null) {
      breakers[state].beginAnew();
    }
  }

  void pauseRun() {
    runPaused = true;
  }

  void resumeRun() {
    runPaused = false;
    if (runBreaker != null) {
      runBreaker.beginAnew();
    }
  }

  boolean isRunPaused() {
    return runPaused;
  }

  boolean letsStart(int state, long now) {
    return !paused[state] && (breakers[state] == null || breakers[state].letsStart(now));
  }

  /// The most jobs that one call may take: a circuit tries with one.
  int mostOfCall(int state) {
    boolean isOpen = breakers[state] != null && breakers[state].open;
    return isOpen ? 1 : scenario.states().get(state).batch();
  }

  void started(ModelJob job) {
    if (breakers[job.is.state] != null) {
      breakers[job.is.state].started(job.id);
    }
  }

  void withdrawn(ModelJob job) {
    if (breakers[job.is.state] != null) {
      breakers[job.is.state].withdrawn(job.id);
    }
  }

  /// An attempt has come to its end.
  void ended(ModelJob job, boolean failed, long now) {
    ModelBreaker own = breakers[job.is.state];
    if (own != null && own.ended(job.id, failed, now) && !own.isCircuit()) {
      paused[job.is.state] = true;
    }
    if (runBreaker != null && runBreaker.ended(job.id, failed, now)) {
      runPaused = true;
    }
  }

  /// When time alone lets a job try; [ModelJob#NEVER] for never.
  long probesNanos(long now) {
    long next = ModelJob.NEVER;
    for (ModelBreaker each : breakers) {
      next = each == null ? next : Math.min(next, each.probesNanos(now));
    }
    return next;
  }

  /// The states that are paused; the run has an empty name and is first.
  List<String> all() {
    List<String> all = new ArrayList<>();
    if (runPaused) {
      all.add("");
    }
    for (int state = 0; state < paused.length; state++) {
      if (paused[state] || (breakers[state] != null && breakers[state].open)) {
        all.add(scenario.stateName(state));
      }
    }
    return all;
  }
}
