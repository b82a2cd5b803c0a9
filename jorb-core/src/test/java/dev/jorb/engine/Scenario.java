package dev.jorb.engine;

import dev.jorb.limit.Rate;
import dev.jorb.run.Job;
import dev.jorb.workflow.Failures;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.State;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// One random history, as data: a workflow, the jobs that it begins with, and what happens then.
///
/// What happens is told without naming jobs: an event says "one of those that run returns", and its
/// dice say which. So any part of a history is a history, and a failing one can be cut down.
record Scenario(
    long seed,
    boolean recorded,
    Board.Limits limits,
    long originNanos,
    RunSpec run,
    List<RateSpec> rates,
    List<StateSpec> states,
    List<JobSpec> jobs,
    List<Event> events) {
  static final String UNKNOWN = "lost";
  private static final List<String> NAMES = List.of("s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7");

  /// A rate limit; states that name the same one share it.
  record RateSpec(int permits, long periodNanos, int burst) {}

  /// What holds for the whole run.
  ///
  /// @param pauseWhen null for never
  /// @param deadlineMillis within which each job must be at its end; 0 for any time
  /// @param group the states of its group; empty for none
  /// @param most how many jobs may be inside of that
  record RunSpec(Failures pauseWhen, long deadlineMillis, List<Integer> group, int most) {
    static final RunSpec PLAIN = new RunSpec(null, 0, List.of(), 0);
  }

  /// A state.
  ///
  /// @param batch how many jobs one call takes
  /// @param rate index of its rate; -1 for none
  record StateSpec(
      boolean terminal, int concurrency, int batch, int rate, RetrySpec retry, Care care) {
    @Override
    public String toString() {
      return (terminal ? "terminal" : concurrency + " at a time")
          + (batch > 1 ? ", " + batch + " in one call" : "")
          + (retry.times > 0 || retry.onFailure >= 0 ? ", " + retry : "")
          + (care.equals(Care.NONE) ? "" : ", " + care);
    }
  }

  /// What follows a failed attempt.
  ///
  /// @param onFailure index of a state; -1 for none
  record RetrySpec(int times, long firstNanos, long maxNanos, int onFailure) {
    /// The longest delay after so many failures in a row.
    long longestNanos(int failures) {
      long longest = firstNanos;
      for (int i = 1; i < failures; i++) {
        longest = Math.min(maxNanos, longest * 2);
      }
      return longest;
    }
  }

  /// How a state is watched.
  ///
  /// @param timeoutNanos 0 for any time
  /// @param pauseWhen null for never
  /// @param probeNanos after how long one job tries; 0 if somebody has to resume it
  record Care(Doubt doubt, long timeoutNanos, Failures pauseWhen, long probeNanos) {
    static final Care NONE = new Care(Doubt.RUN_AGAIN, 0, null, 0);
  }

  /// What becomes of a job whose step was running when a process died.
  enum Doubt {
    RUN_AGAIN,
    PARK,
    VERIFY
  }

  /// Finds out what a step had done. The application context of the workflow is one.
  interface Finder {
    Optional<Outcome<String>> find(Job<String> job);
  }

  /// A job at the beginning.
  ///
  /// @param state index of its state; the number of states for one that the workflow lacks
  /// @param held it was parked by hand
  /// @param laps how often it has come back unchanged
  record JobSpec(int state, long delayNanos, boolean held, int laps) {
    Job<String> job(String id, String stateName, Instant at) {
      Job.Builder<String> job =
          Job.<String>builder(id, stateName).context("c").laps(laps).updated(at);
      if (delayNanos > 0) {
        job.due(at.plusNanos(delayNanos));
      }
      return held ? job.parked("from the start").held(true).build() : job.build();
    }

    /// The same for the model.
    ModelJob model(String id, long now) {
      ModelJob.Facts facts = new ModelJob.Facts(state, now);
      facts.laps = laps;
      facts.dueMillis = delayNanos == 0 ? -1 : ModelJob.millis(now + delayNanos);
      facts.parked = held;
      facts.held = held;
      return new ModelJob(id, null, facts);
    }
  }

  /// Something happens; the dice say to whom and how.
  record Event(What what, long dice) {}

  /// What can happen.
  enum What {
    RETURN(32),
    COMMIT(20),
    PASS(22),
    BEGIN(6),
    NOTE(4),
    ENTER(3),
    WITHDRAW(2),
    UNRECORDABLE(1),
    PAUSE(3),
    RESUME(4),
    PAUSE_RUN(1),
    RESUME_RUN(3),
    HOLD(2),
    UNHOLD(3),
    STOP(1),
    PARK(2),
    RELEASE(2),
    CANCEL(1),
    PRIORITIZE(3),
    CARRY_OUT(8),
    RESTART(1),
    CRASH_LOOP(1),
    DISK_FAULT(3),
    CRASH(2),
    EDIT(1),
    REDRIVE(1);

    final int weight;

    What(int weight) {
      this.weight = weight;
    }

    static final List<What> LOADED = loaded();

    private static List<What> loaded() {
      List<What> loaded = new ArrayList<>();
      for (What what : values()) {
        for (int i = 0; i < what.weight; i++) {
          loaded.add(what);
        }
      }
      return loaded;
    }
  }

  static Scenario random(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<RateSpec> rates = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      rates.add(
          new RateSpec(
              1 + random.nextInt(9), 1 + random.nextLong(3_000_000_000L), 1 + random.nextInt(3)));
    }
    int working = 1 + random.nextInt(6);
    int all = working + 1 + random.nextInt(2);
    List<StateSpec> states = new ArrayList<>();
    for (int i = 0; i < all; i++) {
      states.add(state(random, i, i >= working, all, rates.size()));
    }
    List<JobSpec> jobs = new ArrayList<>();
    for (int i = random.nextInt(12); i >= 0; i--) {
      jobs.add(job(random, all));
    }
    List<Event> events = new ArrayList<>();
    for (int i = 5 + random.nextInt(60); i > 0; i--) {
      events.add(new Event(What.LOADED.get(random.nextInt(What.LOADED.size())), random.nextLong()));
    }
    return new Scenario(
        seed,
        random.nextInt(4) > 0,
        limits(random),
        random.nextInt(3) == 0
            ? Long.MAX_VALUE - random.nextLong(5_000_000_000L)
            : random.nextLong(),
        run(random, working),
        rates,
        states,
        jobs,
        events);
  }

  private static RunSpec run(SplittableRandom random, int working) {
    List<Integer> group = new ArrayList<>();
    if (random.nextInt(3) == 0) {
      for (int i = 0; i < working; i++) {
        if (random.nextBoolean()) {
          group.add(i);
        }
      }
    }
    return new RunSpec(
        random.nextInt(8) == 0 ? failures(random) : null,
        random.nextInt(6) == 0 ? 1 + random.nextLong(4_000) : 0,
        group,
        1 + random.nextInt(3));
  }

  private static Failures failures(SplittableRandom random) {
    return switch (random.nextInt(3)) {
      case 0 -> Failures.moreThan(random.nextInt(3));
      case 1 -> Failures.moreThan(random.nextInt(2)).ofLast(2 + random.nextInt(3));
      default -> Failures.morePercent(random.nextInt(70)).ofLast(1 + random.nextInt(4));
    };
  }

  private static StateSpec state(
      SplittableRandom random, int index, boolean terminal, int states, int rates) {
    long first = 1 + random.nextLong(1_000_000_000L);
    int onFailure = random.nextInt(states);
    return new StateSpec(
        terminal,
        1 + random.nextInt(4),
        random.nextInt(3) == 0 ? 2 + random.nextInt(3) : 1,
        rates > 0 && random.nextBoolean() ? random.nextInt(rates) : -1,
        new RetrySpec(
            random.nextInt(4),
            first,
            first * (1 + random.nextInt(5)),
            random.nextInt(3) == 0 && onFailure != index ? onFailure : -1),
        care(random));
  }

  private static Care care(SplittableRandom random) {
    return new Care(
        random.nextInt(3) > 0 ? Doubt.RUN_AGAIN : Doubt.values()[random.nextInt(3)],
        random.nextInt(4) == 0 ? 1 + random.nextLong(3_000_000_000L) : 0,
        random.nextInt(4) == 0 ? failures(random) : null,
        random.nextBoolean() ? 1 + random.nextLong(2_000_000_000L) : 0);
  }

  private static JobSpec job(SplittableRandom random, int states) {
    int state = random.nextInt(3) > 0 ? 0 : random.nextInt(states + 1);
    long delay = random.nextInt(4) == 0 ? random.nextLong(2_000_000_000L) : 0;
    return new JobSpec(
        state, delay, random.nextInt(15) == 0, random.nextInt(6) == 0 ? 97 + random.nextInt(5) : 0);
  }

  private static Board.Limits limits(SplittableRandom random) {
    return random.nextBoolean()
        ? Board.Limits.DEFAULT
        : new Board.Limits(1 + random.nextInt(6), 1 + random.nextInt(150));
  }

  String stateName(int index) {
    if (index == cancelled()) {
      return Job.CANCELLED;
    }
    return index == states.size() ? UNKNOWN : NAMES.get(index);
  }

  /// The index of the state where cancelled jobs are.
  int cancelled() {
    return states.size() + 1;
  }

  /// The index of the state with this name.
  int stateIndex(String name) {
    for (int i = 0; i < cancelled(); i++) {
      if (stateName(i).equals(name)) {
        return i;
      }
    }
    return cancelled();
  }

  boolean isTerminal(int state) {
    return state == cancelled() || (state < states.size() && states.get(state).terminal);
  }

  /// The index of the group that a state is in; -1 for none.
  int groupOf(int state) {
    return run.group.contains(state) ? 0 : -1;
  }

  boolean areInOneGroup(int from, int to) {
    return groupOf(from) >= 0 && groupOf(from) == groupOf(to);
  }

  Workflow<Object, String, String> workflow() {
    List<Rate> shared = new ArrayList<>();
    for (RateSpec rate : rates) {
      shared.add(Rate.of(rate.permits, Duration.ofNanos(rate.periodNanos)).burst(rate.burst));
    }
    var workflow = Workflow.named("random", Object.class, String.class, String.class);
    for (int i = 0; i < states.size(); i++) {
      StateSpec spec = states.get(i);
      workflow.state(stateName(i), s -> describe(s, spec, shared));
    }
    if (run.pauseWhen != null) {
      workflow.pauseWhen(run.pauseWhen);
    }
    if (run.deadlineMillis > 0) {
      workflow.deadline(Duration.ofMillis(run.deadlineMillis));
    }
    if (!run.group.isEmpty()) {
      workflow.group(
          "group", run.most, run.group.stream().map(this::stateName).toArray(String[]::new));
    }
    return workflow.build();
  }

  private void describe(
      State.Builder<Object, String, String> s, StateSpec spec, List<Rate> shared) {
    s.terminal(spec.terminal).concurrency(spec.concurrency);
    if (spec.batch == 1) {
      s.exec(Desk::step);
    } else {
      s.execBatch(spec.batch, Desk::batch);
    }
    s.retry(
        new Retry(
            spec.retry.times,
            Duration.ofNanos(spec.retry.firstNanos),
            Duration.ofNanos(spec.retry.maxNanos)));
    if (spec.rate >= 0) {
      s.rate(shared.get(spec.rate));
    }
    if (spec.retry.onFailure >= 0) {
      s.onFailure(stateName(spec.retry.onFailure));
    }
    watch(s, spec.care);
  }

  private static void watch(State.Builder<Object, String, String> s, Care care) {
    switch (care.doubt) {
      case RUN_AGAIN -> {}
      case PARK -> s.parkInDoubt();
      case VERIFY -> s.verify((finder, overall, job) -> ((Finder) finder).find(job));
    }
    if (care.timeoutNanos > 0) {
      s.timeout(Duration.ofNanos(care.timeoutNanos));
    }
    if (care.pauseWhen != null && care.probeNanos > 0) {
      s.circuit(care.pauseWhen, Duration.ofNanos(care.probeNanos));
    } else if (care.pauseWhen != null) {
      s.pauseWhen(care.pauseWhen);
    }
  }

  /// The same with every transition written down before it counts.
  Scenario recordedAlways() {
    return new Scenario(seed, true, limits, originNanos, run, rates, states, jobs, events);
  }

  Scenario withRun(RunSpec plainer) {
    return new Scenario(seed, recorded, limits, originNanos, plainer, rates, states, jobs, events);
  }

  Scenario withJobs(List<JobSpec> fewer) {
    return new Scenario(seed, recorded, limits, originNanos, run, rates, states, fewer, events);
  }

  Scenario withEvents(List<Event> fewer) {
    return new Scenario(seed, recorded, limits, originNanos, run, rates, states, jobs, fewer);
  }

  Scenario withStates(List<StateSpec> simpler) {
    return new Scenario(seed, recorded, limits, originNanos, run, rates, simpler, jobs, events);
  }

  /// The workflow and the beginning, to be read by a person.
  String description() {
    StringBuilder text = new StringBuilder();
    text.append(recorded ? "recorded, " : "not recorded, ").append(limits);
    text.append(", clock from ").append(originNanos).append('\n');
    text.append("  ").append(run).append('\n');
    for (int i = 0; i < states.size(); i++) {
      StateSpec state = states.get(i);
      text.append("  ").append(stateName(i)).append(": ").append(state);
      text.append(state.rate >= 0 ? ", " + rates.get(state.rate) : "").append('\n');
    }
    return text.toString();
  }
}
