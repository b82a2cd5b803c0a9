package dev.jorb.engine;

import dev.jorb.run.Job;
import dev.jorb.run.Transition;
import dev.jorb.workflow.Failure;
import dev.jorb.workflow.Kick;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.State;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Decides what an execution means for its job: where it goes, whether it is tried again and when,
/// and which jobs it kicks. Pure: it changes nothing. Thread-safe as far as the random generator
/// is.
///
/// @param <J> the job context
final class Verdict<J> {
  private final Workflow<?, ?, J> workflow;
  private final RandomGenerator random;

  Verdict(Workflow<?, ?, J> workflow, RandomGenerator random) {
    this.workflow = workflow;
    this.random = random;
  }

  /// A transition and how long the job waits after it.
  record Decision<J>(Transition<J> transition, Duration delay) {}

  /// What follows from what a step returned.
  Decision<J> returned(Job<J> job, @Nullable Outcome<J> outcome, Instant at, Duration took) {
    State<?, ?, J> state = state(job);
    if (outcome == null) {
      return failed(job, "the step returned null; it must return an Outcome", at, took);
    }
    String target = outcome.state().orElse(state.name());
    Optional<String> problem = problem(state, target, outcome);
    if (problem.isPresent()) {
      return failed(job, problem.get(), at, took);
    }
    if (outcome.error().isPresent() && target.equals(state.name())) {
      return stayedWithError(job, outcome, at, took);
    }
    Job.Builder<J> next = begin(job, target, at, took).context(outcome.context()).attempt(0);
    outcome.error().ifPresent(error -> next.error(state.name(), at, error));
    return decide(job, next, outcome, outcome.delay().orElse(Duration.ZERO), at);
  }

  /// What follows from a failed attempt: its context stays as it was.
  Decision<J> failed(Job<J> job, Throwable failure, Instant at, Duration took) {
    return failed(
        job,
        Outcome.stay(job.context()).error(failure),
        Failure.describe(failure),
        state(job).retry().covers(failure),
        at,
        took);
  }

  /// What follows from a failed attempt: its context stays as it was.
  Decision<J> failed(Job<J> job, String error, Instant at, Duration took) {
    return failed(job, Outcome.stay(job.context()).error(error), error, true, at, took);
  }

  private Decision<J> stayedWithError(Job<J> job, Outcome<J> outcome, Instant at, Duration took) {
    return failed(job, outcome, outcome.error().orElse(""), true, at, took);
  }

  private Decision<J> failed(
      Job<J> job,
      Outcome<J> outcome,
      String error,
      boolean worthRetrying,
      Instant at,
      Duration took) {
    State<?, ?, J> state = state(job);
    int attempt = job.attempt() + 1;
    if (worthRetrying && state.retry().allows(attempt)) {
      Duration delay = outcome.delay().orElseGet(() -> state.retry().delay(attempt, random));
      Job.Builder<J> next = begin(job, state.name(), at, took).attempt(attempt);
      return decide(
          job, next.context(outcome.context()).error(state.name(), at, error), outcome, delay, at);
    }
    String target = state.onFailure().orElse(state.name());
    Job.Builder<J> next =
        begin(job, target, at, took).context(outcome.context()).error(state.name(), at, error);
    if (state.onFailure().isPresent()) {
      next.attempt(0);
    } else {
      next.attempt(attempt).parked(parkedReason(attempt, error));
    }
    return decide(job, next, outcome, Duration.ZERO, at);
  }

  private static String parkedReason(int attempts, String error) {
    String headline = error.lines().findFirst().orElse("");
    return (attempts == 1 ? "failed" : "failed " + attempts + " times in a row") + ": " + headline;
  }

  private static <J> Job.Builder<J> begin(Job<J> job, String target, Instant at, Duration took) {
    return job.next()
        .state(target)
        .updated(at)
        .dueNow()
        .awaitsKicks(false)
        .transition(job.state(), target, at, took);
  }

  private static <J> Decision<J> decide(
      Job<J> job, Job.Builder<J> next, Outcome<J> outcome, Duration delay, Instant at) {
    List<Kick<J>> kicks = outcome.kicks();
    List<Job<J>> kicked = new ArrayList<>(kicks.size());
    for (Kick<J> kick : kicks) {
      kicked.add(
          Job.<J>builder(job.id() + "->" + (job.kicks() + kicked.size()), kick.state())
              .parent(job.id())
              .context(kick.context())
              .updated(at)
              .build());
    }
    if (!delay.isZero()) {
      next.due(at.plus(delay));
    }
    next.awaitsKicks(outcome.awaitsKicks());
    return new Decision<>(
        new Transition<>(next.kicks(job.kicks() + kicked.size()).build(), kicked), delay);
  }

  private Optional<String> problem(State<?, ?, J> state, String target, Outcome<J> outcome) {
    if (workflow.state(target).isEmpty()) {
      return Optional.of(unknown("returned", target));
    }
    if (outcome.awaitsKicks() && workflow.state(target).filter(State::isTerminal).isPresent()) {
      return Optional.of(
          "the step awaits its kicks in the terminal state \"" + target + "\", where jobs end");
    }
    if (!state.leadsTo(target)) {
      return Optional.of(
          "the step returned the state \""
              + target
              + "\", which is not among its declared next states "
              + state.next());
    }
    for (Kick<J> kick : outcome.kicks()) {
      if (workflow.state(kick.state()).isEmpty()) {
        return Optional.of(unknown("kicked a job into", kick.state()));
      }
    }
    return Optional.empty();
  }

  private String unknown(String what, String state) {
    return "the step "
        + what
        + " the unknown state \""
        + state
        + "\"; known are "
        + workflow.stateNames();
  }

  private State<?, ?, J> state(Job<J> job) {
    return workflow
        .state(job.state())
        .orElseThrow(
            () -> new IllegalStateException("job " + job.id() + " is in no state of the workflow"));
  }
}
