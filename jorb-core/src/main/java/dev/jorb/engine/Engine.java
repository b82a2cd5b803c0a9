package dev.jorb.engine;

import dev.jorb.event.StatusCount;
import dev.jorb.event.StatusListener;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.DiskFullException;
import dev.jorb.serial.Serializer;
import dev.jorb.serial.Serializer.Encoded;
import dev.jorb.time.TimeSource;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
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
/// One short lock guards the board, the queue to the journal thread, and the fields that say so.
/// Used once.
///
/// @param <A> the application context
/// @param <O> the overall context
/// @param <J> the job context
public final class Engine<A, O, J> {
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
  private static final Duration LONGEST_GRACE = Duration.ofDays(36_525);
  private static final Duration INTERRUPT_GRACE = Duration.ofSeconds(2);
  private static final Duration DISK_FULL_RETRY = Duration.ofSeconds(1);
  private static final Duration LISTENER_GRACE = Duration.ofSeconds(2);

  private final Run<O, J> run;
  private final Serializer<O, J> serializer;
  private final TimeSource time;
  private final Steps<A, O, J> steps;
  private final boolean recording;
  private final StatusFeed feed;
  private final List<String> stateNames;

  private final ReentrantLock lock = new ReentrantLock();

  /// Signalled when the journal thread has something to do.
  private final Condition journalWork = lock.newCondition();

  private final CountDownLatch ended = new CountDownLatch(1);

  // All fields from here on are guarded by the lock.
  private final Board<J> board;
  private final AlarmClock alarm;
  private final Workers workers = new Workers();
  private List<Result<J>> handedOver = new ArrayList<>();

  /// Jobs that the board has started and no worker has taken yet.
  private final ArrayDeque<Entry<J>> ready = new ArrayDeque<>();

  private boolean workerIsComing;
  private boolean accepting = true;
  private boolean stopping;
  private long stopDeadlineNanos;
  private @Nullable Throwable failure;

  /// An engine for one execution of `run`.
  public Engine(
      Workflow<A, O, J> workflow,
      A app,
      Run<O, J> run,
      Serializer<O, J> serializer,
      StatusListener listener,
      TimeSource time,
      RandomGenerator random) {
    this.run = run;
    this.serializer = serializer;
    this.time = time;
    this.recording = serializer.isRecording();
    this.steps = new Steps<>(workflow, app, run, serializer, time, random);
    this.board = new Board<>(workflow.states(), Board.Limits.DEFAULT);
    this.alarm =
        new AlarmClock(
            run.name(),
            lock,
            time,
            board::nextDueNanos,
            () -> apply(new Message.Tick<>()),
            this::fail);
    this.feed = new StatusFeed(listener, this::status);
    this.stateNames = workflow.stateNames();
  }

  /// Starts the run and returns at once.
  public void start() {
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
    lock.lock();
    try {
      return Optional.ofNullable(failure);
    } finally {
      lock.unlock();
    }
  }

  /// Whether the run was told to stop before it rested.
  public boolean wasStopped() {
    lock.lock();
    try {
      return stopping && !board.isResting();
    } finally {
      lock.unlock();
    }
  }

  /// The counts of all states, in the workflow's order.
  public List<StatusCount> status() {
    lock.lock();
    try {
      return board.status();
    } finally {
      lock.unlock();
    }
  }

  /// The jobs whose steps did not end when the run did, as `job in state`.
  public List<String> overdue() {
    return workers.busy();
  }

  /// Starts nothing new, gives running steps until the grace period is over, and then interrupts
  /// them. Does not block. Called again, it can only shorten the period.
  public void stop(Duration grace) {
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
        apply(new Message.Withdrawn<>(entry)); // Its step has not begun.
      }
      journalWork.signal();
    } finally {
      lock.unlock();
    }
  }

  private void journal() {
    try {
      serializer.begin(run);
      LOG.info("run \"{}\": {} jobs, states {}", run.name(), run.size(), stateNames);
      alarm.start();
      feed.start(run.name());
      enter();
      commitUntilEnd();
    } catch (Throwable failed) {
      fail(failed);
    } finally {
      end();
    }
  }

  private void enter() {
    Instant now = time.instant();
    List<Message.Arrival<J>> arrivals = new ArrayList<>(run.size());
    for (Job<J> job : run.jobs()) {
      Duration delay = job.due().map(due -> Duration.between(now, due)).orElse(Duration.ZERO);
      arrivals.add(
          new Message.Arrival<>(steps.released(job), delay.isNegative() ? Duration.ZERO : delay));
    }
    lock.lock();
    try {
      apply(new Message.Enter<>(arrivals));
    } finally {
      lock.unlock();
    }
  }

  private void commitUntilEnd() throws InterruptedException {
    for (List<Result<J>> batch = nextBatch(); batch != null; batch = nextBatch()) {
      commit(batch);
      lock.lock();
      try {
        apply(new Message.Committed<>(batch));
      } finally {
        lock.unlock();
      }
    }
  }

  /// Waits for results to write; null when the run is over.
  private @Nullable List<Result<J>> nextBatch() throws InterruptedException {
    lock.lock();
    try {
      while (handedOver.isEmpty()) {
        if (isOver()) {
          accepting = false;
          return null;
        }
        awaitWork();
      }
      List<Result<J>> batch = handedOver;
      handedOver = new ArrayList<>(Math.min(batch.size(), 4_096));
      return batch;
    } finally {
      lock.unlock();
    }
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

  @SuppressWarnings("WaitNotInLoop") // Its caller loops.
  private void awaitWork() throws InterruptedException {
    if (!stopping) {
      journalWork.await();
      return;
    }
    long untilDeadline = stopDeadlineNanos - time.nanoTime();
    if (untilDeadline > 0) {
      journalWork.awaitNanos(untilDeadline);
    } else {
      workers.interrupt();
      journalWork.awaitNanos(Math.min(untilInterruptGraceEnds(), 100_000_000L));
    }
  }

  /// Writes the batch, waiting for room on the disk if need be.
  private void commit(List<Result<J>> batch) throws InterruptedException {
    List<Encoded<J>> encoded = new ArrayList<>(batch.size());
    batch.forEach(result -> encoded.add(result.encoded()));
    boolean held = false;
    while (true) {
      try {
        serializer.commit(encoded);
        break;
      } catch (DiskFullException full) {
        awaitRoom(full, held);
        held = true;
      }
    }
    encoded.forEach(each -> run.apply(List.of(each.transition())));
    if (held) {
      unhold();
    }
  }

  /// Waits a moment for room, or gives up if the run stops and its grace period is over.
  @SuppressWarnings("WaitNotInLoop") // Its caller loops.
  private void awaitRoom(DiskFullException full, boolean held) throws InterruptedException {
    lock.lock();
    try {
      if (!held) {
        LOG.warn("run \"{}\" waits for room on the disk: {}", run.name(), full.getMessage());
        apply(new Message.Hold<>(String.valueOf(full.getMessage())));
      }
      if (stopping && stopDeadlineNanos - time.nanoTime() <= 0) {
        throw full;
      }
      journalWork.awaitNanos(DISK_FULL_RETRY.toNanos());
    } finally {
      lock.unlock();
    }
  }

  private void unhold() {
    LOG.info("run \"{}\" goes on: there is room on the disk again", run.name());
    lock.lock();
    try {
      apply(new Message.Unhold<>());
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    try {
      awaitInterruptedSteps();
      serializer.close();
    } catch (Throwable failed) {
      fail(failed);
    } finally {
      stopAlarm();
      feed.end(LISTENER_GRACE);
      LOG.info("run \"{}\" ended: {}", run.name(), StatusCount.standing(status()));
      ended.countDown();
    }
  }

  private void stopAlarm() {
    lock.lock();
    try {
      alarm.stop();
    } finally {
      lock.unlock();
    }
  }

  /// After a failure, lets the steps that heed the interrupt come to their end, so that the caller
  /// may close what they use.
  private void awaitInterruptedSteps() throws InterruptedException {
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

  private void fail(Throwable failed) {
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
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    Workers.Worker worker = workers.enter(Thread.currentThread());
    try {
      for (Entry<J> entry = takeFirst(); entry != null; ) {
        worker.begin(entry);
        Steps.Answer<J> answer =
            entry.lane.timeoutNanos > 0 ? timed(worker, entry) : steps.execute(entry);
        worker.end();
        entry = handOver(answer);
      }
    } catch (Throwable broken) {
      fail(broken);
    } finally {
      workers.leave(worker);
    }
  }

  /// Runs a step that has a deadline. If it was interrupted because of it, it has failed.
  private Steps.Answer<J> timed(Workers.Worker worker, Entry<J> entry) {
    lock();
    try {
      apply(new Message.Began<>(entry));
    } finally {
      lock.unlock();
    }
    long startNanos = time.nanoTime();
    Steps.Answer<J> answer = steps.execute(entry);
    if (worker.endTimed()) {
      var unused = Thread.interrupted(); // It was meant for the step, which has ended.
      return steps.timedOut(entry, startNanos);
    }
    return answer;
  }

  /// What a new worker begins with; null if others were faster.
  private @Nullable Entry<J> takeFirst() {
    lock();
    try {
      workerIsComing = false;
      return takeReady();
    } finally {
      lock.unlock();
    }
  }

  /// Hands over what came of a step, and takes the next job that may start.
  private @Nullable Entry<J> handOver(Steps.Answer<J> answer) {
    lock();
    try {
      if (!accepting) {
        journalWork.signal();
        return null; // It came too late: nothing of it is recorded.
      }
      apply(message(answer));
      return takeReady();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Entry<J> takeReady() {
    Entry<J> entry = ready.poll();
    callWorker();
    return entry;
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
      Thread.ofVirtual().name("jorb-worker").start(this::work);
    }
  }

  private Message<J> message(Steps.Answer<J> answer) {
    return switch (answer) {
      case Steps.Recordable<J> recordable when recording -> {
        if (handedOver.isEmpty()) {
          journalWork.signal();
        }
        handedOver.add(recordable.result());
        yield new Message.Returned<>(recordable.result());
      }
      case Steps.Recordable<J> recordable -> {
        run.apply(List.of(recordable.result().encoded().transition()));
        yield new Message.Finished<>(recordable.result());
      }
      case Steps.Unrecordable<J> broken ->
          new Message.Unrecordable<>(broken.entry(), broken.reason());
      case Steps.Interrupted<J> interrupted when stopping ->
          new Message.Withdrawn<>(interrupted.entry());
      case Steps.Interrupted<J> interrupted -> message(interrupted.asFailure());
    };
  }

  private void apply(Message<J> message) {
    long now = time.nanoTime();
    board.apply(message, now, ready);
    board.takeOverdue().forEach(workers::timeOut);
    callWorker();
    alarm.wakeIfEarlier(now);
    if (board.isResting() || (stopping && board.isIdle())) {
      journalWork.signal();
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
