package dev.jorb.engine;

import dev.jorb.engine.Entry.Phase;
import dev.jorb.event.StatusCount;
import dev.jorb.limit.Feedback;
import dev.jorb.run.Job;
import dev.jorb.run.JobTransition;
import dev.jorb.run.LimitNote;
import dev.jorb.run.Transition;
import dev.jorb.workflow.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// All scheduling state of a run, as a pure state machine: it is told what happened and what time
/// it is, and says which jobs start. It has no thread, no clock, no I/O and no randomness.
///
/// ```
///                     ┌────── delay is over, all kicks rest ──────┐
///                     ▼                                           │
///   Enter ────────► WAITING ──start──► EXECUTING ──Returned──► COMMITTING ──Committed──► DELAYED, JOINING
///                     ▲                                           │
///                     ├───────────── runnable at once ────────────┤
///                     │                                           ├──► PARKED
///                   (kicked jobs)                                 └──► ENDED
/// ```
///
/// A slot is free as soon as its step returns; the job moves on when its transition is durable.
/// What a start needs, in this order: the run not held, its state not paused, a slot, a permit.
/// Within a state the first to come is the first to start. Between states the later one in the
/// workflow goes first, so that begun work is finished before new work is begun.
///
/// The work of one message depends on the jobs that it names and the states that they touch, never
/// on how many jobs there are. Not thread-safe: whoever owns it guards it.
///
/// @param <J> the job context
final class Board<J> {
  /// The longest delay that is kept apart from for ever: a clock of nanoseconds ends after 292
  /// years.
  private static final Duration LONGEST_DELAY = Duration.ofDays(36_525);

  private final Limits limits;
  private final LimitOwner owner;
  private final List<Lane<J>> lanes = new ArrayList<>();
  private final Map<String, Lane<J>> lanesByState = new HashMap<>();

  /// Delayed jobs, the one that is due first in front; in the order of their coming when due
  /// together.
  private final PriorityQueue<Timer<J>> timers = new PriorityQueue<>();

  private long timerCount;

  /// Lanes that may have become able to start something. A bit stays until its lane was looked at.
  private final BitSet touched = new BitSet();

  /// Lanes whose next job waits for a permit and nothing else.
  private final BitSet lackPermit = new BitSet();

  /// Lanes with executions that have a deadline.
  private final BitSet timed = new BitSet();

  /// Executions whose deadline has passed since somebody asked.
  private List<Entry<J>> overdue = new ArrayList<>();

  /// Jobs that have kicked others which do not rest in terminal states yet, by id.
  private final Map<String, Family<J>> families = new HashMap<>();

  private int executing;
  private int uncommitted;
  private long uncommittedBytes;
  private int unfinished;
  private int joining;
  private @Nullable String hold;
  private boolean stopped;

  /// The bounds on what is executed but not durable.
  ///
  /// @param uncommitted results that may wait for the disk before nothing new starts; with the
  ///   steps that are running then, the most that a crash can repeat
  /// @param uncommittedBytes the same, in encoded bytes
  record Limits(int uncommitted, long uncommittedBytes) {
    static final Limits DEFAULT = new Limits(4_096, 64L << 20);
  }

  /// A job's kicks that are not at their end.
  private static final class Family<J> {
    int open;
    @Nullable Entry<J> joining;
  }

  Board(List<? extends State<?, ?, J>> states, Limits limits) {
    this(states, limits, LimitOwner.alone());
  }

  /// @param owner what its limits are asked by
  Board(List<? extends State<?, ?, J>> states, Limits limits, LimitOwner owner) {
    this.limits = limits;
    this.owner = owner;
    for (State<?, ?, J> state : states) {
      long timeoutNanos = state.timeout().map(Board::nanos).orElse(0L);
      Lane<J> lane =
          addLane(state.name(), state.isTerminal(), state.concurrency(), timeoutNanos, true);
      if (!state.limits().isEmpty() || owner.remembers(state.name())) {
        lane.limit(state.limits(), state.cost().orElse(null), owner);
      }
    }
  }

  private Lane<J> addLane(
      String state, boolean terminal, int concurrency, long timeoutNanos, boolean known) {
    Lane<J> lane = new Lane<>(lanes.size(), state, terminal, concurrency, timeoutNanos, known);
    lanes.add(lane);
    lanesByState.put(state, lane);
    return lane;
  }

  /// Takes in what happened at `nowNanos`, and returns the jobs whose steps start now, in that
  /// order.
  List<Entry<J>> apply(Message<J> message, long nowNanos) {
    List<Entry<J>> starts = new ArrayList<>();
    apply(message, nowNanos, starts);
    return starts;
  }

  /// Takes in what happened at `nowNanos`, and adds the jobs whose steps start now to `starts`, in
  /// that order.
  void apply(Message<J> message, long nowNanos, Collection<? super Entry<J>> starts) {
    switch (message) {
      case Message.Enter<J> enter -> enter(enter.arrivals(), nowNanos);
      case Message.Began<J> began -> began(began.entry(), nowNanos);
      case Message.Returned<J> returned -> returned(returned.result(), nowNanos);
      case Message.Committed<J> committed -> committed(committed.results(), nowNanos);
      case Message.Finished<J> finished -> finished(finished.result(), nowNanos);
      case Message.Withdrawn<J> withdrawn ->
          handBack(withdrawn.entry(), Feedback.WITHDRAWN, nowNanos);
      case Message.Refused<J> refused -> refused(refused.entry(), refused.feedback(), nowNanos);
      case Message.Unrecordable<J> broken ->
          unrecordable(broken.entry(), broken.reason(), nowNanos);
      case Message.Tick<J> tick -> {}
      case Message.Hold<J> held -> hold = held.reason();
      case Message.Unhold<J> unheld -> hold = null;
      case Message.Pause<J> paused -> lane(paused.state()).paused = true;
      case Message.Resume<J> resumed -> resumed(lane(resumed.state()));
      case Message.Concurrency<J> set -> lane(set.state()).concurrency = set.most();
      case Message.Limited<J> set ->
          lane(set.state()).replaceLimit(set.place(), set.limit(), nowNanos);
      case Message.Stop<J> stop -> stopped = true;
    }
    if (message instanceof Message.Concurrency<J> || message instanceof Message.Limited<J>) {
      lanes.forEach(lane -> lane.askAgain(touched));
    }
    releaseDue(nowNanos);
    dispatch(nowNanos, starts);
  }

  private void enter(List<Message.Arrival<J>> arrivals, long nowNanos) {
    for (Message.Arrival<J> arrival : arrivals) {
      born(arrival.job());
    }
    for (Message.Arrival<J> arrival : arrivals) {
      Lane<J> lane = laneOrStray(arrival.job().state());
      countHistory(arrival.job());
      unfinished++;
      place(new Entry<>(arrival.job(), lane), arrival.job(), lane, arrival.delay(), nowNanos);
    }
  }

  private void countHistory(Job<J> job) {
    for (JobTransition each : job.transitions()) {
      Lane<J> from = laneOrStray(each.from());
      from.completed += from.terminal ? 0 : 1;
    }
  }

  private void began(Entry<J> entry, long nowNanos) {
    Lane<J> lane = entry.lane;
    if (entry.phase == Phase.EXECUTING && lane.timeoutNanos > 0) {
      lane.deadlines.put(entry, nowNanos + lane.timeoutNanos);
      timed.set(lane.index);
    }
  }

  private void returned(Result<J> result, long nowNanos) {
    freeSlot(result.entry(), Phase.COMMITTING, result.feedback(), nowNanos);
    result.entry().lane.committing++;
    uncommitted++;
    uncommittedBytes += result.encoded().bytes().length;
  }

  private void freeSlot(Entry<J> entry, Phase next, Feedback feedback, long nowNanos) {
    if (entry.phase != Phase.EXECUTING) {
      throw new IllegalStateException("job " + entry + " is not executing");
    }
    entry.phase = next;
    if (entry.lane.timeoutNanos > 0) {
      entry.lane.deadlines.remove(entry);
    }
    entry.lane.executing--;
    executing--;
    touched.set(entry.lane.index);
    if (entry.lane.turnstile != null) {
      entry.lane.turnstile.ended(entry, feedback, nowNanos);
    }
  }

  private void committed(List<Result<J>> results, long nowNanos) {
    for (Result<J> result : results) {
      result.entry().lane.committing--;
      uncommitted--;
      uncommittedBytes -= result.encoded().bytes().length;
      moveOn(result, nowNanos);
    }
  }

  private void finished(Result<J> result, long nowNanos) {
    freeSlot(result.entry(), Phase.COMMITTING, result.feedback(), nowNanos);
    moveOn(result, nowNanos);
  }

  private void moveOn(Result<J> result, long nowNanos) {
    Transition<J> transition = result.encoded().transition();
    result.entry().lane.completed++;
    transition.kicked().forEach(this::born);
    Lane<J> to = laneOrStray(transition.job().state());
    place(result.entry(), transition.job(), to, result.delay(), nowNanos);
    for (Job<J> child : transition.kicked()) {
      Lane<J> lane = laneOrStray(child.state());
      unfinished++;
      place(new Entry<>(child, lane), child, lane, Duration.ZERO, nowNanos);
    }
  }

  /// Puts a job where its recorded version says that it belongs.
  private void place(Entry<J> entry, Job<J> job, Lane<J> lane, Duration delay, long nowNanos) {
    entry.job = job;
    entry.lane = lane;
    if (lane.terminal) {
      entry.phase = Phase.ENDED;
      lane.completed++;
      unfinished--;
      ended(job, nowNanos);
    } else if (job.parked().isPresent() || !lane.known) {
      park(entry);
    } else if (job.awaitsKicks() && families.containsKey(job.id())) {
      entry.phase = Phase.JOINING;
      lane.delayed++;
      joining++;
      families.get(job.id()).joining = entry;
    } else if (delay.isZero()) {
      queue(entry, nowNanos);
    } else {
      entry.phase = Phase.DELAYED;
      lane.delayed++;
      timers.add(new Timer<>(nowNanos + nanos(delay), timerCount++, entry));
    }
  }

  /// A job with a parent has come: the parent may not join before it has ended.
  private void born(Job<J> job) {
    if (job.parent().isPresent()) {
      families.computeIfAbsent(job.parent().get(), id -> new Family<>()).open++;
    }
  }

  /// A job is at its end: its parent may go on if it was the last.
  private void ended(Job<J> job, long nowNanos) {
    Family<J> family = job.parent().map(families::get).orElse(null);
    if (family == null || --family.open > 0) {
      return;
    }
    families.remove(job.parent().orElseThrow());
    if (family.joining != null) {
      family.joining.lane.delayed--;
      joining--;
      queue(family.joining, nowNanos);
    }
  }

  static long nanos(Duration delay) {
    return (delay.compareTo(LONGEST_DELAY) < 0 ? delay : LONGEST_DELAY).toNanos();
  }

  private void queue(Entry<J> entry, long nowNanos) {
    entry.phase = Phase.WAITING;
    try {
      entry.lane.add(entry, nowNanos);
    } catch (RuntimeException untold) {
      parkInMemory(entry, "its key or cost cannot be told: " + untold);
    }
    touched.set(entry.lane.index);
  }

  private void park(Entry<J> entry) {
    entry.phase = Phase.PARKED;
    entry.lane.parked++;
    unfinished--;
  }

  private void refused(Entry<J> entry, Feedback feedback, long nowNanos) {
    if (entry.lane.turnstile == null) {
      entry.lane.limit(List.of(), null, owner).adopt(entry, nowNanos);
    }
    handBack(entry, feedback, nowNanos);
  }

  private void handBack(Entry<J> entry, Feedback feedback, long nowNanos) {
    freeSlot(entry, Phase.WAITING, feedback, nowNanos);
    entry.lane.handBack(entry, nowNanos);
  }

  private void unrecordable(Entry<J> entry, String reason, long nowNanos) {
    freeSlot(entry, Phase.PARKED, Feedback.FAILED, nowNanos);
    parkInMemory(entry, reason);
  }

  private void parkInMemory(Entry<J> entry, String reason) {
    entry.job = entry.job.copy().parked(reason).build();
    park(entry);
  }

  private void resumed(Lane<J> lane) {
    lane.paused = false;
    touched.set(lane.index);
  }

  private void releaseDue(long nowNanos) {
    for (int i = timed.nextSetBit(0); i >= 0; i = timed.nextSetBit(i + 1)) {
      findOverdue(lanes.get(i), nowNanos);
    }
    for (Timer<J> first = timers.peek();
        first != null && first.dueNanos() - nowNanos <= 0;
        first = timers.peek()) {
      timers.remove();
      first.entry().lane.delayed--;
      queue(first.entry(), nowNanos);
    }
  }

  private void dispatch(long nowNanos, Collection<? super Entry<J>> starts) {
    if (!lackPermit.isEmpty()) {
      touched.or(lackPermit);
      lackPermit.clear();
    }
    for (int i = touched.length() - 1; i >= 0 && !isHeld(); i = touched.previousSetBit(i)) {
      Lane<J> lane = lanes.get(i);
      while (!isHeld() && lane.hasWorkAndRoom()) {
        Entry<J> next = lane.poll(nowNanos);
        if (next == null) {
          lackPermit.set(i);
          break;
        }
        starts.add(start(next));
      }
      if (isHeld()) {
        break; // The bit stays: when the hold ends, this lane goes on.
      }
      touched.clear(i);
    }
  }

  private void findOverdue(Lane<J> lane, long nowNanos) {
    Iterator<Map.Entry<Entry<J>, Long>> deadlines = lane.deadlines.entrySet().iterator();
    while (deadlines.hasNext()) {
      Map.Entry<Entry<J>, Long> first = deadlines.next();
      if (first.getValue() - nowNanos > 0) {
        return;
      }
      overdue.add(first.getKey());
      deadlines.remove();
    }
    timed.clear(lane.index);
  }

  /// The executions whose deadline has passed since this was last asked. They keep their slots.
  List<Entry<J>> takeOverdue() {
    if (overdue.isEmpty()) {
      return List.of();
    }
    List<Entry<J>> taken = overdue;
    overdue = new ArrayList<>();
    return taken;
  }

  private boolean isHeld() {
    return stopped
        || hold != null
        || uncommitted >= limits.uncommitted
        || uncommittedBytes >= limits.uncommittedBytes;
  }

  private Entry<J> start(Entry<J> entry) {
    entry.phase = Phase.EXECUTING;
    entry.lane.executing++;
    executing++;
    return entry;
  }

  /// When something will happen by the passing of time alone, in the nanoseconds that `apply` is
  /// given; empty if only a message can change anything.
  OptionalLong nextDueNanos(long nowNanos) {
    long wait = Long.MAX_VALUE;
    Timer<J> first = timers.peek();
    if (first != null) {
      wait = Math.max(0, first.dueNanos() - nowNanos);
    }
    for (int i = timed.nextSetBit(0); i >= 0; i = timed.nextSetBit(i + 1)) {
      for (long deadline : lanes.get(i).deadlines.sequencedValues()) {
        wait = Math.min(wait, Math.max(0, deadline - nowNanos));
        break;
      }
    }
    if (!isHeld()) {
      for (int i = lackPermit.nextSetBit(0); i >= 0; i = lackPermit.nextSetBit(i + 1)) {
        Turnstile<J> turnstile = lanes.get(i).turnstile;
        wait = Math.min(wait, turnstile == null ? wait : turnstile.waitNanos(nowNanos));
      }
    }
    return wait == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(nowNanos + wait);
  }

  /// What time of day it is, for limits that go by it.
  void tellTime(Instant now, long nowNanos) {
    lanes.forEach(lane -> lane.tellTime(now, nowNanos));
  }

  /// Adds what is to be remembered of the limits of whole states.
  void notes(long nowNanos, LongFunction<Instant> clock, List<LimitNote> notes) {
    for (Lane<J> lane : lanes) {
      if (lane.turnstile != null) {
        lane.turnstile.notes(null, nowNanos, clock, notes);
      }
    }
  }

  /// Whether every job is in a terminal state, parked, or waiting for kicks of which one is parked;
  /// and all of that is durable.
  boolean isResting() {
    return unfinished == joining;
  }

  /// How many jobs wait for the jobs that they kicked.
  int joining() {
    return joining;
  }

  /// Whether no step is running and no result waits for the disk.
  boolean isIdle() {
    return executing == 0 && uncommitted == 0;
  }

  /// How many steps are running.
  int executing() {
    return executing;
  }

  /// How many results wait for the disk.
  int uncommitted() {
    return uncommitted;
  }

  /// The counts of all states, in the workflow's order; states that only jobs name come after them.
  ///
  /// @param clock tells a time, in the nanoseconds that `apply` is given, as people read it
  List<StatusCount> status(LongFunction<String> clock) {
    return lanes.stream().map(lane -> lane.count(clock)).toList();
  }

  /// The same without what holds them.
  List<StatusCount> status() {
    return lanes.stream().map(Lane::count).toList();
  }

  private Lane<J> lane(String state) {
    Lane<J> lane = lanesByState.get(state);
    if (lane == null) {
      throw new IllegalArgumentException(
          "unknown state \"" + state + "\"; known are " + lanesByState.keySet());
    }
    return lane;
  }

  private Lane<J> laneOrStray(String state) {
    Lane<J> lane = lanesByState.get(state);
    return lane != null ? lane : addLane(state, false, 1, 0, false);
  }
}
