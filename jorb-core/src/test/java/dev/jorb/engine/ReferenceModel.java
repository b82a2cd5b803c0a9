package dev.jorb.engine;

import dev.jorb.engine.Scenario.RateSpec;
import dev.jorb.engine.Scenario.StateSpec;
import dev.jorb.event.StatusCount;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the board and the verdict should do, in the plainest way: one list of jobs, scanned for
/// every question. Slow and, one hopes, obviously right. Time counts from zero.
final class ReferenceModel {
  /// So many orders are carried out at a time.
  private static final int MOST_ORDERED = 16;

  private final Scenario scenario;
  private final List<ModelJob> jobs = new ArrayList<>();
  private final Map<String, Long> executions = new LinkedHashMap<>();
  private final List<ModelRate> rates = new ArrayList<>();
  private final boolean[] paused;
  private boolean held;
  private boolean stopped;

  /// Grows with every job that joins a queue or begins a delay.
  private long places;

  private long calls;

  /// Shrinks with every job that goes back in front.
  private long front;

  ReferenceModel(Scenario scenario) {
    this.scenario = scenario;
    this.paused = new boolean[scenario.states().size()];
    scenario.rates().forEach(rate -> rates.add(new ModelRate(rate)));
  }

  enum Phase {
    WAITING,
    EXECUTING,
    /// Something was ordered, and nobody has begun with it.
    GIVEN,
    /// It is being carried out.
    ORDERED,
    COMMITTING,
    DELAYED,
    PARKED,
    ENDED
  }

  /// A job: first what is durable of it, then where it stands.
  static final class ModelJob {
    final String id;
    int state;
    int attempt;
    int kicks;
    boolean parked;

    /// It is parked, of which the file knows nothing.
    boolean parkedInMemory;

    boolean held;
    int priority;
    long dueMillis;

    Phase phase;

    /// The call that it shares with others.
    long call;

    /// What was ordered: what comes now, and what comes when it has returned.
    Order.Act order;

    Order.Act next;
    long place;
    long dueNanos;
    Verdict verdict;
    int bytes;

    ModelJob(String id, int state) {
      this.id = id;
      this.state = state;
    }

    boolean isParked() {
      return parked || parkedInMemory;
    }
  }

  /// What a step did.
  ///
  /// @param failed it threw, or returned null
  /// @param state where it wants to go; -1 to stay
  /// @param delayNanos -1 if it did not say
  record Step(boolean failed, int state, boolean error, long delayNanos, List<Integer> kicks) {}

  /// What should follow from a step.
  ///
  /// @param most the longest delay that may have been drawn; equal to `least` if none is drawn
  record Verdict(
      int state,
      int attempt,
      boolean parked,
      boolean logged,
      List<Integer> kicks,
      long least,
      long most) {
    /// What was decided by an order.
    Verdict(int state, int attempt, boolean parked) {
      this(state, attempt, parked, false, List.of(), 0, 0);
    }
  }

  // What a step means.

  Verdict verdict(String id, Step step) {
    ModelJob job = job(id);
    StateSpec state = scenario.states().get(job.state);
    int unknown = scenario.states().size();
    boolean invalid = step.failed || step.state == unknown || step.kicks.contains(unknown);
    boolean stays = step.state == -1 || step.state == job.state;
    if (!invalid && !(stays && step.error)) {
      long delay = Math.max(0, step.delayNanos);
      int target = stays ? job.state : step.state;
      return new Verdict(target, 0, false, step.error, step.kicks, delay, delay);
    }
    List<Integer> kicks = invalid ? List.of() : step.kicks;
    int failures = job.attempt + 1;
    if (failures <= state.retries()) {
      long most = state.firstBackoffNanos();
      for (int i = 1; i < failures; i++) {
        most = Math.min(state.maxBackoffNanos(), most * 2);
      }
      boolean chosen = !invalid && step.delayNanos >= 0;
      return new Verdict(
          job.state,
          failures,
          false,
          true,
          kicks,
          chosen ? step.delayNanos : 0,
          chosen ? step.delayNanos : most);
    }
    if (state.onFailure() >= 0) {
      return new Verdict(state.onFailure(), 0, false, true, kicks, 0, 0);
    }
    return new Verdict(job.state, failures, true, true, kicks, 0, 0);
  }

  // What happens.

  void enter(String id, int state, long delayNanos, boolean parked, long now) {
    ModelJob job = new ModelJob(id, state);
    job.parked = parked;
    job.dueMillis = delayNanos == 0 ? 0 : millis(now + delayNanos);
    jobs.add(job);
    place(job, delayNanos, now);
  }

  void returned(String id, Verdict verdict, long delayNanos, int bytes, long now) {
    ModelJob job = job(id);
    job.phase = Phase.COMMITTING;
    job.verdict = verdict;
    job.bytes = bytes;
    job.dueNanos = delayNanos;
    job.place = millis(now + delayNanos);
  }

  void committed(String id, long now) {
    ModelJob job = job(id);
    Verdict verdict = job.verdict;
    Order.Act order = job.order;
    if (order == null || order instanceof Order.Cancel) {
      executions.merge(scenario.stateName(job.state), 1L, Long::sum);
    }
    job.state = verdict.state;
    job.attempt = verdict.attempt;
    job.parked = verdict.parked;
    job.parkedInMemory = false;
    if (order == null) {
      job.dueMillis = job.dueNanos == 0 ? 0 : job.place;
    } else {
      record(job, order);
    }
    job.order = null;
    job.verdict = null;
    place(job, job.dueNanos, now);
    List<ModelJob> kicked = new ArrayList<>();
    for (int kick : verdict.kicks) {
      enter(job.id + "->" + job.kicks++, kick, 0, false, now);
      kicked.add(jobs.getLast());
    }
    Order.Act next = job.next;
    job.next = null;
    if (next != null) {
      kicked.forEach(child -> order(child, next));
      order(job, next);
    }
  }

  private static void record(ModelJob job, Order.Act order) {
    switch (order) {
      case Order.Park park -> job.held = true;
      case Order.Release release -> {
        job.held = false;
        job.dueMillis = 0;
      }
      case Order.Cancel cancel -> {
        job.held = false;
        job.dueMillis = 0;
      }
      case Order.Prioritize prioritize -> job.priority = prioritize.priority();
      case Order.Verify verify -> throw new AssertionError(verify);
      case Order.Expire expire -> throw new AssertionError(expire);
    }
  }

  // What a person orders.

  void order(String id, Order.Act act) {
    if (!stopped) {
      order(job(id), act);
    }
  }

  private void order(ModelJob job, Order.Act act) {
    if (stopped) {
      return;
    }
    switch (job.phase) {
      case EXECUTING, COMMITTING, GIVEN, ORDERED -> job.next = act;
      case ENDED -> {}
      case WAITING, DELAYED, PARKED -> {
        job.phase = Phase.GIVEN;
        job.order = act;
        job.place = places++;
      }
    }
  }

  /// What should come of an order; null if it changes nothing.
  Verdict verdictOfOrder(String id) {
    ModelJob job = job(id);
    return switch (job.order) {
      case Order.Park park -> new Verdict(job.state, job.attempt, true);
      case Order.Release release -> job.isParked() ? new Verdict(job.state, 0, false) : null;
      case Order.Cancel cancel -> new Verdict(scenario.cancelled(), 0, false);
      case Order.Prioritize prioritize ->
          job.priority == prioritize.priority()
              ? null
              : new Verdict(job.state, job.attempt, job.isParked());
      case Order.Verify verify -> throw new AssertionError(verify);
      case Order.Expire expire -> throw new AssertionError(expire);
    };
  }

  /// How long the job still has to wait.
  long remaining(String id, long now) {
    ModelJob job = job(id);
    return job.dueMillis == 0 ? 0 : Math.max(0, job.dueMillis * 1_000_000 - now);
  }

  void unchanged(String id, long delayNanos, long now) {
    ModelJob job = job(id);
    job.order = null;
    place(job, delayNanos, now);
    Order.Act next = job.next;
    job.next = null;
    if (next != null) {
      order(job, next);
    }
  }

  void withdrawn(String id) {
    ModelJob job = job(id);
    job.phase = Phase.WAITING;
    job.place = --front;
    Order.Act next = job.next;
    job.next = null;
    if (next != null) {
      order(job, next);
    }
  }

  void unrecordable(String id) {
    ModelJob job = job(id);
    job.phase = Phase.PARKED;
    job.parkedInMemory = true;
    Order.Act next = job.next;
    job.next = null;
    if (next != null) {
      order(job, next);
    }
  }

  void pause(int state) {
    paused[state] = true;
  }

  void resume(int state) {
    paused[state] = false;
  }

  void hold(boolean held) {
    this.held = held;
  }

  /// Nothing starts any more. Orders with which nobody has begun are forgotten.
  void stop(long now) {
    stopped = true;
    for (ModelJob job = firstGiven(); job != null; job = firstGiven()) {
      job.order = null;
      place(job, 0, now);
    }
  }

  /// The process ends and another goes on with what is durable. Whoever was parked gets another
  /// chance.
  ReferenceModel restarted(long now) {
    ReferenceModel next = new ReferenceModel(scenario);
    next.executions.putAll(executions);
    for (ModelJob job : jobs) {
      ModelJob again = new ModelJob(job.id, job.state);
      again.kicks = job.kicks;
      again.dueMillis = job.dueMillis;
      again.priority = job.priority;
      again.held = job.held;
      again.parked = job.held;
      again.attempt = job.parked && !job.held ? 0 : job.attempt;
      if (job.state == scenario.states().size()) {
        again.attempt = job.attempt;
      }
      next.jobs.add(again);
      next.place(again, job.dueMillis == 0 ? 0 : Math.max(0, job.dueMillis * 1_000_000 - now), now);
    }
    return next;
  }

  /// Somebody gives a job another state while no process runs.
  void sent(String id, int state) {
    ModelJob job = job(id);
    job.state = state;
    job.attempt = 0;
    job.parked = false;
    job.held = false;
    job.dueMillis = 0;
  }

  private void place(ModelJob job, long delayNanos, long now) {
    job.place = places++;
    if (scenario.isTerminal(job.state)) {
      job.phase = Phase.ENDED;
    } else if (job.isParked() || job.state == scenario.states().size()) {
      job.phase = Phase.PARKED;
    } else if (delayNanos == 0) {
      job.phase = Phase.WAITING;
    } else {
      job.phase = Phase.DELAYED;
      job.dueNanos = now + delayNanos;
    }
  }

  private static long millis(long nanos) {
    return Math.floorDiv(nanos, 1_000_000);
  }

  // What starts.

  /// The ids of the jobs that start now, in their order.
  List<String> starts(long now) {
    for (ModelJob due = firstDelayed(); due != null && due.dueNanos <= now; due = firstDelayed()) {
      due.phase = Phase.WAITING;
      due.place = places++;
    }
    List<String> starts = new ArrayList<>();
    for (ModelJob job = firstGiven();
        job != null && !isHeld() && count(Phase.ORDERED) < MOST_ORDERED;
        job = firstGiven()) {
      job.phase = Phase.ORDERED;
      starts.add(job.id);
    }
    for (int state = scenario.states().size() - 1; state >= 0; state--) {
      while (lacksOnlyAPermit(state) && permitWait(state, now) == 0) {
        if (rate(state) != null) {
          rate(state).take(now);
        }
        long call = calls++;
        for (int i = 0; i < scenario.states().get(state).batch(); i++) {
          ModelJob job = firstWaiting(state);
          if (job != null) {
            job.phase = Phase.EXECUTING;
            job.call = call;
            starts.add(job.id);
          }
        }
      }
    }
    return starts;
  }

  private boolean lacksOnlyAPermit(int state) {
    return !isHeld()
        && !paused[state]
        && firstWaiting(state) != null
        && callsOf(state) < scenario.states().get(state).concurrency();
  }

  private boolean isHeld() {
    return stopped
        || held
        || uncommitted() >= scenario.limits().uncommitted()
        || uncommittedBytes() >= scenario.limits().uncommittedBytes();
  }

  private long callsOf(int state) {
    return jobs.stream()
        .filter(job -> job.state == state && job.phase == Phase.EXECUTING)
        .mapToLong(job -> job.call)
        .distinct()
        .count();
  }

  private ModelJob firstGiven() {
    ModelJob first = null;
    for (ModelJob job : jobs) {
      if (job.phase == Phase.GIVEN && (first == null || job.place < first.place)) {
        first = job;
      }
    }
    return first;
  }

  private ModelRate rate(int state) {
    int rate = scenario.states().get(state).rate();
    return rate < 0 ? null : rates.get(rate);
  }

  private long permitWait(int state, long now) {
    return rate(state) == null ? 0 : rate(state).waitNanos(now);
  }

  private ModelJob firstWaiting(int state) {
    ModelJob first = null;
    for (ModelJob job : jobs) {
      if (job.state == state
          && job.phase == Phase.WAITING
          && (first == null
              || job.priority > first.priority
              || (job.priority == first.priority && job.place < first.place))) {
        first = job;
      }
    }
    return first;
  }

  private ModelJob firstDelayed() {
    ModelJob first = null;
    for (ModelJob job : jobs) {
      if (job.phase == Phase.DELAYED
          && (first == null
              || job.dueNanos < first.dueNanos
              || (job.dueNanos == first.dueNanos && job.place < first.place))) {
        first = job;
      }
    }
    return first;
  }

  // What can be seen.

  /// When something happens by itself; -1 for never.
  long nextDue(long now) {
    long next = Long.MAX_VALUE;
    if (firstDelayed() != null) {
      next = Math.max(now, firstDelayed().dueNanos);
    }
    for (int state = 0; state < scenario.states().size(); state++) {
      if (lacksOnlyAPermit(state)) {
        next = Math.min(next, now + permitWait(state, now));
      }
    }
    return next == Long.MAX_VALUE ? -1 : next;
  }

  int size() {
    return jobs.size();
  }

  int executing() {
    int executing = 0;
    for (ModelJob job : jobs) {
      executing += job.phase == Phase.EXECUTING ? 1 : 0;
    }
    return executing;
  }

  int uncommitted() {
    int uncommitted = 0;
    for (ModelJob job : jobs) {
      uncommitted += job.phase == Phase.COMMITTING ? 1 : 0;
    }
    return uncommitted;
  }

  private long uncommittedBytes() {
    long bytes = 0;
    for (ModelJob job : jobs) {
      bytes += job.phase == Phase.COMMITTING ? job.bytes : 0;
    }
    return bytes;
  }

  boolean isResting() {
    for (ModelJob job : jobs) {
      if (job.phase != Phase.PARKED && job.phase != Phase.ENDED) {
        return false;
      }
    }
    return true;
  }

  /// Whether nothing runs, is carried out, or waits for the disk.
  boolean isIdle() {
    return executing() + uncommitted() + count(Phase.ORDERED) == 0;
  }

  StatusCount status(int state) {
    String name = scenario.stateName(state);
    boolean terminal = scenario.isTerminal(state);
    return new StatusCount(
        name,
        count(state, Phase.WAITING),
        count(state, Phase.EXECUTING)
            + count(state, Phase.GIVEN)
            + count(state, Phase.ORDERED)
            + count(state, Phase.COMMITTING),
        count(state, Phase.DELAYED),
        count(state, Phase.PARKED),
        terminal ? count(state, Phase.ENDED) : executions.getOrDefault(name, 0L),
        terminal);
  }

  private int count(Phase phase) {
    int count = 0;
    for (ModelJob job : jobs) {
      count += job.phase == phase ? 1 : 0;
    }
    return count;
  }

  private int count(int state, Phase phase) {
    int count = 0;
    for (ModelJob job : jobs) {
      count += job.state == state && job.phase == phase ? 1 : 0;
    }
    return count;
  }

  private ModelJob job(String id) {
    for (ModelJob job : jobs) {
      if (job.id.equals(id)) {
        return job;
      }
    }
    throw new AssertionError("the model has no job " + id);
  }

  /// A token bucket in exact fractions: all times are in `1 / permits` nanoseconds.
  private static final class ModelRate {
    final RateSpec spec;
    long next = Long.MIN_VALUE;

    ModelRate(RateSpec spec) {
      this.spec = spec;
    }

    long waitNanos(long now) {
      if (next == Long.MIN_VALUE) {
        return 0;
      }
      long tolerance = (spec.burst() - 1) * spec.periodNanos() / spec.permits();
      return Math.max(0, Math.floorDiv(next, spec.permits()) - tolerance - now);
    }

    void take(long now) {
      next =
          Math.addExact(
              Math.max(next, Math.multiplyExact(now, (long) spec.permits())), spec.periodNanos());
    }
  }
}
