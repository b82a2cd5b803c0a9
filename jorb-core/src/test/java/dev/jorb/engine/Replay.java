package dev.jorb.engine;

import dev.jorb.engine.Scenario.Event;
import dev.jorb.engine.Scenario.JobSpec;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.NilSerializer;
import dev.jorb.serial.Serializer.Encoded;
import dev.jorb.serial.SimRunFile;
import dev.jorb.time.TimeSource;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Plays a scenario on a board with its verdict and on the reference model, and compares them after
/// each message. Used once.
final class Replay implements Scenario.Finder, TimeSource {
  private static final int MOST_JOBS = 40;

  private final Scenario scenario;
  private final List<String> log;
  private final Workflow<Object, String, String> workflow;
  private final SplittableRandom random;
  private final Verdict<String> verdict;
  private final Survival survival;

  private Steps<Object, String, String> steps;
  private Pair pair;

  private final List<Result<String>> returned = new ArrayList<>();

  /// The batch for which there was no room; null if there is none.
  private List<Result<String>> full;

  /// What there is to be found by a step that verifies.
  private Step found = Step.nothing();

  private long now;
  private int entered;
  private int messages;

  private Replay(Scenario played, List<String> log, boolean onDisk) {
    this.scenario = onDisk ? played.recordedAlways() : played;
    this.log = log;
    this.workflow = scenario.workflow();
    this.random = new SplittableRandom(scenario.seed());
    this.verdict = new Verdict<>(workflow, random);
    this.survival = new Survival(workflow, scenario.seed(), onDisk);
    beginProcess(new ReferenceModel(scenario));
  }

  private void beginProcess(ReferenceModel model) {
    steps = new Steps<>(workflow, this, survival.run(), new NilSerializer<>(), this, random);
    pair = new Pair(scenario, workflow, model);
  }

  /// Plays it; returns how many messages the board was told.
  ///
  /// @param onDisk with a run file on a simulated disk, which fails, loses power and is edited
  /// @throws AssertionError if board, model and file differ
  static int play(Scenario scenario, boolean onDisk) {
    Replay replay = new Replay(scenario, null, onDisk);
    replay.play();
    return replay.messages;
  }

  /// Plays it and writes down what happens, up to where it fails.
  static List<String> tell(Scenario scenario, boolean onDisk) {
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
    survival.begin();
    for (Event event : scenario.events()) {
      happen(event, new SplittableRandom(event.dice()));
    }
    letAllEnd();
  }

  private void happen(Event event, SplittableRandom dice) {
    switch (event.what()) {
      case RETURN ->
          one(pair.executing, dice, id -> returnAll(id, () -> step(dice), dice.nextInt(40)));
      case COMMIT -> commitSome(dice);
      case PASS -> pass(dice);
      case BEGIN -> one(pair.executing, dice, this::begin);
      case NOTE -> note(pair.unnoted());
      case ENTER -> enterOne(dice.nextInt(scenario.states().size()));
      case WITHDRAW -> one(pair.executing, dice, this::withdraw);
      case UNRECORDABLE -> one(pair.executing, dice, this::unrecordable);
      case PAUSE -> pause(dice.nextInt(scenario.states().size()));
      case RESUME -> resume(dice.nextInt(scenario.states().size()));
      case PAUSE_RUN ->
          tellBoth("pause run", same -> same.pauses.pauseRun(), new Message.PauseRun<>());
      case RESUME_RUN -> resumeRun();
      case HOLD -> hold();
      case UNHOLD -> unhold();
      case STOP -> tellBoth("stop", same -> same.stop(now), new Message.Stop<>());
      case PARK -> order(new Order.Park("by hand"), dice);
      case RELEASE -> order(new Order.Release(), dice);
      case CANCEL -> order(new Order.Cancel(), dice);
      case PRIORITIZE -> order(new Order.Prioritize(dice.nextInt(-1, 3)), dice);
      case CARRY_OUT -> one(pair.ordered, dice, id -> carryOut(id, step(dice)));
      case RESTART -> restart(full == null ? List.of() : full);
      case CRASH_LOOP -> crashLoop(dice.nextInt(2, 5));
      case DISK_FAULT -> trouble("disk fault", SimRunFile::failSoon);
      case CRASH -> trouble("crash", SimRunFile::endSoon);
      case EDIT -> sendOne(dice, false);
      case REDRIVE -> sendOne(dice, true);
    }
  }

  private static void one(
      Map<String, Entry<String>> entries, SplittableRandom dice, Consumer<String> happens) {
    if (!entries.isEmpty()) {
      happens.accept(List.copyOf(entries.keySet()).get(dice.nextInt(entries.size())));
    }
  }

  // Jobs come.

  /// A job comes while the run goes on, or, if it is written down, with the next start.
  private void enterOne(int state) {
    JobSpec spec = new JobSpec(state, 0, false, 0);
    if (!survival.isOnDisk()) {
      enter(List.of(spec));
      return;
    }
    startAgainWith(
        () -> {},
        run -> {
          String id = nextId(spec);
          run.put(spec.job(id, scenario.stateName(state), at(now)));
          pair.model.add(spec.model(id, now));
        });
  }

  private void enter(List<JobSpec> specs) {
    List<Job<String>> jobs = new ArrayList<>();
    List<ModelJob> coming = new ArrayList<>();
    for (JobSpec spec : specs) {
      String id = nextId(spec);
      Job<String> job = spec.job(id, scenario.stateName(spec.state()), at(now));
      survival.add(job);
      jobs.add(job);
      coming.add(spec.model(id, now));
    }
    pair.model.enter(coming, now);
    apply(new Message.Enter<>(steps.arrivals(jobs)));
  }

  private String nextId(JobSpec spec) {
    String id = Integer.toString(entered++);
    tell("enter", id, spec);
    return id;
  }

  // Steps run.

  /// A step is on its way: from now on its time counts.
  private void begin(String id) {
    Entry<String> first = pair.executing.get(id).together().getFirst();
    if (first.hasTimeLimit() && pair.begun.add(first.job.id())) {
      tell("begin", first.job.id());
      pair.model.began(first.job.id(), now);
      apply(new Message.Began<>(first));
    }
  }

  /// The call of this job returns, with something of each of its jobs. Before that it has begun,
  /// and that is noted if its state wants it so.
  private void returnAll(String id, Supplier<Step> step, int bytes) {
    Entry<String> entry = pair.executing.get(id);
    List<Entry<String>> together = List.copyOf(entry.together());
    List<Job<String>> unnoted = pair.unnoted();
    unnoted.removeIf(job -> together.stream().noneMatch(each -> each.job.equals(job)));
    if (entry.notesFirst() && !note(unnoted)) {
      return;
    }
    begin(id);
    Entry<String> first = together.getFirst();
    List<Message<String>> messages = new ArrayList<>();
    if (pair.timedOut.contains(first.job.id())) {
      for (Result<String> result : Pair.results(steps.timedOut(first, nanoTime()))) {
        String each = result.entry().job.id();
        tell("time out", each);
        messages.add(recorded(result, pair.model.verdictOfTimeout(each, now), bytes));
      }
    } else {
      together.forEach(each -> messages.add(returnOne(each, step.get(), bytes)));
    }
    together.forEach(pair::leave);
    apply(messages.size() == 1 ? messages.getFirst() : new Message.Together<>(messages));
  }

  private Step step(SplittableRandom dice) {
    return Step.random(scenario, pair.model.jobs().size() < MOST_JOBS, now, dice);
  }

  private Message<String> returnOne(Entry<String> entry, Step step, int bytes) {
    tell("return", entry.job.id(), step);
    Result<String> result = step.result(verdict, entry, scenario, at(now));
    return recorded(result, pair.model.verdict(entry.job.id(), step, now), bytes);
  }

  /// What was decided is on its way to the disk, or, if nobody records it, done.
  private Message<String> recorded(
      Result<String> decided, ModelVerdicts.Verdict expected, int bytes) {
    Entry<String> entry = decided.entry();
    String id = entry.job.id();
    Encoded<String> encoded =
        survival.encode(decided.encoded().transition(), scenario.recorded() ? bytes : 0);
    Result<String> result =
        new Result<>(entry, encoded, decided.delay(), decided.feedback(), decided.failed());
    pair.model.returned(id, expected, result.delay().toNanos(), encoded.bytes().length, now);
    pair.compare(entry.job, result, expected);
    if (scenario.recorded()) {
      returned.add(result);
      return new Message.Returned<>(result);
    }
    pair.model.committed(id, now);
    survival.store(encoded.transition());
    return new Message.Finished<>(result);
  }

  private void withdraw(String id) {
    tell("withdraw", id);
    Message<String> withdrawn = Message.withdrawn(pair.executing.get(id));
    for (Entry<String> entry : List.copyOf(pair.executing.get(id).together()).reversed()) {
      pair.leave(entry);
      pair.model.withdrawn(entry.job.id());
    }
    apply(withdrawn);
  }

  private void unrecordable(String id) {
    tell("unrecordable", id);
    List<Message<String>> messages = new ArrayList<>();
    for (Entry<String> entry : List.copyOf(pair.executing.get(id).together())) {
      pair.leave(entry);
      pair.model.unrecordable(entry.job.id(), now);
      messages.add(new Message.Unrecordable<>(entry, "broken"));
    }
    apply(new Message.Together<>(messages));
  }

  // The disk.

  /// Notes that steps have started; says whether that is noted and the process goes on.
  private boolean note(List<Job<String>> started) {
    if (started.isEmpty()) {
      return true;
    }
    Survival.Written written = write(List.of(), started);
    switch (written) {
      case YES -> {}
      case NO_ROOM -> hold();
      case PROCESS_ENDED -> restart(List.of());
    }
    return written == Survival.Written.YES;
  }

  /// Without room nothing is noted. If the process ends, the note may be there.
  private Survival.Written write(List<Result<String>> batch, List<Job<String>> started) {
    Survival.Written written = survival.write(batch, started);
    List<String> ids = started.stream().map(Job::id).toList();
    tell("note", ids, written);
    if (written != Survival.Written.NO_ROOM) {
      pair.model.noted(ids);
    }
    return written;
  }

  private void commitSome(SplittableRandom dice) {
    if (full != null) {
      List<Result<String>> again = full;
      full = null;
      commit(again, List.of());
      return;
    }
    List<Result<String>> batch = new ArrayList<>();
    for (int i = dice.nextInt(returned.size() + 1); i > 0; i--) {
      batch.add(returned.remove(dice.nextInt(3) == 0 ? dice.nextInt(returned.size()) : 0));
    }
    commit(batch, dice.nextBoolean() ? pair.unnoted() : List.of());
  }

  private void commit(List<Result<String>> batch, List<Job<String>> started) {
    if (batch.isEmpty()) {
      return;
    }
    switch (write(batch, started)) {
      case YES -> {
        count(batch);
        apply(new Message.Committed<>(batch));
      }
      case NO_ROOM -> {
        full = batch;
        hold();
      }
      case PROCESS_ENDED -> restart(batch);
    }
  }

  private void count(List<Result<String>> batch) {
    for (Result<String> result : batch) {
      tell("commit", result.entry().job.id());
      pair.model.committed(result.entry().job.id(), now);
      survival.store(result.encoded().transition());
    }
  }

  private void trouble(String what, Consumer<SimRunFile<String, String>> trouble) {
    tell(what);
    survival.trouble(trouble);
  }

  /// The process ends: what ran and what waited for the disk is lost.
  ///
  /// @param inDoubt what was being written
  private void restart(List<Result<String>> inDoubt) {
    tell("restart");
    survival.restart(pair.model, inDoubt, () -> count(inDoubt));
    goOn();
  }

  private void goOn() {
    returned.clear();
    full = null;
    Map<String, Integer> crashes = new HashMap<>();
    survival.jobs.values().forEach(job -> crashes.put(job.id(), job.crashes()));
    beginProcess(pair.model.restarted(crashes, now));
    apply(new Message.Enter<>(steps.arrivals(List.copyOf(survival.jobs.values()))));
  }

  /// One process after the other dies as soon as its steps are running.
  private void crashLoop(int times) {
    for (int i = 0; i < times; i++) {
      for (String id : List.copyOf(pair.ordered.keySet())) {
        carryOut(id, Step.nothing());
      }
      if (note(pair.unnoted())) {
        restart(full == null ? List.of() : full);
      }
    }
  }

  /// The run is closed in order, changed, and started again.
  private void startAgainWith(Runnable edit, Consumer<Run<String, String>> change) {
    survival.changeAtRest(pair.model, edit, change);
    goOn();
  }

  /// Somebody sends a job to another state while no process runs: in the file, or in the program.
  private void sendOne(SplittableRandom dice, boolean inProgram) {
    if (!survival.isOnDisk()) {
      return;
    }
    Job<String> job = List.copyOf(survival.jobs.values()).get(dice.nextInt(survival.jobs.size()));
    int to = dice.nextInt(scenario.states().size());
    String state = scenario.stateName(to);
    if (job.state().equals(state)) {
      return;
    }
    now += 1_000_000; // Nobody is so quick that it is the millisecond of the last transition.
    tell(inProgram ? "redrive" : "edit", job.id(), state);
    Job.Builder<String> sent =
        job.next().state(state).attempt(0).dueNow().awaitsKicks(false).released().deadline(null);
    if (inProgram) {
      Job<String> redriven = sent.updated(at(now)).build();
      startAgainWith(() -> pair.model.sent(job.id(), to, now), run -> run.put(redriven));
    } else {
      Job<String> edited = sent.build();
      startAgainWith(
          () -> {
            pair.model.edited(job.id(), to);
            survival.edit(edited);
          },
          run -> {});
    }
  }

  // What a person does.

  /// Somebody orders something for a job that has not ended, in a state that is known.
  private void order(Order.Act act, SplittableRandom dice) {
    List<Job<String>> known =
        survival.jobs.values().stream()
            .filter(job -> !job.state().equals(Scenario.UNKNOWN))
            .toList();
    if (known.isEmpty()) {
      return;
    }
    String id = known.get(dice.nextInt(known.size())).id();
    tell("order", act, id);
    pair.model.order(id, act);
    apply(new Message.Ordered<>(Order.of(act), new int[] {survival.position(id)}));
  }

  private void carryOut(String id, Step toBeFound) {
    Entry<String> entry = pair.ordered.remove(id);
    found = toBeFound;
    tell(
        "carry out", entry.order.act(), id, entry.order.act() instanceof Order.Verify ? found : "");
    Steps.Answer<String> answer = steps.carryOut(entry, entry.order);
    ModelVerdicts.Verdict expected = pair.model.verdictOfOrder(id, found, now);
    boolean isUnchanged = answer instanceof Steps.Unchanged<String>;
    Pair.same("order changes something", !isUnchanged, expected != null);
    if (answer instanceof Steps.Unchanged<String>(Entry<String> of, Duration delay)) {
      Pair.same("what is left to wait", delay.toNanos(), pair.model.unchanged(id, now));
      apply(new Message.Unchanged<>(of, delay));
    } else {
      apply(recorded(Pair.results(answer).getFirst(), expected, 10));
    }
  }

  @Override
  public Optional<Outcome<String>> find(Job<String> job) {
    if (found.failed() && found.error()) {
      throw new IllegalStateException("nobody can tell");
    }
    return found.failed() ? Optional.empty() : Optional.of(found.outcome(scenario));
  }

  private void tellBoth(String what, Consumer<ReferenceModel> toModel, Message<String> toBoard) {
    tell(what);
    toModel.accept(pair.model);
    apply(toBoard);
  }

  private void pause(int state) {
    String name = scenario.stateName(state);
    tellBoth("pause " + name, same -> same.pauses.pause(state), new Message.Pause<>(name));
  }

  private void resume(int state) {
    String name = scenario.stateName(state);
    tellBoth("resume " + name, same -> same.pauses.resume(state), new Message.Resume<>(name));
  }

  private void resumeRun() {
    tellBoth("resume run", same -> same.pauses.resumeRun(), new Message.ResumeRun<>());
  }

  private void hold() {
    tellBoth("hold", same -> same.hold(true), new Message.Hold<>("no room"));
  }

  private void unhold() {
    survival.trouble(SimRunFile::heal);
    tellBoth("unhold", same -> same.hold(false), new Message.Unhold<>());
  }

  // Time.

  private void pass(SplittableRandom dice) {
    long due = pair.model.nextDue(now);
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

  @Override
  public long nanoTime() {
    return scenario.originNanos() + now;
  }

  @Override
  public Instant instant() {
    return at(now);
  }

  private static Instant at(long nanos) {
    return Instant.ofEpochSecond(1_700_000_000L, nanos);
  }

  static Instant atMillis(long millis) {
    return millis == ModelJob.NEVER ? null : Instant.ofEpochMilli(1_700_000_000_000L + millis);
  }

  /// Whatever happened, a run that is started again and whose steps succeed comes to rest.
  private void letAllEnd() {
    survival.trouble(SimRunFile::heal);
    restart(full == null ? List.of() : full);
    survival.trouble(SimRunFile::heal);
    int end = scenario.states().size() - 1;
    for (int round = 0; !pair.isResting(); round++) {
      if (round > 40 * MOST_JOBS) {
        throw new AssertionError("the run does not come to rest");
      }
      for (String id : List.copyOf(pair.ordered.keySet())) {
        carryOut(id, Step.nothing());
      }
      for (String id : List.copyOf(pair.executing.keySet())) {
        if (pair.executing.containsKey(id)) {
          returnAll(id, () -> Step.to(end), 1);
        }
      }
      List<Result<String>> batch = List.copyOf(returned);
      returned.clear();
      commit(batch, List.of());
      resumeAll();
      long due = pair.nextDue(now);
      if (due >= 0) {
        now = due;
        tell("tick");
        apply(new Message.Tick<>());
      }
    }
  }

  /// A step that begins when its job's time is over has failed, and a failure may pause something.
  private void resumeAll() {
    for (String state : pair.paused()) {
      if (state.isEmpty()) {
        resumeRun();
      } else {
        resume(scenario.stateIndex(state));
      }
    }
  }

  private void apply(Message<String> message) {
    messages++;
    List<String> starts = pair.apply(message, now, survival.jobs.size());
    if (log != null) {
      log.add("    starts " + starts);
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
