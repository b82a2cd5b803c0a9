package dev.jorb.engine;

import dev.jorb.event.StatusCount;
import dev.jorb.limit.Limit;
import dev.jorb.measure.LimitedBy;
import dev.jorb.run.Job;
import dev.jorb.workflow.State;
import dev.jorb.workflow.StateLimit;
import java.time.Instant;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// One state on the board: who waits there, who is executed, and what limits it.
///
/// Read and written by the board only.
final class Lane<J> {
  final int index;
  final String state;
  final boolean terminal;
  int concurrency;

  /// What the workflow says of it; null if it is in no workflow.
  @Nullable State<?, ?, J> definition;

  /// What its jobs pass before they start; null if nothing limits them but the concurrency.
  @Nullable Turnstile<J> turnstile;

  /// How long an execution may take, in nanoseconds; 0 for any time.
  final long timeoutNanos;

  /// Whether the workflow has this state; if not, its jobs are parked.
  final boolean known;

  /// Of the group that its state is in; null if it is in none.
  final @Nullable Places<J> places;

  final Queue<J> waiting;

  /// Waiting jobs that are not inside of the group yet.
  int entrants;

  final Meter meter = new Meter();

  /// Where the last job went from here: most go to the same state, which need not be looked up
  /// then.
  @Nullable Lane<J> lastNext;

  /// When each execution that began is overdue. All have the same timeout, so the first is due
  /// first.
  final LinkedHashMap<Entry<J>, Long> deadlines = new LinkedHashMap<>();

  /// Calls of its step that are running: taken slots.
  int executing;

  /// Jobs that are executed beside the first one of their call.
  int alongside;

  /// The most jobs that one call takes.
  int batchSize = 1;

  /// Jobs with a result on its way to the disk, or with an order to be carried out.
  int committing;

  /// Jobs that wait for a time, or for the jobs that they kicked.
  int delayed;

  /// Those of them that wait because they go in circles.
  private int circling;

  int parked;
  long completed;

  /// Who or what paused it; null if it goes on.
  @Nullable String paused;

  /// What pauses it by itself; null if nothing does.
  @Nullable Breaker<J> breaker;

  /// Whether the note that a step has started is in the run file before the step begins.
  boolean notesFirst;

  Lane(
      int index,
      String state,
      boolean terminal,
      int concurrency,
      long timeoutNanos,
      boolean known,
      @Nullable Places<J> places) {
    this.index = index;
    this.state = state;
    this.terminal = terminal;
    this.concurrency = concurrency;
    this.timeoutNanos = timeoutNanos;
    this.known = known;
    this.places = places;
    this.waiting = new Queue<>(places != null);
    if (places != null) {
      places.add(this);
    }
  }

  /// Puts a turnstile before the lane, and returns it.
  Turnstile<J> limit(
      List<StateLimit<J>> limits, @Nullable ToLongFunction<? super J> cost, LimitOwner owner) {
    Turnstile<J> limited = new Turnstile<>(state, limits, cost, waiting, places, owner);
    turnstile = limited;
    return limited;
  }

  /// Puts another limit in place of the one at this place.
  ///
  /// @throws IllegalArgumentException if there is none, or the new one cannot be used
  void replaceLimit(int place, Limit limit, long nowNanos) {
    if (turnstile == null) {
      throw new IllegalArgumentException("state \"" + state + "\" has no limits");
    }
    turnstile.replace(place, limit, nowNanos);
  }

  void tellTime(Instant now, long nowNanos) {
    if (turnstile != null) {
      turnstile.tellTime(now, nowNanos);
    }
  }

  /// Asks all limits again, because one of them, or the concurrency, was set anew.
  void askAgain(BitSet touched) {
    touched.set(index);
    if (turnstile != null) {
      turnstile.askAgain();
    }
  }

  /// Whether a job waits here and only a permit, or the whole run, can hold it.
  boolean hasWorkAndRoom() {
    return executing < concurrency
        && paused == null
        && (breaker == null || !breaker.holds())
        && waiting() > 0
        && !isFull();
  }

  /// Whether all that wait here want to come into a group that is full.
  private boolean isFull() {
    return places != null && waiting() == entrants && !places.hasRoom();
  }

  private boolean isEntrant(Entry<J> entry) {
    return places != null && entry.places == null;
  }

  /// The jobs that wait here.
  int waiting() {
    Turnstile<J> limits = turnstile;
    return limits == null ? waiting.size() : limits.size();
  }

  /// A job comes, last of its line.
  ///
  /// @throws RuntimeException if the state's key or cost cannot be told for it
  void add(Entry<J> entry, long nowNanos) {
    Turnstile<J> limits = turnstile;
    if (limits == null) {
      waiting.add(entry);
    } else {
      limits.add(entry, false, nowNanos);
    }
    entrants += isEntrant(entry) ? 1 : 0;
  }

  /// A job comes back, first of its line.
  void handBack(Entry<J> entry, long nowNanos) {
    Turnstile<J> limits = turnstile;
    if (limits == null) {
      waiting.addFirst(entry);
    } else {
      limits.add(entry, true, nowNanos);
    }
    entrants += isEntrant(entry) ? 1 : 0;
  }

  /// A waiting job leaves out of turn; its entry will be gone.
  void leave(Entry<J> entry) {
    Turnstile<J> limits = turnstile;
    if (limits == null) {
      waiting.left(entry);
    } else {
      limits.leave(entry);
    }
    entrants -= isEntrant(entry) ? 1 : 0;
  }

  /// Takes the next job that may start now, with those that share its call; null if its limits let
  /// none pass.
  @Nullable Entry<J> poll(long nowNanos) {
    Turnstile<J> limits = turnstile;
    Entry<J> first = limits == null ? waiting.remove() : limits.poll(callSize(), nowNanos);
    if (first != null && batchSize > 1) {
      gather(first);
    } else if (first != null) {
      entrants -= isEntrant(first) ? 1 : 0;
    }
    return first;
  }

  /// A circuit tries with one job.
  private int callSize() {
    return breaker != null && breaker.isOpen() ? 1 : batchSize;
  }

  /// Takes those along that the same call can take, and that have a place in the group.
  private void gather(Entry<J> first) {
    int room = places == null ? 0 : places.room();
    Call<J> call = new Call<>();
    for (Entry<J> next = first; next != null; ) {
      call.add(next);
      if (isEntrant(next)) {
        entrants--;
        room--;
      }
      next = call.size() < callSize() ? pollAlongside(first, room > 0) : null;
    }
  }

  private @Nullable Entry<J> pollAlongside(Entry<J> first, boolean hasRoom) {
    Turnstile<J> limits = turnstile;
    if (limits != null) {
      return limits.pollAlongside(first, hasRoom);
    }
    return waiting.hasInside() || (hasRoom && !waiting.isEmpty()) ? waiting.remove() : null;
  }

  /// What keeps it from starting more.
  ///
  /// @param run what keeps the whole run from it; null if nothing does
  LimitedBy limitedBy(@Nullable LimitedBy run) {
    if (waiting() == 0) {
      return committing > 0 && executing == 0 ? LimitedBy.DISK : LimitedBy.NO_WORK;
    }
    if (run != null) {
      return run;
    }
    if (paused != null || (breaker != null && breaker.holds())) {
      return LimitedBy.PAUSED;
    }
    if (isFull()) {
      return LimitedBy.GROUP;
    }
    if (executing >= concurrency) {
      return LimitedBy.SLOTS;
    }
    Hold hold = hold();
    return hold == null ? LimitedBy.NOTHING : hold.by();
  }

  /// What but a slot keeps it from starting more; null if nothing of its own does.
  @Nullable Hold hold() {
    if (places != null && waiting() > 0 && isFull()) {
      return shutOut(places);
    }
    return turnstile == null ? null : turnstile.hold();
  }

  /// That this job, which waits here, wants to come into a group that is full; null if not.
  @Nullable Hold shutOut(Entry<J> entry) {
    return places != null && isEntrant(entry) && !places.hasRoom() ? shutOut(places) : null;
  }

  private static Hold shutOut(Places<?> places) {
    return new Hold("the group " + places.full(), null, false, LimitedBy.GROUP);
  }

  /// How many jobs start before this one, which waits here; adds the ids of the first of them.
  int before(Entry<J> entry, int most, List<String> ids) {
    Queue<J> line = entry.ticket == null ? waiting : entry.ticket.line.waiting;
    return line.before(entry, most, ids);
  }

  /// A job waits for a time.
  void delay(Job<J> job) {
    delayed++;
    circling += job.laps() >= Verdict.MOST_LAPS ? 1 : 0;
  }

  /// It no longer does.
  void endDelay(Job<J> job) {
    delayed--;
    circling -= job.laps() >= Verdict.MOST_LAPS ? 1 : 0;
  }

  /// How many jobs are doing what.
  StatusCount count() {
    return count(null);
  }

  /// The same with what holds them.
  ///
  /// @param clock tells a time as people read it
  StatusCount count(@Nullable LongFunction<String> clock) {
    return new StatusCount(
        state,
        waiting(),
        executing + alongside + committing,
        delayed,
        parked,
        completed,
        terminal,
        clock == null ? "" : holdText(clock));
  }

  private String holdText(LongFunction<String> clock) {
    Hold hold = hold();
    String held = hold == null ? "" : hold.text(clock);
    return held.isEmpty() && circling > 0
        ? circling + (circling == 1 ? " job goes" : " jobs go") + " in circles, slowed down"
        : held;
  }

  @Override
  public String toString() {
    return state;
  }
}
