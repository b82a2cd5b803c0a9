package dev.jorb.engine;

import dev.jorb.engine.Outbox.Work;
import dev.jorb.event.InDoubt;
import dev.jorb.event.Overdue;
import dev.jorb.event.Pause;
import dev.jorb.event.RunEvent;
import dev.jorb.event.RunListener;
import dev.jorb.event.Standing;
import dev.jorb.event.StatusCount;
import dev.jorb.event.StatusListener;
import dev.jorb.limit.Limit;
import dev.jorb.limit.SharedLimits;
import dev.jorb.measure.RunMeasures;
import dev.jorb.run.HoldNote;
import dev.jorb.run.Job;
import dev.jorb.run.LimitNote;
import dev.jorb.run.Run;
import dev.jorb.serial.DiskFullException;
import dev.jorb.serial.Serializer;
import dev.jorb.serial.Serializer.Encoded;
import dev.jorb.time.TimeSource;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjLongConsumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs a board: the threads, the time and the disk around it.
///
/// - **Workers** are virtual threads. One executes a step, decides and encodes its result, hands it
///   over, and takes the next job that may start in the same turn of the lock. It ends when there
///   is none.
/// - **The journal thread** begins the recording, writes what the workers hand over, one batch
///   after the other, tells the board, and ends the run. It runs no user code but the serializer's,
///   and is never interrupted.
/// - **The clock thread** tells the board when a delay is over or a permit is there.
/// - **The status thread** calls the listener.
///
/// They meet in the [Dispatcher]. Used once. Thread-safe.
///
/// @param <A> the application context
/// @param <O> the overall context
/// @param <J> the job context
public final class Engine<A, O, J> {
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
  private static final Duration DISK_FULL_RETRY = Duration.ofSeconds(1);
  private static final Duration LISTENER_GRACE = Duration.ofSeconds(2);

  private final Run<O, J> run;
  private final Serializer<O, J> serializer;
  private final TimeSource time;
  private final Steps<A, O, J> steps;
  private final Workers workers = new Workers();
  private final Dispatcher<J> dispatcher;
  private final StatusFeed feed;
  private final EventFeed events;
  private final GateWatch gates;
  private final FlightEvents flight;
  private final Meters<J> meters;
  private final HoldWatch holds;
  private final List<String> stateNames;
  private final CountDownLatch ended = new CountDownLatch(1);

  /// An engine for one execution of `run`.
  public Engine(
      Workflow<A, O, J> workflow,
      A app,
      Run<O, J> run,
      Serializer<O, J> serializer,
      StatusListener listener,
      List<RunListener> listeners,
      SharedLimits limits,
      TimeSource time,
      RandomGenerator random) {
    this.run = run;
    this.serializer = serializer;
    this.time = time;
    this.events = new EventFeed(listeners);
    this.flight = new FlightEvents(run.name());
    this.meters = new Meters<>(run.name(), workflow.shapes(), time.nanoTime());
    this.holds = new HoldWatch(time.instant());
    this.steps = new Steps<>(workflow, app, run, serializer, time, random);
    var remembered = RememberedLimits.of(run.limitNotes(), time);
    var owner = new LimitOwner(limits, remembered, this::passTimeSoon);
    this.dispatcher =
        new Dispatcher<>(
            new Board<>(
                workflow.states(),
                workflow.groups(),
                workflow.pauseWhen(),
                Board.Limits.DEFAULT,
                owner),
            run,
            serializer.isRecording(),
            time,
            workers,
            events,
            flight,
            this::work);
    this.feed = new StatusFeed(listener, this::status);
    this.stateNames = workflow.stateNames();
    this.gates = new GateWatch(run.name());
    workflow.states().forEach(state -> state.limits().forEach(each -> gates.watch(each.limit())));
  }

  /// Another run has given a permit back. It calls from under a lock, so ours is for another thread
  /// to take.
  private void passTimeSoon() {
    Thread.ofVirtual().start(() -> dispatcher.tell(new Message.Tick<>()));
  }

  /// Starts the run and returns at once.
  public void start() {
    gates.start();
    Thread.ofPlatform().name("jorb-journal " + run.name()).start(this::journal);
  }

  /// Blocks until the run rests, was stopped, or could not go on.
  public void await() throws InterruptedException {
    ended.await();
  }

  /// Whether the run has ended.
  public boolean hasEnded() {
    return ended.getCount() == 0;
  }

  /// What kept the run from going on, if anything did.
  public Optional<Throwable> failure() {
    return Optional.ofNullable(dispatcher.failure());
  }

  /// Whether the run was told to stop before it rested.
  public boolean wasStopped() {
    return dispatcher.wasStopped();
  }

  /// The counts of all states, in the workflow's order.
  public List<StatusCount> status() {
    return dispatcher.status();
  }

  /// What was measured so far.
  public RunMeasures measures() {
    return dispatcher.ask(board -> meters.measures(board, time.nanoTime()));
  }

  /// Where a job stands; empty if there is no such job.
  public Optional<Standing> standing(String id) {
    return run.job(id).map(job -> dispatcher.ask(board -> standing(board, job)));
  }

  private Standing standing(Board<J> board, Job<J> job) {
    long nowNanos = time.nanoTime();
    Instant now = time.instant();
    List<Entry<?>> running = new ArrayList<>();
    workers.entries().forEach(entry -> running.addAll(entry.together()));
    return new Inquiry<>(board, running, nanos -> now.plusNanos(nanos - nowNanos)).standing(job);
  }

  /// The jobs whose steps did not end when the run did, as `job in state`.
  public List<String> busy() {
    return workers.busy();
  }

  /// From now on so many steps of this state may run at a time.
  public void concurrency(String state, int most) {
    dispatcher.tell(new Message.Concurrency<>(state, most));
  }

  /// From now on this limit counts in place of the one that the state has at this place.
  public void limit(String state, int place, Limit limit) {
    gates.watch(limit);
    dispatcher.tell(new Message.Limited<>(state, place, limit));
  }

  /// From now on so many jobs may be inside of this group.
  public void group(String group, int most) {
    dispatcher.tell(new Message.Grouped<>(group, most));
  }

  /// The steps that have run longer than their state allows and ignore the interrupt.
  public List<Overdue> overdue() {
    return workers.overdue(time.nanoTime());
  }

  /// Starts nothing new, gives running steps until the grace period is over, and then interrupts
  /// them. Does not block. Called again, it can only shorten the period.
  public void stop(Duration grace) {
    dispatcher.stop(grace);
  }

  /// Parks jobs until somebody releases them. Returns how many of those that the filter names may
  /// still move; each is asked again when its turn comes. Does not wait for it.
  public int park(Predicate<? super Job<?>> which, String reason) {
    return order(new Order(new Order.Park(reason), which));
  }

  /// Gives parked jobs a fresh budget. As [#park].
  public int release(Predicate<? super Job<?>> which) {
    return order(
        new Order(new Order.Release(), job -> job.parked().isPresent() && which.test(job)));
  }

  /// Ends jobs in the state `cancelled`. As [#park].
  public int cancel(Predicate<? super Job<?>> which) {
    return order(new Order(new Order.Cancel(), which));
  }

  /// Lets jobs go before those of a lower priority. As [#park].
  public int prioritize(Predicate<? super Job<?>> which, int priority) {
    return order(new Order(new Order.Prioritize(priority), which));
  }

  private int order(Order order) {
    int[] positions =
        run.jobs().stream()
            .filter(job -> !steps.isAtItsEnd(job) && order.filter().test(job))
            .mapToInt(Job::position)
            .toArray();
    dispatcher.tell(new Message.Ordered<>(order, positions));
    return positions.length;
  }

  /// Starts nothing new in the run until it is resumed.
  public void pause() {
    dispatcher.tell(new Message.PauseRun<>());
  }

  /// The run goes on.
  public void resume() {
    dispatcher.tell(new Message.ResumeRun<>());
  }

  /// What is paused: the run first.
  public List<Pause> paused() {
    return dispatcher.ask(Board::paused);
  }

  /// What became of the jobs that were in doubt at the start.
  public List<InDoubt> inDoubt() {
    return steps.doubts().all();
  }

  /// Starts nothing new in this state until it is resumed.
  ///
  /// @throws IllegalArgumentException if there is no such state
  public void pause(String state) {
    dispatcher.tell(new Message.Pause<>(state));
  }

  /// The state goes on.
  ///
  /// @throws IllegalArgumentException if there is no such state
  public void resume(String state) {
    dispatcher.tell(new Message.Resume<>(state));
  }

  private void journal() {
    try {
      List<HoldNote> absence = HoldWatch.absence(run, time.instant());
      serializer.begin(run);
      noteHolds(serializer.isRecording() ? absence : List.of());
      LOG.info("run \"{}\": {} jobs, states {}", run.name(), run.size(), stateNames);
      dispatcher.startAlarm();
      feed.start(run.name());
      events.start(run.name());
      Thread.ofPlatform().name("jorb-measures " + run.name()).daemon().start(this::sample);
      events.tell(new RunEvent.Started(run.name(), run.size()));
      enter();
      commitUntilEnd();
    } catch (Throwable failed) {
      dispatcher.fail(failed);
    } finally {
      end();
    }
  }

  private void sample() {
    try {
      while (!ended.await(Meters.PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
        measure(meters::sample);
        dispatcher.noteHolds(dispatcher.ask(board -> holds.sample(board, time.instant())));
      }
    } catch (InterruptedException neverSent) {
      Thread.currentThread().interrupt();
    }
  }

  private void measure(ObjLongConsumer<Board<J>> measuring) {
    dispatcher.ask(board -> {
      measuring.accept(board, time.nanoTime());
      return true;
    });
  }

  private void enter() {
    List<Message.Arrival<J>> arrivals = steps.arrivals(run.jobs());
    steps.doubts().all().forEach(doubt -> events.tell(new RunEvent.Doubted(doubt)));
    dispatcher.tell(new Message.Enter<>(arrivals));
  }

  private void commitUntilEnd() throws InterruptedException {
    for (Work<J> work = dispatcher.nextWork(); work != null; work = dispatcher.nextWork()) {
      note(work.limits());
      noteHolds(work.holds());
      commit(work);
      dispatcher.noted(work.started());
      if (!work.results().isEmpty()) {
        dispatcher.tell(new Message.Committed<>(work.results()));
      }
    }
  }

  private void note(List<LimitNote> limits) {
    if (!limits.isEmpty()) {
      serializer.note(limits);
      limits.forEach(run::note);
    }
  }

  private void noteHolds(List<HoldNote> notes) {
    if (!notes.isEmpty()) {
      serializer.noteHolds(notes);
      notes.forEach(run::note);
    }
  }

  /// Writes the batch, waiting for room on the disk if need be.
  private void commit(Work<J> work) throws InterruptedException {
    List<Encoded<J>> encoded = new ArrayList<>(work.results().size());
    work.results().forEach(result -> encoded.add(result.encoded()));
    boolean held = false;
    long beganNanos = time.nanoTime();
    FlightEvents.Commit event = encoded.isEmpty() ? null : flight.beginCommit();
    while (true) {
      try {
        serializer.commit(encoded, work.started());
        break;
      } catch (DiskFullException full) {
        awaitRoom(full, held);
        held = true;
      }
    }
    flight.end(event, work.results());
    encoded.forEach(each -> run.apply(each.transition()));
    work.results().forEach(dispatcher::tell);
    if (!encoded.isEmpty()) {
      meters.committed(work.results(), beganNanos, time.nanoTime());
    }
    if (held) {
      LOG.info("run \"{}\" goes on: there is room on the disk again", run.name());
      events.tell(new RunEvent.DiskHasRoom());
      dispatcher.tell(new Message.Unhold<>());
    }
  }

  /// Waits a moment for room, or gives up if the run stops and its grace period is over.
  private void awaitRoom(DiskFullException full, boolean held) throws InterruptedException {
    if (!held) {
      LOG.warn("run \"{}\" waits for room on the disk: {}", run.name(), full.getMessage());
      events.tell(new RunEvent.DiskFull(String.valueOf(full.getMessage())));
      dispatcher.tell(new Message.Hold<>(String.valueOf(full.getMessage())));
    }
    if (!dispatcher.awaitRoom(DISK_FULL_RETRY)) {
      throw full;
    }
  }

  private void end() {
    try {
      dispatcher.awaitInterruptedSteps();
      if (dispatcher.failure() == null) {
        note(dispatcher.limitNotes());
        dispatcher.noteHolds(dispatcher.ask(board -> holds.end(board, time.instant())));
        noteHolds(dispatcher.holdNotes());
      }
      serializer.close();
    } catch (Throwable failed) {
      dispatcher.fail(failed);
    } finally {
      try {
        gates.end();
        dispatcher.stopAlarm();
        measure(meters::end);
        tellOverdue();
        feed.end(LISTENER_GRACE);
        events.end(new RunEvent.Ended(run.name(), wasStopped()), LISTENER_GRACE);
        LOG.info("run \"{}\" ended: {}", run.name(), StatusCount.standing(status()));
      } finally {
        ended.countDown(); // Whoever waits must not wait for what found no memory.
      }
    }
  }

  private void tellOverdue() {
    overdue().forEach(step -> LOG.warn("run \"{}\" ends without it: {}", run.name(), step));
  }

  private void work() {
    try {
      Workers.Worker worker = workers.enter(Thread.currentThread());
      try {
        work(worker);
      } finally {
        workers.leave(worker);
      }
    } catch (Throwable broken) {
      dispatcher.fail(broken);
    }
  }

  private void work(Workers.Worker worker) {
    for (Entry<J> entry = dispatcher.takeFirst(); entry != null; ) {
      worker.begin(entry);
      Steps.Answer<J> answer = execute(worker, entry);
      worker.end();
      entry = dispatcher.handOver(answer);
    }
  }

  private Steps.Answer<J> execute(Workers.Worker worker, Entry<J> entry) {
    Order order = entry.order;
    if (order != null) {
      return steps.carryOut(entry, order);
    }
    long startNanos = entry.sinceNanos;
    if (entry.notesFirst()) {
      if (!dispatcher.awaitNote(entry)) {
        return new Steps.Unrecordable<>(entry, "the run cannot go on");
      }
      startNanos = time.nanoTime();
    }
    FlightEvents.Execution event = flight.begin();
    Steps.Answer<J> answer =
        entry.hasTimeLimit() ? timed(worker, entry) : steps.execute(entry, startNanos);
    flight.end(event, entry);
    return answer;
  }

  /// Runs a step that has a deadline. If it was interrupted because of it, it has failed.
  private Steps.Answer<J> timed(Workers.Worker worker, Entry<J> entry) {
    long startNanos = time.nanoTime();
    worker.beginTimed(startNanos);
    dispatcher.tell(new Message.Began<>(entry)); // Its time may be over by now.
    Steps.Answer<J> answer = steps.execute(entry, startNanos);
    if (worker.endTimed()) {
      var unused = Thread.interrupted(); // It was meant for the step, which has ended.
      return steps.timedOut(entry, startNanos);
    }
    return answer;
  }
}
