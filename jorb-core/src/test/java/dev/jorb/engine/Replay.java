package dev.jorb.engine;

import dev.jorb.engine.ReferenceModel.Step;
import dev.jorb.engine.Scenario.Event;
import dev.jorb.engine.Scenario.JobSpec;
import dev.jorb.engine.Verdict.Decision;
import dev.jorb.event.StatusCount;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.run.Transition;
import dev.jorb.serial.DiskFullException;
import dev.jorb.serial.NilSerializer;
import dev.jorb.serial.RunFileException;
import dev.jorb.serial.Serializer.Encoded;
import dev.jorb.serial.SimRunFile;
import dev.jorb.time.TimeSource;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

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

  /// Jobs with an order that is being carried out.
  private final Map<String, Entry<String>> ordered = new LinkedHashMap<>();

  private final List<Result<String>> returned = new ArrayList<>();

  /// Gives the jobs their positions.
  private Run<String, String> positions;

  private long now;
  private int entered;
  private int messages;

  /// Where the run is written; null if nothing fails and [#durable] is all that there is.
  private final SimRunFile<String, String> file;

  private final SplittableRandom fate;

  /// The batch for which there was no room; null if there is none.
  private List<Result<String>> full;

  private Replay(Scenario scenario, List<String> log, boolean onDisk) {
    this.scenario = scenario;
    this.log = log;
    this.workflow = scenario.workflow();
    this.positions = workflow.run("positions", "overall");
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
    this.file = onDisk ? new SimRunFile<>(workflow, scenario.seed()) : null;
    this.fate = new SplittableRandom(scenario.seed() + 1);
  }

  /// Plays it; returns how many messages the board was told.
  ///
  /// @throws AssertionError if board and model differ
  static int play(Scenario scenario) {
    Replay replay = new Replay(scenario, null, false);
    replay.play();
    return replay.messages;
  }

  /// Plays it with a run file on a simulated disk, which fails, loses power and is edited; returns
  /// how many messages the board was told.
  ///
  /// @throws AssertionError if board, file and model differ
  static int playOnDisk(Scenario scenario) {
    Replay replay = new Replay(scenario.recordedAlways(), null, true);
    replay.play();
    return replay.messages;
  }

  /// Plays it and writes down what happens, up to where it fails.
  static List<String> tell(Scenario scenario) {
    return tell(scenario, false);
  }

  /// The same, with a run file on a simulated disk.
  static List<String> tellOnDisk(Scenario scenario) {
    return tell(scenario.recordedAlways(), true);
  }

  private static List<String> tell(Scenario scenario, boolean onDisk) {
    List<String> log = new ArrayList<>();
    try {
      new Replay(scenario, log, onDisk).play();
    } catch (AssertionError | RuntimeException failed) {
      log.add("FAILED: " + failed);
    }
    return log;
  }

  private void play() {
    enter(scenario.jobs());
    if (file != null) {
      begin();
    }
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
      case ENTER -> enterOne(dice.nextInt(scenario.states().size()));
      case WITHDRAW -> withdrawOne(dice);
      case UNRECORDABLE -> unrecordableOne(dice);
      case PAUSE -> pause(dice.nextInt(scenario.states().size()));
      case RESUME -> resume(dice.nextInt(scenario.states().size()));
      case HOLD -> hold();
      case UNHOLD -> unhold();
      case STOP -> stop();
      case PARK -> order(new Order.Park("by hand"), dice);
      case RELEASE -> order(new Order.Release(), dice);
      case CANCEL -> order(new Order.Cancel(), dice);
      case PRIORITIZE -> order(new Order.Prioritize(dice.nextInt(-1, 3)), dice);
      case CARRY_OUT -> carryOutOne(dice);
      case RESTART -> restart();
      case DISK_FAULT -> trouble("disk fault", SimRunFile::failSoon);
      case CRASH -> trouble("crash", SimRunFile::endSoon);
      case EDIT -> sendOne(dice, false);
      case REDRIVE -> sendOne(dice, true);
    }
  }

  /// A job comes while the run goes on, or, if it is written down, with the next start.
  private void enterOne(int state) {
    JobSpec spec = new JobSpec(state, 0, false);
    if (file == null) {
      enter(List.of(spec));
      return;
    }
    startAgainWith(
        () -> {},
        run -> {
          String id = Integer.toString(entered++);
          tell("enter", id, spec);
          run.put(job(id, spec));
          model.enter(id, spec.state(), 0, false, now);
        });
  }

  private void enter(List<JobSpec> specs) {
    List<Message.Arrival<String>> arrivals = new ArrayList<>();
    for (JobSpec spec : specs) {
      String id = Integer.toString(entered++);
      Job<String> job = job(id, spec);
      durable.put(id, job);
      positions.put(job);
      arrivals.add(new Message.Arrival<>(job, Duration.ofNanos(spec.delayNanos())));
      model.enter(id, spec.state(), spec.delayNanos(), spec.parked(), now);
      tell("enter", id, spec);
    }
    apply(new Message.Enter<>(arrivals));
  }

  private Job<String> job(String id, JobSpec spec) {
    Job.Builder<String> job =
        Job.<String>builder(id, scenario.stateName(spec.state())).context("c").updated(at(now));
    if (spec.delayNanos() > 0) {
      job.due(at(now + spec.delayNanos()));
    }
    if (spec.parked()) {
      job.parked("from the start");
    }
    return job.build();
  }

  private void returnOne(SplittableRandom dice) {
    if (executing.isEmpty()) {
      return;
    }
    String id = List.copyOf(executing.keySet()).get(dice.nextInt(executing.size()));
    returnAll(id, () -> step(dice), dice.nextInt(40));
  }

  /// The call of this job returns, with something of each of its jobs.
  private void returnAll(String id, Supplier<Step> step, int bytes) {
    List<Message<String>> messages = new ArrayList<>();
    for (Entry<String> entry : List.copyOf(executing.get(id).together())) {
      messages.add(returnOne(entry.job.id(), step.get(), bytes));
    }
    apply(messages.size() == 1 ? messages.getFirst() : new Message.Together<>(messages));
  }

  /// Somebody orders something for a job that has not ended, in a state that is known.
  private void order(Order.Act act, SplittableRandom dice) {
    List<Job<String>> known =
        durable.values().stream().filter(job -> !job.state().equals(Scenario.UNKNOWN)).toList();
    if (known.isEmpty()) {
      return;
    }
    Job<String> job = known.get(dice.nextInt(known.size()));
    tell("order", act, job.id());
    model.order(job.id(), act);
    apply(
        new Message.Ordered<>(
            new Order(act, any -> true),
            new int[] {positions.job(job.id()).orElseThrow().position()}));
  }

  private void carryOutOne(SplittableRandom dice) {
    if (!ordered.isEmpty()) {
      carryOut(List.copyOf(ordered.keySet()).get(dice.nextInt(ordered.size())));
    }
  }

  private void carryOut(String id) {
    Entry<String> entry = ordered.remove(id);
    Decision<String> decision = verdict.ordered(entry.job, entry.order.act(), at(now)).orElse(null);
    ReferenceModel.Verdict expected = model.verdictOfOrder(id);
    same("order changes something", decision != null, expected != null);
    tell("carry out", entry.order.act(), id);
    if (decision == null) {
      long left = model.remaining(id, now);
      model.unchanged(id, left, now);
      apply(new Message.Unchanged<>(entry, Duration.ofNanos(left)));
      return;
    }
    Job<String> next = decision.transition().job();
    same("state", next.state(), scenario.stateName(expected.state()));
    same("attempt", next.attempt(), expected.attempt());
    same("parked", next.parked().isPresent(), expected.parked());
    apply(recorded(entry, decision, expected, 10));
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

  private Message<String> returnOne(String id, Step step, int bytes) {
    Entry<String> entry = executing.remove(id);
    Decision<String> decision = decide(entry.job, step);
    ReferenceModel.Verdict expected = model.verdict(id, step);
    compare(entry.job, decision, expected);
    tell("return", id, step);
    return recorded(entry, decision, expected, bytes);
  }

  /// What was decided is on its way to the disk, or, if nobody records it, done.
  private Message<String> recorded(
      Entry<String> entry, Decision<String> decision, ReferenceModel.Verdict expected, int bytes) {
    String id = entry.job.id();
    Encoded<String> encoded =
        file == null
            ? new Encoded<>(decision.transition(), new byte[scenario.recorded() ? bytes : 0])
            : file.encode(decision.transition());
    Result<String> result = new Result<>(entry, encoded, decision.delay());
    model.returned(id, expected, decision.delay().toNanos(), encoded.bytes().length, now);
    if (scenario.recorded()) {
      returned.add(result);
      return new Message.Returned<>(result);
    }
    model.committed(id, now);
    store(result);
    return new Message.Finished<>(result);
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
    if (full != null) {
      List<Result<String>> again = full;
      full = null;
      commit(again);
      return;
    }
    List<Result<String>> batch = new ArrayList<>();
    for (int i = dice.nextInt(returned.size() + 1); i > 0; i--) {
      batch.add(returned.remove(dice.nextInt(3) == 0 ? dice.nextInt(returned.size()) : 0));
    }
    commit(batch);
  }

  private void commit(List<Result<String>> batch) {
    if (batch.isEmpty() || (file != null && !write(batch))) {
      return;
    }
    count(batch);
    apply(new Message.Committed<>(batch));
  }

  private void count(List<Result<String>> batch) {
    for (Result<String> result : batch) {
      tell("commit", result.entry().job.id());
      model.committed(result.entry().job.id(), now);
      store(result);
    }
  }

  /// Whether the batch is acknowledged. If there is no room it is kept for another try; after any
  /// other trouble the process ends, and the next one may find it or not.
  private boolean write(List<Result<String>> batch) {
    try {
      file.serializer().commit(batch.stream().map(Result::encoded).toList());
      return true;
    } catch (DiskFullException noRoom) {
      full = batch;
      hold();
      return false;
    } catch (RunFileException failed) {
      closeFile();
      restart(batch);
      return false;
    } catch (Error ended) {
      requireEnd(ended);
      restart(batch);
      return false;
    }
  }

  private static void requireEnd(Error thrown) {
    if (!SimRunFile.isEnd(thrown)) {
      throw thrown;
    }
  }

  private void store(Result<String> result) {
    positions.apply(List.of(result.encoded().transition()));
    store(result, durable);
  }

  private static void store(Result<String> result, Map<String, Job<String>> jobs) {
    Transition<String> transition = result.encoded().transition();
    jobs.put(transition.job().id(), transition.job());
    transition.kicked().forEach(kicked -> jobs.put(kicked.id(), kicked));
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
      Message<String> withdrawn = Message.withdrawn(executing.get(id));
      for (Entry<String> entry : List.copyOf(executing.get(id).together()).reversed()) {
        executing.remove(entry.job.id());
        model.withdrawn(entry.job.id());
      }
      apply(withdrawn);
    }
  }

  private void unrecordableOne(SplittableRandom dice) {
    if (!executing.isEmpty()) {
      String id = List.copyOf(executing.keySet()).get(dice.nextInt(executing.size()));
      tell("unrecordable", id);
      List<Message<String>> messages = new ArrayList<>();
      for (Entry<String> entry : List.copyOf(executing.get(id).together())) {
        executing.remove(entry.job.id());
        model.unrecordable(entry.job.id());
        messages.add(new Message.Unrecordable<>(entry, "broken"));
      }
      apply(new Message.Together<>(messages));
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
    if (file != null) {
      file.heal();
    }
    model.hold(false);
    apply(new Message.Unhold<>());
  }

  private void stop() {
    tell("stop");
    model.stop(now);
    apply(new Message.Stop<>());
  }

  private void trouble(String what, Consumer<SimRunFile<String, String>> trouble) {
    if (file != null) {
      tell(what);
      trouble.accept(file);
    }
  }

  /// The process ends: what ran and what waited for the disk is lost.
  private void restart() {
    if (file != null && fate.nextInt(3) == 0) {
      closeFile();
    }
    restart(full == null ? List.of() : full);
  }

  /// @param inDoubt what was being written
  private void restart(List<Result<String>> inDoubt) {
    tell("restart");
    if (file == null) {
      forget();
    } else {
      reopen(inDoubt);
    }
    enterAll();
  }

  private void forget() {
    executing.clear();
    ordered.clear();
    returned.clear();
    full = null;
    board = new Board<>(workflow.states(), scenario.limits());
    model = model.restarted(now);
  }

  private void begin() {
    Run<String, String> run = workflow.run("replay", "overall");
    durable.values().forEach(run::put);
    same("a run on an empty disk", file.open(), Optional.empty());
    file.serializer().begin(run);
  }

  private void closeFile() {
    try {
      file.serializer().close();
    } catch (RunFileException failed) {
      // What it held is to be found all the same.
    } catch (Error ended) {
      requireEnd(ended);
    }
  }

  /// Starts processes until one finds the run and can go on. What it finds is what was
  /// acknowledged, with or without what was in doubt.
  private void reopen(List<Result<String>> inDoubt) {
    boolean mayFail = true;
    while (true) {
      file.endProcess(fate.nextInt(3) == 0);
      try {
        Run<String, String> run = file.open().orElseThrow(() -> new AssertionError("no run"));
        boolean isIn = holds(run, inDoubt);
        file.serializer().begin(run);
        if (isIn) {
          count(inDoubt);
        }
        adopt(run);
        return;
      } catch (RunFileException failed) {
        if (!mayFail) {
          throw failed;
        }
        closeFile();
      } catch (Error ended) {
        requireEnd(ended);
      }
      file.heal();
      mayFail = fate.nextInt(3) == 0;
      if (mayFail) {
        file.failSoon();
      }
    }
  }

  private boolean holds(Run<String, String> run, List<Result<String>> inDoubt) {
    String found = standing(run.jobs());
    if (found.equals(standing(durable.values()))) {
      return false;
    }
    Map<String, Job<String>> with = new LinkedHashMap<>(durable);
    inDoubt.forEach(result -> store(result, with));
    if (!found.equals(standing(with.values()))) {
      throw new AssertionError(
          "the file holds"
              + found
              + "\nacknowledged is"
              + standing(durable.values())
              + "\nin doubt are "
              + inDoubt.stream().map(each -> each.entry().job.id()).toList()
              + "\n"
              + file.lastCalls());
    }
    return true;
  }

  private static String standing(Collection<Job<String>> jobs) {
    StringBuilder text = new StringBuilder();
    for (Job<String> job : jobs) {
      text.append("\n  ").append(job.id()).append(" v").append(job.version());
      text.append(' ').append(job.state()).append(" kicks ").append(job.kicks());
      text.append(" attempt ").append(job.attempt()).append(" due ").append(job.due());
      // Whoever is in a state that is not there is parked by the one who reads it.
      boolean isLost = job.state().equals(Scenario.UNKNOWN);
      text.append(" parked ").append(isLost || job.parked().isPresent());
      text.append(' ').append(job.transitionCount());
      text.append(' ').append(job.errorCount());
    }
    return text.toString();
  }

  private void adopt(Run<String, String> run) {
    durable.clear();
    positions = workflow.run("positions", "overall");
    run.jobs()
        .forEach(job -> {
          durable.put(job.id(), job);
          positions.put(job);
        });
    forget();
  }

  /// The run is closed in order, changed, and started again.
  private void startAgainWith(Runnable edit, Consumer<Run<String, String>> change) {
    file.heal();
    closeFile();
    edit.run();
    file.endProcess(false);
    Run<String, String> run = file.open().orElseThrow(() -> new AssertionError("no run"));
    holds(run, List.of());
    change.accept(run);
    file.serializer().begin(run);
    adopt(run);
    enterAll();
  }

  /// Somebody sends a job to another state while no process runs: in the file, or in the program.
  private void sendOne(SplittableRandom dice, boolean inProgram) {
    if (file == null) {
      return;
    }
    Job<String> job = List.copyOf(durable.values()).get(dice.nextInt(durable.size()));
    int to = dice.nextInt(scenario.states().size());
    String state = scenario.stateName(to);
    if (job.state().equals(state)) {
      return;
    }
    tell(inProgram ? "redrive" : "edit", job.id(), state);
    model.sent(job.id(), to);
    Job<String> sent = job.next().state(state).attempt(0).dueNow().released().build();
    if (inProgram) {
      startAgainWith(() -> {}, run -> run.put(sent));
    } else {
      startAgainWith(
          () -> {
            file.edit(job.id(), state);
            durable.put(job.id(), sent);
          },
          run -> {});
    }
  }

  private void enterAll() {
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
    if (file != null) {
      file.heal();
    }
    restart();
    int end = scenario.states().size() - 1;
    for (int round = 0; !board.isResting(); round++) {
      if (round > 10 * MOST_JOBS) {
        throw new AssertionError("the run does not come to rest");
      }
      for (String id : List.copyOf(executing.keySet())) {
        if (executing.containsKey(id)) {
          returnAll(id, () -> new Step(false, end, false, -1, List.of()), 1);
        }
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
      Map<String, Entry<String>> at = entry.is(Entry.Phase.ORDERED) ? ordered : executing;
      for (Entry<String> each : entry.together()) {
        starts.add(each.job.id());
        same("started already", at.put(each.job.id(), each), null);
      }
    }
    if (log != null) {
      log.add("    starts " + starts);
    }
    same("starts", starts, expected);
    same("executing", board.executing(), model.executing());
    same("uncommitted", board.uncommitted(), model.uncommitted());
    same("resting", board.isResting(), model.isResting());
    same("idle", board.isIdle(), model.isIdle());
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
    for (StatusCount count : counts) {
      same("status", count, model.status(scenario.stateIndex(count.state())));
      jobs += count.jobs();
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
