package dev.jorb.engine;

import dev.jorb.engine.ReferenceModel.Step;
import dev.jorb.engine.Scenario.Event;
import dev.jorb.engine.Scenario.JobSpec;
import dev.jorb.engine.Verdict.Decision;
import dev.jorb.event.StatusCount;
import dev.jorb.run.Job;
import dev.jorb.run.Transition;
import dev.jorb.serial.NilSerializer;
import dev.jorb.serial.Serializer.Encoded;
import dev.jorb.time.TimeSource;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/// Plays a scenario on a board with its verdict and on the reference model, and compares them after
/// each message. Used once.
final class Replay {
  private static final int MOST_JOBS = 40;

  private final Scenario scenario;
  private final List<String> log;
  private final Workflow<Object, String, String> workflow;
  private final Verdict<String> verdict;
  private final Steps<Object, String, String> steps;

  private Board<String> board;
  private ReferenceModel model;

  /// What a run file would hold.
  private final Map<String, Job<String>> durable = new LinkedHashMap<>();

  private final Map<String, Entry<String>> executing = new LinkedHashMap<>();
  private final List<Result<String>> returned = new ArrayList<>();
  private long now;
  private int entered;
  private int messages;

  private Replay(Scenario scenario, List<String> log) {
    this.scenario = scenario;
    this.log = log;
    this.workflow = scenario.workflow();
    SplittableRandom random = new SplittableRandom(scenario.seed());
    this.verdict = new Verdict<>(workflow, random);
    this.steps =
        new Steps<>(
            workflow,
            "app",
            workflow.run("replay", "overall"),
            new NilSerializer<>(),
            TimeSource.system(),
            random);
    this.board = new Board<>(workflow.states(), scenario.limits());
    this.model = new ReferenceModel(scenario);
  }

  /// Plays it; returns how many messages the board was told.
  ///
  /// @throws AssertionError if board and model differ
  static int play(Scenario scenario) {
    Replay replay = new Replay(scenario, null);
    replay.play();
    return replay.messages;
  }

  /// Plays it and writes down what happens, up to where it fails.
  static List<String> tell(Scenario scenario) {
    List<String> log = new ArrayList<>();
    try {
      new Replay(scenario, log).play();
    } catch (AssertionError | RuntimeException failed) {
      log.add("FAILED: " + failed);
    }
    return log;
  }

  private void play() {
    enter(scenario.jobs());
    for (Event event : scenario.events()) {
      happen(event, new SplittableRandom(event.dice()));
    }
    letAllEnd();
  }

  private void happen(Event event, SplittableRandom dice) {
    switch (event.what()) {
      case RETURN -> returnOne(dice);
      case COMMIT -> commitSome(dice);
      case PASS -> pass(dice);
      case ENTER -> enter(List.of(new JobSpec(dice.nextInt(scenario.states().size()), 0, false)));
      case WITHDRAW -> withdrawOne(dice);
      case UNRECORDABLE -> unrecordableOne(dice);
      case PAUSE -> pause(dice.nextInt(scenario.states().size()));
      case RESUME -> resume(dice.nextInt(scenario.states().size()));
      case HOLD -> hold();
      case UNHOLD -> unhold();
      case STOP -> stop();
      case RESTART -> restart();
    }
  }

  private void enter(List<JobSpec> specs) {
    List<Message.Arrival<String>> arrivals = new ArrayList<>();
    for (JobSpec spec : specs) {
      String id = Integer.toString(entered++);
      Job.Builder<String> job =
          Job.<String>builder(id, scenario.stateName(spec.state())).context("c").updated(at(now));
      if (spec.delayNanos() > 0) {
        job.due(at(now + spec.delayNanos()));
      }
      if (spec.parked()) {
        job.parked("from the start");
      }
      durable.put(id, job.build());
      arrivals.add(new Message.Arrival<>(job.build(), Duration.ofNanos(spec.delayNanos())));
      model.enter(id, spec.state(), spec.delayNanos(), spec.parked(), now);
      tell("enter", id, spec);
    }
    apply(new Message.Enter<>(arrivals));
  }

  private void returnOne(SplittableRandom dice) {
    if (executing.isEmpty()) {
      return;
    }
    String id = List.copyOf(executing.keySet()).get(dice.nextInt(executing.size()));
    returnOne(id, step(dice), dice.nextInt(40));
  }

  private Step step(SplittableRandom dice) {
    int state =
        dice.nextInt(100) < 3 ? scenario.states().size() : dice.nextInt(scenario.states().size());
    List<Integer> kicks = new ArrayList<>();
    while (dice.nextInt(5) == 0 && model.size() < MOST_JOBS) {
      kicks.add(
          dice.nextInt(100) < 3
              ? scenario.states().size()
              : dice.nextInt(scenario.states().size()));
    }
    return new Step(
        dice.nextInt(6) == 0,
        dice.nextInt(4) == 0 ? -1 : state,
        dice.nextInt(4) == 0,
        dice.nextInt(3) == 0 ? delay(dice) : -1,
        kicks);
  }

  private static long delay(SplittableRandom dice) {
    return dice.nextInt(4) == 0 ? 0 : dice.nextLong(dice.nextBoolean() ? 10 : 2_000_000_000L);
  }

  private void returnOne(String id, Step step, int bytes) {
    Entry<String> entry = executing.remove(id);
    Decision<String> decision = decide(entry.job, step);
    ReferenceModel.Verdict expected = model.verdict(id, step);
    compare(entry.job, decision, expected);
    Result<String> result =
        new Result<>(
            entry,
            new Encoded<>(decision.transition(), new byte[scenario.recorded() ? bytes : 0]),
            decision.delay());
    tell("return", id, step);
    model.returned(id, expected, decision.delay().toNanos(), bytes, now);
    if (scenario.recorded()) {
      returned.add(result);
      apply(new Message.Returned<>(result));
    } else {
      model.committed(id, now);
      store(result);
      apply(new Message.Finished<>(result));
    }
  }

  private Decision<String> decide(Job<String> job, Step step) {
    if (step.failed()) {
      return step.error()
          ? verdict.failed(job, new IllegalStateException("thrown"), at(now), Duration.ZERO)
          : verdict.returned(job, null, at(now), Duration.ZERO);
    }
    Outcome<String> outcome =
        step.state() == -1 ? Outcome.stay("c") : Outcome.to(scenario.stateName(step.state()), "c");
    if (step.error()) {
      outcome = outcome.error("returned");
    }
    if (step.delayNanos() >= 0) {
      outcome = outcome.after(Duration.ofNanos(step.delayNanos()));
    }
    for (int kick : step.kicks()) {
      outcome = outcome.kick(scenario.stateName(kick), "c");
    }
    return verdict.returned(job, outcome, at(now), Duration.ZERO);
  }

  private void commitSome(SplittableRandom dice) {
    List<Result<String>> batch = new ArrayList<>();
    for (int i = dice.nextInt(returned.size() + 1); i > 0; i--) {
      batch.add(returned.remove(dice.nextInt(3) == 0 ? dice.nextInt(returned.size()) : 0));
    }
    commit(batch);
  }

  private void commit(List<Result<String>> batch) {
    if (batch.isEmpty()) {
      return;
    }
    for (Result<String> result : batch) {
      tell("commit", result.entry().job.id());
      model.committed(result.entry().job.id(), now);
      store(result);
    }
    apply(new Message.Committed<>(batch));
  }

  private void store(Result<String> result) {
    Transition<String> transition = result.encoded().transition();
    durable.put(transition.job().id(), transition.job());
    transition.kicked().forEach(kicked -> durable.put(kicked.id(), kicked));
  }

  private void pass(SplittableRandom dice) {
    long due = model.nextDue(now);
    long most = due < 0 ? 1_000 : Math.max(1, due - now);
    now +=
        switch (dice.nextInt(6)) {
          case 0 -> 1;
          case 1, 2 -> most;
          case 3 -> most - 1;
          case 4 -> dice.nextLong(10_000_000);
          default -> dice.nextLong(3_000_000_000L);
        };
    if (dice.nextInt(4) > 0) {
      tell("tick");
      apply(new Message.Tick<>());
    }
  }

  private void withdrawOne(SplittableRandom dice) {
    if (!executing.isEmpty()) {
      String id = List.copyOf(executing.keySet()).get(dice.nextInt(executing.size()));
      tell("withdraw", id);
      model.withdrawn(id);
      apply(new Message.Withdrawn<>(executing.remove(id)));
    }
  }

  private void unrecordableOne(SplittableRandom dice) {
    if (!executing.isEmpty()) {
      String id = List.copyOf(executing.keySet()).get(dice.nextInt(executing.size()));
      tell("unrecordable", id);
      model.unrecordable(id);
      apply(new Message.Unrecordable<>(executing.remove(id), "broken"));
    }
  }

  private void pause(int state) {
    tell("pause", scenario.stateName(state));
    model.pause(state);
    apply(new Message.Pause<>(scenario.stateName(state)));
  }

  private void resume(int state) {
    tell("resume", scenario.stateName(state));
    model.resume(state);
    apply(new Message.Resume<>(scenario.stateName(state)));
  }

  private void hold() {
    tell("hold");
    model.hold(true);
    apply(new Message.Hold<>("no room"));
  }

  private void unhold() {
    tell("unhold");
    model.hold(false);
    apply(new Message.Unhold<>());
  }

  private void stop() {
    tell("stop");
    model.stop();
    apply(new Message.Stop<>());
  }

  /// The process is killed: what ran and what waited for the disk is lost.
  private void restart() {
    tell("restart");
    executing.clear();
    returned.clear();
    board = new Board<>(workflow.states(), scenario.limits());
    model = model.restarted(now);
    List<Message.Arrival<String>> arrivals = new ArrayList<>();
    for (Job<String> job : durable.values()) {
      Duration delay = job.due().map(due -> Duration.between(at(now), due)).orElse(Duration.ZERO);
      arrivals.add(
          new Message.Arrival<>(steps.released(job), delay.isNegative() ? Duration.ZERO : delay));
    }
    apply(new Message.Enter<>(arrivals));
  }

  /// Whatever happened, a run that is started again and whose steps succeed comes to rest.
  private void letAllEnd() {
    restart();
    int end = scenario.states().size() - 1;
    for (int round = 0; !board.isResting(); round++) {
      if (round > 10 * MOST_JOBS) {
        throw new AssertionError("the run does not come to rest");
      }
      for (String id : List.copyOf(executing.keySet())) {
        returnOne(id, new Step(false, end, false, -1, List.of()), 1);
      }
      commit(List.copyOf(returned));
      returned.clear();
      OptionalLong due = board.nextDueNanos(scenario.originNanos() + now);
      if (due.isPresent()) {
        now = due.getAsLong() - scenario.originNanos();
        tell("tick");
        apply(new Message.Tick<>());
      }
    }
  }

  // Comparing.

  private void apply(Message<String> message) {
    messages++;
    List<String> expected = model.starts(now);
    List<String> starts = new ArrayList<>();
    for (Entry<String> entry : board.apply(message, scenario.originNanos() + now)) {
      starts.add(entry.job.id());
      same("executing already", executing.put(entry.job.id(), entry), null);
    }
    if (log != null) {
      log.add("    starts " + starts);
    }
    same("starts", starts, expected);
    same("executing", board.executing(), model.executing());
    same("uncommitted", board.uncommitted(), model.uncommitted());
    same("resting", board.isResting(), model.isResting());
    same("idle", board.isIdle(), model.executing() + model.uncommitted() == 0);
    OptionalLong due = board.nextDueNanos(scenario.originNanos() + now);
    same(
        "next due",
        due.isPresent() ? due.getAsLong() - scenario.originNanos() : -1,
        model.nextDue(now));
    compareStatus();
  }

  private void compareStatus() {
    List<StatusCount> counts = board.status();
    long jobs = 0;
    for (int state = 0; state < counts.size(); state++) {
      same("status", counts.get(state), model.status(state));
      jobs += counts.get(state).jobs();
    }
    same("jobs counted", jobs, (long) durable.size());
  }

  private void compare(
      Job<String> job, Decision<String> decision, ReferenceModel.Verdict expected) {
    Job<String> next = decision.transition().job();
    long delay = decision.delay().toNanos();
    same("target", next.state(), scenario.stateName(expected.state()));
    same("attempt", next.attempt(), expected.attempt());
    same("parked", next.parked().isPresent(), expected.parked());
    same("errors", next.errorCount() - job.errorCount(), expected.logged() ? 1 : 0);
    same("version", next.version(), job.version() + 1);
    same("due", next.due(), delay == 0 ? Optional.empty() : Optional.of(millis(at(now + delay))));
    if (delay < expected.least() || delay > expected.most()) {
      throw new AssertionError("a delay of " + delay + " ns where the model says " + expected);
    }
    List<Job<String>> kicked = decision.transition().kicked();
    same("kicks", kicked.size(), expected.kicks().size());
    for (int i = 0; i < kicked.size(); i++) {
      same("kick", kicked.get(i).id(), job.id() + "->" + (job.kicks() + i));
      same("kick", kicked.get(i).state(), scenario.stateName(expected.kicks().get(i)));
    }
  }

  private static Instant at(long nanos) {
    return Instant.ofEpochSecond(1_700_000_000L, nanos);
  }

  private static Instant millis(Instant instant) {
    return Instant.ofEpochMilli(instant.toEpochMilli());
  }

  private static void same(String what, Object board, Object model) {
    if (!Objects.equals(board, model)) {
      throw new AssertionError(what + ": the board says " + board + ", the model " + model);
    }
  }

  private void tell(Object... what) {
    if (log != null) {
      StringBuilder text = new StringBuilder().append(now).append(" ns:");
      for (Object each : what) {
        text.append(' ').append(each);
      }
      log.add(text.toString());
    }
  }
}
