package dev.jorb.workflow;

import dev.jorb.limit.Feedback;
import dev.jorb.limit.ServiceHints;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a step says: where the job goes, with what context, which jobs it kicks, what went wrong,
/// and how long to wait.
///
/// ```java
/// return Outcome.to("push", change);                                    // on to the next state
/// return Outcome.stay(change).after(Duration.ofSeconds(30));            // ask again later
/// return Outcome.stay(change).error("HTTP 502");                        // a failed attempt: retried
/// return Outcome.to("edit", change).error("build 17 failed");           // back, and logged
/// return Outcome.stay(change).park("needs a review");                   // wait for a person
/// return Outcome.to("done", table).kick("fetch", a).kick("fetch", b);   // fork
/// ```
///
/// Everything in it is recorded in one piece or not at all. Immutable: each method returns a new
/// one.
///
/// @param <J> the job context
public final class Outcome<J> {
  /// The most jobs that one outcome may kick.
  public static final int MAX_KICKS = 1_000_000;

  private final @Nullable String state;
  private final J context;
  private final @Nullable Kicks<J> kicks;
  private final @Nullable String error;
  private final @Nullable Duration delay;
  private final boolean awaitsKicks;
  private final @Nullable String parked;
  private final Feedback feedback;
  private final @Nullable Instant deadline;

  private Outcome(
      @Nullable String state,
      J context,
      @Nullable Kicks<J> kicks,
      @Nullable String error,
      @Nullable Duration delay,
      boolean awaitsKicks,
      @Nullable String parked,
      Feedback feedback,
      @Nullable Instant deadline) {
    int waits = (awaitsKicks ? 1 : 0) + (delay != null ? 1 : 0) + (parked != null ? 1 : 0);
    if (waits > 1) {
      throw new IllegalArgumentException(
          "outcome: a job waits for one thing: its kicks, a time, or a person");
    }
    this.parked = parked;
    this.awaitsKicks = awaitsKicks;
    this.feedback = feedback;
    this.deadline = deadline;
    this.state = state;
    this.context = Objects.requireNonNull(context, "an outcome's context must not be null");
    this.kicks = kicks;
    this.error = error;
    this.delay = delay;
  }

  /// The job goes to `state`.
  public static <J> Outcome<J> to(String state, J context) {
    Objects.requireNonNull(state, "an outcome's state must not be null");
    return new Outcome<>(state, context, null, null, null, false, null, Feedback.SUCCEEDED, null);
  }

  /// The job stays where it is and will run again.
  ///
  /// Without an error this is no failure: polls and loops stay as often as they like. With an error
  /// it is a failed attempt and the state's [Retry] decides.
  public static <J> Outcome<J> stay(J context) {
    return new Outcome<>(null, context, null, null, null, false, null, Feedback.SUCCEEDED, null);
  }

  /// Something went wrong; logged on the job under the state that it ran in.
  public Outcome<J> error(String message) {
    Objects.requireNonNull(message, "an outcome's error must not be null");
    return new Outcome<>(
        state, context, kicks, message, delay, awaitsKicks, parked, feedback, deadline);
  }

  /// Something went wrong; logged on the job as [Failure#describe] tells it.
  public Outcome<J> error(Throwable failure) {
    return error(Failure.describe(failure));
  }

  /// The move is recorded at once; the job becomes runnable after `delay`, and holds no thread till
  /// then.
  ///
  /// @throws IllegalArgumentException if it is negative, or it waits for something else already
  public Outcome<J> after(Duration delay) {
    if (delay.isNegative()) {
      throw new IllegalArgumentException("outcome: a delay must not be negative but was " + delay);
    }
    return new Outcome<>(
        state, context, kicks, error, delay, awaitsKicks, parked, feedback, deadline);
  }

  /// Starts a new job in `state`, a child of this one.
  ///
  /// @throws IllegalStateException beyond [#MAX_KICKS]
  public Outcome<J> kick(String state, J context) {
    return kick(new Kick<>(state, context));
  }

  /// Starts a new job, a child of this one.
  ///
  /// @throws IllegalStateException beyond [#MAX_KICKS]
  public Outcome<J> kick(Kick<J> kick) {
    return new Outcome<>(
        state,
        context,
        Kicks.after(kicks, kick),
        error,
        delay,
        awaitsKicks,
        parked,
        feedback,
        deadline);
  }

  /// Starts a new job for each kick, children of this one, in the collection's order.
  ///
  /// @throws IllegalStateException beyond [#MAX_KICKS]
  public Outcome<J> kickAll(Collection<Kick<J>> more) {
    Kicks<J> all = kicks;
    for (Kick<J> kick : more) {
      all = Kicks.after(all, kick);
    }
    return new Outcome<>(
        state, context, all, error, delay, awaitsKicks, parked, feedback, deadline);
  }

  /// The move is recorded at once; the job becomes runnable when every job that it has kicked in
  /// its life rests in a terminal state, and holds no thread till then. A parked one keeps it
  /// waiting. The step that runs then sees them by [dev.jorb.run.Job#kicked()].
  ///
  /// @throws IllegalArgumentException if it waits for a time or a person already
  public Outcome<J> awaitKicks() {
    return new Outcome<>(state, context, kicks, error, delay, true, parked, feedback, deadline);
  }

  /// The job must be at its end by then, whatever it was told before. If it is not, its step is
  /// interrupted, or it leaves where it waits; that is a failure which is not retried: it goes to
  /// its state's [State.Builder#onFailure], or is parked. To the millisecond.
  public Outcome<J> deadline(Instant at) {
    Objects.requireNonNull(at, "an outcome's deadline must not be null");
    return new Outcome<>(state, context, kicks, error, delay, awaitsKicks, parked, feedback, at);
  }

  /// What the step really cost, in the units of its state's [State.Builder#cost]: its limits are
  /// corrected by the difference.
  ///
  /// @throws IllegalArgumentException if it is negative
  public Outcome<J> cost(long actual) {
    if (actual < 0) {
      throw new IllegalArgumentException("outcome: a cost must not be negative but was " + actual);
    }
    return new Outcome<>(
        state, context, kicks, error, delay, awaitsKicks, parked, feedback.cost(actual), deadline);
  }

  /// What the service said about its quota, though it did not refuse: the run stops before it has
  /// to.
  public Outcome<J> hints(ServiceHints hints) {
    return new Outcome<>(
        state,
        context,
        kicks,
        error,
        delay,
        awaitsKicks,
        parked,
        feedback.quota(hints.asSuccess().quota()),
        deadline);
  }

  /// The move is recorded at once; the job is parked where it goes and needs a person, for this
  /// reason. That is no failure: nothing is retried, and an error is only logged. Somebody releases
  /// it, or the next start does.
  ///
  /// @throws IllegalArgumentException if it waits for a time or for its kicks already
  public Outcome<J> park(String reason) {
    Objects.requireNonNull(reason, "an outcome's reason to park must not be null");
    return new Outcome<>(
        state, context, kicks, error, delay, awaitsKicks, reason, feedback, deadline);
  }

  /// Where to; empty to stay.
  public Optional<String> state() {
    return Optional.ofNullable(state);
  }

  /// The new context.
  public J context() {
    return context;
  }

  /// The jobs to start, in the order in which they were asked for.
  public List<Kick<J>> kicks() {
    return kicks == null ? List.of() : kicks.inOrder();
  }

  /// What went wrong.
  public Optional<String> error() {
    return Optional.ofNullable(error);
  }

  /// How long the job waits before it is runnable.
  public Optional<Duration> delay() {
    return Optional.ofNullable(delay);
  }

  /// When the job must be at its end, if the step said so.
  public Optional<Instant> deadline() {
    return Optional.ofNullable(deadline);
  }

  /// What the limits of its state are told.
  public Feedback feedback() {
    return feedback;
  }

  /// Whether the job waits for what it kicked.
  public boolean awaitsKicks() {
    return awaitsKicks;
  }

  /// Why the job needs a person, if it does.
  public Optional<String> parked() {
    return Optional.ofNullable(parked);
  }

  @Override
  public String toString() {
    return (state == null ? "stay" : "to " + state)
        + (error == null ? "" : ", error: " + error)
        + (delay == null ? "" : ", after " + delay)
        + (awaitsKicks ? ", awaits its kicks" : "")
        + (parked == null ? "" : ", parked: " + parked)
        + (kicks == null ? "" : ", kicks " + kicks.count);
  }

  /// Kicks from the last to the first, so that a step may add them one by one at no growing cost.
  private static final class Kicks<J> {
    final Kick<J> last;
    final @Nullable Kicks<J> before;
    final int count;

    private Kicks(Kick<J> last, @Nullable Kicks<J> before, int count) {
      this.last = last;
      this.before = before;
      this.count = count;
    }

    static <J> Kicks<J> after(@Nullable Kicks<J> before, Kick<J> kick) {
      int count = before == null ? 1 : before.count + 1;
      if (count > MAX_KICKS) {
        throw new IllegalStateException(
            "outcome: one step may kick at most "
                + MAX_KICKS
                + " jobs; kick some that kick the rest");
      }
      return new Kicks<>(kick, before, count);
    }

    List<Kick<J>> inOrder() {
      List<Kick<J>> all = new ArrayList<>(count);
      for (Kicks<J> each = this; each != null; each = each.before) {
        all.add(each.last);
      }
      Collections.reverse(all);
      return Collections.unmodifiableList(all);
    }
  }
}
