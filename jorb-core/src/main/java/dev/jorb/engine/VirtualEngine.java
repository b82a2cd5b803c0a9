package dev.jorb.engine;

import dev.jorb.event.InDoubt;
import dev.jorb.event.Standing;
import dev.jorb.event.StatusCount;
import dev.jorb.event.StatusListener;
import dev.jorb.limit.SharedLimits;
import dev.jorb.measure.RunMeasures;
import dev.jorb.run.HoldNote;
import dev.jorb.run.Job;
import dev.jorb.run.LimitNote;
import dev.jorb.run.Run;
import dev.jorb.serial.DiskFullException;
import dev.jorb.serial.Serializer;
import dev.jorb.serial.Serializer.Encoded;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Runs a board in [VirtualTime]: what [Engine] is for threads, time and disk, for simulations.
///
/// The board, the verdicts and the calling of steps are the engine's own. What differs is around
/// them: one step at a time, and an event in virtual time in the place of the journal thread and
/// the clock thread. A batch is taken when the disk is free, and durable a few milliseconds later,
/// in an order with everything else that the seed decides.
///
/// Touched by whoever has the turn in its time. Used once.
///
/// @param <A> the application context
/// @param <O> the overall context
/// @param <J> the job context
public final class VirtualEngine<A, O, J> {
  private static final long LONGEST_FLUSH_NANOS = 10_000_000;
  private static final Duration DISK_FULL_RETRY = Duration.ofSeconds(1);

  private final Run<O, J> run;
  private final Serializer<O, J> serializer;
  private final StatusListener listener;
  private final VirtualTime time;
  private final RandomGenerator random;
  private final Steps<A, O, J> steps;
  private final Board<J> board;
  private final Meters<J> meters;
  private final HoldWatch holds;
  private final List<Entry<J>> ready = new ArrayList<>();
  private final Map<Entry<J>, Execution> executions = new HashMap<>();
  private List<Result<J>> handedOver = new ArrayList<>();

  /// Steps that have begun since the last batch was taken.
  private List<Entry<J>> begun = new ArrayList<>();

  /// Those of them that begin when that is noted.
  private final Set<Entry<J>> unnoted = new LinkedHashSet<>();

  private List<StatusCount> told = List.of();
  private boolean flushing;
  private boolean held;
  private long tickAtNanos = Long.MAX_VALUE;
  private long sampledAtNanos;
  private @Nullable Throwable failure;

  /// A step that runs.
  private static final class Execution {
    @Nullable Strand strand;
    boolean timedOut;
  }

  /// An engine for one execution of `run`.
  ///
  /// @param listener is told of every change of the counts, by whoever has the turn
  /// @param random draws retries' jitter and the disk's delays
  public VirtualEngine(
      Workflow<A, O, J> workflow,
      A app,
      Run<O, J> run,
      Serializer<O, J> serializer,
      StatusListener listener,
      VirtualTime time,
      RandomGenerator random) {
    this.run = run;
    this.serializer = serializer;
    this.listener = listener;
    this.time = time;
    this.random = random;
    this.steps = new Steps<>(workflow, app, run, serializer, time, random);
    this.meters = new Meters<>(run.name(), workflow.shapes(), time.nanoTime());
    this.holds = new HoldWatch(time.instant());
    this.sampledAtNanos = time.nanoTime();
    var remembered = RememberedLimits.of(run.limitNotes(), time);
    this.board =
        new Board<>(
            workflow.states(),
            workflow.groups(),
            workflow.pauseWhen(),
            Board.Limits.DEFAULT,
            new LimitOwner(new SharedLimits(), remembered, () -> {}));
  }

  /// Makes the run durable and lets its jobs come onto the board.
  public void start() {
    List<HoldNote> absence = HoldWatch.absence(run, time.instant());
    serializer.begin(run);
    note(absence);
    apply(new Message.Enter<>(steps.arrivals(run.jobs())));
  }

  /// Lets virtual time pass until the run rests, but not beyond `horizon`. Ends the recording when
  /// it rests. Returns early if the process was killed, if the run could not go on, or if nothing
  /// can happen any more.
  public void runUntil(Instant horizon) {
    time.runUntil(this::isOver, horizon);
    if (isOver() && !time.isKilled()) {
      meters.end(board, time.nanoTime());
      note(holds.end(board, time.instant()));
      serializer.close();
    }
  }

  private boolean isOver() {
    return failure != null || isResting();
  }

  /// Whether every job is in a terminal state or parked, or waits for one that is.
  public boolean isResting() {
    return board.isResting();
  }

  /// What kept the run from going on, if anything did.
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  /// What became of the jobs that were in doubt at the start.
  public List<InDoubt> inDoubt() {
    return steps.doubts().all();
  }

  /// The counts of all states, in the workflow's order.
  public List<StatusCount> status() {
    long nowNanos = time.nanoTime();
    return board.status(nanos -> time.instant().plusNanos(nanos - nowNanos).toString());
  }

  /// Where a job stands; empty if there is no such job.
  public Optional<Standing> standing(String id) {
    long nowNanos = time.nanoTime();
    Instant now = time.instant();
    List<Entry<J>> running = new ArrayList<>();
    executions.keySet().forEach(entry -> running.addAll(entry.together()));
    var inquiry = new Inquiry<>(board, running, nanos -> now.plusNanos(nanos - nowNanos));
    return run.job(id).map(inquiry::standing);
  }

  /// What was measured so far, as [Engine#measures()]; samples are taken when something happens.
  public RunMeasures measures() {
    return meters.measures(board, time.nanoTime());
  }

  /// Starts nothing new in this state until [#resume].
  public void pause(String state) {
    apply(new Message.Pause<>(state));
  }

  /// Lets a paused state go on.
  public void resume(String state) {
    apply(new Message.Resume<>(state));
  }

  private void execute(Entry<J> entry, Execution execution) {
    boolean timed = entry.hasTimeLimit();
    if (timed) {
      apply(new Message.Began<>(entry));
    }
    long startNanos = time.nanoTime();
    Order order = entry.order;
    Steps.Answer<J> answer =
        order == null ? steps.execute(entry, startNanos) : steps.carryOut(entry, order);
    if (time.isClosed()) {
      return;
    }
    if (execution.timedOut) {
      var unused = Thread.interrupted(); // It was meant for the step, which has ended.
      answer = steps.timedOut(entry, startNanos);
    }
    executions.remove(entry);
    apply(message(answer));
    Entry<J> refused = answer.refused();
    if (refused != null && serializer.isRecording()) {
      noteLimits(refused);
    }
  }

  /// A service refused: what its limits make of it has to outlive this process.
  private void noteLimits(Entry<J> entry) {
    List<LimitNote> notes = new ArrayList<>();
    long nowNanos = time.nanoTime();
    Instant now = time.instant();
    if (entry.lane.turnstile != null) {
      entry.lane.turnstile.notes(entry, nowNanos, nanos -> now.plusNanos(nanos - nowNanos), notes);
      serializer.note(notes);
      notes.forEach(run::note);
    }
  }

  private Message<J> message(Steps.Answer<J> answer) {
    return switch (answer) {
      case Steps.Recordable<J> recordable when serializer.isRecording() -> {
        handedOver.add(recordable.result());
        flushIfFree();
        yield new Message.Returned<>(recordable.result());
      }
      case Steps.Recordable<J> recordable -> {
        run.apply(List.of(recordable.result().encoded().transition()));
        recordable.result().entry().lane.meter.recorded(recordable.result());
        yield new Message.Finished<>(recordable.result());
      }
      case Steps.Throttled<J> throttled ->
          new Message.Refused<>(throttled.entry(), throttled.feedback());
      case Steps.Unrecordable<J> broken ->
          new Message.Unrecordable<>(broken.entry(), broken.reason());
      case Steps.Several<J> several ->
          new Message.Together<>(several.answers().stream().map(this::message).toList());
      case Steps.Unchanged<J> same -> new Message.Unchanged<>(same.entry(), same.delay());
      case Steps.Interrupted<J> interrupted -> message(interrupted.asFailure());
    };
  }

  private void flushIfFree() {
    if (!flushing) {
      flushing = true;
      time.after(Duration.ZERO, this::takeBatch);
    }
  }

  private void takeBatch() {
    List<Result<J>> batch = handedOver;
    handedOver = new ArrayList<>();
    List<Job<J>> started =
        begun.stream()
            .distinct()
            .filter(entry -> entry.is(Entry.Phase.EXECUTING))
            .map(entry -> entry.job)
            .toList();
    begun = new ArrayList<>();
    long beganNanos = time.nanoTime();
    time.after(
        Duration.ofNanos(1 + random.nextLong(LONGEST_FLUSH_NANOS)),
        () -> commit(batch, started, beganNanos));
  }

  private void commit(List<Result<J>> batch, List<Job<J>> started, long beganNanos) {
    List<Encoded<J>> encoded = new ArrayList<>();
    batch.forEach(result -> encoded.add(result.encoded()));
    try {
      serializer.commit(encoded, started);
    } catch (DiskFullException full) {
      held = true;
      apply(new Message.Hold<>(String.valueOf(full.getMessage())));
      time.after(DISK_FULL_RETRY, () -> commit(batch, started, beganNanos));
      return;
    } catch (RuntimeException failed) {
      failure = failed;
      return;
    }
    encoded.forEach(each -> run.apply(List.of(each.transition())));
    if (!batch.isEmpty()) {
      meters.committed(batch, beganNanos, time.nanoTime());
    }
    flushing = false;
    noted(started);
    if (held) {
      held = false;
      apply(new Message.Unhold<>());
    }
    if (!handedOver.isEmpty() || !begun.isEmpty()) {
      flushIfFree();
    }
    if (!batch.isEmpty()) {
      apply(new Message.Committed<>(batch));
    }
  }

  private void apply(Message<J> message) {
    if (time.nanoTime() - sampledAtNanos >= Meters.PERIOD.toNanos()) {
      sampledAtNanos = time.nanoTime();
      meters.sample(board, sampledAtNanos); // How it stood until now.
      note(holds.sample(board, time.instant()));
    }
    board.apply(message, time.nanoTime(), ready);
    board.takeOverdue().forEach(this::timeOut);
    ready.forEach(this::start);
    ready.clear();
    board.nextDueNanos(time.nanoTime()).ifPresent(this::tickAt);
    tell();
  }

  private void note(List<HoldNote> notes) {
    if (!notes.isEmpty() && serializer.isRecording() && failure == null) {
      serializer.noteHolds(notes);
      notes.forEach(run::note);
    }
  }

  private void start(Entry<J> entry) {
    Execution execution = new Execution();
    executions.put(entry, execution);
    if (entry.order == null && entry.notesFirst() && serializer.isRecording()) {
      unnoted.add(entry);
      noteStart(entry);
      return;
    }
    execution.strand =
        time.spawn(() -> {
          noteStart(entry);
          execute(entry, execution);
        });
  }

  private void noted(List<Job<J>> started) {
    for (Entry<J> entry : List.copyOf(unnoted)) {
      Execution execution = executions.get(entry);
      if (execution != null && started.contains(entry.job)) {
        unnoted.remove(entry);
        execution.strand = time.spawn(() -> execute(entry, execution));
      }
    }
  }

  private void noteStart(Entry<J> entry) {
    if (serializer.isRecording()) {
      begun.addAll(entry.together());
      flushIfFree();
    }
  }

  private void timeOut(Entry<J> entry) {
    Execution execution = executions.get(entry);
    if (execution != null && execution.strand != null) {
      execution.timedOut = true;
      time.interrupt(execution.strand);
    }
  }

  private void tickAt(long dueNanos) {
    if (dueNanos < tickAtNanos) {
      tickAtNanos = dueNanos;
      time.at(dueNanos, () -> tick(dueNanos));
    }
  }

  private void tick(long dueNanos) {
    if (dueNanos == tickAtNanos) {
      tickAtNanos = Long.MAX_VALUE;
      apply(new Message.Tick<>());
    }
  }

  private void tell() {
    List<StatusCount> now = board.status();
    if (!now.equals(told)) {
      told = now;
      listener.status(now);
    }
  }
}
