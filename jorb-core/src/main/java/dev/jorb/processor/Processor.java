package dev.jorb.processor;

import dev.jorb.engine.Engine;
import dev.jorb.engine.RestingEngine;
import dev.jorb.event.RunListener;
import dev.jorb.event.StatusListener;
import dev.jorb.limit.SharedLimits;
import dev.jorb.run.Run;
import dev.jorb.serial.NilSerializer;
import dev.jorb.serial.Serializer;
import dev.jorb.time.TimeSource;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

/// Runs runs: puts a workflow, its application context, a serializer and a listener together.
///
/// ```java
/// RunSummary summary = Processor.of(workflow, tools).serializer(journal).exec(run);
/// ```
///
/// Immutable and thread-safe; each method returns a new one. One processor may execute many runs,
/// each with a serializer of its own.
///
/// @param <A> the application context
/// @param <O> the overall context
/// @param <J> the job context
public final class Processor<A, O, J> {
  private final Workflow<A, O, J> workflow;
  private final A app;
  private final Serializer<O, J> serializer;
  private final StatusListener listener;
  private final List<RunListener> listeners;
  private final Duration gracePeriod;
  private final SharedLimits limits;
  private final boolean isManaged;

  private Processor(
      Workflow<A, O, J> workflow,
      A app,
      Serializer<O, J> serializer,
      StatusListener listener,
      List<RunListener> listeners,
      Duration gracePeriod,
      SharedLimits limits,
      boolean isManaged) {
    this.isManaged = isManaged;
    this.limits = Objects.requireNonNull(limits, "limits");
    this.workflow = Objects.requireNonNull(workflow, "workflow");
    this.app = Objects.requireNonNull(app, "application context");
    this.serializer = serializer;
    this.listener = listener;
    this.listeners = List.copyOf(listeners);
    this.gracePeriod = gracePeriod;
  }

  /// A processor that records nothing and tells nobody.
  public static <A, O, J> Processor<A, O, J> of(Workflow<A, O, J> workflow, A app) {
    return new Processor<>(
        workflow,
        app,
        new NilSerializer<>(),
        StatusListener.none(),
        List.of(),
        Duration.ofSeconds(30),
        new SharedLimits(),
        false);
  }

  /// Records in `serializer`, which the processor closes at the end of the run.
  public Processor<A, O, J> serializer(Serializer<O, J> serializer) {
    return new Processor<>(
        workflow, app, serializer, listener, listeners, gracePeriod, limits, isManaged);
  }

  /// Tells `listener`.
  public Processor<A, O, J> listener(StatusListener listener) {
    return new Processor<>(
        workflow, app, serializer, listener, listeners, gracePeriod, limits, isManaged);
  }

  /// Keeps to its workflow's limits together with the other processors that are given the same
  /// object. If not said, only the runs of this processor do.
  public Processor<A, O, J> limits(SharedLimits limits) {
    return new Processor<>(
        workflow, app, serializer, listener, listeners, gracePeriod, limits, isManaged);
  }

  /// Tells `listener` too what happens, beside those that were given before.
  public Processor<A, O, J> onEvent(RunListener listener) {
    List<RunListener> more = new ArrayList<>(listeners);
    more.add(listener);
    return new Processor<>(
        workflow, app, serializer, this.listener, more, gracePeriod, limits, isManaged);
  }

  /// Shows each run, from its start to its end, to management tools of this machine (JMX), as a
  /// [RunMXBean], which can be read and changes nothing. Opens no port.
  public Processor<A, O, J> jmx() {
    return new Processor<>(
        workflow, app, serializer, listener, listeners, gracePeriod, limits, true);
  }

  /// How long running steps may go on after a stop before they are interrupted; 30 s if not said.
  ///
  /// @throws IllegalArgumentException if it is negative
  public Processor<A, O, J> gracePeriod(Duration gracePeriod) {
    if (gracePeriod.isNegative()) {
      throw new IllegalArgumentException(
          "grace period must not be negative but was " + gracePeriod);
    }
    return new Processor<>(
        workflow, app, serializer, listener, listeners, gracePeriod, limits, isManaged);
  }

  /// Executes the run and blocks until every job is in a terminal state or parked.
  ///
  /// If the calling thread is interrupted, the run is stopped: nothing new starts, running steps
  /// get the grace period, what finished is recorded. Then it returns, with the interrupt set
  /// again.
  ///
  /// @throws RunFailedException if the run could not go on; what was acknowledged is safe
  public RunSummary exec(Run<O, J> run) {
    RunHandle handle = start(run);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return handle.await();
        } catch (InterruptedException stop) {
          handle.stop(interrupted ? Duration.ZERO : gracePeriod);
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Opens a run that nobody executes, to change it by hand. Nothing of it is executed.
  ///
  /// @throws dev.jorb.serial.RunFileException if it cannot be recorded
  public RestingRun open(Run<O, J> run) {
    return new RestingRun(new RestingEngine<>(workflow, run, serializer, TimeSource.system()));
  }

  /// Starts the run and returns at once.
  public RunHandle start(Run<O, J> run) {
    Engine<A, O, J> engine =
        new Engine<>(
            workflow,
            app,
            run,
            serializer,
            listener,
            listeners,
            limits,
            TimeSource.system(),
            RandomGenerator.getDefault());
    engine.start();
    RunHandle handle =
        new RunHandle(run, workflow.shapes(), engine, TimeSource.system(), gracePeriod);
    if (isManaged) {
      ManagedRun.show(run.name(), handle);
    }
    return handle;
  }
}
