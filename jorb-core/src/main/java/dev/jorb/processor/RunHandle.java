package dev.jorb.processor;

import dev.jorb.engine.Engine;
import dev.jorb.event.Overdue;
import dev.jorb.event.Pause;
import dev.jorb.event.Standing;
import dev.jorb.event.StatusCount;
import dev.jorb.limit.Limit;
import dev.jorb.measure.RunMeasures;
import dev.jorb.measure.StateMeasures;
import dev.jorb.report.Why;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.run.StateShape;
import dev.jorb.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/// A run that is being executed. Thread-safe.
public final class RunHandle implements AutoCloseable {
  private final Run<?, ?> run;
  private final List<StateShape> shapes;
  private final Engine<?, ?, ?> engine;
  private final TimeSource time;
  private final Duration gracePeriod;
  private final long startNanos;

  RunHandle(
      Run<?, ?> run,
      List<StateShape> shapes,
      Engine<?, ?, ?> engine,
      TimeSource time,
      Duration gracePeriod) {
    this.run = run;
    this.shapes = shapes;
    this.engine = engine;
    this.time = time;
    this.gracePeriod = gracePeriod;
    this.startNanos = time.nanoTime();
  }

  /// Blocks until the run rests or was stopped.
  ///
  /// @throws RunFailedException if the run could not go on; what was acknowledged is safe
  /// @throws InterruptedException if the calling thread is interrupted; the run goes on
  public RunSummary await() throws InterruptedException {
    engine.await();
    return summary();
  }

  private RunSummary summary() {
    engine
        .failure()
        .ifPresent(failure -> {
          throw new RunFailedException(run.name(), failure);
        });
    return new RunSummary(
        run.name(),
        engine.wasStopped(),
        engine.status(),
        engine.busy(),
        engine.inDoubt(),
        Duration.ofNanos(time.nanoTime() - startNanos));
  }

  /// How the run stands now, by state, in the workflow's order.
  public List<StatusCount> status() {
    return engine.status();
  }

  /// Why a job is where it is, what must happen for it to move, and when that is expected: its
  /// place behind whom, what limits its state and until when, which of its kicks are still out.
  ///
  /// Looks through the jobs that wait before it, and through all jobs if it waits for its kicks.
  ///
  /// @throws IllegalArgumentException if there is no such job
  public Why why(String job) {
    Standing standing =
        engine
            .standing(job)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "run \"" + run.name() + "\" has no job \"" + job + "\""));
    Job<?> itself = run.job(job).orElseThrow();
    double perSecond =
        engine.measures().states().stream()
            .filter(each -> each.state().equals(itself.state()))
            .mapToDouble(StateMeasures::perSecondNow)
            .sum();
    return Why.of(itself, run.jobs(), shapes, standing, perSecond, time.instant());
  }

  /// What was measured since the run was started here, up to now or to its end: how many executions
  /// ended how, where the time went, how much of what limits a state is in use, and by what it is
  /// limited.
  ///
  /// Copies histograms, some kilobytes for each state: to be asked once a second or less. Does not
  /// block for long.
  public RunMeasures measures() {
    return engine.measures();
  }

  /// From now on so many steps of this state may run at a time. Steps that run go on.
  ///
  /// @throws IllegalArgumentException if there is no such state, or `most` is below 1; nothing
  ///   changes
  public void setConcurrency(String state, int most) {
    if (most < 1) {
      throw new IllegalArgumentException(
          "state \"" + state + "\": concurrency must be at least 1 but was " + most);
    }
    engine.concurrency(state, most);
  }

  /// From now on this limit counts in place of the state's first, and for all that share that one,
  /// jobs that wait already included. What has passed still counts, if the two are of one kind. A
  /// state that a limiter of a user's has held goes on.
  ///
  /// @throws IllegalArgumentException if there is no such state, it has no limit, or the new one
  ///   cannot be used; nothing changes
  public void setLimit(String state, Limit limit) {
    setLimit(state, 0, limit);
  }

  /// The same for a state with several limits.
  ///
  /// @param place which of them, in the order of their declaration, from 0
  /// @throws IllegalArgumentException if there is no such state, no limit at this place, or the new
  ///   one cannot be used; nothing changes
  public void setLimit(String state, int place, Limit limit) {
    engine.limit(state, place, limit);
  }

  /// From now on so many jobs may be inside of this group. Those that are stay; if they are more,
  /// nobody comes in until they are less.
  ///
  /// @throws IllegalArgumentException if there is no such group, or `most` is below 1; nothing
  ///   changes
  public void setGroup(String group, int most) {
    if (most < 1) {
      throw new IllegalArgumentException(
          "group \"" + group + "\": it must let at least 1 job in but was " + most);
    }
    engine.group(group, most);
  }

  /// The steps that have run longer than their state allows, were interrupted, and go on all the
  /// same, with where they are. They keep their slots until they return.
  public List<Overdue> overdue() {
    return engine.overdue();
  }

  /// Blocks until the run has ended, however it did.
  void awaitEnd() throws InterruptedException {
    engine.await();
  }

  /// Whether the run has ended.
  public boolean hasEnded() {
    return engine.hasEnded();
  }

  /// Parks jobs until somebody releases them, over new starts too.
  ///
  /// Like all that can be ordered for a live run: it does not wait. A running step is let come to
  /// its end first. Each job is asked again when its turn comes, by another thread, and so is what
  /// it has kicked till then. What follows is recorded like a step's outcome.
  ///
  /// @param which of the jobs that have not ended
  /// @return how many of the acknowledged jobs it names now
  public int park(Predicate<? super Job<?>> which, String reason) {
    return engine.park(which, reason);
  }

  /// Gives parked jobs a fresh budget. As [#park].
  public int release(Predicate<? super Job<?>> which) {
    return engine.release(which);
  }

  /// Ends jobs in the state `cancelled`, which needs no declaration. As [#park].
  public int cancel(Predicate<? super Job<?>> which) {
    return engine.cancel(which);
  }

  /// Lets jobs start before others in their state that have a lower priority. Nobody said: 0. As
  /// [#park].
  public int prioritize(Predicate<? super Job<?>> which, int priority) {
    return engine.prioritize(which, priority);
  }

  /// Starts nothing new in the run until it is resumed. What runs goes on. The run does not end
  /// meanwhile.
  public void pause() {
    engine.pause();
  }

  /// Lets the run go on, whoever or whatever paused it. Failures are counted anew.
  public void resume() {
    engine.resume();
  }

  /// What is paused, by hand or by too many failures: the run first, then states in their order.
  public List<Pause> paused() {
    return engine.paused();
  }

  /// Starts nothing new in this state until it is resumed. What runs goes on. The run does not end
  /// while jobs wait there.
  ///
  /// @throws IllegalArgumentException if there is no such state
  public void pause(String state) {
    engine.pause(state);
  }

  /// Lets the state go on, whoever or whatever paused it. Failures are counted anew.
  ///
  /// @throws IllegalArgumentException if there is no such state
  public void resume(String state) {
    engine.resume(state);
  }

  /// Starts nothing new and gives running steps the processor's grace period. Does not block.
  public void stop() {
    stop(gracePeriod);
  }

  /// Starts nothing new and gives running steps until `grace` is over; then they are interrupted,
  /// and what they return more than a moment later is thrown away. Does not block. A second call
  /// can only shorten the period.
  ///
  /// @throws IllegalArgumentException if it is negative
  public void stop(Duration grace) {
    if (grace.isNegative()) {
      throw new IllegalArgumentException("grace period must not be negative but was " + grace);
    }
    engine.stop(grace);
  }

  /// Stops the run and blocks until it has ended. An interrupt shortens the grace period to nothing
  /// and is passed on.
  @Override
  public void close() {
    stop();
    boolean interrupted = false;
    while (!engine.hasEnded()) {
      try {
        engine.await();
      } catch (InterruptedException hurry) {
        interrupted = true;
        stop(Duration.ZERO);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
