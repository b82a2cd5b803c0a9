package dev.jorb.test;

import dev.jorb.engine.VirtualTime;
import dev.jorb.run.Job;
import dev.jorb.workflow.JobExec;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.State;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What a simulation puts around each step: it takes its time, is written down, has its contexts
/// watched, and may be killed when it has done its work.
final class StepProbe<A, O, J> implements UnaryOperator<JobExec<A, O, J>> {
  private final Simulation simulation;
  private final VirtualTime time;
  private final Workflow<A, O, J> workflow;
  private final @Nullable ContextWatch<J> watch;
  private final List<Execution> executions = new ArrayList<>();

  StepProbe(Simulation simulation, Workflow<A, O, J> workflow) {
    this.simulation = simulation;
    this.time = simulation.time();
    this.workflow = workflow;
    this.watch = simulation.isWatching() ? new ContextWatch<>(workflow.contextType()) : null;
  }

  @Override
  public JobExec<A, O, J> apply(JobExec<A, O, J> step) {
    return (app, overall, job) -> exec(step, app, overall, job);
  }

  private Outcome<J> exec(JobExec<A, O, J> step, A app, O overall, Job<J> job) throws Exception {
    Instant started = time.instant();
    Duration takes = simulation.draw(job.state(), timeout(job.state()));
    Duration before = simulation.draw(Duration.ZERO, takes);
    Outcome<J> outcome = null;
    Throwable failure = null;
    try {
      time.sleep(before);
      outcome = work(step, app, overall, job);
      time.sleep(takes.minus(before));
      return outcome;
    } catch (VirtualTime.Killed killed) {
      throw killed;
    } catch (Throwable thrown) {
      failure = thrown;
      throw thrown;
    } finally {
      executions.add(execution(job, started, outcome, failure));
    }
  }

  private Duration timeout(String state) {
    return workflow.state(state).flatMap(State::timeout).orElse(Duration.ZERO);
  }

  /// The step's own code, and what is looked at before and after it.
  private Outcome<J> work(JobExec<A, O, J> step, A app, O overall, Job<J> job) throws Exception {
    Points points = simulation.points();
    if (watch != null) {
      watch.before(job);
    }
    if (points != null) {
      points.begin(job);
    }
    Outcome<J> outcome;
    try {
      outcome = step.exec(app, overall, job);
    } catch (VirtualTime.Killed killed) {
      throw killed;
    } catch (Throwable failure) {
      if (watch != null) {
        watch.failed(job);
      }
      if (points != null) {
        points.failed(job);
      }
      throw failure;
    }
    if (watch != null) {
      watch.returned(job, outcome);
    }
    if (points != null) {
      points.returned(job);
    }
    return outcome;
  }

  private Execution execution(
      Job<J> job, Instant started, @Nullable Outcome<J> outcome, @Nullable Throwable failure) {
    Optional<Outcome<J>> said = failure == null ? Optional.ofNullable(outcome) : Optional.empty();
    return new Execution(
        job.id(),
        job.state(),
        job.attempt(),
        started,
        time.instant(),
        said.map(each -> each.state().orElse(job.state())),
        failure == null ? said.flatMap(Outcome::error) : Optional.of(failure.toString()));
  }

  List<Execution> executions() {
    return List.copyOf(executions);
  }

  void requireNoHiddenState() {
    if (watch != null) {
      watch.requireNothingFound(simulation.seed());
    }
  }
}
