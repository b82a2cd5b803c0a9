package dev.jorb.run;

import dev.jorb.time.TimeSource;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A group of jobs with one overall context: everything but the application context.
///
/// While a run is executed it holds what is acknowledged: a transition appears here when it is safe
/// in the run file, never before. Thread-safe; readers see each job at some acknowledged version.
///
/// @param <O> the overall context
/// @param <J> the job context
public final class Run<O, J> {
  /// The most jobs that one run may hold.
  public static final int MAX_JOBS = 100_000_000;

  private final String name;
  private final String id;
  private final O overall;
  private final String startState;
  private final JobTable<J> jobs = new JobTable<>();
  private final Map<LimitNote.Id, LimitNote> limitNotes = new LinkedHashMap<>();
  private final HoldNotes holdNotes = new HoldNotes();
  private int nextNumber;

  /// Guards the jobs. Not this object's own monitor, which a step could hold for ever.
  private final Object lock = new Object();

  private Run(String name, String id, O overall, String startState) {
    this.name = Objects.requireNonNull(name, "name");
    this.id = Objects.requireNonNull(id, "id");
    this.overall = Objects.requireNonNull(overall, "overall context");
    this.startState = Objects.requireNonNull(startState, "start state");
  }

  /// A new run without jobs, with an id of its own.
  ///
  /// @param startState where jobs start that are added without a state
  /// @throws IllegalArgumentException if the name is blank
  public static <O, J> Run<O, J> create(String name, O overall, String startState) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("run: its name must not be blank");
    }
    return new Run<>(name, UUID.randomUUID().toString(), overall, startState);
  }

  /// A run that was read from somewhere, without its jobs yet.
  public static <O, J> Run<O, J> restore(String name, String id, O overall, String startState) {
    return new Run<>(name, id, overall, startState);
  }

  /// The name that the user gave it.
  public String name() {
    return name;
  }

  /// The id that it got when it was created and keeps for ever.
  public String id() {
    return id;
  }

  /// The overall context.
  public O overall() {
    return overall;
  }

  /// The state where added jobs start.
  public String startState() {
    return startState;
  }

  /// Adds a job in the start state.
  public Run<O, J> add(J context) {
    return add(startState, context);
  }

  /// Adds a job in a given state.
  ///
  /// @throws IllegalStateException if the run holds [#MAX_JOBS] already
  public Run<O, J> add(String state, J context) {
    Objects.requireNonNull(context, "a job's context must not be null");
    Objects.requireNonNull(state, "a job's state must not be null");
    Instant now = TimeSource.system().instant();
    synchronized (lock) {
      put(Job.create(Integer.toString(nextNumber), state, context, now));
    }
    return this;
  }

  /// Adds a job for each context, in the start state.
  public Run<O, J> addAll(Iterable<? extends J> contexts) {
    contexts.forEach(this::add);
    return this;
  }

  /// Adds a job for each context, in the start state, and closes the stream.
  public Run<O, J> addAll(Stream<? extends J> contexts) {
    try (contexts) {
      contexts.forEachOrdered(this::add);
    }
    return this;
  }

  /// What it remembers of its limits, the newest of each.
  public synchronized List<LimitNote> limitNotes() {
    return List.copyOf(limitNotes.values());
  }

  /// Remembers something of a limit. Called by whoever executes or reads the run.
  public synchronized void note(LimitNote note) {
    limitNotes.put(note.id(), note);
  }

  /// By what its states were held, as far as that was noted, in the order in which it began. There
  /// are never more than a few hundred: notes that are near to each other become one.
  public synchronized List<HoldNote> holdNotes() {
    return holdNotes.all();
  }

  /// Remembers by what a state was held. Called by whoever executes or reads the run.
  public synchronized void note(HoldNote note) {
    holdNotes.add(note);
  }

  /// How many jobs it holds.
  public int size() {
    synchronized (lock) {
      return jobs.size();
    }
  }

  /// The job with this id, as far as it is acknowledged.
  public Optional<Job<J>> job(String id) {
    synchronized (lock) {
      return Optional.ofNullable(jobs.get(id));
    }
  }

  /// All jobs in the order in which they came, each at its acknowledged version. A copy.
  public List<Job<J>> jobs() {
    synchronized (lock) {
      return jobs.copy();
    }
  }

  /// The jobs that `job` has kicked in its life, in the order of their ids, as far as they are
  /// acknowledged.
  public Stream<Job<J>> kicked(Job<J> job) {
    return IntStream.range(0, job.kicks())
        .mapToObj(n -> job(Ids.child(job.id(), n)))
        .flatMap(Optional::stream);
  }

  /// Takes in a job's version, new or next. For serializers and engines.
  public void put(Job<J> job) {
    synchronized (lock) {
      take(job);
    }
  }

  private void take(Job<J> job) {
    int before = jobs.size();
    jobs.put(job);
    if (jobs.size() > before) {
      added(job);
    }
  }

  private void added(Job<J> job) {
    if (jobs.size() > MAX_JOBS) {
      throw new IllegalStateException(
          "run \"" + name + "\": it holds " + MAX_JOBS + " jobs, the most that a run may hold");
    }
    job.number().ifPresent(number -> nextNumber = Math.max(nextNumber, number + 1));
  }

  /// Takes in what was acknowledged. For engines.
  public void apply(List<Transition<J>> transitions) {
    synchronized (lock) {
      transitions.forEach(this::apply);
    }
  }

  /// Takes in what was acknowledged. For engines.
  public void apply(Transition<J> transition) {
    synchronized (lock) {
      take(transition.job());
      for (Job<J> kicked : transition.kicked()) {
        take(kicked);
      }
    }
  }

  @Override
  public String toString() {
    return "run \"" + name + "\" with " + size() + " jobs";
  }
}
