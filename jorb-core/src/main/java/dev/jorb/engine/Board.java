package dev.jorb.engine;

import dev.jorb.engine.Entry.Phase;
import dev.jorb.event.Pause;
import dev.jorb.event.RunEvent;
import dev.jorb.event.StatusCount;
import dev.jorb.limit.Feedback;
import dev.jorb.measure.LimitedBy;
import dev.jorb.run.Job;
import dev.jorb.run.JobTransition;
import dev.jorb.run.LimitNote;
import dev.jorb.run.Transition;
import dev.jorb.workflow.Failures;
import dev.jorb.workflow.Group;
import dev.jorb.workflow.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
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
/// What a start needs, in this order: the run not held, its state not paused, a place in its group,
/// a slot, a permit. Within a state the first to come is the first to start. Between states the
/// later one in the workflow goes first, so that begun work is finished before new work is begun.
///
/// The work of one message depends on the jobs that it names and the states that they touch, never
/// on how many jobs there are. Not thread-safe: whoever owns it guards it.
///
/// @param <J> the job context
final class Board<J> {
  private final Limits limits;
  private final LimitOwner owner;
  private final Lanes<J> lanes;

  private final Timers<J> timers = new Timers<>();
  private final Families<J> families = new Families<>();
  private final Deadlines<J> deadlines;

  /// Lanes that may have become able to start something. A bit stays until its lane was looked at.
  private final BitSet touched = new BitSet();

  /// Lanes whose next job waits for a permit and nothing else.
  private final BitSet lackPermit = new BitSet();

  final Orders<J> orders = new Orders<>(timers, families);
  private final Expiries<J> expiries;
  private final Pauses<J> pauses;

  private int executing;
  private int uncommitted;
  private long uncommittedBytes;
  private int unfinished;
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

  Board(List<? extends State<?, ?, J>> states, Limits limits) {
    this(states, List.of(), Optional.empty(), limits, LimitOwner.alone());
  }

  /// @param groups what bounds how many jobs are inside of several states
  /// @param pauseWhen when the run pauses itself
  /// @param owner what its limits are asked by
  Board(
      List<? extends State<?, ?, J>> states,
      List<Group> groups,
      Optional<Failures> pauseWhen,
      Limits limits,
      LimitOwner owner) {
    this.limits = limits;
    this.owner = owner;
    this.lanes = new Lanes<>(groups, touched);
    this.deadlines = new Deadlines<>(lanes.all());
    this.expiries = new Expiries<>(orders, deadlines);
    this.pauses = new Pauses<>(lanes.all(), touched, pauseWhen);
    for (State<?, ?, J> state : states) {
      Lane<J> lane = lanes.add(state);
      if (!state.limits().isEmpty() || owner.remembers(state.name())) {
        lane.limit(state.limits(), state.cost().orElse(null), owner);
      }
      state.pauseWhen().ifPresent(tooMany -> pauses.watch(lane, tooMany, state.probeAfter()));
    }
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
    take(message, nowNanos);
    if (message instanceof Message.Concurrency<J> || message instanceof Message.Limited<J>) {
      lanes.all().forEach(lane -> lane.askAgain(touched));
    }
    releaseDue(nowNanos);
    dispatch(nowNanos, starts);
  }

  private void take(Message<J> message, long nowNanos) {
    switch (message) {
      case Message.Together<J> all -> all.messages().forEach(each -> take(each, nowNanos));
      case Message.Enter<J> enter -> enter(enter.arrivals(), nowNanos);
      case Message.Began<J> began -> deadlines.began(began.entry(), nowNanos);
      case Message.Returned<J> returned -> returned(returned.result(), nowNanos);
      case Message.Committed<J> committed -> committed(committed.results(), nowNanos);
      case Message.Finished<J> finished -> finished(finished.result(), nowNanos);
      case Message.Withdrawn<J> withdrawn ->
          handBack(withdrawn.entry(), Feedback.WITHDRAWN, nowNanos);
      case Message.Refused<J> refused -> refused(refused.entry(), refused.feedback(), nowNanos);
      case Message.Unrecordable<J> broken ->
          unrecordable(broken.entry(), broken.reason(), nowNanos);
      case Message.Ordered<J> given ->
          unfinished += stopped ? 0 : orders.give(given.order(), given.positions());
      case Message.Unchanged<J> same -> unchanged(same.entry(), same.delay(), nowNanos);
      case Message.Tick<J> tick -> {}
      case Message.Hold<J> held -> hold = held.reason();
      case Message.Unhold<J> unheld -> hold = null;
      case Message.Pause<J> pause -> pauses.pause(lanes.of(pause.state()));
      case Message.Resume<J> resumed -> pauses.resume(lanes.of(resumed.state()));
      case Message.PauseRun<J> pause -> pauses.pauseRun();
      case Message.ResumeRun<J> resume -> pauses.resumeRun();
      case Message.Concurrency<J> set -> lanes.of(set.state()).concurrency = set.most();
      case Message.Limited<J> set ->
          lanes.of(set.state()).replaceLimit(set.place(), set.limit(), nowNanos);
      case Message.Grouped<J> set -> lanes.group(set.group()).most(set.most());
      case Message.Stop<J> stop -> stop(nowNanos);
    }
  }

  private void enter(List<Message.Arrival<J>> arrivals, long nowNanos) {
    for (Message.Arrival<J> arrival : arrivals) {
      families.born(arrival.job());
    }
    for (Message.Arrival<J> arrival : arrivals) {
      Lane<J> lane = lanes.ofAny(arrival.job().state());
      countHistory(arrival.job());
      unfinished++;
      Entry<J> entry = orders.enter(arrival.job(), lane);
      expiries.add(arrival.job(), arrival.now(), nowNanos);
      if (lane.places != null && lane.places.has(arrival.job())) {
        lane.places.enter(entry);
      }
      place(entry, arrival.job(), lane, arrival.delay(), nowNanos);
      Order order = arrival.order();
      if (order != null) {
        order(entry, order);
      }
    }
  }

  private void countHistory(Job<J> job) {
    for (JobTransition each : job.transitions()) {
      Lane<J> from = lanes.ofAny(each.from());
      from.completed += from.terminal ? 0 : 1;
    }
  }

  private void returned(Result<J> result, long nowNanos) {
    Entry<J> entry = result.entry();
    if (entry.is(Phase.ORDERED)) {
      orders.returned(entry, false);
    } else {
      freeSlot(entry, Phase.COMMITTING, result.feedback(), nowNanos);
      pauses.returned(entry, result.failed(), nowNanos);
      entry.lane.committing++;
    }
    entry.sinceNanos = nowNanos;
    uncommitted++;
    uncommittedBytes += result.encoded().bytes().length;
  }

  private void freeSlot(Entry<J> entry, Phase next, Feedback feedback, long nowNanos) {
    if (!entry.is(Phase.EXECUTING)) {
      throw new IllegalStateException("job " + entry + " is not executing");
    }
    entry.phase(next);
    executing--;
    Call<J> call = entry.call;
    if (call == null) {
      freeSlot(entry, feedback, nowNanos);
    } else if (call.end(entry)) {
      entry.lane.alongside -= call.size() - 1;
      freeSlot(call.first(), feedback, nowNanos);
    }
  }

  private void freeSlot(Entry<J> entry, Feedback feedback, long nowNanos) {
    if (entry.lane.timeoutNanos > 0) {
      entry.lane.deadlines.remove(entry);
    }
    entry.lane.executing--;
    entry.lane.meter.freed(nowNanos);
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
    Entry<J> entry = result.entry();
    if (entry.is(Phase.ORDERED)) {
      orders.returned(entry, true);
    } else {
      freeSlot(entry, Phase.COMMITTING, result.feedback(), nowNanos);
      pauses.returned(entry, result.failed(), nowNanos);
    }
    entry.sinceNanos = nowNanos;
    moveOn(result, nowNanos);
  }

  private void moveOn(Result<J> result, long nowNanos) {
    Transition<J> transition = result.encoded().transition();
    Entry<J> entry = result.entry();
    entry.lane.completed += transition.job().transitionCount() - entry.job.transitionCount();
    long decidedNanos = entry.sinceNanos; // What was said of a deadline was said then.
    if (!transition.job().deadline().equals(entry.job.deadline())) {
      expiries.add(transition.job(), transition.job().updated(), decidedNanos);
    }
    families.born(transition.kicked());
    Lane<J> to = lanes.next(entry.lane, transition.job().state());
    place(entry, transition.job(), to, result.delay(), nowNanos);
    for (Job<J> child : transition.kicked()) {
      Lane<J> lane = lanes.ofAny(child.state());
      unfinished++;
      Entry<J> kicked = orders.enter(child, lane);
      expiries.add(child, child.updated(), decidedNanos);
      place(kicked, child, lane, Duration.ZERO, nowNanos);
      if (entry.next != null) { // It is meant for the whole family.
        order(kicked, entry.next);
      }
    }
    orderNext(entry);
  }

  /// Puts a job where its recorded version says that it belongs.
  private void place(Entry<J> entry, Job<J> job, Lane<J> lane, Duration delay, long nowNanos) {
    entry.job = job;
    entry.lane = lane;
    entry.leavePlace();
    if (lane.terminal) {
      entry.phase(Phase.ENDED);
      lane.completed++;
      unfinished--;
      orders.leave(job);
      ended(job, nowNanos);
    } else if (job.parked().isPresent() || !lane.known) {
      park(entry);
    } else if (job.awaitsKicks() && families.join(entry)) {
      entry.phase(Phase.JOINING);
      lane.delayed++;
    } else if (delay.isZero()) {
      queue(entry, nowNanos);
    } else {
      entry.phase(Phase.DELAYED);
      lane.delay(job);
      timers.add(entry, delay, nowNanos);
    }
  }

  private void ended(Job<J> job, long nowNanos) {
    Entry<J> parent = families.ended(job);
    if (parent != null) {
      parent.lane.delayed--;
      queue(parent, nowNanos);
    }
  }

  private void queue(Entry<J> entry, long nowNanos) {
    entry.phase(Phase.WAITING);
    entry.sinceNanos = nowNanos;
    try {
      entry.lane.add(entry, nowNanos);
    } catch (RuntimeException untold) {
      parkInMemory(entry, "its key or cost cannot be told: " + untold);
    }
    touched.set(entry.lane.index);
  }

  private void park(Entry<J> entry) {
    entry.phase(Phase.PARKED);
    entry.lane.parked++;
    unfinished--;
  }

  private void refused(Entry<J> entry, Feedback feedback, long nowNanos) {
    if (entry.lane.turnstile == null) {
      entry.lane.limit(List.of(), null, owner).adopt(entry.together().getFirst(), nowNanos);
    }
    entry.lane.meter.refused(entry.job);
    handBack(entry, feedback, nowNanos);
  }

  private void handBack(Entry<J> entry, Feedback feedback, long nowNanos) {
    freeSlot(entry, Phase.WAITING, feedback, nowNanos);
    pauses.withdrawn(entry);
    entry.handPlaceBack();
    entry.sinceNanos = nowNanos;
    entry.lane.handBack(entry, nowNanos);
    orderNext(entry);
  }

  private void unrecordable(Entry<J> entry, String reason, long nowNanos) {
    if (entry.is(Phase.ORDERED)) {
      orders.returned(entry, true);
    } else {
      freeSlot(entry, Phase.PARKED, Feedback.FAILED, nowNanos);
      entry.lane.meter.unrecordable();
      pauses.returned(entry, true, nowNanos);
    }
    parkInMemory(entry, reason);
    orderNext(entry);
  }

  private void parkInMemory(Entry<J> entry, String reason) {
    entry.job = entry.job.copy().parked(reason).build();
    park(entry);
  }

  private void orderNext(Entry<J> entry) {
    Order next = entry.next;
    entry.next = null;
    if (next != null) {
      order(entry, next);
    }
  }

  private void order(Entry<J> entry, Order order) {
    if (!stopped && orders.give(entry, order)) {
      unfinished++;
    }
  }

  private void unchanged(Entry<J> entry, Duration delay, long nowNanos) {
    orders.returned(entry, true);
    place(entry, entry.job, entry.lane, delay, nowNanos);
    orderNext(entry);
  }

  private void stop(long nowNanos) {
    stopped = true;
    for (Entry<J> entry = orders.takeBack(); entry != null; entry = orders.takeBack()) {
      place(entry, entry.job, entry.lane, Duration.ZERO, nowNanos);
    }
  }

  private void releaseDue(long nowNanos) {
    deadlines.find(nowNanos);
    pauses.letProbe(nowNanos);
    if (!stopped) {
      expiries.expire(nowNanos);
    }
    for (Entry<J> due = timers.takeDue(nowNanos); due != null; due = timers.takeDue(nowNanos)) {
      due.lane.endDelay(due.job);
      queue(due, nowNanos);
    }
  }

  private void dispatch(long nowNanos, Collection<? super Entry<J>> starts) {
    if (!lackPermit.isEmpty()) {
      touched.or(lackPermit);
      lackPermit.clear();
    }
    while (orders.hasNext() && !isHeld()) {
      starts.add(orders.takeNext());
    }
    for (int i = touched.length() - 1; i >= 0 && !isHeld(); i = touched.previousSetBit(i)) {
      Lane<J> lane = lanes.get(i);
      while (!isHeld() && lane.hasWorkAndRoom()) {
        Entry<J> next = lane.poll(nowNanos);
        if (next == null) {
          lackPermit.set(i);
          lane.meter.lacksPermit(nowNanos);
          break;
        }
        starts.add(start(next, nowNanos));
      }
      if (isHeld()) {
        break; // The bit stays: when the hold ends, this lane goes on.
      }
      touched.clear(i);
    }
  }

  /// The executions whose deadline has passed since this was last asked. They keep their slots.
  List<Entry<J>> takeOverdue() {
    return deadlines.take();
  }

  private boolean isHeld() {
    return stopped
        || hold != null
        || pauses.isRunPaused()
        || uncommitted >= limits.uncommitted
        || uncommittedBytes >= limits.uncommittedBytes;
  }

  private Entry<J> start(Entry<J> entry, long nowNanos) {
    entry.lane.executing++;
    entry.lane.meter.started(entry.sinceNanos, entry.lane.turnstile != null, nowNanos);
    if (entry.call == null) {
      begin(entry);
    } else {
      entry.call.entries().forEach(this::begin);
      entry.lane.alongside += entry.call.size() - 1;
    }
    return entry;
  }

  private void begin(Entry<J> entry) {
    entry.phase(Phase.EXECUTING);
    executing++;
    pauses.started(entry);
    entry.takePlace();
  }

  /// When something will happen by the passing of time alone, in the nanoseconds that `apply` is
  /// given; empty if only a message can change anything.
  OptionalLong nextDueNanos(long nowNanos) {
    long wait = Math.min(timers.waitNanos(nowNanos), deadlines.waitNanos(nowNanos));
    wait = Math.min(wait, pauses.waitNanos(nowNanos));
    wait = stopped ? wait : Math.min(wait, expiries.waitNanos(nowNanos));
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
    lanes.all().forEach(lane -> lane.tellTime(now, nowNanos));
  }

  /// Adds what is to be remembered of the limits of whole states.
  void notes(long nowNanos, LongFunction<Instant> clock, List<LimitNote> notes) {
    for (Lane<J> lane : lanes.all()) {
      if (lane.turnstile != null) {
        lane.turnstile.notes(null, nowNanos, clock, notes);
      }
    }
  }

  /// Whether every job is in a terminal state, parked, or waiting for kicks of which one is parked,
  /// or for a place in a group that is full of such jobs; and all of that is durable.
  boolean isResting() {
    int others = unfinished - families.joining();
    return others == 0 || others == lanes.shutOut();
  }

  /// How many jobs wait for the jobs that they kicked.
  int joining() {
    return families.joining();
  }

  /// Whether no step is running and no result waits for the disk.
  boolean isIdle() {
    return executing == 0 && uncommitted == 0 && orders.areIdle();
  }

  /// How many jobs are executed.
  int executing() {
    return executing;
  }

  /// How many results wait for the disk.
  int uncommitted() {
    return uncommitted;
  }

  /// What is paused: the run first.
  List<Pause> paused() {
    return pauses.all();
  }

  /// What there is to tell since this was last asked.
  List<RunEvent> takeNotices() {
    return pauses.takeNotices();
  }

  /// Shows all states, in the workflow's order, each with what keeps it from starting more.
  void visitLanes(BiConsumer<? super Lane<J>, LimitedBy> visitor) {
    lanes.all().forEach(lane -> visitor.accept(lane, limitedBy(lane)));
  }

  /// What keeps the state from starting more.
  LimitedBy limitedBy(Lane<J> lane) {
    return lane.limitedBy(
        stopped
            ? LimitedBy.STOPPED
            : pauses.isRunPaused() ? LimitedBy.PAUSED : isHeld() ? LimitedBy.DISK : null);
  }

  /// The counts of all states, in the workflow's order; states that only jobs name come after them.
  ///
  /// @param clock tells a time, in the nanoseconds that `apply` is given, as people read it
  List<StatusCount> status(LongFunction<String> clock) {
    return lanes.all().stream().map(lane -> lane.count(clock)).toList();
  }

  /// The same without what holds them.
  List<StatusCount> status() {
    return lanes.all().stream().map(Lane::count).toList();
  }
}
