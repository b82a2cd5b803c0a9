package dev.jorb.test;

import static java.util.Collections.singletonList;

import dev.jorb.engine.VirtualTime;
import dev.jorb.run.Job;
import dev.jorb.workflow.BatchExec;
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
    return exec(
            (tools, all, jobs) -> singletonList(step.exec(tools, all, jobs.getFirst())),
            app,
            overall,
            List.of(job))
        .getFirst();
  }

  /// The same around a step that takes several jobs at a time.
  BatchExec<A, O, J> aroundBatch(BatchExec<A, O, J> step) {
    return (app, overall, jobs) -> exec(step, app, overall, jobs);
  }

  private List<Outcome<J>> exec(BatchExec<A, O, J> step, A app, O overall, List<Job<J>> jobs)
      throws Exception {
    Instant started = time.instant();
    String state = jobs.getFirst().state();
    Duration takes = simulation.draw(state, timeout(state));
    Duration before = simulation.draw(Duration.ZERO, takes);
    List<Outcome<J>> outcomes = null;
    Throwable failure = null;
    try {
      time.sleep(before);
      outcomes = work(step, app, overall, jobs);
      time.sleep(takes.minus(before));
      return outcomes;
    } catch (VirtualTime.Killed killed) {
      throw killed;
    } catch (Throwable thrown) {
      failure = thrown;
      throw thrown;
    } finally {
      for (int i = 0; i < jobs.size(); i++) {
        executions.add(execution(jobs.get(i), started, outcome(outcomes, i), failure));
      }
    }
  }

  /// What a step said of one of its jobs; null if it said nothing.
  private @Nullable Outcome<J> outcome(@Nullable List<Outcome<J>> outcomes, int job) {
    return outcomes == null || job >= outcomes.size() ? null : outcomes.get(job);
  }

  private Duration timeout(String state) {
    return workflow.state(state).flatMap(State::timeout).orElse(Duration.ZERO);
  }

  /// The step's own code, and what is looked at before and after it.
  private List<Outcome<J>> work(BatchExec<A, O, J> step, A app, O overall, List<Job<J>> jobs)
      throws Exception {
    Points points = simulation.points();
    if (watch != null) {
      jobs.forEach(watch::before);
    }
    if (points != null) {
      points.begin(jobs);
    }
    List<Outcome<J>> outcomes;
    try {
      outcomes = step.exec(app, overall, jobs);
    } catch (VirtualTime.Killed killed) {
      throw killed;
    } catch (Throwable failure) {
      if (watch != null) {
        jobs.forEach(watch::failed);
      }
      if (points != null) {
        points.failed(jobs);
      }
      throw failure;
    }
    for (int i = 0; watch != null && i < jobs.size(); i++) {
      watch.returned(jobs.get(i), outcome(outcomes, i));
    }
    if (points != null) {
      points.returned(jobs);
    }
    return outcomes;
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
