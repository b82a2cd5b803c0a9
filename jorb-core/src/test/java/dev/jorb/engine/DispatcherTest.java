package dev.jorb.engine;

import static dev.jorb.processor.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.event.StatusCount;
import dev.jorb.limit.Feedback;
import dev.jorb.limit.LearnedRate;
import dev.jorb.limit.SharedLimits;
import dev.jorb.measure.LimitedBy;
import dev.jorb.run.HoldNote;
import dev.jorb.run.Job;
import dev.jorb.run.LimitNote;
import dev.jorb.run.Run;
import dev.jorb.run.Transition;
import dev.jorb.serial.NilSerializer;
import dev.jorb.serial.Serializer.Encoded;
import dev.jorb.time.TimeSource;
import dev.jorb.workflow.State;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Threads that meet in a dispatcher, by a time that stands still. They are the test's own.
class DispatcherTest {
  private static final Duration HOUR = Duration.ofHours(1);

  /// What steps are given after they were interrupted.
  private static final Duration INTERRUPT_GRACE = Duration.ofSeconds(2);

  private final StillTime time = new StillTime();
  private final Workers workers = new Workers();

  private Workflow<Object, String, String> workflow;
  private Run<String, String> run;

  /// Its workers do not come by themselves.
  private Dispatcher<String> dispatcher = dispatcher(s -> {});

  private static final class StillTime implements TimeSource {
    final AtomicLong nanos = new AtomicLong(1_000_000_000);
    final AtomicInteger questions = new AtomicInteger();

    @Override
    public long nanoTime() {
      questions.incrementAndGet();
      return nanos.get();
    }

    @Override
    public Instant instant() {
      return Instant.EPOCH.plusNanos(nanos.get());
    }
  }

  private Dispatcher<String> dispatcher(Consumer<State.Builder<Object, String, String>> more) {
    workflow =
        Workflow.named("desk", Object.class, String.class, String.class)
            .state("work", s -> more.accept(s.exec(Desk::step).concurrency(2)))
            .terminal("done")
            .build();
    run = workflow.run("run", "").add("a").add("b");
    return new Dispatcher<>(
        new Board<>(
            workflow.states(),
            workflow.groups(),
            workflow.pauseWhen(),
            Board.Limits.DEFAULT,
            new LimitOwner(new SharedLimits(), RememberedLimits.NONE, () -> {})),
        run,
        true,
        time,
        workers,
        new EventFeed(List.of()),
        new FlightEvents("run"),
        () -> {});
  }

  private void enter() {
    var steps =
        new Steps<>(
            workflow,
            new Object(),
            run,
            new NilSerializer<>(),
            TimeSource.system(),
            new SplittableRandom(1));
    dispatcher.tell(new Message.Enter<>(steps.arrivals(run.jobs())));
  }

  private StatusCount work() {
    return dispatcher.status().getFirst();
  }

  /// A step that is interrupted when the run stops.
  private static Steps.Answer<String> withdrawn(Entry<String> entry) {
    return new Steps.Interrupted<>(entry, new Steps.Unrecordable<>(entry, "interrupted"));
  }

  private static Steps.Answer<String> done(Entry<String> entry) {
    Job<String> job = entry.job;
    Job<String> next =
        job.next().state("done").transition("work", "done", Instant.EPOCH, Duration.ZERO).build();
    var encoded = new Encoded<>(new Transition<>(next, List.of()), new byte[10]);
    return new Steps.Recordable<>(new Result<>(entry, encoded, Duration.ZERO));
  }

  /// A thread that waits for something, and what it was told.
  private final class Waiting<T> {
    final AtomicReference<T> told = new AtomicReference<>();
    final Thread thread;

    Waiting(Thread.State state, Question<T> question) {
      thread =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try {
                  told.set(question.ask());
                } catch (InterruptedException neverSent) {
                  throw new AssertionError(neverSent);
                }
              });
      isIn(state);
    }

    final void isIn(Thread.State state) {
      eventually("it waits", () -> thread.getState() == state);
    }

    T answer() throws InterruptedException {
      thread.join();
      return told.get();
    }
  }

  private interface Question<T> {
    T ask() throws InterruptedException;
  }

  /// The journal thread, which has nothing to do until somebody wakes it.
  private Waiting<Outbox.Work<String>> dozing() {
    return new Waiting<>(Thread.State.WAITING, dispatcher::nextWork);
  }

  @Test
  void workerThatComesTakesTheFirstJob() {
    enter();

    assertThat(dispatcher.takeFirst().job.id()).isEqualTo("0");
  }

  @Nested
  class TheJournalThreadIsWoken {
    @Test
    void byAStart() throws InterruptedException {
      enter();
      var journal = dozing();
      Entry<String> first = dispatcher.takeFirst();

      assertThat(journal.answer().started()).containsExactly(first.job);
    }

    @Test
    void byAStartThatIsNotedFirst() throws InterruptedException {
      dispatcher = dispatcher(State.Builder::parkInDoubt);
      enter();
      var journal = dozing();
      Entry<String> first = dispatcher.takeFirst();

      assertThat(journal.answer().started()).containsExactly(first.job);
    }

    @Test
    void byAResult() throws InterruptedException {
      enter();
      Entry<String> first = dispatcher.takeFirst();
      dispatcher.takeFirst();
      assertThat(dispatcher.nextWork().started()).hasSize(2);
      var journal = dozing();

      dispatcher.handOver(done(first));

      assertThat(journal.answer().results())
          .extracting(result -> result.entry().job)
          .containsExactly(first.job);
    }

    @Test
    void byWhatAServiceSaid() throws InterruptedException {
      dispatcher = dispatcher(s -> s.rate(LearnedRate.between(1, 50)));
      enter();
      Entry<String> first = dispatcher.takeFirst();
      assertThat(dispatcher.nextWork().started()).hasSize(1);
      var journal = dozing();

      dispatcher.handOver(new Steps.Throttled<>(first, Feedback.refused(HOUR.toNanos())));

      assertThat(journal.answer().limits()).isNotEmpty();
    }

    @Test
    void byAHold() throws InterruptedException {
      enter();
      var journal = dozing();
      HoldNote note = new HoldNote("work", LimitedBy.PAUSED, Instant.EPOCH, Instant.MAX, HOUR);
      dispatcher.noteHolds(List.of(note));

      assertThat(journal.answer().holds()).containsExactly(note);
    }

    @Test
    void byAFailure() throws InterruptedException {
      enter();
      dispatcher.takeFirst();
      assertThat(dispatcher.nextWork().started()).hasSize(1);
      var journal = dozing();

      dispatcher.fail(new IllegalStateException("a worker broke"));

      assertThat(journal.answer()).isNull();
    }

    @Test
    void byAStopThatInterruptsAtOnce() throws InterruptedException {
      enter();
      dispatcher.takeFirst();
      Entry<String> second = dispatcher.takeFirst();
      assertThat(dispatcher.nextWork().started()).hasSize(2);
      var journal = dozing();
      CountDownLatch working = new CountDownLatch(1);
      Thread worker =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                workers.enter(Thread.currentThread()).begin(second);
                working.countDown();
                eventually("it is interrupted", Thread.currentThread()::isInterrupted);
              });
      working.await();

      dispatcher.stop(Duration.ZERO);
      worker.join();
      time.nanos.addAndGet(INTERRUPT_GRACE.toNanos());

      assertThat(journal.answer()).isNull();
    }
  }

  @Nested
  class AStop {
    @Test
    void takesBackWhatNobodyHasBegunWith() throws InterruptedException {
      enter();
      assertThat(work().executing()).isEqualTo(2);

      dispatcher.stop(HOUR);

      assertThat(work().executing()).isZero();
      assertThat(work().waiting()).isEqualTo(2);
      assertThat(dispatcher.takeFirst()).isNull();
      assertThat(dispatcher.nextWork()).isNull();
    }

    @Test
    void isOverWhenTheLastStepIsWithdrawn() throws InterruptedException {
      enter();
      Entry<String> first = dispatcher.takeFirst();
      dispatcher.nextWork();
      dispatcher.stop(HOUR);
      var journal = new Waiting<>(Thread.State.TIMED_WAITING, dispatcher::nextWork);

      dispatcher.handOver(withdrawn(first));

      assertThat(journal.answer()).isNull();
    }

    @Test
    void startsThatAreNotWrittenYetAreWrittenMeanwhile() throws InterruptedException {
      enter();
      Entry<String> first = dispatcher.takeFirst();
      dispatcher.stop(HOUR);
      var journal = new Waiting<>(Thread.State.TIMED_WAITING, dispatcher::nextWork);

      dispatcher.stop(HOUR.dividedBy(2));

      assertThat(journal.answer().started()).containsExactly(first.job);
    }

    @Test
    void waitsForRoomOnTheDiskUntilItsGracePeriodIsOver() throws InterruptedException {
      assertThat(dispatcher.awaitRoom(Duration.ofNanos(1))).isTrue();
      dispatcher.stop(HOUR);
      assertThat(dispatcher.awaitRoom(Duration.ofNanos(1))).isTrue();
      time.nanos.addAndGet(HOUR.toNanos());
      assertThat(dispatcher.awaitRoom(Duration.ofDays(1))).isFalse();
    }
  }

  @Nested
  class AFailure {
    @Test
    void letsAWorkerThatComesAfterItBeginNothing() {
      enter();
      dispatcher.fail(new IllegalStateException("the disk is gone"));

      assertThat(dispatcher.takeFirst()).isNull();
    }

    @Test
    void letsJobsThatComeAfterItWait() {
      dispatcher.fail(new IllegalStateException("the disk is gone"));
      enter();

      assertThat(work().waiting()).isEqualTo(2);
      assertThat(work().executing()).isZero();
    }

    @Test
    void isTheFirstAndThoseAfterItAreItsSuppressedOnes() {
      RuntimeException first = new IllegalStateException("the disk is gone");
      RuntimeException second = new IllegalStateException("it cannot be closed");
      dispatcher.fail(first);
      dispatcher.fail(first);
      dispatcher.fail(second);

      assertThat(dispatcher.failure()).isSameAs(first);
      assertThat(first.getSuppressed()).containsExactly(second);
    }

    @Test
    void sendsAwayWhoWaitsForItsNote() throws InterruptedException {
      dispatcher = dispatcher(State.Builder::parkInDoubt);
      enter();
      Entry<String> first = dispatcher.takeFirst();
      var worker = new Waiting<>(Thread.State.WAITING, () -> dispatcher.awaitNote(first));

      dispatcher.fail(new IllegalStateException("the disk is gone"));

      assertThat(worker.answer()).isFalse();
    }

    @Test
    void waitsForStepsThatIgnoreTheInterruptAsLongAsItIsGranted() throws InterruptedException {
      enter();
      Entry<String> first = dispatcher.takeFirst();
      workers.enter(Thread.ofPlatform().unstarted(() -> {})).begin(first);
      dispatcher.fail(new IllegalStateException("the disk is gone"));
      var journal =
          new Waiting<>(
              Thread.State.TIMED_WAITING,
              () -> {
                dispatcher.awaitInterruptedSteps();
                return "it ends without it";
              });

      int questions = time.questions.get();
      wakeJournal(first);
      eventually("it has looked at the time", () -> time.questions.get() > questions);
      journal.isIn(Thread.State.TIMED_WAITING);
      time.nanos.addAndGet(INTERRUPT_GRACE.toNanos());
      wakeJournal(first);

      assertThat(journal.answer()).isEqualTo("it ends without it");
    }

    /// A step that has ended too late.
    private void wakeJournal(Entry<String> entry) {
      assertThat(dispatcher.handOver(withdrawn(entry))).isNull();
    }
  }

  @Nested
  class AtTheEnd {
    @Test
    void whatIsNotWrittenYetOfHoldsIsLeft() {
      HoldNote note = new HoldNote("work", LimitedBy.PAUSED, Instant.EPOCH, Instant.MAX, HOUR);
      dispatcher.noteHolds(List.of(note));

      assertThat(dispatcher.holdNotes()).containsExactly(note);
      assertThat(dispatcher.holdNotes()).isEmpty();
    }

    @Test
    void whatIsLearnedOfALimitIsLeft() {
      dispatcher = dispatcher(s -> s.rate(LearnedRate.between(1, 50)));
      enter();
      Entry<String> first = dispatcher.takeFirst();
      dispatcher.handOver(new Steps.Throttled<>(first, Feedback.refused(HOUR.toNanos())));

      assertThat(dispatcher.limitNotes())
          .extracting(LimitNote::limit)
          .isNotEmpty()
          .allSatisfy(limit -> assertThat(limit).startsWith("work"));
    }
  }
}
