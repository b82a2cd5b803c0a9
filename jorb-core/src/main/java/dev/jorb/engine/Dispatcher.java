package dev.jorb.engine;

import dev.jorb.event.Overdue;
import dev.jorb.event.RunEvent;
import dev.jorb.event.StatusCount;
import dev.jorb.run.HoldNote;
import dev.jorb.run.Job;
import dev.jorb.run.LimitNote;
import dev.jorb.run.Run;
import dev.jorb.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The board under one short lock, and what stands between it and the threads around it: the jobs
/// that are ready for a worker, the results that are ready for the journal thread, and whether the
/// run stops or has failed.
///
/// Thread-safe. Of the user's code only what limits ask runs under the lock: keys, costs and
/// limiters. Nothing blocks there but the waits that give it up.
///
/// @param <J> the job context
final class Dispatcher<J> {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  private static final Duration LONGEST_GRACE = Duration.ofDays(36_525);
  private static final Duration INTERRUPT_GRACE = Duration.ofSeconds(2);

  /// How long a start may wait for a batch to be noted with.
  private static final Duration START_WAIT = Duration.ofMillis(20);

  private final Run<?, J> run;
  private final TimeSource time;
  private final boolean recording;
  private final Runnable worker;
  private final EventFeed events;
  private final FlightEvents flight;

  private final ReentrantLock lock = new ReentrantLock();

  /// Signalled when the journal thread has something to do.
  private final Condition journalWork = lock.newCondition();

  // All fields from here on are guarded by the lock.
  private final Board<J> board;
  private final AlarmClock alarm;
  private final Workers workers;

  /// Jobs that the board has started and no worker has taken yet.
  private final ArrayDeque<Entry<J>> ready = new ArrayDeque<>();

  /// What there is for the journal thread.
  private final Outbox<J> outbox = new Outbox<>();

  /// Whether the journal thread waits for the next start to wake it.
  private boolean dozing;

  /// Jobs whose steps wait until it is noted that they have started.
  private final Set<Job<J>> unnoted = new HashSet<>();

  /// Signalled when notes were written, and when none will be any more.
  private final Condition noted = lock.newCondition();

  private boolean workerIsComing;
  private boolean accepting = true;
  private boolean stopping;
  private long stopDeadlineNanos;
  private @Nullable Throwable failure;

  /// @param recording whether results have to be recorded before their jobs move on
  /// @param worker what a new worker does: takes the first ready job, and then one after the other
  Dispatcher(
      Board<J> board,
      Run<?, J> run,
      boolean recording,
      TimeSource time,
      Workers workers,
      EventFeed events,
      FlightEvents flight,
      Runnable worker) {
    this.board = board;
    this.run = run;
    this.recording = recording;
    this.time = time;
    this.workers = workers;
    this.worker = worker;
    this.events = events;
    this.flight = flight;
    this.alarm =
        new AlarmClock(
            run.name(),
            lock,
            time,
            board::nextDueNanos,
            () -> apply(new Message.Tick<>()),
            this::fail);
  }

  // ---- for everybody

  /// Tells the board.
  void tell(Message<J> message) {
    lock();
    try {
      apply(message);
    } finally {
      lock.unlock();
    }
  }

  /// What kept the run from going on; null if nothing did.
  @Nullable Throwable failure() {
    lock.lock();
    try {
      return failure;
    } finally {
      lock.unlock();
    }
  }

  boolean wasStopped() {
    lock.lock();
    try {
      return stopping && !board.isResting();
    } finally {
      lock.unlock();
    }
  }

  /// What the board answers, and whoever reads with it.
  <T> T ask(Function<? super Board<J>, T> question) {
    lock.lock();
    try {
      return question.apply(board);
    } finally {
      lock.unlock();
    }
  }

  List<StatusCount> status() {
    lock.lock();
    try {
      long nowNanos = time.nanoTime();
      LongFunction<Instant> clock = clock(nowNanos);
      board.tellTime(clock.apply(nowNanos), nowNanos);
      return board.status(nanos -> clock.apply(nanos).truncatedTo(ChronoUnit.SECONDS).toString());
    } finally {
      lock.unlock();
    }
  }

  /// Starts nothing new; after the grace period running steps are interrupted.
  void stop(Duration grace) {
    lock.lock();
    try {
      long deadline =
          time.nanoTime() + (grace.compareTo(LONGEST_GRACE) < 0 ? grace : LONGEST_GRACE).toNanos();
      if (!stopping || deadline - stopDeadlineNanos < 0) {
        stopDeadlineNanos = deadline;
      }
      stopping = true;
      apply(new Message.Stop<>());
      for (Entry<J> entry = ready.pollLast(); entry != null; entry = ready.pollLast()) {
        apply(takenBack(entry));
      }
      journalWork.signal();
    } finally {
      lock.unlock();
    }
  }

  /// What the board is told of a job that nobody has begun with.
  private static <J> Message<J> takenBack(Entry<J> entry) {
    return entry.is(Entry.Phase.ORDERED)
        ? new Message.Unchanged<>(entry, Duration.ZERO)
        : Message.withdrawn(entry);
  }

  /// The run cannot go on. The first failure counts.
  void fail(Throwable failed) {
    lock.lock();
    try {
      if (failure == null) {
        failure = failed;
      } else if (!failure.equals(failed)) {
        failure.addSuppressed(failed);
      }
      accepting = false;
      apply(new Message.Stop<>());
      workers.interrupt();
      journalWork.signal();
      noted.signalAll();
    } finally {
      lock.unlock();
    }
  }

  // ---- for workers

  /// What a new worker begins with; null if others were faster, or the run cannot go on.
  @Nullable Entry<J> takeFirst() {
    lock();
    try {
      workerIsComing = false;
      return accepting ? takeReady(time.nanoTime()) : null;
    } finally {
      lock.unlock();
    }
  }

  /// Hands over what came of a step, and takes the next job that may start.
  @Nullable Entry<J> handOver(Steps.Answer<J> answer) {
    lock();
    try {
      if (!accepting) {
        journalWork.signal();
        return null; // It came too late: nothing of it is recorded.
      }
      long nowNanos = takeIn(message(answer));
      Entry<J> refused = answer.refused();
      if (refused != null) {
        noteLimits(refused);
      }
      return takeReady(nowNanos);
    } finally {
      lock.unlock();
    }
  }

  /// Takes the next job, whose step begins now, and sees to it that somebody comes for the others.
  private @Nullable Entry<J> takeReady(long nowNanos) {
    Entry<J> entry = ready.poll();
    if (entry != null) {
      entry.sinceNanos = nowNanos;
      noteStart(entry);
    }
    callWorker();
    return entry;
  }

  private void noteStart(Entry<J> entry) {
    if (!recording) {
      return;
    }
    outbox.started(entry);
    if (entry.is(Entry.Phase.EXECUTING) && entry.notesFirst()) {
      // Now, and not when the worker waits for it: the note may be written by then.
      entry.together().forEach(each -> unnoted.add(each.job));
      journalWork.signal();
    } else {
      wakeDozing();
    }
  }

  private void wakeDozing() {
    if (dozing) {
      dozing = false;
      journalWork.signal();
    }
  }

  /// Waits until the note that this job's step has started, and that of those that share its call,
  /// is in the run file; says whether it is. For jobs whose start is noted first.
  boolean awaitNote(Entry<J> entry) {
    if (!recording) {
      return true;
    }
    lock.lock();
    try {
      List<Job<J>> jobs = entry.together().stream().map(each -> each.job).toList();
      while (!Collections.disjoint(unnoted, jobs) && failure == null) {
        noted.awaitUninterruptibly();
      }
      return failure == null;
    } finally {
      lock.unlock();
    }
  }

  /// The notes of these jobs are in the run file.
  void noted(List<Job<J>> jobs) {
    lock.lock();
    try {
      if (!unnoted.isEmpty()) {
        jobs.forEach(unnoted::remove);
        noted.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Sees to it that somebody comes for the jobs that are ready, if there are any.
  ///
  /// At most one worker is on its way at a time; when it comes and more is ready, it calls the
  /// next. Steps that block leave their carrier threads to it at once, so everything that may start
  /// does start. Steps that do not block are served by as many workers as there are carriers,
  /// without a thread for each.
  private void callWorker() {
    if (!workerIsComing && !ready.isEmpty()) {
      workerIsComing = true;
      Thread.ofVirtual().name("jorb-worker").start(worker);
    }
  }

  private Message<J> message(Steps.Answer<J> answer) {
    return switch (answer) {
      case Steps.Recordable<J> recordable when recording -> {
        if (outbox.add(recordable.result())) {
          journalWork.signal();
        }
        yield new Message.Returned<>(recordable.result());
      }
      case Steps.Recordable<J> recordable -> {
        Result<J> result = recordable.result();
        run.apply(result.encoded().transition());
        result.entry().lane.meter.recorded(result);
        tell(result);
        yield new Message.Finished<>(recordable.result());
      }
      case Steps.Throttled<J> throttled ->
          new Message.Refused<>(throttled.entry(), throttled.feedback());
      case Steps.Unrecordable<J> broken ->
          new Message.Unrecordable<>(broken.entry(), broken.reason());
      case Steps.Several<J> several ->
          new Message.Together<>(several.answers().stream().map(this::message).toList());
      case Steps.Unchanged<J> same -> new Message.Unchanged<>(same.entry(), same.delay());
      case Steps.Interrupted<J> interrupted when stopping ->
          new Message.Withdrawn<>(interrupted.entry());
      case Steps.Interrupted<J> interrupted -> message(interrupted.asFailure());
    };
  }

  /// Tells what a result was, before the board hears of it.
  void tell(Result<J> result) {
    flight.recorded(result);
    if (events.isOn()) {
      Tales.of(result).forEach(events::tell);
    }
  }

  // ---- for the journal thread

  void startAlarm() {
    alarm.start();
  }

  void stopAlarm() {
    lock.lock();
    try {
      alarm.stop();
    } finally {
      lock.unlock();
    }
  }

  /// Waits for results, or for starts that have waited long enough for results to be written with;
  /// null when the run is over.
  Outbox.@Nullable Work<J> nextWork() throws InterruptedException {
    lock.lock();
    try {
      boolean quiet = false;
      while (unnoted.isEmpty() && !outbox.isWorthWriting(quiet)) {
        if (isOver()) {
          accepting = false;
          return null;
        }
        quiet = awaitWork(quiet);
      }
      return outbox.take();
    } finally {
      lock.unlock();
    }
  }

  /// What is to be remembered at the end.
  List<LimitNote> limitNotes() {
    lock.lock();
    try {
      List<LimitNote> notes = new ArrayList<>(outbox.takeLimits());
      long nowNanos = time.nanoTime();
      board.notes(nowNanos, clock(nowNanos), notes);
      return notes;
    } finally {
      lock.unlock();
    }
  }

  /// Has it noted by what states were held.
  void noteHolds(List<HoldNote> holds) {
    lock.lock();
    try {
      if (recording && !holds.isEmpty()) {
        outbox.addHolds(holds);
        journalWork.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /// By what states were held and it is not noted yet.
  List<HoldNote> holdNotes() {
    return ask(board -> outbox.takeHolds());
  }

  private LongFunction<Instant> clock(long nowNanos) {
    Instant now = time.instant();
    return nanos -> now.plusNanos(nanos - nowNanos);
  }

  /// A service refused: what its limits make of it has to outlive this process.
  private void noteLimits(Entry<J> entry) {
    Turnstile<J> turnstile = entry.lane.turnstile;
    if (!recording || turnstile == null) {
      return;
    }
    List<LimitNote> notes = new ArrayList<>();
    long nowNanos = time.nanoTime();
    turnstile.notes(entry, nowNanos, clock(nowNanos), notes);
    outbox.add(notes);
    journalWork.signal();
  }

  private boolean isOver() {
    if (failure != null || board.isResting()) {
      return true;
    }
    return stopping && (board.isIdle() || untilInterruptGraceEnds() <= 0);
  }

  private long untilInterruptGraceEnds() {
    return stopDeadlineNanos + INTERRUPT_GRACE.toNanos() - time.nanoTime();
  }

  /// Waits; says whether nothing has come for a while. Only after that a start wakes the journal
  /// thread, so that steps that return at once do not wake it twice.
  @SuppressWarnings("WaitNotInLoop") // Its caller loops.
  private boolean awaitWork(boolean quiet) throws InterruptedException {
    if (!stopping && quiet) {
      dozing = true;
      journalWork.await();
      dozing = false;
      return false;
    }
    if (!stopping) {
      return journalWork.awaitNanos(START_WAIT.toNanos()) <= 0;
    }
    long untilDeadline = stopDeadlineNanos - time.nanoTime();
    if (untilDeadline > 0) {
      journalWork.awaitNanos(untilDeadline);
    } else {
      workers.interrupt();
      journalWork.awaitNanos(Math.min(untilInterruptGraceEnds(), 100_000_000L));
    }
    return true;
  }

  /// Waits that long, or until there is something to do. Says whether it is worth it: not if the
  /// run stops and its grace period is over.
  @SuppressWarnings("WaitNotInLoop") // Its caller loops.
  boolean awaitRoom(Duration retry) throws InterruptedException {
    lock.lock();
    try {
      if (stopping && stopDeadlineNanos - time.nanoTime() <= 0) {
        return false;
      }
      journalWork.awaitNanos(retry.toNanos());
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// After a failure, lets the steps that heed the interrupt come to their end, so that the caller
  /// may close what they use.
  void awaitInterruptedSteps() throws InterruptedException {
    lock.lock();
    try {
      long deadlineNanos = time.nanoTime() + INTERRUPT_GRACE.toNanos();
      long left = INTERRUPT_GRACE.toNanos();
      while (failure != null && left > 0 && !workers.busy().isEmpty()) {
        journalWork.awaitNanos(left);
        left = deadlineNanos - time.nanoTime();
      }
    } finally {
      lock.unlock();
    }
  }

  // ---- under the lock

  private void apply(Message<J> message) {
    takeIn(message);
    callWorker();
  }

  /// Tells the board; returns what time it was. Who calls this sees to it that workers come.
  private long takeIn(Message<J> message) {
    long now = time.nanoTime();
    board.apply(message, now, ready);
    for (Entry<J> late : board.takeOverdue()) {
      timeOut(late);
    }
    for (RunEvent notice : board.takeNotices()) {
      events.tell(notice);
    }
    alarm.wakeIfEarlier(now);
    if (board.isResting() || (stopping && board.isIdle())) {
      journalWork.signal();
    }
    return now;
  }

  private void timeOut(Entry<J> entry) {
    Overdue step = workers.timeOut(entry, time.nanoTime());
    if (step != null) {
      events.tell(new RunEvent.TimedOut(step));
      Thread.ofVirtual() // Whoever writes the log may block, and the lock is held here.
          .name("jorb-log")
          .start(() -> LOG.warn("run \"{}\": its time is over, interrupted: {}", run.name(), step));
    }
  }

  /// Takes the lock. It is held for less than a microsecond at a time, so a worker that finds it
  /// taken tries again a few times before it parks, which costs far more.
  private void lock() {
    for (int tries = 0; tries < 64; tries++) {
      if (lock.tryLock()) {
        return;
      }
      Thread.onSpinWait();
    }
    lock.lock();
  }
}
