package dev.jorb.engine;

import dev.jorb.engine.Verdict.Decision;
import dev.jorb.event.InDoubt.Became;
import dev.jorb.limit.Feedback;
import dev.jorb.limit.ThrottledException;
import dev.jorb.measure.Ending;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.EncodeException;
import dev.jorb.serial.Serializer;
import dev.jorb.time.TimeSource;
import dev.jorb.workflow.Failure;
import dev.jorb.workflow.JobExec;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.State;
import dev.jorb.workflow.Verify;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Calls the user's steps and turns whatever they do into something that the board understands.
/// Nothing that a step throws gets out of here. Thread-safe.
///
/// @param <A> the application context
/// @param <O> the overall context
/// @param <J> the job context
final class Steps<A, O, J> {
  private static final Logger LOG = LoggerFactory.getLogger(Steps.class);

  /// A job that was running in so many crashes is not run again before somebody has looked at it.
  private static final int MOST_CRASHES = 3;

  private static final Duration LONGEST_WAIT = Duration.ofDays(366);

  private final Workflow<A, O, J> workflow;
  private final A app;
  private final O overall;
  private final Run<O, J> run;
  private final Serializer<O, J> serializer;
  private final TimeSource time;
  private final Verdict<J> verdict;

  private final Doubts doubts = new Doubts();

  /// Jobs of the run, with those whose coming is decided and not recorded yet.
  private final AtomicLong jobs;

  Steps(
      Workflow<A, O, J> workflow,
      A app,
      Run<O, J> run,
      Serializer<O, J> serializer,
      TimeSource time,
      RandomGenerator random) {
    this.workflow = workflow;
    this.app = app;
    this.overall = run.overall();
    this.run = run;
    this.serializer = serializer;
    this.time = time;
    this.verdict = new Verdict<>(workflow, random);
    this.jobs = new AtomicLong(run.size());
  }

  /// What came of an execution.
  sealed interface Answer<J> {
    /// A job that a service refused, if that is what came of it.
    default @Nullable Entry<J> refused() {
      return null;
    }
  }

  /// What came of each job of one call.
  ///
  /// @param answers in the order in which the board is to take them in
  record Several<J>(List<Answer<J>> answers) implements Answer<J> {
    @Override
    public @Nullable Entry<J> refused() {
      return answers.getFirst().refused();
    }
  }

  /// A result to record.
  record Recordable<J>(Result<J> result) implements Answer<J> {}

  /// A result that cannot be written down, and neither can its failure.
  record Unrecordable<J>(Entry<J> entry, String reason) implements Answer<J> {}

  /// A service refused: the attempt does not count.
  record Throttled<J>(Entry<J> entry, Feedback feedback) implements Answer<J> {
    @Override
    public @Nullable Entry<J> refused() {
      return entry;
    }
  }

  /// The step failed because its thread was interrupted. If the run stops, the attempt does not
  /// count.
  record Interrupted<J>(Entry<J> entry, Answer<J> asFailure) implements Answer<J> {}

  /// An order changes nothing.
  record Unchanged<J>(Entry<J> entry, Duration delay) implements Answer<J> {}

  /// Decides what an order means for its job, and encodes it.
  Answer<J> carryOut(Entry<J> entry, Order order) {
    entry.ending(null);
    if (order.act() instanceof Order.Verify) {
      return verify(entry);
    }
    Instant now = time.instant();
    try {
      Decision<J> decision =
          order.filter().test(entry.job) && entry.job.isReadable()
              ? verdict.ordered(entry.job, order.act(), now).orElse(null)
              : null;
      if (decision != null) {
        return recordable(entry, decision, Feedback.WITHDRAWN);
      }
    } catch (Throwable broken) {
      LOG.warn("job {}: {} was not carried out", entry.job.id(), order.act(), broken);
    }
    return new Unchanged<>(entry, Verdict.remaining(entry.job, now));
  }

  /// Asks whether the work of a step that was running at a crash is done. If that cannot be told,
  /// the job needs a person.
  private Answer<J> verify(Entry<J> entry) {
    Job<J> job = entry.job;
    long startNanos = time.nanoTime();
    Optional<Outcome<J>> found;
    try {
      found = verify(job).verify(app, overall, job.copy().of(run).build());
    } catch (Throwable failure) {
      var unused = Thread.interrupted(); // What follows did not earn it.
      doubts.became(job, Became.PARKED);
      String reason = "in doubt, and it cannot be verified: " + Failure.describe(failure);
      return carryOut(entry, Order.of(new Order.Park(reason.lines().findFirst().orElse(reason))));
    }
    var unused = Thread.interrupted();
    doubts.became(job, found.isPresent() ? Became.DONE : Became.NOT_DONE);
    return found.isPresent()
        ? returned(entry, found.get(), Feedback.WITHDRAWN, startNanos)
        : new Unchanged<>(entry, Verdict.remaining(job, time.instant()));
  }

  private Verify<A, O, J> verify(Job<J> job) {
    return workflow.state(job.state()).flatMap(State::verify).orElseThrow();
  }

  /// What is done about a job before anything else: it was running in too many crashes, or is in
  /// doubt and its state says what then.
  private @Nullable Order firstOf(Job<J> job) {
    State<A, O, J> state = workflow.state(job.state()).orElse(null);
    if (state == null || state.isTerminal() || !job.isReadable() || job.parked().isPresent()) {
      return null;
    }
    if (job.crashes() >= MOST_CRASHES) {
      doubts.became(job, Became.PARKED);
      return Order.of(new Order.Park("its step was running in " + job.crashes() + " crashes"));
    }
    if (!job.inDoubt()) {
      return null;
    }
    if (state.parksInDoubt()) {
      doubts.became(job, Became.PARKED);
      return Order.of(new Order.Park("in doubt: its step was running when the process died"));
    }
    if (state.verify().isPresent()) {
      return Order.of(new Order.Verify());
    }
    doubts.became(job, Became.RUN_AGAIN);
    return null;
  }

  /// The job with a fresh budget, unless it cannot run at all or was parked by hand: a parked job
  /// gets another chance at each start.
  Job<J> released(Job<J> job) {
    if (!job.isReadable() || workflow.state(job.state()).isEmpty()) {
      return job.parked().isPresent()
          ? job
          : job.copy().parked("the workflow has no state \"" + job.state() + "\"").build();
    }
    return job.parked().isEmpty() || job.isHeld()
        ? job
        : job.copy().released().attempt(0).deadline(null).build();
  }

  /// The job with the deadline that the workflow gives to new ones, if it is one.
  private Job<J> withDeadline(Job<J> job) {
    return job.version() > 1 || job.deadline().isPresent() || workflow.deadline().isEmpty()
        ? job
        : job.copy().deadline(job.updated().plus(workflow.deadline().get())).build();
  }

  /// What became of the jobs that were in doubt.
  Doubts doubts() {
    return doubts;
  }

  /// Whether the job is in a terminal state.
  boolean isAtItsEnd(Job<J> job) {
    return verdict.isAtItsEnd(job);
  }

  /// The jobs as they come onto the board at a start, in their order: each with what is left of its
  /// delay.
  List<Message.Arrival<J>> arrivals(List<Job<J>> jobs) {
    Instant now = time.instant();
    List<Message.Arrival<J>> arrivals = new ArrayList<>(jobs.size());
    for (Job<J> job : jobs) {
      Order first = firstOf(job);
      arrivals.add(
          new Message.Arrival<>(
              withDeadline(released(job)), Verdict.remaining(job, now), now, first));
    }
    return arrivals;
  }

  /// Runs the job's step, which begins now, and decides what follows. Blocks as long as the step
  /// does.
  Answer<J> execute(Entry<J> entry, long startNanos) {
    Signs.set(run.name(), entry.job);
    try {
      return entry.call == null
          ? executeAlone(entry, startNanos)
          : executeTogether(entry.call.entries(), startNanos);
    } finally {
      Signs.clear();
    }
  }

  private Answer<J> executeAlone(Entry<J> entry, long startNanos) {
    entry.ending(Ending.SUCCEEDED);
    Outcome<J> outcome;
    try {
      State<A, O, J> state = state(entry);
      outcome = exec(state).exec(app, overall, forStep(entry.job, state));
    } catch (Throwable failure) {
      Optional<ThrottledException> throttled = throttled(failure);
      if (throttled.isPresent()) {
        var unused = Thread.interrupted();
        entry.ending(Ending.REFUSED);
        return new Throttled<>(entry, feedback(throttled.get()));
      }
      boolean interrupted = Thread.interrupted() || Failure.isInterruption(failure);
      Answer<J> answer = failed(entry, failure, startNanos);
      return interrupted ? new Interrupted<>(entry, answer) : answer;
    }
    var unused = Thread.interrupted(); // What follows, and the thread's next job, did not earn it.
    return returned(entry, outcome, feedback(outcome), startNanos);
  }

  /// The same for the jobs of one call.
  private Answer<J> executeTogether(List<Entry<J>> entries, long startNanos) {
    entries.forEach(entry -> entry.ending(Ending.SUCCEEDED));
    List<Outcome<J>> outcomes;
    try {
      outcomes = execBatch(entries.stream().map(entry -> entry.job).toList());
    } catch (Throwable failure) {
      Optional<ThrottledException> throttled = throttled(failure);
      boolean interrupted = Thread.interrupted() || Failure.isInterruption(failure);
      if (throttled.isPresent()) {
        Feedback feedback = feedback(throttled.get());
        entries.forEach(entry -> entry.ending(Ending.REFUSED));
        return handBack(entries, entry -> new Throttled<>(entry, feedback));
      }
      Function<Entry<J>, Answer<J>> fail = entry -> failed(entry, failure, startNanos);
      return interrupted
          ? handBack(entries, entry -> new Interrupted<>(entry, fail.apply(entry)))
          : new Several<>(entries.stream().map(fail).toList());
    }
    var unused = Thread.interrupted();
    Feedback told = outcomes.stream().map(Steps::feedback).reduce(Feedback::and).orElseThrow();
    List<Answer<J>> answers = new ArrayList<>(entries.size());
    for (int i = 0; i < entries.size(); i++) {
      answers.add(returned(entries.get(i), outcomes.get(i), told, startNanos));
    }
    return new Several<>(answers);
  }

  /// Each goes back to the front of its queue, so the last one first.
  private static <J> Answer<J> handBack(
      List<Entry<J>> entries, Function<Entry<J>, Answer<J>> answer) {
    return new Several<>(entries.reversed().stream().map(answer).toList());
  }

  private List<Outcome<J>> execBatch(List<Job<J>> jobs) throws Exception {
    List<Outcome<J>> outcomes =
        workflow
            .state(jobs.getFirst().state())
            .orElseThrow()
            .batchExec()
            .orElseThrow()
            .exec(app, overall, jobs.stream().map(job -> job.copy().of(run).build()).toList());
    if (outcomes == null || outcomes.size() != jobs.size()) {
      throw new IllegalStateException(
          "the step returned %s for %d jobs; it must return an outcome for each"
              .formatted(outcomes == null ? "null" : outcomes.size() + " outcomes", jobs.size()));
    }
    return outcomes;
  }

  private static Optional<ThrottledException> throttled(Throwable failure) {
    return Failure.causes(failure)
        .filter(ThrottledException.class::isInstance)
        .map(ThrottledException.class::cast)
        .findFirst();
  }

  private Feedback feedback(ThrottledException throttled) {
    return throttled
        .retryAfter(time.instant())
        .map(wait ->
            Feedback.refused(
                wait.compareTo(LONGEST_WAIT) < 0 ? wait.toNanos() : LONGEST_WAIT.toNanos()))
        .orElse(Feedback.REFUSED);
  }

  /// The job as its step sees it: one that wants to know more of its job can ask the run.
  private Job<J> forStep(Job<J> job, State<A, O, J> state) {
    return job.kicks() == 0 && !state.wantsJob() ? job : job.copy().of(run).build();
  }

  private Answer<J> returned(
      Entry<J> entry, @Nullable Outcome<J> outcome, Feedback feedback, long startNanos) {
    Decision<J> decision;
    try {
      decision =
          verdict.returned(entry.job, state(entry), outcome, time.instant(), since(startNanos));
    } catch (Throwable failure) {
      return failed(entry, failure, startNanos); // A delay beyond the calendar, say.
    }
    entry.ending(decision.failed() ? Ending.OUTCOME : Ending.SUCCEEDED);
    Job<J> next = decision.transition().job();
    if (next.laps() == Verdict.MOST_LAPS && !decision.delay().isZero()) {
      LOG.warn(
          "run \"{}\": job {} goes in circles: it has come back to {} {} times without waiting and"
              + " without a change of its context; from now on it waits {} each time",
          run.name(),
          next.id(),
          next.state(),
          next.laps(),
          Verdict.LAP_DELAY);
    }
    int kicked = decision.transition().kicked().size();
    if (kicked > 0 && jobs.addAndGet(kicked) > workflow.maxJobs()) {
      jobs.addAndGet(-kicked);
      return tooManyJobs(entry, kicked, startNanos);
    }
    return record(entry, decision, feedback, startNanos);
  }

  private static Feedback feedback(@Nullable Outcome<?> outcome) {
    return outcome == null ? Feedback.FAILED : outcome.feedback();
  }

  private Answer<J> tooManyJobs(Entry<J> entry, int kicked, long startNanos) {
    String error =
        "the step kicked " + kicked + " jobs; the run would have more than " + workflow.maxJobs();
    entry.ending(Ending.OUTCOME);
    return record(
        entry,
        verdict.failed(entry.job, error, time.instant(), since(startNanos)),
        Feedback.FAILED,
        startNanos);
  }

  @SuppressWarnings("unchecked") // The board was made of the same workflow.
  private State<A, O, J> state(Entry<J> entry) {
    State<?, ?, J> known = entry.lane.definition;
    return known == null ? workflow.state(entry.job.state()).orElseThrow() : (State<A, O, J>) known;
  }

  private static <A, O, J> JobExec<A, O, J> exec(State<A, O, J> state) {
    return state
        .exec()
        .orElseThrow(() -> new IllegalStateException("state \"" + state + "\" has no exec"));
  }

  private Duration since(long startNanos) {
    return Duration.ofNanos(time.nanoTime() - startNanos);
  }

  /// The failure of a step that took longer than its state allows.
  Answer<J> timedOut(Entry<J> entry, long startNanos) {
    if (entry.call != null) {
      return new Several<>(
          entry.call.entries().stream().map(each -> timedOutAlone(each, startNanos)).toList());
    }
    return timedOutAlone(entry, startNanos);
  }

  private Answer<J> timedOutAlone(Entry<J> entry, long startNanos) {
    Duration timeout =
        workflow.state(entry.job.state()).flatMap(State::timeout).orElse(Duration.ZERO);
    entry.ending(Ending.TIMEOUT);
    Instant now = time.instant();
    Decision<J> decision =
        timeout.isZero() || Verdict.isExpired(entry.job, now)
            ? verdict.expired(entry.job, now, since(startNanos))
            : verdict.failed(entry.job, "timed out after " + timeout, now, since(startNanos));
    return record(entry, decision, Feedback.FAILED, startNanos);
  }

  private Answer<J> failed(Entry<J> entry, Throwable failure, long startNanos) {
    Instant now = time.instant();
    entry.ending(Ending.EXCEPTION);
    return record(
        entry,
        verdict.failed(entry.job, failure, now, since(startNanos)),
        Feedback.FAILED,
        startNanos);
  }

  /// Encodes what was decided; a context that cannot be encoded is a failed attempt with the old
  /// one.
  private Answer<J> record(
      Entry<J> entry, Decision<J> decision, Feedback feedback, long startNanos) {
    String problem;
    try {
      return recordable(entry, decision, feedback);
    } catch (Throwable broken) {
      jobs.addAndGet(-decision.transition().kicked().size());
      entry.ending(Ending.CONTEXT);
      problem = "the context that the step returned cannot be stored: " + reason(broken);
    }
    try {
      return recordable(
          entry,
          verdict.failed(entry.job, problem, time.instant(), since(startNanos)),
          Feedback.FAILED);
    } catch (Throwable broken) {
      return new Unrecordable<>(
          entry, problem + "; nor can the one that it was given: " + reason(broken));
    }
  }

  private static String reason(Throwable broken) {
    return broken instanceof EncodeException e
        ? String.valueOf(e.getMessage())
        : Failure.describe(broken);
  }

  private Answer<J> recordable(Entry<J> entry, Decision<J> decision, Feedback feedback)
      throws EncodeException {
    return new Recordable<>(
        new Result<>(
            entry,
            serializer.encode(decision.transition()),
            decision.delay(),
            feedback,
            decision.failed()));
  }
}
