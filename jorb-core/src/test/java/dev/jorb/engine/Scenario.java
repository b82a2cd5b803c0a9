package dev.jorb.engine;

import dev.jorb.limit.Rate;
import dev.jorb.run.Job;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    List<RateSpec> rates,
    List<StateSpec> states,
    List<JobSpec> jobs,
    List<Event> events) {
  static final String UNKNOWN = "lost";
  private static final List<String> NAMES = List.of("s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7");

  /// A rate limit; states that name the same one share it.
  record RateSpec(int permits, long periodNanos, int burst) {}

  /// A state.
  ///
  /// @param batch how many jobs one call takes
  /// @param rate index of its rate; -1 for none
  /// @param onFailure index of a state; -1 for none
  record StateSpec(
      boolean terminal,
      int concurrency,
      int batch,
      int rate,
      int retries,
      long firstBackoffNanos,
      long maxBackoffNanos,
      int onFailure) {}

  /// A job at the beginning.
  ///
  /// @param state index of its state; the number of states for one that the workflow lacks
  record JobSpec(int state, long delayNanos, boolean parked) {}

  /// Something happens; the dice say to whom and how.
  record Event(What what, long dice) {}

  /// What can happen.
  enum What {
    RETURN(30),
    COMMIT(20),
    PASS(20),
    ENTER(3),
    WITHDRAW(2),
    UNRECORDABLE(1),
    PAUSE(3),
    RESUME(4),
    HOLD(2),
    UNHOLD(3),
    STOP(1),
    PARK(2),
    RELEASE(2),
    CANCEL(1),
    PRIORITIZE(3),
    CARRY_OUT(8),
    RESTART(1),
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
        rates,
        states,
        jobs,
        events);
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
        random.nextInt(4),
        first,
        first * (1 + random.nextInt(5)),
        random.nextInt(3) == 0 && onFailure != index ? onFailure : -1);
  }

  private static JobSpec job(SplittableRandom random, int states) {
    int state = random.nextInt(3) > 0 ? 0 : random.nextInt(states + 1);
    long delay = random.nextInt(4) == 0 ? random.nextLong(2_000_000_000L) : 0;
    return new JobSpec(state, delay, random.nextInt(15) == 0);
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

  Workflow<Object, String, String> workflow() {
    List<Rate> shared = new ArrayList<>();
    for (RateSpec rate : rates) {
      shared.add(Rate.of(rate.permits, Duration.ofNanos(rate.periodNanos)).burst(rate.burst));
    }
    var workflow = Workflow.named("random", Object.class, String.class, String.class);
    for (int i = 0; i < states.size(); i++) {
      StateSpec spec = states.get(i);
      workflow.state(
          stateName(i),
          s -> {
            s.terminal(spec.terminal).concurrency(spec.concurrency);
            if (spec.batch == 1) {
              s.exec(Desk::step);
            } else {
              s.execBatch(spec.batch, Desk::batch);
            }
            s.retry(
                new Retry(
                    spec.retries,
                    Duration.ofNanos(spec.firstBackoffNanos),
                    Duration.ofNanos(spec.maxBackoffNanos)));
            if (spec.rate >= 0) {
              s.rate(shared.get(spec.rate));
            }
            if (spec.onFailure >= 0) {
              s.onFailure(stateName(spec.onFailure));
            }
          });
    }
    return workflow.build();
  }

  /// The same with every transition written down before it counts.
  Scenario recordedAlways() {
    return new Scenario(seed, true, limits, originNanos, rates, states, jobs, events);
  }

  Scenario withJobs(List<JobSpec> fewer) {
    return new Scenario(seed, recorded, limits, originNanos, rates, states, fewer, events);
  }

  Scenario withEvents(List<Event> fewer) {
    return new Scenario(seed, recorded, limits, originNanos, rates, states, jobs, fewer);
  }

  Scenario withStates(List<StateSpec> simpler) {
    return new Scenario(seed, recorded, limits, originNanos, rates, simpler, jobs, events);
  }

  /// The workflow and the beginning, to be read by a person.
  String description() {
    StringBuilder text = new StringBuilder();
    text.append(recorded ? "recorded, " : "not recorded, ").append(limits);
    text.append(", clock from ").append(originNanos).append('\n');
    for (int i = 0; i < states.size(); i++) {
      StateSpec state = states.get(i);
      text.append("  ").append(stateName(i)).append(": ").append(state);
      text.append(state.rate >= 0 ? ", " + rates.get(state.rate) : "").append('\n');
    }
    return text.toString();
  }
}
