package dev.jorb.workflow;

import dev.jorb.limit.Rate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
  private final String name;
  private final boolean terminal;
  private final @Nullable JobExec<A, O, J> exec;
  private final int concurrency;
  private final @Nullable Rate rate;
  private final Retry retry;
  private final @Nullable String onFailure;
  private final @Nullable Duration timeout;
  private final Set<String> next;

  private State(Builder<A, O, J> b) {
    this.name = b.name;
    this.terminal = b.terminal;
    this.exec = b.exec;
    this.concurrency = b.concurrency;
    this.rate = b.rate;
    this.retry = b.retry;
    this.onFailure = b.onFailure;
    this.timeout = b.timeout;
    this.next = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(b.next));
  }

  /// The same state with something around its step.
  State<A, O, J> around(UnaryOperator<JobExec<A, O, J>> decoration) {
    Builder<A, O, J> same = new Builder<>(name);
    same.terminal = terminal;
    same.exec = exec == null ? null : decoration.apply(exec);
    same.concurrency = concurrency;
    same.rate = rate;
    same.retry = retry;
    same.onFailure = onFailure;
    same.timeout = timeout;
    same.next.addAll(next);
    return same.build();
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

  /// The most executions at a time, at least 1.
  public int concurrency() {
    return concurrency;
  }

  /// The most starts per period.
  public Optional<Rate> rate() {
    return Optional.ofNullable(rate);
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
    private int concurrency = 1;
    private @Nullable Rate rate;
    private Retry retry = Retry.DEFAULT;
    private @Nullable String onFailure;
    private @Nullable Duration timeout;
    private final List<String> next = new ArrayList<>();

    Builder(String name) {
      this.name = name;
    }

    /// The step.
    public Builder<A, O, J> exec(Exec<A, O, J> exec) {
      return execJob((app, overall, job) -> exec.exec(app, overall, job.context()));
    }

    /// The step, for one that wants the whole job.
    public Builder<A, O, J> execJob(JobExec<A, O, J> exec) {
      this.exec = exec;
      return this;
    }

    /// The most executions at a time, at least 1; 1 if not said.
    public Builder<A, O, J> concurrency(int concurrency) {
      this.concurrency = concurrency;
      return this;
    }

    /// The most starts per period; no limit if not said.
    public Builder<A, O, J> rate(Rate rate) {
      this.rate = rate;
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
