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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  /// The places of the states in the workflow's order. Whoever goes in circles goes back, or stays.
  private final Map<String, Integer> places = new HashMap<>();

  /// A job that has come back so often without waiting and without a change of its context,
  /// compared by `equals`, waits before each further lap: it burns a slot and fills the disk for
  /// nothing.
  static final int MOST_LAPS = 100;

  static final Duration LAP_DELAY = Duration.ofSeconds(1);

  Verdict(Workflow<?, ?, J> workflow, RandomGenerator random) {
    this.workflow = workflow;
    this.random = random;
    workflow.stateNames().forEach(state -> places.put(state, places.size()));
  }

  /// A transition and how long the job waits after it.
  ///
  /// @param failed whether the attempt has failed
  record Decision<J>(Transition<J> transition, Duration delay, boolean failed) {}

  /// What follows from what a step returned.
  Decision<J> returned(Job<J> job, @Nullable Outcome<J> outcome, Instant at, Duration took) {
    return returned(job, state(job), outcome, at, took);
  }

  /// The same for a job whose state is known.
  Decision<J> returned(
      Job<J> job, State<?, ?, J> state, @Nullable Outcome<J> outcome, Instant at, Duration took) {
    if (outcome == null) {
      return failed(job, "the step returned null; it must return an Outcome", at, took);
    }
    String named = outcome.state().orElse(state.name());
    State<?, ?, J> to = workflow.state(named).orElse(null);
    if (to == null) {
      return failed(job, unknown("returned", named), at, took);
    }
    String target = to.name(); // Not the step's own string: many jobs share this one.
    if (job.isPlain() && isMere(outcome) && isOnward(state, target)) {
      Job<J> moved = job.moved(target, outcome.context(), at, took);
      return new Decision<>(new Transition<>(moved, List.of()), Duration.ZERO, false);
    }
    Optional<String> problem = problem(state, to, outcome);
    if (problem.isPresent()) {
      return failed(job, problem.get(), at, took);
    }
    if (outcome.error().isPresent() && outcome.parked().isEmpty() && target.equals(state.name())) {
      return stayedWithError(job, outcome, at, took);
    }
    Job.Builder<J> next = begin(job, target, at, took).context(outcome.context()).attempt(0);
    outcome.error().ifPresent(error -> next.error(state.name(), at, error));
    int laps = laps(job, outcome, target);
    boolean circles = laps >= MOST_LAPS && isBack(state.name(), target);
    Duration delay = circles ? LAP_DELAY : outcome.delay().orElse(Duration.ZERO);
    return decide(job, next.laps(laps), outcome, delay, at, false);
  }

  /// Whether it says where to and a context, and nothing else: the usual case.
  private static boolean isMere(Outcome<?> outcome) {
    return outcome.error().isEmpty()
        && outcome.delay().isEmpty()
        && outcome.kicks().isEmpty()
        && !outcome.awaitsKicks()
        && outcome.parked().isEmpty()
        && outcome.deadline().isEmpty();
  }

  private boolean isOnward(State<?, ?, J> state, String target) {
    return state.leadsTo(target) && !isBack(state.name(), target);
  }

  /// How often the job has come back, with this time, if it neither waits nor changes.
  private int laps(Job<J> job, Outcome<J> outcome, String target) {
    boolean back = isBack(job.state(), target);
    boolean waits =
        outcome.delay().filter(Duration::isPositive).isPresent()
            || outcome.awaitsKicks()
            || outcome.parked().isPresent();
    if ((!back && job.laps() == 0) || waits || !outcome.kicks().isEmpty()) {
      return 0;
    }
    return job.context().equals(outcome.context()) ? job.laps() + (back ? 1 : 0) : 0;
  }

  private boolean isBack(String from, String to) {
    return from.equals(to)
        || places.getOrDefault(to, Integer.MAX_VALUE) < places.getOrDefault(from, -1);
  }

  /// What follows when the job's deadline has passed: a failure that is not retried.
  Decision<J> expired(Job<J> job, Instant at, Duration took) {
    State<?, ?, J> state = state(job);
    String error = "its deadline, " + job.deadline().orElse(at) + ", has passed";
    Job.Builder<J> next =
        begin(job, state.onFailure().orElse(state.name()), at, took)
            .deadline(null)
            .attempt(0)
            .error(state.name(), at, error);
    if (state.onFailure().isEmpty()) {
      next.parked(error);
    }
    return new Decision<>(new Transition<>(next.build(), List.of()), Duration.ZERO, true);
  }

  /// Whether the job is in a terminal state.
  boolean isAtItsEnd(Job<J> job) {
    return workflow.state(job.state()).filter(State::isTerminal).isPresent();
  }

  /// Whether its deadline has passed.
  static boolean isExpired(Job<?> job, Instant now) {
    return job.deadline().filter(deadline -> !now.isBefore(deadline)).isPresent();
  }

  /// What follows from a failed attempt: its context stays as it was.
  Decision<J> failed(Job<J> job, Throwable failure, Instant at, Duration took) {
    String error = Failure.describe(failure);
    boolean worthRetrying = true;
    try {
      worthRetrying = state(job).retry().covers(failure);
    } catch (Throwable broken) {
      error += "\nthe state's rule for retries failed: " + Failure.describe(broken);
    }
    return failed(job, Outcome.stay(job.context()).error(error), error, worthRetrying, at, took);
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
          job,
          next.context(outcome.context()).error(state.name(), at, error),
          outcome,
          delay,
          at,
          true);
    }
    String target = state.onFailure().orElse(state.name());
    Job.Builder<J> next =
        begin(job, target, at, took).context(outcome.context()).error(state.name(), at, error);
    if (state.onFailure().isPresent()) {
      next.attempt(0);
    } else {
      next.attempt(attempt).parked(parkedReason(attempt, error));
    }
    return decide(job, next, outcome, Duration.ZERO, at, true);
  }

  /// What follows from an order; empty if it changes nothing.
  Optional<Decision<J>> ordered(Job<J> job, Order.Act act, Instant at) {
    Job.Builder<J> next = job.next().updated(at);
    if (job.inDoubt() && isGrouped(job.state())) { // It keeps its place when the doubt is gone.
      next.transition(job.state(), job.state(), at, Duration.ZERO);
    }
    return switch (act) {
      case Order.Park park -> change(next.parked(park.reason()).held(true), remaining(job, at));
      case Order.Release release ->
          job.parked().isEmpty()
              ? Optional.empty()
              : change(next.released().attempt(0).dueNow().deadline(null), Duration.ZERO);
      case Order.Prioritize prioritize ->
          job.priority() == prioritize.priority()
              ? Optional.empty()
              : change(next.priority(prioritize.priority()), remaining(job, at));
      case Order.Expire expire ->
          job.deadline().filter(expire.deadline()::equals).isPresent() && job.parked().isEmpty()
              ? Optional.of(expired(job, at, Duration.ZERO))
              : Optional.empty();
      case Order.Verify verify -> Optional.empty();
      case Order.Cancel cancel -> change(cancelled(job, at), Duration.ZERO);
    };
  }

  private boolean isGrouped(String state) {
    return workflow.groups().stream().anyMatch(group -> group.states().contains(state));
  }

  private static <J> Job.Builder<J> cancelled(Job<J> job, Instant at) {
    return begin(job, Job.CANCELLED, at, Duration.ZERO).released().attempt(0);
  }

  private static <J> Optional<Decision<J>> change(Job.Builder<J> next, Duration delay) {
    return Optional.of(new Decision<>(new Transition<>(next.build(), List.of()), delay, false));
  }

  /// How long the job still has to wait; zero for not.
  static Duration remaining(Job<?> job, Instant now) {
    Instant due = job.due().orElse(now);
    return due.isAfter(now) ? Duration.between(now, due) : Duration.ZERO;
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

  private Decision<J> decide(
      Job<J> job,
      Job.Builder<J> next,
      Outcome<J> outcome,
      Duration delay,
      Instant at,
      boolean failed) {
    List<Kick<J>> kicks = outcome.kicks();
    List<Job<J>> kicked = kicks.isEmpty() ? List.of() : new ArrayList<>(kicks.size());
    for (Kick<J> kick : kicks) {
      Job.Builder<J> child =
          Job.<J>builder(job.id() + "->" + (job.kicks() + kicked.size()), kick.state())
              .parent(job.id())
              .context(kick.context())
              .updated(at);
      workflow.deadline().ifPresent(within -> child.deadline(at.plus(within)));
      kicked.add(child.build());
    }
    outcome.deadline().ifPresent(next::deadline);
    if (!delay.isZero()) {
      next.due(at.plus(delay));
    }
    next.awaitsKicks(outcome.awaitsKicks());
    outcome.parked().ifPresent(next::parked);
    return new Decision<>(
        new Transition<>(next.kicks(job.kicks() + kicked.size()).build(), kicked), delay, failed);
  }

  private Optional<String> problem(State<?, ?, J> state, State<?, ?, J> to, Outcome<J> outcome) {
    String target = to.name();
    boolean waits = outcome.awaitsKicks() || outcome.parked().isPresent();
    if (waits && to.isTerminal()) {
      return Optional.of(
          (outcome.awaitsKicks() ? "the step awaits its kicks" : "the step parks its job")
              + " in the terminal state \""
              + target
              + "\", where jobs end");
    }
    if (!state.leadsTo(target)) {
      return Optional.of(
          "the step returned the state \""
              + target
              + "\", which is not among its declared next states "
              + state.next());
    }
    List<Kick<J>> kicks = outcome.kicks();
    if (kicks.size() > state.maxKicks()) {
      return Optional.of(
          "the step kicked " + kicks.size() + " jobs; its state allows " + state.maxKicks());
    }
    for (Kick<J> kick : kicks) {
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
