package dev.jorb.workflow;

import dev.jorb.limit.Limit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A possible state of a job: what happens to jobs in it, and how many at a time.
///
/// All of it is data, so that the same workflow can be run by another engine. Immutable.
///
/// @param <A> the application context
/// @param <O> the overall context
/// @param <J> the job context
public final class State<A, O, J> {
  /// The most jobs that one call may take.
  public static final int MAX_BATCH = 4_096;

  private final String name;
  private final boolean terminal;
  private final @Nullable JobExec<A, O, J> exec;
  private final @Nullable BatchExec<A, O, J> batch;
  private final int batchSize;
  private final int concurrency;
  private final List<StateLimit<J>> limits;
  private final @Nullable ToLongFunction<? super J> cost;
  private final Retry retry;
  private final @Nullable String onFailure;
  private final @Nullable Duration timeout;
  private final boolean wantsJob;
  private final int maxKicks;
  private final @Nullable Verify<A, O, J> verify;
  private final boolean parksInDoubt;
  private final @Nullable Failures pauseWhen;
  private final @Nullable Duration probeAfter;
  private final Set<String> next;

  /// What went wrong while it was described.
  final List<String> problems;

  private State(Builder<A, O, J> b) {
    this.name = b.name;
    this.problems = List.copyOf(b.problems);
    this.terminal = b.terminal;
    this.exec = b.exec;
    this.batch = b.batch;
    this.batchSize = b.batchSize;
    this.concurrency = b.concurrency;
    this.limits = List.copyOf(b.limits);
    this.cost = b.cost;
    this.retry = b.retry;
    this.onFailure = b.onFailure;
    this.timeout = b.timeout;
    this.wantsJob = b.wantsJob;
    this.maxKicks = b.maxKicks;
    this.verify = b.verify;
    this.parksInDoubt = b.parksInDoubt;
    this.pauseWhen = b.pauseWhen;
    this.probeAfter = b.probeAfter;
    this.next = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(b.next));
  }

  /// The same state, but terminal.
  State<A, O, J> asTerminal() {
    Builder<A, O, J> same = copy();
    same.terminal = true;
    return same.build();
  }

  /// The same state with something around its step.
  State<A, O, J> around(UnaryOperator<JobExec<A, O, J>> decoration) {
    Builder<A, O, J> same = copy();
    same.exec = exec == null ? null : decoration.apply(exec);
    return same.build();
  }

  /// The same state with something around its step, if that takes several jobs at a time.
  State<A, O, J> aroundBatch(UnaryOperator<BatchExec<A, O, J>> decoration) {
    Builder<A, O, J> same = copy();
    same.batch = batch == null ? null : decoration.apply(batch);
    return same.build();
  }

  private Builder<A, O, J> copy() {
    Builder<A, O, J> same = new Builder<>(name);
    same.terminal = terminal;
    same.exec = exec;
    same.batch = batch;
    same.batchSize = batchSize;
    same.concurrency = concurrency;
    same.limits.addAll(limits);
    same.cost = cost;
    same.problems.addAll(problems);
    same.retry = retry;
    same.onFailure = onFailure;
    same.timeout = timeout;
    same.wantsJob = true; // What is around it may look at the job.
    same.maxKicks = maxKicks;
    same.verify = verify;
    same.parksInDoubt = parksInDoubt;
    same.pauseWhen = pauseWhen;
    same.probeAfter = probeAfter;
    same.next.addAll(next);
    return same;
  }

  /// The name: what jobs carry.
  public String name() {
    return name;
  }

  /// Whether jobs end here.
  public boolean isTerminal() {
    return terminal;
  }

  /// The step. A terminal state may have one; it is not called.
  public Optional<JobExec<A, O, J>> exec() {
    return Optional.ofNullable(exec);
  }

  /// The step, if it takes several jobs at a time.
  public Optional<BatchExec<A, O, J>> batchExec() {
    return Optional.ofNullable(batch);
  }

  /// The most jobs that one call of the step takes; 1 if it takes one job at a time.
  public int batchSize() {
    return batchSize;
  }

  /// The most executions at a time, at least 1.
  public int concurrency() {
    return concurrency;
  }

  /// What limits its starts besides its concurrency, in the order of their declaration.
  public List<StateLimit<J>> limits() {
    return limits;
  }

  /// What a start costs, told by the job's context; 1 if empty.
  public Optional<ToLongFunction<? super J>> cost() {
    return Optional.ofNullable(cost);
  }

  /// What follows a failed attempt.
  public Retry retry() {
    return retry;
  }

  /// Where a job goes when its retries are used up; without it the job is parked.
  public Optional<String> onFailure() {
    return Optional.ofNullable(onFailure);
  }

  /// How long one execution may take; any time if empty.
  public Optional<Duration> timeout() {
    return Optional.ofNullable(timeout);
  }

  /// Whether the step sees more of its job than the context.
  public boolean wantsJob() {
    return wantsJob;
  }

  /// The most jobs that one execution may kick.
  public int maxKicks() {
    return maxKicks;
  }

  /// Looks, after a crash, whether the work of a step that was running is done.
  public Optional<Verify<A, O, J>> verify() {
    return Optional.ofNullable(verify);
  }

  /// Whether a job whose step was running at a crash is parked instead of run again.
  public boolean parksInDoubt() {
    return parksInDoubt;
  }

  /// When the state pauses itself.
  public Optional<Failures> pauseWhen() {
    return Optional.ofNullable(pauseWhen);
  }

  /// After how long a state that has paused itself tries one job by itself; empty if it waits until
  /// somebody resumes it.
  public Optional<Duration> probeAfter() {
    return Optional.ofNullable(probeAfter);
  }

  /// The states that the step may go to, in the order of their declaration; empty if any.
  public Set<String> next() {
    return next;
  }

  /// Whether the step may send a job to `state`: the state itself, a declared next, or where it
  /// goes on failure; any if none is declared.
  public boolean leadsTo(String state) {
    return next.isEmpty() || next.contains(state) || state.equals(name) || state.equals(onFailure);
  }

  @Override
  public String toString() {
    return name + (terminal ? " (terminal)" : "");
  }

  /// Describes one state. Nothing is checked before [Workflow.Builder#build()], which tells all
  /// problems at once. Not thread-safe.
  ///
  /// @param <A> the application context
  /// @param <O> the overall context
  /// @param <J> the job context
  public static final class Builder<A, O, J> {
    private final String name;
    private boolean terminal;
    private @Nullable JobExec<A, O, J> exec;
    private @Nullable BatchExec<A, O, J> batch;
    private int batchSize = 1;
    private int concurrency = 1;
    private final List<StateLimit<J>> limits = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private @Nullable ToLongFunction<? super J> cost;
    private Retry retry = Retry.DEFAULT;
    private @Nullable String onFailure;
    private @Nullable Duration timeout;
    private boolean wantsJob;
    private int maxKicks = Outcome.MAX_KICKS;
    private @Nullable Verify<A, O, J> verify;
    private boolean parksInDoubt;
    private @Nullable Failures pauseWhen;
    private @Nullable Duration probeAfter;
    private final List<String> next = new ArrayList<>();

    Builder(String name) {
      this.name = name;
    }

    /// The step.
    public Builder<A, O, J> exec(Exec<A, O, J> exec) {
      this.exec = (app, overall, job) -> exec.exec(app, overall, job.context());
      this.wantsJob = false;
      return this;
    }

    /// The step, for one that wants the whole job.
    public Builder<A, O, J> execJob(JobExec<A, O, J> exec) {
      this.exec = exec;
      this.wantsJob = true;
      return this;
    }

    /// The step, for one that does the work of several jobs in one call: of all that wait when a
    /// slot is free, but of `most` at most. It does not wait for more to come.
    ///
    /// A call takes one slot and one permit, whatever the number of its jobs; if the state has a
    /// [#cost], that of all of them together. Jobs of one call have one key of [#per]. What it
    /// throws, a timeout and a refusal concern all of its jobs, each once.
    ///
    /// ```java
    /// s.execBatch(50, Steps::publish).rate(Rate.perMinute(20))
    /// ```
    ///
    /// @param most the most jobs in one call, from 1 to [State#MAX_BATCH]
    public Builder<A, O, J> execBatch(int most, BatchExec<A, O, J> exec) {
      this.batch = exec;
      this.batchSize = most;
      return this;
    }

    /// The most executions at a time, at least 1; 1 if not said.
    public Builder<A, O, J> concurrency(int concurrency) {
      this.concurrency = concurrency;
      return this;
    }

    /// The most starts per period; no limit if not said. The same as [#limit].
    public Builder<A, O, J> rate(Limit rate) {
      return limit(rate);
    }

    /// One more limit on starts. States that are given the same object share it.
    public Builder<A, O, J> limit(Limit limit) {
      limits.add(new StateLimit<>(limit, null));
      return this;
    }

    /// Keeps the last limit for each key apart: a key that has to wait does not hold up the others,
    /// and they take turns.
    ///
    /// ```java
    /// s.rate(Rate.perSecond(5)).per(change -> change.host())
    /// ```
    ///
    /// @param key tells the key of a job, by its context; compared by `equals`. It is called
    ///   whenever a job comes to the state, must be quick, and must not change anything. If it
    ///   throws, the job is parked
    public Builder<A, O, J> per(Function<? super J, ?> key) {
      if (limits.isEmpty()) {
        problems.add("per(…) must follow the limit that it is about, but there is none");
        return this;
      }
      limits.add(new StateLimit<>(limits.removeLast().limit(), key));
      return this;
    }

    /// What a start costs, in the units of its rates: tokens, points, bytes; 1 if not said. What it
    /// really cost can be told afterwards by [Outcome#cost].
    ///
    /// @param cost tells the cost for a job, by its context: at least 0. The same holds as for the
    ///   key of [#per]
    public Builder<A, O, J> cost(ToLongFunction<? super J> cost) {
      this.cost = cost;
      return this;
    }

    /// What follows a failed attempt; [Retry#DEFAULT] if not said.
    public Builder<A, O, J> retry(Retry retry) {
      this.retry = retry;
      return this;
    }

    /// Where a job goes when its retries are used up.
    public Builder<A, O, J> onFailure(String state) {
      this.onFailure = state;
      return this;
    }

    /// How long one execution may take. Then its thread is interrupted, and whatever it returns
    /// after that the attempt has failed. A step that ignores the interrupt keeps its slot until it
    /// returns.
    public Builder<A, O, J> timeout(Duration timeout) {
      this.timeout = timeout;
      return this;
    }

    /// The most jobs that one execution may kick, from 0; [Outcome#MAX_KICKS] if not said. A step
    /// that kicks more has failed, and none of its kicks comes.
    public Builder<A, O, J> maxKicks(int maxKicks) {
      this.maxKicks = maxKicks;
      return this;
    }

    /// What to ask, at the start after a crash, for each job whose step was running: whether its
    /// work is done. If not said, the step runs again.
    ///
    /// So that none is missed, the note that a step has started is in the run file before the step
    /// begins; it waits for that.
    public Builder<A, O, J> verify(Verify<A, O, J> verify) {
      this.verify = verify;
      return this;
    }

    /// A job whose step was running at a crash is parked until somebody releases it. The note that
    /// a step has started is in the run file before the step begins, as with [#verify].
    public Builder<A, O, J> parkInDoubt() {
      this.parksInDoubt = true;
      return this;
    }

    /// The state pauses itself when there are too many failures: nothing new starts in it, and all
    /// jobs keep their places, until somebody resumes it. The run does not end meanwhile.
    public Builder<A, O, J> pauseWhen(Failures tooMany) {
      this.pauseWhen = tooMany;
      this.probeAfter = null;
      return this;
    }

    /// A circuit breaker that holds its jobs: the state pauses itself when there are too many
    /// failures, tries one job after a while, goes on if that succeeds, and waits as long again if
    /// not.
    public Builder<A, O, J> circuit(Failures tooMany, Duration probeAfter) {
      this.pauseWhen = tooMany;
      this.probeAfter = probeAfter;
      return this;
    }

    /// The states that the step may go to. Any other that it returns is a failed attempt.
    public Builder<A, O, J> next(String... states) {
      next.addAll(List.of(states));
      return this;
    }

    /// Whether jobs end here, even if there is a step: a switch to hold back, say, what cannot be
    /// undone.
    public Builder<A, O, J> terminal(boolean terminal) {
      this.terminal = terminal;
      return this;
    }

    State<A, O, J> build() {
      return new State<>(this);
    }
  }
}
