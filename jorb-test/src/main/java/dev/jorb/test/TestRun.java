package dev.jorb.test;

import dev.jorb.engine.VirtualEngine;
import dev.jorb.event.Standing;
import dev.jorb.event.StatusCount;
import dev.jorb.measure.RunMeasures;
import dev.jorb.processor.RunSummary;
import dev.jorb.report.Why;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.run.StateShape;
import dev.jorb.serial.Serializer;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// A run in a [Simulation]: lets time pass, and tells what came of it. Not thread-safe.
///
/// @param <O> the overall context
/// @param <J> the job context
public final class TestRun<O, J> {
  private static final Duration LONGEST = Duration.ofDays(3_653);

  private final Simulation simulation;
  private final List<StateShape> shapes;
  private final Run<O, J> run;
  private final StepProbe<?, O, J> probe;
  private final VirtualEngine<?, O, J> engine;
  private final RecordingListener listener = new RecordingListener();
  private final Instant started;

  <A> TestRun(
      Simulation simulation,
      Workflow<A, O, J> workflow,
      A app,
      Run<O, J> run,
      Serializer<O, J> serializer) {
    this.simulation = simulation;
    this.run = run;
    this.shapes = workflow.shapes();
    this.started = simulation.now();
    StepProbe<A, O, J> steps = new StepProbe<>(simulation, workflow);
    this.probe = steps;
    VirtualEngine<A, O, J> started =
        new VirtualEngine<>(
            workflow.around(steps).aroundBatch(steps::aroundBatch),
            app,
            run,
            serializer,
            listener,
            simulation.time(),
            simulation.forEngine());
    this.engine = started;
    started.start();
  }

  /// Lets time pass until every job is in a terminal state or parked.
  ///
  /// @throws AssertionError if that takes ten years or cannot happen, or if contexts have hidden
  ///   state
  /// @throws RuntimeException what the serializer threw, if it failed
  public TestRun<O, J> toRest() {
    pass(started.plus(LONGEST));
    if (!engine.isResting() && !simulation.time().isKilled()) {
      throw new AssertionError(
          "under seed %d, run \"%s\" has not come to rest by %s: %s"
              .formatted(
                  simulation.seed(),
                  run.name(),
                  simulation.now(),
                  StatusCount.standing(engine.status())));
    }
    return this;
  }

  /// Lets so much time pass.
  ///
  /// @throws AssertionError if contexts have hidden state
  /// @throws RuntimeException what the serializer threw, if it failed
  public TestRun<O, J> advance(Duration duration) {
    simulation.time().after(duration, () -> {}); // Time passes even if nothing else happens.
    pass(simulation.now().plus(duration));
    return this;
  }

  private void pass(Instant horizon) {
    engine.runUntil(horizon);
    engine
        .failure()
        .ifPresent(failure -> {
          throw failure instanceof RuntimeException known
              ? known
              : new IllegalStateException(failure);
        });
    probe.requireNoHiddenState();
  }

  /// Starts nothing new in this state until [#resume].
  ///
  /// @throws IllegalArgumentException if there is no such state
  public TestRun<O, J> pause(String state) {
    engine.pause(state);
    return this;
  }

  /// Lets a paused state go on.
  ///
  /// @throws IllegalArgumentException if there is no such state
  public TestRun<O, J> resume(String state) {
    engine.resume(state);
    return this;
  }

  /// The run, as far as it is recorded.
  public Run<O, J> run() {
    return run;
  }

  /// The job with this id.
  ///
  /// @throws IllegalArgumentException if there is none
  public Job<J> job(String id) {
    return run.job(id)
        .orElseThrow(() ->
            new IllegalArgumentException("run \"%s\" has no job %s".formatted(run.name(), id)));
  }

  /// All jobs, in the order of their coming.
  public List<Job<J>> jobs() {
    return run.jobs();
  }

  /// The jobs in this state, in the order of their coming.
  public List<Job<J>> jobsIn(String state) {
    return run.jobs().stream().filter(job -> job.state().equals(state)).toList();
  }

  /// All executions of steps, in the order of their ends.
  public List<Execution> executions() {
    return probe.executions();
  }

  /// Every change of the counts.
  public RecordingListener statuses() {
    return listener;
  }

  /// How much virtual time has passed since the start.
  public Duration elapsed() {
    return Duration.between(started, simulation.now());
  }

  /// What a processor would return.
  public RunSummary summary() {
    return new RunSummary(
        run.name(), false, engine.status(), List.of(), engine.inDoubt(), elapsed());
  }

  /// Why a job is where it is, and what must happen for it to move.
  ///
  /// @throws IllegalArgumentException if there is no such job
  public Why why(String job) {
    Standing standing =
        engine
            .standing(job)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "run \"" + run.name() + "\" has no job \"" + job + "\""));
    return Why.of(run.job(job).orElseThrow(), run.jobs(), shapes, standing, 0, simulation.now());
  }

  /// What was measured so far, in virtual time.
  public RunMeasures measures() {
    return engine.measures();
  }
}
