package dev.jorb.run;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One job at one version: where it is, what it knows, where it came from and what went wrong.
///
/// Every recorded transition makes a new `Job` with the next [#version()]; this one never changes.
/// Thread-safe as far as the user's context object is.
///
/// @param <J> the job context
public final class Job<J> {
  /// The terminal state of jobs that were cancelled. Every workflow has it; none has to declare it.
  public static final String CANCELLED = "cancelled";

  /// Ten million jobs are at rest in a run, so the most of them take 56 bytes: an id that is a
  /// number is kept as one, and what few jobs have is in an object of its own.
  private final int number;

  private final @Nullable String text;
  private final @Nullable String parent;
  private final String state;
  private final @Nullable J context;
  private final int version;
  private final long updatedMillis;
  private final @Nullable JobTransition lastTransition;
  private final Rare<J> rare;

  /// Where the run's table keeps this job, as far as is known: saves looking its id up for every
  /// version. Written by the table before the job is published, the same value for all its
  /// versions.
  int position;

  private Job(Builder<J> b) {
    this.number = b.number;
    this.text = b.text;
    this.parent = b.parent;
    this.state = b.state;
    this.context = b.context;
    this.version = b.version;
    this.updatedMillis = b.updatedMillis;
    this.lastTransition = b.lastTransition;
    this.rare = rare(b);
    this.position = b.position;
  }

  private Job(Job<J> before, String state, J context, Instant at, Duration took) {
    this.number = before.number;
    this.text = before.text;
    this.parent = before.parent;
    this.state = state;
    this.context = context;
    this.version = before.version + 1;
    this.updatedMillis = at.toEpochMilli();
    this.lastTransition =
        JobTransition.after(
            before.lastTransition, before.state, state, at, took, before.transitionCount() + 1);
    this.rare = before.rare;
    this.position = before.position;
  }

  private static <J> Rare<J> rare(Builder<J> b) {
    return new Rare<>(
            b.kicks,
            b.attempt,
            b.dueMillis,
            b.parked,
            b.held,
            b.priority,
            b.awaitsKicks,
            b.crashes,
            b.inDoubt,
            b.laps,
            b.deadline,
            b.run,
            b.lastError,
            b.redriven)
        .shared();
  }

  /// A new job: version 1, in `state`, that has not been executed.
  public static <J> Job<J> create(String id, String state, J context, Instant at) {
    return new Builder<J>(id, state).context(context).updated(at).build();
  }

  /// A builder for a job read from somewhere.
  public static <J> Builder<J> builder(String id, String state) {
    return new Builder<>(id, state);
  }

  /// A builder that starts from this job, at the next version, whose outcome is known: it is not in
  /// doubt and has seen no crash.
  public Builder<J> next() {
    Builder<J> builder = copy();
    builder.version = version + 1;
    builder.laps = 0;
    builder.crashes = 0;
    builder.inDoubt = false;
    builder.redriven = null;
    return builder;
  }

  /// The next version of a job that is [#isPlain] and moves on, or stays, and that is all: what a
  /// builder from [#next()] would make, without one.
  public Job<J> moved(String state, J context, Instant at, Duration took) {
    if (!isPlain()) {
      throw new IllegalStateException("job " + this + " is not plain; use next()");
    }
    return new Job<>(this, state, context, at, took);
  }

  /// Whether there is nothing to say of it but its id, its parent, its state, its context and its
  /// transitions.
  @SuppressWarnings("ReferenceEquality") // There is one for all.
  public boolean isPlain() {
    return rare == Rare.NOTHING;
  }

  /// A builder that starts from this job, at the same version: for what is not written down.
  public Builder<J> copy() {
    Builder<J> builder = copyOf(this);
    builder.context = context;
    return builder;
  }

  /// A builder with everything that `job` has but its context, which may be of another type.
  public static <J> Builder<J> copyOf(Job<?> job) {
    Builder<J> builder = new Builder<>(job.number, job.text, job.state);
    builder.parent = job.parent;
    builder.version = job.version;
    builder.kicks = job.rare.kicks();
    builder.attempt = job.rare.attempt();
    builder.updatedMillis = job.updatedMillis;
    builder.dueMillis = job.rare.dueMillis();
    builder.parked = job.rare.parked();
    builder.held = job.rare.held();
    builder.priority = job.rare.priority();
    builder.awaitsKicks = job.rare.awaitsKicks();
    builder.crashes = job.rare.crashes();
    builder.inDoubt = job.rare.inDoubt();
    builder.laps = job.rare.laps();
    builder.deadline = job.rare.deadline();
    builder.lastTransition = job.lastTransition;
    builder.lastError = job.rare.lastError();
    builder.redriven = job.rare.redriven();
    builder.position = job.position;
    return builder;
  }

  /// The id: a number for a job of the run, `parent->n` for one that was kicked.
  public String id() {
    return text == null ? Integer.toString(number) : text;
  }

  /// The number that its id is; empty for a job that was kicked.
  public OptionalInt number() {
    return text == null ? OptionalInt.of(number) : OptionalInt.empty();
  }

  /// Whether both are versions of one job. For jobs that come from one run.
  @SuppressWarnings("ReferenceEquality") // All versions of a job share the string of its id.
  boolean isSameAs(Job<?> other) {
    return number == other.number && text == other.text;
  }

  /// The id of the job that kicked this one.
  public Optional<String> parent() {
    return Optional.ofNullable(parent);
  }

  /// The state that it is in.
  public String state() {
    return state;
  }

  /// The job context.
  ///
  /// @throws IllegalStateException if the file's context does not fit today's type; see
  ///   [#isReadable()]
  public J context() {
    if (context == null) {
      throw new IllegalStateException(
          "job " + id() + ": its context could not be read: " + rare.parked());
    }
    return context;
  }

  /// Whether the context could be read. A job whose context does not fit the type is parked, and
  /// its text stays in the file as it is.
  public boolean isReadable() {
    return context != null;
  }

  /// Counts recorded changes of this job, from 1.
  public int version() {
    return version;
  }

  /// How many jobs it has kicked in its life: the number in the next child's id.
  public int kicks() {
    return rare.kicks();
  }

  /// Failed attempts in a row in this state, from 0.
  public int attempt() {
    return rare.attempt();
  }

  /// When it last changed, to the millisecond.
  public Instant updated() {
    return Instant.ofEpochMilli(updatedMillis);
  }

  /// When it may run again, if it was told to wait.
  public Optional<Instant> due() {
    return rare.dueMillis() == 0
        ? Optional.empty()
        : Optional.of(Instant.ofEpochMilli(rare.dueMillis()));
  }

  /// When it must be at its end; if it is not, that is a failure for good.
  public Optional<Instant> deadline() {
    return Optional.ofNullable(rare.deadline());
  }

  /// How often it has come back without waiting and with the same context; that is slowed down.
  public int laps() {
    return rare.laps();
  }

  /// Why it is parked, if it is.
  public Optional<String> parked() {
    return Optional.ofNullable(rare.parked());
  }

  /// What the last change of this job, a redrive, took it away from; empty if its last change was
  /// none.
  public Optional<Redriven> redriven() {
    return Optional.ofNullable(rare.redriven());
  }

  /// Whether a new start leaves it parked.
  public boolean isHeld() {
    return rare.held();
  }

  /// Jobs with a higher priority start before others in the same state; 0 if nobody said.
  public int priority() {
    return rare.priority();
  }

  /// Whether it waits until every job that it has kicked rests in a terminal state.
  public boolean awaitsKicks() {
    return rare.awaitsKicks();
  }

  /// Whether its step had started when a process died, so that nobody knows what the step did: the
  /// work may be done, half done or not begun. It is so until the job's next version is recorded.
  public boolean inDoubt() {
    return rare.inDoubt();
  }

  /// How many processes in a row died while its step was running, from 0; at most 127. Each
  /// recorded outcome of the step sets it back.
  public int crashes() {
    return rare.crashes();
  }

  /// The jobs that it has kicked in its life, in the order of their ids, each at its recorded
  /// version.
  ///
  /// @throws IllegalStateException if this job was not handed to a step; ask [Run#kicked] then
  public Stream<Job<J>> kicked() {
    return run().kicked(this);
  }

  /// A key for what its step does now: `run/job#version`, with the run's id. The same when the step
  /// runs again after a crash, and another for each attempt whose outcome was recorded; for
  /// services that take an idempotency key.
  ///
  /// @throws IllegalStateException if this job was not handed to a step
  public String stepKey() {
    return run().id() + "/" + id() + "#" + version;
  }

  private Run<?, J> run() {
    if (rare.run() == null) {
      throw new IllegalStateException("job " + id() + " does not know its run; ask Run.kicked");
    }
    return rare.run();
  }

  /// Its recorded transitions, oldest first; of a long life the last ones.
  public List<JobTransition> transitions() {
    return JobTransition.oldestFirst(lastTransition);
  }

  /// The last recorded transition.
  public Optional<JobTransition> lastTransition() {
    return Optional.ofNullable(lastTransition);
  }

  /// How many transitions it made in its life, those no longer kept included.
  public int transitionCount() {
    return lastTransition == null ? 0 : lastTransition.ordinal();
  }

  /// Its errors, oldest first; of many the last ones.
  public List<JobError> errors() {
    return JobError.oldestFirst(rare.lastError());
  }

  /// Its errors by the state that they happened in, in the order of their first appearance.
  public Map<String, List<JobError>> errorsByState() {
    Map<String, List<JobError>> byState = new LinkedHashMap<>();
    for (JobError error : errors()) {
      byState.computeIfAbsent(error.state(), state -> new ArrayList<>()).add(error);
    }
    return byState;
  }

  /// The last error.
  public Optional<JobError> lastError() {
    return Optional.ofNullable(rare.lastError());
  }

  /// How many errors it had in its life, those no longer kept included.
  public int errorCount() {
    return rare.lastError() == null ? 0 : rare.lastError().ordinal();
  }

  /// Where its run keeps it, from 0, once it has been put there. For engines.
  public int position() {
    return position;
  }

  @Override
  public String toString() {
    String reason = rare.parked() == null ? "" : " (parked: " + rare.parked() + ")";
    return id() + " v" + version + " " + state + reason;
  }

  /// Makes a [Job]. Not thread-safe.
  ///
  /// @param <J> the job context
  public static final class Builder<J> {
    private final int number;
    private final @Nullable String text;
    private @Nullable String parent;
    private String state;
    private @Nullable J context;
    private int version = 1;
    private int kicks;
    private int attempt;
    private long updatedMillis;
    private long dueMillis;
    private @Nullable String parked;
    private boolean held;
    private int priority;
    private boolean awaitsKicks;
    private int crashes;
    private boolean inDoubt;
    private int laps;
    private @Nullable Instant deadline;
    private @Nullable Run<?, J> run;
    private @Nullable JobTransition lastTransition;
    private @Nullable JobError lastError;
    private @Nullable Redriven redriven;
    private int position;

    private Builder(String id, String state) {
      this(Ids.number(id).orElse(-1), id, state);
    }

    private Builder(int number, @Nullable String text, String state) {
      this.number = number;
      this.text = number < 0 ? text : null;
      this.state = state;
    }

    /// The job that kicked this one.
    public Builder<J> parent(String parent) {
      this.parent = parent;
      return this;
    }

    /// The state that it is in.
    public Builder<J> state(String state) {
      this.state = state;
      return this;
    }

    /// The job context.
    public Builder<J> context(J context) {
      this.context = context;
      return this;
    }

    /// Counts recorded changes, from 1.
    public Builder<J> version(int version) {
      this.version = version;
      return this;
    }

    /// Jobs kicked in its life.
    public Builder<J> kicks(int kicks) {
      this.kicks = kicks;
      return this;
    }

    /// Failed attempts in a row.
    public Builder<J> attempt(int attempt) {
      this.attempt = attempt;
      return this;
    }

    /// When it changed.
    public Builder<J> updated(Instant updated) {
      this.updatedMillis = updated.toEpochMilli();
      return this;
    }

    /// When it may run again.
    public Builder<J> due(Instant due) {
      this.dueMillis = due.toEpochMilli();
      return this;
    }

    /// When it must be at its end, to the millisecond; null for any time.
    public Builder<J> deadline(@Nullable Instant deadline) {
      this.deadline = deadline == null ? null : Instant.ofEpochMilli(deadline.toEpochMilli());
      return this;
    }

    /// How often it has come back unchanged.
    public Builder<J> laps(int laps) {
      this.laps = laps;
      return this;
    }

    /// It may run at once.
    public Builder<J> dueNow() {
      this.dueMillis = 0;
      return this;
    }

    /// Whether it waits for what it kicked.
    public Builder<J> awaitsKicks(boolean awaitsKicks) {
      this.awaitsKicks = awaitsKicks;
      return this;
    }

    /// How many processes in a row died while its step was running.
    public Builder<J> crashes(int crashes) {
      this.crashes = crashes;
      return this;
    }

    /// Whether its step had started and its outcome is unknown.
    public Builder<J> inDoubt(boolean inDoubt) {
      this.inDoubt = inDoubt;
      return this;
    }

    /// The run that it belongs to, so that [Job#kicked()] can be asked.
    public Builder<J> of(Run<?, J> run) {
      this.run = run;
      return this;
    }

    /// Its last change is a redrive.
    public Builder<J> redriven(Redriven redriven) {
      this.redriven = redriven;
      return this;
    }

    /// It is parked.
    public Builder<J> parked(String reason) {
      this.parked = reason;
      return this;
    }

    /// It is not parked.
    public Builder<J> released() {
      this.parked = null;
      this.held = false;
      return this;
    }

    /// Whether it was parked by hand, or because of a crash.
    public Builder<J> held(boolean held) {
      this.held = held;
      return this;
    }

    /// Jobs with a higher one start first.
    public Builder<J> priority(int priority) {
      this.priority = priority;
      return this;
    }

    /// Adds a transition to its history.
    public Builder<J> transition(String from, String to, Instant at, Duration took) {
      return transition(
          from, to, at, took, lastTransition == null ? 1 : lastTransition.ordinal() + 1);
    }

    /// Adds the `ordinal`th transition to its history, unless it is there already.
    public Builder<J> transition(String from, String to, Instant at, Duration took, int ordinal) {
      if (lastTransition == null || ordinal > lastTransition.ordinal()) {
        this.lastTransition = JobTransition.after(lastTransition, from, to, at, took, ordinal);
      }
      return this;
    }

    /// Adds an error to its history.
    public Builder<J> error(String inState, Instant at, String message) {
      return error(inState, at, message, lastError == null ? 1 : lastError.ordinal() + 1);
    }

    /// Adds the `ordinal`th error to its history, unless it is there already.
    public Builder<J> error(String inState, Instant at, String message, int ordinal) {
      if (lastError == null || ordinal > lastError.ordinal()) {
        this.lastError = JobError.after(lastError, inState, at, message, ordinal);
      }
      return this;
    }

    /// The histories of an earlier version of the same job.
    public Builder<J> historyOf(Job<?> earlier) {
      this.lastTransition = earlier.lastTransition;
      this.lastError = earlier.rare.lastError();
      return this;
    }

    /// The job.
    public Job<J> build() {
      return new Job<>(this);
    }
  }
}
