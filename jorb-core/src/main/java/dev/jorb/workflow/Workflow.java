package dev.jorb.workflow;

import dev.jorb.limit.Limit;
import dev.jorb.limit.Rate;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.run.Schema;
import dev.jorb.run.StateShape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The states that jobs pass through, defined once and validated once.
///
/// ```java
/// Workflow<Tools, Campaign, Change> workflow =
///     Workflow.named("code-change", Tools.class, Campaign.class, Change.class)
///         .state("new", s -> s.exec(Steps::checkOut).concurrency(8))
///         .state("push", s -> s.exec(Steps::push).rate(Rate.perMinute(80)).onFailure("abandoned"))
///         .terminal("merged")
///         .terminal("abandoned")
///         .build();
/// ```
///
/// The first state is where jobs start. Immutable and thread-safe.
///
/// @param <A> the application context: per process, never saved
/// @param <O> the overall context: one per run, saved
/// @param <J> the job context: one per job, saved
public final class Workflow<A, O, J> implements Schema<O, J> {
  private final String name;
  private final Class<A> appType;
  private final Class<O> overallType;
  private final Class<J> contextType;
  private final Map<String, State<A, O, J>> states;
  private final int maxJobs;
  private final @Nullable Failures pauseWhen;
  private final @Nullable Duration deadline;
  private final List<Group> groups;
  private final State<A, O, J> cancelled =
      new State.Builder<A, O, J>(Job.CANCELLED).terminal(true).build();

  private Workflow(Workflow<A, O, J> other, Map<String, State<A, O, J>> states) {
    this.name = other.name;
    this.appType = other.appType;
    this.overallType = other.overallType;
    this.contextType = other.contextType;
    this.states = states;
    this.maxJobs = other.maxJobs;
    this.pauseWhen = other.pauseWhen;
    this.deadline = other.deadline;
    this.groups = other.groups;
  }

  private Workflow(Builder<A, O, J> b, Map<String, State<A, O, J>> states) {
    this.name = b.name;
    this.appType = b.appType;
    this.overallType = b.overallType;
    this.contextType = b.contextType;
    this.states = states;
    this.maxJobs = b.maxJobs;
    this.pauseWhen = b.pauseWhen;
    this.deadline = b.deadline;
    this.groups = List.copyOf(b.groups);
  }

  /// Starts a definition.
  ///
  /// @param name what this workflow is called in logs and run files
  /// @param appType the application context's type
  /// @param overallType the overall context's type; it goes through JSON
  /// @param contextType the job context's type; it goes through JSON
  public static <A, O, J> Builder<A, O, J> named(
      String name, Class<A> appType, Class<O> overallType, Class<J> contextType) {
    return new Builder<>(name, appType, overallType, contextType);
  }

  /// A new run of this workflow, without jobs, that starts them in the first state.
  public Run<O, J> run(String name, O overall) {
    return Run.create(name, overall, start().name());
  }

  /// The same workflow with something around each step: a log line, a span, a check.
  ///
  /// ```java
  /// workflow.around(step -> (app, overall, job) -> {
  ///   log.debug("{} in {}", job.id(), job.state());
  ///   return step.exec(app, overall, job);
  /// })
  /// ```
  ///
  /// Steps that take several jobs at a time stay as they are; see [#aroundBatch].
  ///
  /// @param decoration makes, of a state's step, the one to call in its place
  public Workflow<A, O, J> around(UnaryOperator<JobExec<A, O, J>> decoration) {
    return with(state -> state.around(decoration));
  }

  /// The same for the steps that take several jobs at a time; others stay as they are.
  ///
  /// @param decoration makes, of a state's step, the one to call in its place
  public Workflow<A, O, J> aroundBatch(UnaryOperator<BatchExec<A, O, J>> decoration) {
    return with(state -> state.aroundBatch(decoration));
  }

  private Workflow<A, O, J> with(UnaryOperator<State<A, O, J>> change) {
    Map<String, State<A, O, J>> changed = new LinkedHashMap<>();
    states.forEach((name, state) -> changed.put(name, change.apply(state)));
    return new Workflow<>(this, changed);
  }

  /// The same workflow with these states switched off: jobs end in them for now, and go on from
  /// there when the run is started without the switch.
  ///
  /// @throws IllegalArgumentException if one is unknown
  public Workflow<A, O, J> withTerminal(Collection<String> names) {
    Map<String, State<A, O, J>> switched = new LinkedHashMap<>(states);
    for (String each : names) {
      if (switched.computeIfPresent(each, (state, old) -> old.asTerminal()) == null) {
        throw new IllegalArgumentException(
            "unknown state \"" + each + "\"; known are " + states.keySet());
      }
    }
    return new Workflow<>(this, switched);
  }

  /// The name.
  public String name() {
    return name;
  }

  /// The application context's type.
  public Class<A> appType() {
    return appType;
  }

  @Override
  public Class<O> overallType() {
    return overallType;
  }

  @Override
  public Class<J> contextType() {
    return contextType;
  }

  @Override
  public Optional<String> workflowName() {
    return Optional.of(name);
  }

  @Override
  public List<String> stateNames() {
    return List.copyOf(states.keySet());
  }

  @Override
  public Set<String> terminalStateNames() {
    Set<String> names = new LinkedHashSet<>();
    for (State<A, O, J> state : states.values()) {
      if (state.isTerminal()) {
        names.add(state.name());
      }
    }
    return Collections.unmodifiableSet(names);
  }

  @Override
  public List<StateShape> shapes() {
    return states.values().stream().map(this::shape).toList();
  }

  private StateShape shape(State<?, ?, ?> state) {
    Optional<Group> group =
        groups.stream().filter(each -> each.states().contains(state.name())).findFirst();
    return new StateShape(
        state.name(),
        state.isTerminal(),
        state.isTerminal() ? 0 : state.concurrency(),
        startsPerSecond(state),
        List.copyOf(state.next()),
        state.onFailure().stream().toList(),
        group.map(Group::name).orElse(""),
        group.map(Group::most).orElse(0));
  }

  /// The lowest of the rates that count for all jobs of the state; 0 if there is none, or if starts
  /// have costs of their own.
  private static double startsPerSecond(State<?, ?, ?> state) {
    return state.cost().isPresent()
        ? 0
        : state.limits().stream()
            .filter(limit -> limit.key().isEmpty())
            .flatMap(limit -> rates(limit.limit()))
            .mapToDouble(rate -> rate.permits() * 1e9 / rate.period().toNanos())
            .min()
            .orElse(0);
  }

  private static Stream<Rate> rates(Limit limit) {
    return switch (limit) {
      case Rate rate -> Stream.of(rate);
      case Limit.AllOf all -> all.limits().stream().flatMap(Workflow::rates);
      default -> Stream.empty();
    };
  }

  /// The most jobs that a run may come to by kicks.
  public int maxJobs() {
    return maxJobs;
  }

  /// When a run pauses itself.
  public Optional<Failures> pauseWhen() {
    return Optional.ofNullable(pauseWhen);
  }

  /// What bounds how many jobs are inside of several states, in the order of their definition.
  public List<Group> groups() {
    return groups;
  }

  /// Within which time after its coming each job must be at its end; any time if empty.
  public Optional<Duration> deadline() {
    return Optional.ofNullable(deadline);
  }

  /// The states in the order of their definition.
  public List<State<A, O, J>> states() {
    return List.copyOf(states.values());
  }

  /// The state with this name. Every workflow has the terminal state [Job#CANCELLED].
  public Optional<State<A, O, J>> state(String name) {
    State<A, O, J> declared = states.get(name);
    return declared == null && name.equals(Job.CANCELLED)
        ? Optional.of(cancelled)
        : Optional.ofNullable(declared);
  }

  /// The first state, where jobs start.
  public State<A, O, J> start() {
    return states.values().iterator().next();
  }

  @Override
  public String toString() {
    return "workflow \"" + name + "\" " + states.keySet();
  }

  /// Defines a workflow. Not thread-safe.
  ///
  /// @param <A> the application context
  /// @param <O> the overall context
  /// @param <J> the job context
  public static final class Builder<A, O, J> {
    private final String name;
    private final Class<A> appType;
    private final Class<O> overallType;
    private final Class<J> contextType;
    private final List<State<A, O, J>> states = new ArrayList<>();
    private int maxJobs = Run.MAX_JOBS;
    private @Nullable Failures pauseWhen;
    private @Nullable Duration deadline;
    private final List<Group> groups = new ArrayList<>();

    private Builder(String name, Class<A> appType, Class<O> overallType, Class<J> contextType) {
      this.name = Objects.requireNonNull(name, "name");
      this.appType = Objects.requireNonNull(appType, "application context type");
      this.overallType = Objects.requireNonNull(overallType, "overall context type");
      this.contextType = Objects.requireNonNull(contextType, "job context type");
    }

    /// Adds a state, described by `description`.
    public Builder<A, O, J> state(String name, Consumer<State.Builder<A, O, J>> description) {
      State.Builder<A, O, J> builder = new State.Builder<>(name);
      description.accept(builder);
      states.add(builder.build());
      return this;
    }

    /// Adds a state where jobs end.
    public Builder<A, O, J> terminal(String name) {
      return state(name, s -> s.terminal(true));
    }

    /// Lets at most so many jobs be inside of these states at a time; see [Group]. A state is in
    /// one group at most.
    ///
    /// ```java
    /// .group("open pull requests", 20, "push", "watch")
    /// ```
    ///
    /// @param name what status and `why` call it
    /// @param most at least 1
    public Builder<A, O, J> group(String name, int most, String... states) {
      groups.add(new Group(name, most, new LinkedHashSet<>(List.of(states))));
      return this;
    }

    /// The most jobs that a run may come to by kicks, from 1; [Run#MAX_JOBS] if not said. A step
    /// whose kicks would be more has failed: a fork that forks itself ends there.
    public Builder<A, O, J> maxJobs(int maxJobs) {
      this.maxJobs = maxJobs;
      return this;
    }

    /// The run pauses itself when there are too many failures in all states together: nothing new
    /// starts, and all jobs keep their places, until somebody resumes it. It does not end
    /// meanwhile.
    public Builder<A, O, J> pauseWhen(Failures tooMany) {
      this.pauseWhen = tooMany;
      return this;
    }

    /// Each job must be at its end within this time after it has come into the run, unless a step
    /// gives it another [Outcome#deadline]; what happens if it is not is told there.
    public Builder<A, O, J> deadline(Duration each) {
      this.deadline = each;
      return this;
    }

    /// Checks the whole definition and returns it.
    ///
    /// @throws WorkflowException with all problems in one message
    public Workflow<A, O, J> build() {
      List<String> problems = Definition.problems(name, maxJobs, deadline, states, groups);
      if (!problems.isEmpty()) {
        throw new WorkflowException(name, problems);
      }
      Map<String, State<A, O, J>> byName = new LinkedHashMap<>();
      states.forEach(state -> byName.put(state.name(), state));
      return new Workflow<>(this, byName);
    }
  }
}
