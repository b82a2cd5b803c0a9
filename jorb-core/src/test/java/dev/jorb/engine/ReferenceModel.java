package dev.jorb.engine;

import dev.jorb.engine.ModelJob.Facts;
import dev.jorb.engine.ModelJob.Phase;
import dev.jorb.engine.ModelVerdicts.Verdict;
import dev.jorb.event.StatusCount;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// What the board and the verdict should do, in the plainest way: one list of jobs, scanned for
/// every question. Slow and, one hopes, obviously right. Time counts from zero.
final class ReferenceModel {
  /// So many orders are carried out at a time.
  private static final int MOST_ORDERED = 16;

  /// After so many crashes in a row somebody has to look at a job.
  private static final int MOST_CRASHES = 3;

  /// When a job is looked at again whose time is over while something else is ordered for it.
  private static final long EXPIRE_AGAIN_NANOS = 1_000_000_000;

  private final Scenario scenario;
  private final ModelVerdicts verdicts;
  private final ModelJobs jobs;
  private final Map<String, Long> executions = new LinkedHashMap<>();
  private final List<ModelRate> rates = new ArrayList<>();
  final ModelPauses pauses;
  private boolean held;
  private boolean stopped;
  private boolean hasHadDeadlines;

  /// Grows with every job that joins a queue or begins a delay.
  private long places;

  private long calls;

  /// Shrinks with every job that goes back in front.
  private long front;

  /// Steps that have become overdue since somebody asked.
  private SortedSet<String> overdue = new TreeSet<>();

  ReferenceModel(Scenario scenario) {
    this.scenario = scenario;
    this.verdicts = new ModelVerdicts(scenario);
    this.pauses = new ModelPauses(scenario);
    this.jobs = new ModelJobs(scenario);
    scenario.rates().forEach(rate -> rates.add(new ModelRate(rate)));
  }

  // A process starts.

  /// Jobs come, with what is written of them.
  void enter(List<ModelJob> coming, long now) {
    jobs.all().addAll(coming);
    for (ModelJob job : coming) {
      Order.Act first = first(job);
      job.is = released(job);
      expiring(job, now, 0);
      job.inside = scenario.groupOf(job.is.state) >= 0 && (job.is.within || job.crashes > 0);
      place(job, job.is.remaining(now), now);
      if (first != null) {
        order(job, first);
      }
    }
  }

  /// A job that comes with the next start.
  void add(ModelJob job) {
    jobs.all().add(job);
  }

  /// What is done about a job before anything else; null for nothing.
  private Order.Act first(ModelJob job) {
    if (job.written.parked || isUnknown(job.written.state)) {
      return null;
    }
    if (scenario.isTerminal(job.written.state) || job.crashes == 0) {
      return null;
    }
    Scenario.Doubt doubt = scenario.states().get(job.written.state).care().doubt();
    if (job.crashes >= MOST_CRASHES || doubt == Scenario.Doubt.PARK) {
      return new Order.Park("in doubt");
    }
    return doubt == Scenario.Doubt.VERIFY ? new Order.Verify() : null;
  }

  /// Whoever was parked, but not by hand, gets another chance.
  private Facts released(ModelJob job) {
    Facts is = job.written.copy();
    if (isUnknown(is.state)) {
      is.parked = true;
    } else if (is.parked && !is.held) {
      is.parked = false;
      is.attempt = 0;
      is.deadlineMillis = ModelJob.NEVER;
    }
    long within = scenario.run().deadlineMillis();
    if (is.fresh && is.deadlineMillis == ModelJob.NEVER && within > 0) {
      is.deadlineMillis = is.updatedMillis + within;
    }
    return is;
  }

  /// The process ends and another goes on with what is durable.
  ///
  /// @param crashes how often each job that is in doubt was running at a crash
  ReferenceModel restarted(Map<String, Integer> crashes, long now) {
    ReferenceModel next = new ReferenceModel(scenario);
    next.executions.putAll(executions);
    List<ModelJob> again = new ArrayList<>();
    for (ModelJob job : jobs.all()) {
      ModelJob fresh = new ModelJob(job.id, job.parent, job.written);
      fresh.crashes = crashes.getOrDefault(job.id, 0);
      again.add(fresh);
    }
    next.enter(again, now);
    return next;
  }

  /// A program gives a job another state while the run rests.
  void sent(String id, int state, long now) {
    sent(jobs.job(id), jobs.job(id).written.next(now), state);
  }

  /// A person gives a job another state in the file, and thinks of nothing else.
  void edited(String id, int state) {
    Facts edited = jobs.job(id).written.copy();
    edited.fresh = false;
    sent(jobs.job(id), edited, state);
  }

  private static void sent(ModelJob job, Facts sent, int state) {
    sent.state = state;
    sent.attempt = 0;
    sent.parked = false;
    sent.held = false;
    sent.awaits = false;
    sent.dueMillis = -1;
    sent.laps = 0;
    sent.deadlineMillis = ModelJob.NEVER;
    job.written = sent;
    job.noted = false;
    job.crashes = 0;
  }

  // What happens.

  Verdict verdict(String id, Step step, long now) {
    return verdicts.ofStep(jobs.job(id), step, now);
  }

  Verdict verdictOfTimeout(String id, long now) {
    return verdicts.ofTimeout(jobs.job(id), now);
  }

  /// The step of this job, and of those that share its call, begins.
  void began(String id, long now) {
    ModelJob job = jobs.job(id);
    long timeout = scenario.states().get(job.is.state).care().timeoutNanos();
    job.overdueNanos = timeout == 0 ? ModelJob.NEVER : now + timeout;
    if (isAlone(job) && job.next instanceof Order.Expire) {
      overdue.add(id);
    }
  }

  private boolean isAlone(ModelJob job) {
    return scenario.states().get(job.is.state).batch() == 1;
  }

  /// It is noted that the steps of these jobs have started.
  void noted(List<String> ids) {
    ids.forEach(id -> jobs.job(id).noted = true);
  }

  void returned(String id, Verdict verdict, long delayNanos, int bytes, long now) {
    ModelJob job = jobs.job(id);
    if (job.order == null) {
      ended(job, verdict.failed(), now);
    }
    if (verdict.isStep()) {
      verdict.next().dueMillis = delayNanos == 0 ? -1 : ModelJob.millis(now + delayNanos);
    }
    job.phase = Phase.COMMITTING;
    job.verdict = verdict;
    job.bytes = bytes;
    job.dueNanos = delayNanos;
    job.returnedNanos = now;
  }

  /// An attempt has come to its end.
  private void ended(ModelJob job, boolean failed, long now) {
    pauses.ended(job, failed, now);
    job.overdueNanos = ModelJob.NEVER;
  }

  void committed(String id, long now) {
    ModelJob job = jobs.job(id);
    Verdict verdict = job.verdict;
    executions.merge(scenario.stateName(job.is.state), (long) verdict.transitions(), Long::sum);
    boolean otherDeadline = verdict.next().deadlineMillis != job.is.deadlineMillis;
    Facts next = verdict.next();
    int firstKick = next.kicks;
    next.kicks += verdict.kicks().size();
    job.written = next;
    job.is = next.copy();
    job.noted = false;
    job.crashes = 0;
    job.order = null;
    job.verdict = null;
    if (otherDeadline) {
      expiring(job, job.returnedNanos, subMillis(job.returnedNanos));
    }
    List<ModelJob> kicked = new ArrayList<>();
    for (int i = 0; i < verdict.kicks().size(); i++) {
      kicked.add(kicked(job, firstKick + i, verdict.kicks().get(i)));
    }
    jobs.all().addAll(kicked);
    place(job, job.dueNanos, now);
    for (ModelJob child : kicked) {
      place(child, 0, now);
      if (job.next != null) {
        order(child, job.next);
      }
    }
    orderNext(job);
  }

  private ModelJob kicked(ModelJob parent, int number, int state) {
    Facts facts = new Facts(state, parent.returnedNanos);
    if (scenario.run().deadlineMillis() > 0) {
      facts.deadlineMillis = facts.updatedMillis + scenario.run().deadlineMillis();
    }
    ModelJob child = new ModelJob(parent.id + "->" + number, parent.id, facts);
    expiring(child, parent.returnedNanos, subMillis(parent.returnedNanos));
    return child;
  }

  /// Its deadline is looked at when it has come, late by what is left of a millisecond if it was
  /// told in the middle of one.
  private void expiring(ModelJob job, long toldNanos, long late) {
    long deadline = job.is.deadlineMillis;
    hasHadDeadlines |= deadline != ModelJob.NEVER;
    job.expiresNanos =
        deadline == ModelJob.NEVER
            ? ModelJob.NEVER
            : Math.max(toldNanos, deadline * 1_000_000 + late);
  }

  private static long subMillis(long nanos) {
    return Math.floorMod(nanos, 1_000_000);
  }

  void withdrawn(String id) {
    ModelJob job = jobs.job(id);
    job.overdueNanos = ModelJob.NEVER;
    pauses.withdrawn(job);
    job.inside = job.inside && !job.entered;
    job.phase = Phase.WAITING;
    job.place = --front;
    orderNext(job);
  }

  void unrecordable(String id, long now) {
    ModelJob job = jobs.job(id);
    ended(job, true, now);
    job.phase = Phase.PARKED;
    job.is.parked = true;
    orderNext(job);
  }

  private void place(ModelJob job, long delayNanos, long now) {
    job.place = places++;
    job.inside = job.inside && scenario.groupOf(job.is.state) >= 0;
    if (scenario.isTerminal(job.is.state)) {
      job.phase = Phase.ENDED;
      job.expiresNanos = ModelJob.NEVER;
      letJoin(job.parent);
    } else if (job.is.parked || isUnknown(job.is.state)) {
      job.phase = Phase.PARKED;
    } else if (job.is.awaits && jobs.hasOpenKicks(job.id)) {
      job.phase = Phase.JOINING;
    } else if (delayNanos == 0) {
      job.phase = Phase.WAITING;
    } else {
      job.phase = Phase.DELAYED;
      job.dueNanos = now + delayNanos;
    }
  }

  /// The last of its kicks may have come to its end.
  private void letJoin(String parent) {
    for (ModelJob job : jobs.all()) {
      if (job.id.equals(parent) && job.phase == Phase.JOINING && !jobs.hasOpenKicks(parent)) {
        job.phase = Phase.WAITING;
        job.place = places++;
      }
    }
  }

  private boolean isUnknown(int state) {
    return state == scenario.states().size();
  }

  // What a person orders.

  void order(String id, Order.Act act) {
    order(jobs.job(id), act);
  }

  private void order(ModelJob job, Order.Act act) {
    if (stopped) {
      return;
    }
    switch (job.phase) {
      case EXECUTING, COMMITTING, GIVEN, ORDERED -> job.next = act;
      case ENDED -> {}
      case WAITING, DELAYED, JOINING, PARKED -> {
        job.phase = Phase.GIVEN;
        job.order = act;
        job.place = places++;
      }
    }
  }

  private void orderNext(ModelJob job) {
    Order.Act next = job.next;
    job.next = null;
    if (next != null) {
      order(job, next);
    }
  }

  /// What should come of an order; null if it changes nothing.
  Verdict verdictOfOrder(String id, Step found, long now) {
    return verdicts.ofOrder(jobs.job(id), found, now);
  }

  /// An order changes nothing; returns how long its job still has to wait.
  long unchanged(String id, long now) {
    ModelJob job = jobs.job(id);
    job.order = null;
    long remaining = job.is.remaining(now);
    place(job, remaining, now);
    orderNext(job);
    return remaining;
  }

  void hold(boolean held) {
    this.held = held;
  }

  /// Nothing starts any more. Orders with which nobody has begun are forgotten.
  void stop(long now) {
    stopped = true;
    for (ModelJob job = jobs.firstGiven(); job != null; job = jobs.firstGiven()) {
      job.order = null;
      place(job, 0, now);
    }
  }

  // What starts.

  /// The ids of the jobs that start now, in their order.
  List<String> starts(long now) {
    findOverdue(now);
    expire(now);
    for (ModelJob due = jobs.firstDelayed();
        due != null && due.dueNanos <= now;
        due = jobs.firstDelayed()) {
      due.phase = Phase.WAITING;
      due.place = places++;
    }
    List<String> starts = new ArrayList<>();
    for (ModelJob job = jobs.firstGiven();
        job != null && !isHeld() && jobs.count(Phase.ORDERED) < MOST_ORDERED;
        job = jobs.firstGiven()) {
      job.phase = Phase.ORDERED;
      starts.add(job.id);
    }
    for (int state = scenario.states().size() - 1; state >= 0; state--) {
      while (lacksOnlyAPermit(state, now) && permitWait(state, now) == 0) {
        if (rate(state) != null) {
          rate(state).take(now);
        }
        call(state, starts);
      }
    }
    return starts;
  }

  private void findOverdue(long now) {
    for (ModelJob job : jobs.all()) {
      if (job.overdueNanos <= now) {
        job.overdueNanos = ModelJob.NEVER;
        overdue.add(job.id);
      }
    }
  }

  private void expire(long now) {
    List<ModelJob> due = new ArrayList<>(jobs.all());
    due.removeIf(job -> stopped || job.expiresNanos > now);
    due.sort(Comparator.comparingLong(job -> job.expiresNanos));
    for (ModelJob job : due) {
      job.expiresNanos = ModelJob.NEVER;
      if (job.phase != Phase.PARKED) {
        expire(job, now);
      }
    }
  }

  private void expire(ModelJob job, long now) {
    if (job.phase == Phase.EXECUTING && isAlone(job)) {
      overdue.add(job.id);
    }
    if (job.next == null) {
      order(job, new Order.Expire(Replay.atMillis(job.is.deadlineMillis)));
    } else {
      job.expiresNanos = now + EXPIRE_AGAIN_NANOS;
    }
  }

  /// A call of the state's step starts.
  private void call(int state, List<String> starts) {
    long call = calls++;
    for (int i = pauses.mostOfCall(state); i > 0; i--) {
      ModelJob job = jobs.firstWaiting(state);
      if (job != null) {
        job.phase = Phase.EXECUTING;
        job.call = call;
        job.entered = scenario.groupOf(state) >= 0 && !job.inside;
        job.inside = job.inside || job.entered;
        starts.add(job.id);
        pauses.started(job);
      }
    }
  }

  private boolean lacksOnlyAPermit(int state, long now) {
    return !isHeld()
        && pauses.letsStart(state, now)
        && jobs.firstWaiting(state) != null
        && jobs.callsOf(state) < scenario.states().get(state).concurrency();
  }

  private boolean isHeld() {
    return stopped
        || held
        || pauses.isRunPaused()
        || jobs.count(Phase.COMMITTING) >= scenario.limits().uncommitted()
        || jobs.uncommittedBytes() >= scenario.limits().uncommittedBytes();
  }

  private ModelRate rate(int state) {
    int rate = scenario.states().get(state).rate();
    return rate < 0 ? null : rates.get(rate);
  }

  private long permitWait(int state, long now) {
    return rate(state) == null ? 0 : rate(state).waitNanos(now);
  }

  // What can be seen.

  /// When something happens by itself; -1 for never.
  long nextDue(long now) {
    long next = pauses.probesNanos(now);
    for (ModelJob job : jobs.all()) {
      next = Math.min(next, job.overdueNanos);
      next = job.phase == Phase.DELAYED ? Math.min(next, job.dueNanos) : next;
      boolean expires = !stopped && job.phase != Phase.PARKED;
      next = expires ? Math.min(next, job.expiresNanos) : next;
    }
    for (int state = 0; state < scenario.states().size(); state++) {
      if (lacksOnlyAPermit(state, now)) {
        next = Math.min(next, now + permitWait(state, now));
      }
    }
    return next == ModelJob.NEVER ? -1 : Math.max(now, next);
  }

  /// Whether there is something for which the board may look in vain.
  boolean hasHadDeadlines() {
    return hasHadDeadlines;
  }

  /// The jobs whose steps have become overdue since somebody asked.
  SortedSet<String> takeOverdue() {
    SortedSet<String> taken = overdue;
    overdue = new TreeSet<>();
    return taken;
  }

  /// How many crashes the file may say that a job was running in: what is known, and one more if
  /// its step was noted.
  ///
  /// @param sure whether whatever was noted is in the file
  boolean mayHaveCrashed(String id, int crashes, boolean sure) {
    ModelJob job = jobs.job(id);
    int most = job.crashes + (job.noted ? 1 : 0);
    return crashes == most || (!sure && crashes == job.crashes);
  }

  /// The process has ended in order, so that nothing is in doubt that was not so before.
  ///
  /// @param sure whether it surely has
  void closed(boolean sure) {
    jobs.all().forEach(job -> job.noted = job.noted && !sure);
  }

  /// The jobs whose steps are noted, with how many crashes that makes if the process dies now.
  Map<String, Integer> inDoubt() {
    Map<String, Integer> crashes = new LinkedHashMap<>();
    for (ModelJob job : jobs.all()) {
      if (job.noted || job.crashes > 0) {
        crashes.put(job.id, job.crashes + (job.noted ? 1 : 0));
      }
    }
    return crashes;
  }

  ModelJobs jobs() {
    return jobs;
  }

  /// Whether nothing runs, is carried out, or waits for the disk.
  boolean isIdle() {
    return jobs.count(Phase.EXECUTING) + jobs.count(Phase.COMMITTING) + jobs.count(Phase.ORDERED)
        == 0;
  }

  StatusCount status(int state) {
    String name = scenario.stateName(state);
    boolean terminal = scenario.isTerminal(state);
    return new StatusCount(
        name,
        jobs.count(state, Phase.WAITING),
        jobs.count(state, Phase.EXECUTING, Phase.GIVEN, Phase.ORDERED, Phase.COMMITTING),
        jobs.count(state, Phase.DELAYED, Phase.JOINING),
        jobs.count(state, Phase.PARKED),
        terminal ? jobs.count(state, Phase.ENDED) : executions.getOrDefault(name, 0L),
        terminal);
  }
}
