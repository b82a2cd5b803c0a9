package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.event.RunEvent;
import dev.jorb.event.Standing;
import dev.jorb.event.StatusCount;
import dev.jorb.limit.Feedback;
import dev.jorb.limit.Limit;
import dev.jorb.limit.SharedLimits;
import dev.jorb.measure.Ending;
import dev.jorb.measure.LimitedBy;
import dev.jorb.run.Job;
import dev.jorb.run.LimitNote;
import dev.jorb.run.Run;
import dev.jorb.run.Transition;
import dev.jorb.serial.Serializer.Encoded;
import dev.jorb.time.TimeSource;
import dev.jorb.workflow.Group;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.State;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A board and its clock, told in few words what happens; answers with the ids of the jobs that
/// start. After every message it checks what must always hold.
final class Desk {
  /// Close to where the clock's nanoseconds turn negative: only differences may count.
  private static final long ORIGIN = Long.MAX_VALUE - 1_000_000_000L;

  private final List<State<Object, String, String>> states;
  private final List<Group> groups;
  private final Board<String> board;
  private final Map<String, Entry<String>> executing = new LinkedHashMap<>();
  private final Map<String, Entry<String>> ordered = new LinkedHashMap<>();
  private final Map<String, Result<String>> returned = new LinkedHashMap<>();
  private final Run<String, String> run = Run.create("desk", "overall", "none");
  private final Verdict<String> verdict;
  private long nowNanos = ORIGIN;
  private int jobs;

  private Desk(Workflow<Object, String, String> workflow, Board.Limits limits, LimitOwner owner) {
    this.states = workflow.states();
    this.groups = workflow.groups();
    this.board = new Board<>(states, workflow.groups(), workflow.pauseWhen(), limits, owner);
    this.verdict = new Verdict<>(workflow, new SplittableRandom(7));
  }

  static Desk of(Consumer<Workflow.Builder<Object, String, String>> states) {
    return of(Board.Limits.DEFAULT, states);
  }

  static Desk of(
      Board.Limits limits, Consumer<Workflow.Builder<Object, String, String>> description) {
    var builder = Workflow.named("desk", Object.class, String.class, String.class);
    description.accept(builder);
    return new Desk(builder.build(), limits, LimitOwner.alone());
  }

  /// One of several runs that keep to their limits together.
  static Desk sharing(
      SharedLimits shared,
      Runnable otherRunChanged,
      Consumer<Workflow.Builder<Object, String, String>> description) {
    var builder = Workflow.named("desk", Object.class, String.class, String.class);
    description.accept(builder);
    return new Desk(
        builder.build(),
        Board.Limits.DEFAULT,
        new LimitOwner(shared, RememberedLimits.NONE, otherRunChanged));
  }

  /// One that begins, at the epoch, with what was noted of its limits before.
  static Desk remembering(
      List<LimitNote> notes, Consumer<Workflow.Builder<Object, String, String>> description) {
    var builder = Workflow.named("desk", Object.class, String.class, String.class);
    description.accept(builder);
    RememberedLimits remembered = RememberedLimits.of(notes, new AtTheBeginning());
    return new Desk(
        builder.build(),
        Board.Limits.DEFAULT,
        new LimitOwner(new SharedLimits(), remembered, () -> {}));
  }

  private static final class AtTheBeginning implements TimeSource {
    @Override
    public long nanoTime() {
      return ORIGIN;
    }

    @Override
    public Instant instant() {
      return Instant.EPOCH;
    }
  }

  /// What a state needs to be valid; the board never calls it.
  static Outcome<String> step(Object app, String overall, String context) {
    throw new AssertionError("the board runs no steps");
  }

  /// The same for a state whose step takes several jobs.
  static List<Outcome<String>> batch(Object app, String overall, List<Job<String>> jobs) {
    throw new AssertionError("the board runs no steps");
  }

  // What happens.

  List<String> enter(String state, String... ids) {
    return enterJobs(Stream.of(ids).map(id -> arrival(job(id, state), Duration.ZERO)).toList());
  }

  List<String> enterAfter(Duration delay, String state, String... ids) {
    return enterJobs(Stream.of(ids).map(id -> arrival(job(id, state), delay)).toList());
  }

  List<String> enterParked(String state, String id) {
    Job<String> parked = job(id, state).copy().parked("needs a person").build();
    return enterJobs(List.of(arrival(parked, Duration.ZERO)));
  }

  List<String> enterJobs(List<Message.Arrival<String>> arrivals) {
    jobs += arrivals.size();
    arrivals.forEach(arrival -> run.put(arrival.job()));
    return tell(new Message.Enter<>(arrivals));
  }

  static Message.Arrival<String> arrival(Job<String> job, Duration delay) {
    return new Message.Arrival<>(job, delay);
  }

  static Job<String> job(String id, String state) {
    return Job.create(id, state, "context of " + id, Instant.EPOCH);
  }

  List<String> returns(String id, String to, String... kickedInto) {
    return returnsAfter(id, to, Duration.ZERO, kickedInto);
  }

  List<String> returnsAfter(String id, String to, Duration delay, String... kickedInto) {
    return returns(result(id, to, delay, 10, kickedInto));
  }

  List<String> returnsBytes(String id, String to, int bytes) {
    return returns(result(id, to, Duration.ZERO, bytes));
  }

  List<String> returnsParked(String id) {
    Entry<String> entry = entry(id);
    Job<String> parked = entry.job.next().parked("failed").build();
    return returns(result(entry, parked, Duration.ZERO, 10));
  }

  /// The job waits for all that it ever kicked, and for these.
  List<String> returnsToJoin(String id, String to, String... kickedInto) {
    Result<String> result = result(id, to, Duration.ZERO, 10, kickedInto);
    Transition<String> transition = result.encoded().transition();
    Job<String> joining = transition.job().copy().awaitsKicks(true).build();
    return returns(result(result.entry(), joining, Duration.ZERO, 10, transition.kicked()));
  }

  /// The job, and those that it kicks, have ten seconds from now on.
  List<String> returnsInTen(String id, String to, String... kickedInto) {
    Result<String> result = result(id, to, Duration.ZERO, 10, kickedInto);
    Transition<String> transition = result.encoded().transition();
    return returns(
        result(
            result.entry(),
            inTen(transition.job()),
            Duration.ZERO,
            10,
            transition.kicked().stream().map(Desk::inTen).toList()));
  }

  private static Job<String> inTen(Job<String> job) {
    return job.copy().deadline(job.updated().plusSeconds(10)).build();
  }

  /// An attempt fails, and its job is tried again at once.
  List<String> fails(String id) {
    Result<String> result = result(id, entry(id).lane.state, Duration.ZERO, 10);
    return returns(
        new Result<>(result.entry(), result.encoded(), result.delay(), Feedback.FAILED, true));
  }

  /// A step returns for all jobs of its call.
  List<String> returnsTogether(String to, String... ids) {
    return together(
        id -> {
          Result<String> result = result(id, to, Duration.ZERO, 10);
          executing.remove(id);
          returned.put(id, result);
          return new Message.Returned<>(result);
        },
        ids);
  }

  /// The same in a run that nobody records.
  List<String> finishesTogether(String to, String... ids) {
    return together(
        id -> {
          Result<String> result = result(id, to, Duration.ZERO, 0);
          executing.remove(id);
          run.apply(List.of(result.encoded().transition()));
          return new Message.Finished<>(result);
        },
        ids);
  }

  /// An attempt fails for all jobs of its call, which are tried again at once.
  List<String> failsTogether(String... ids) {
    return together(
        id -> {
          Result<String> result = result(id, entry(id).lane.state, Duration.ZERO, 10);
          executing.remove(id);
          result =
              new Result<>(result.entry(), result.encoded(), Duration.ZERO, Feedback.FAILED, true);
          returned.put(id, result);
          return new Message.Returned<>(result);
        },
        ids);
  }

  /// A service refuses a call: its last job goes back first.
  List<String> refusesTogether(Feedback feedback, String... ids) {
    return together(
        id -> new Message.Refused<>(executing.remove(id), feedback),
        Stream.of(ids).toList().reversed().toArray(String[]::new));
  }

  /// A call is broken off.
  List<String> withdrawsTogether(String first) {
    Message<String> message = Message.withdrawn(entry(first));
    entry(first).together().forEach(each -> executing.remove(each.job.id()));
    return tell(message);
  }

  private List<String> together(Function<String, Message<String>> each, String... ids) {
    return tell(new Message.Together<>(Stream.of(ids).map(each).toList()));
  }

  List<String> pausesRun() {
    return tell(new Message.PauseRun<>());
  }

  List<String> resumesRun() {
    return tell(new Message.ResumeRun<>());
  }

  /// What there is to tell since this was last asked, in few words.
  List<String> notices() {
    return board.takeNotices().stream().map(Desk::inFewWords).toList();
  }

  private static String inFewWords(RunEvent event) {
    return switch (event) {
      case RunEvent.Paused paused ->
          "paused " + paused.pause().state().orElse("run") + ": " + paused.pause().reason();
      case RunEvent.Resumed resumed -> "resumed " + resumed.state().orElse("run");
      case RunEvent.Probed probed -> "probes " + probed.state() + " with " + probed.job();
      default -> event.toString();
    };
  }

  /// A step that has a timeout begins.
  List<String> begins(String id) {
    return tell(new Message.Began<>(entry(id)));
  }

  /// The jobs whose steps have run too long since this was last asked.
  List<String> overdue() {
    return board.takeOverdue().stream().map(entry -> entry.job.id()).toList();
  }

  private List<String> returns(Result<String> result) {
    String id = result.entry().job.id();
    executing.remove(id);
    returned.put(id, result);
    return tell(new Message.Returned<>(result));
  }

  List<String> commits(String... ids) {
    List<Result<String>> batch = new ArrayList<>();
    for (String id : ids) {
      batch.add(returned.remove(id));
    }
    batch.forEach(result -> jobs += result.encoded().transition().kicked().size());
    batch.forEach(result -> run.apply(List.of(result.encoded().transition())));
    return tell(new Message.Committed<>(batch));
  }

  List<String> finishes(String id, String to, String... kickedInto) {
    Result<String> result = result(id, to, Duration.ZERO, 0, kickedInto);
    executing.remove(id);
    jobs += kickedInto.length;
    run.apply(List.of(result.encoded().transition()));
    return tell(new Message.Finished<>(result));
  }

  List<String> withdraws(String id) {
    Entry<String> entry = entry(id);
    executing.remove(id);
    return tell(new Message.Withdrawn<>(entry));
  }

  List<String> refuses(String id, Feedback feedback) {
    Entry<String> entry = entry(id);
    executing.remove(id);
    return tell(new Message.Refused<>(entry, feedback));
  }

  List<String> finishesWith(Feedback feedback, String id, String to) {
    Result<String> plain = result(id, to, Duration.ZERO, 0);
    executing.remove(id);
    return tell(
        new Message.Finished<>(
            new Result<>(plain.entry(), plain.encoded(), Duration.ZERO, feedback)));
  }

  List<String> cannotRecord(String id) {
    Entry<String> entry = entry(id);
    executing.remove(id);
    return tell(new Message.Unrecordable<>(entry, "cannot be written"));
  }

  /// What an order makes of a job cannot be written.
  List<String> cannotRecordOrder(String id) {
    return tell(new Message.Unrecordable<>(ordered.remove(id), "cannot be written"));
  }

  /// Something is ordered for jobs; those whose turn it is are answered as `order for a`.
  List<String> orders(Order.Act act, String... ids) {
    int[] positions = Stream.of(ids).mapToInt(id -> run.job(id).orElseThrow().position()).toArray();
    return tell(new Message.Ordered<>(new Order(act, job -> true), positions));
  }

  /// An order is carried out, and its result is on its way to the disk.
  List<String> carriesOut(String id) {
    Entry<String> entry = ordered.remove(id);
    assertThat(entry).as("there is an order for " + id).isNotNull();
    var decision = verdict.ordered(entry.job, entry.order.act(), Instant.EPOCH).orElseThrow();
    Result<String> result =
        new Result<>(entry, new Encoded<>(decision.transition(), new byte[10]), decision.delay());
    returned.put(id, result);
    return tell(new Message.Returned<>(result));
  }

  /// Whether the order that this job waits for changes something.
  boolean isChange(String id) {
    Entry<String> entry = ordered.get(id);
    return verdict.ordered(entry.job, entry.order.act(), Instant.EPOCH).isPresent();
  }

  /// The job as its result, which is on its way to the disk, will have it.
  Job<String> returned(String id) {
    return returned.get(id).encoded().transition().job();
  }

  /// An order turns out to change nothing.
  List<String> leavesUnchanged(String id, Duration delay) {
    return tell(new Message.Unchanged<>(ordered.remove(id), delay));
  }

  List<String> passes(Duration time) {
    lets(time);
    return tell(new Message.Tick<>());
  }

  /// Lets time pass, of which the board hears with the next message only.
  void lets(Duration time) {
    nowNanos += time.toNanos();
  }

  List<String> holds() {
    return tell(new Message.Hold<>("no room"));
  }

  List<String> unholds() {
    return tell(new Message.Unhold<>());
  }

  List<String> pauses(String state) {
    return tell(new Message.Pause<>(state));
  }

  List<String> resumes(String state) {
    return tell(new Message.Resume<>(state));
  }

  List<String> sets(String state, int concurrency) {
    return tell(new Message.Concurrency<>(state, concurrency));
  }

  List<String> sets(String state, int place, Limit limit) {
    return tell(new Message.Limited<>(state, place, limit));
  }

  List<String> setsGroup(String group, int most) {
    return tell(new Message.Grouped<>(group, most));
  }

  /// What time of day it is from now on.
  void isAt(Instant time) {
    board.tellTime(time, nowNanos);
  }

  List<String> stops() {
    return tell(new Message.Stop<>());
  }

  private List<String> tell(Message<String> message) {
    List<Entry<String>> starts = board.apply(message, nowNanos);
    List<String> ids = new ArrayList<>();
    for (Entry<String> entry : starts) {
      if (entry.is(Entry.Phase.ORDERED)) {
        assertThat(ordered.put(entry.job.id(), entry)).as("order given twice").isNull();
        ids.add("order for " + entry.job.id());
        continue;
      }
      for (Entry<String> each : entry.together()) {
        assertThat(executing.put(each.job.id(), each)).as("job started twice").isNull();
      }
      ids.add(
          entry.together().stream().map(each -> each.job.id()).collect(Collectors.joining("+")));
    }
    checkWhatAlwaysHolds();
    return ids;
  }

  // What can be seen.

  /// The entry of a job that was started.
  Entry<String> entry(String id) {
    Entry<String> entry = executing.get(id);
    assertThat(entry).as("job " + id + " is executing").isNotNull();
    return entry;
  }

  Board<String> board() {
    return board;
  }

  StatusCount count(String state) {
    return board.status(nanos -> "").stream()
        .filter(count -> count.state().equals(state))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no count of " + state));
  }

  /// What keeps the state from starting more.
  LimitedBy limitedBy(String state) {
    Map<String, LimitedBy> all = new HashMap<>();
    board.visitLanes((lane, by) -> all.put(lane.state, by));
    return all.get(state);
  }

  /// How executions in the state have ended, so far as that is counted without a record.
  Map<Ending, Long> endings(String state) {
    Map<String, Map<Ending, Long>> all = new HashMap<>();
    board.visitLanes((lane, by) -> all.put(lane.state, lane.meter.endings()));
    return all.get(state);
  }

  /// What is to be remembered of the limits of whole states.
  List<LimitNote> notes() {
    List<LimitNote> notes = new ArrayList<>();
    board.notes(nowNanos, Desk::instant, notes);
    return notes;
  }

  /// Where the job stands, for people who ask.
  Standing standing(String id) {
    return new Inquiry<>(board, List.copyOf(executing.values()), Desk::instant)
        .standing(recorded(id));
  }

  /// The time that the board calls so; the first was the epoch.
  private static Instant instant(long nanos) {
    return Instant.EPOCH.plusNanos(nanos - ORIGIN);
  }

  /// The job as it is recorded.
  Job<String> recorded(String id) {
    return run.job(id).orElseThrow();
  }

  /// How long nothing will happen by itself; null for ever.
  Duration untilNextDue() {
    OptionalLong due = board.nextDueNanos(nowNanos);
    return due.isEmpty() ? null : Duration.ofNanos(due.getAsLong() - nowNanos);
  }

  Duration sinceOrigin() {
    return Duration.ofNanos(nowNanos - ORIGIN);
  }

  /// Lets time pass up to what is due next.
  List<String> passesUntilDue() {
    return passes(untilNextDue());
  }

  private Result<String> result(
      String id, String to, Duration delay, int bytes, String... kickedInto) {
    Entry<String> entry = entry(id);
    Job<String> job = entry.job;
    Job.Builder<String> next =
        job.next()
            .state(to)
            .transition(job.state(), to, Instant.EPOCH, Duration.ZERO)
            .kicks(job.kicks() + kickedInto.length);
    List<Job<String>> kicked = new ArrayList<>();
    for (String state : kickedInto) {
      String childId = id + "->" + (job.kicks() + kicked.size());
      kicked.add(job(childId, state).copy().parent(id).build());
    }
    return result(entry, next.build(), delay, bytes, kicked);
  }

  private static Result<String> result(
      Entry<String> entry, Job<String> next, Duration delay, int bytes) {
    return result(entry, next, delay, bytes, List.of());
  }

  private static Result<String> result(
      Entry<String> entry, Job<String> next, Duration delay, int bytes, List<Job<String>> kicked) {
    return new Result<>(
        entry, new Encoded<>(new Transition<>(next, kicked), new byte[bytes]), delay);
  }

  private void checkWhatAlwaysHolds() {
    assertThat(board.executing()).isEqualTo(executing.size());
    assertThat(board.uncommitted()).isEqualTo(returned.size());
    assertThat(board.isIdle())
        .isEqualTo(executing.isEmpty() && returned.isEmpty() && ordered.isEmpty());
    assertThat(board.status().stream().mapToLong(StatusCount::jobs).sum())
        .as("every job is counted once")
        .isEqualTo(jobs);
    long unfinished =
        board.status().stream()
            .filter(count -> !count.terminal())
            .mapToLong(count -> count.jobs() - count.parked())
            .sum();
    if (groups.isEmpty()) {
      assertThat(board.isResting()).isEqualTo(unfinished == board.joining());
    } else if (board.isResting()) {
      assertThat(board.isIdle()).as("a run that rests is idle").isTrue();
    }
    for (State<Object, String, String> state : states) {
      assertThat(
              executing.values().stream()
                  .filter(e -> e.job.state().equals(state.name()))
                  .map(e -> e.together().getFirst())
                  .distinct()
                  .count())
          .as("steps of " + state)
          .isLessThanOrEqualTo(state.concurrency());
    }
  }
}
