package dev.jorb.engine;

import dev.jorb.limit.Feedback;
import dev.jorb.limit.Limit;
import dev.jorb.limit.Limiter;
import dev.jorb.limit.LiveLimiter;
import dev.jorb.limit.Permit;
import dev.jorb.limit.SharedLimits;
import dev.jorb.measure.LimitedBy;
import dev.jorb.run.LimitNote;
import dev.jorb.workflow.Failure;
import dev.jorb.workflow.StateLimit;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a job of a limited state passes on its way to a start: first its key's own limits, then
/// those that count for the whole state. Only states with limits have one.
///
/// Jobs stand in one line for each key, or in a single line if no limit is kept per key. Lines
/// whose first job may start take turns. A line that has to wait for a time stands aside until
/// then, one that waits for a change until its limiter says that there is one; so a slow key costs
/// the others nothing, and asking again costs nothing for those that wait.
///
/// ```
///            ┌───────────── its time has come ◄─── LATER ◄─┐
///            ▼                                             │ a time
///   add ──► READY ──── first job starts, more wait ──┐     │
///            ▲  └───────────────────────────────────►┴─────┤ a change
///            └───────── a limiter has changed ◄─── ASIDE ◄─┘
/// ```
///
/// In a state of a group, lines of which no job is inside stand at the door: they take turns when
/// no other line has a job that may start, if the group has room.
///
/// Guarded by the lock of its [SharedLimits], which each method takes.
///
/// @param <J> the job context
final class Turnstile<J> {
  private static final Logger LOG = LoggerFactory.getLogger(Turnstile.class);

  private final String state;
  private final SharedLimits limits;
  private final LimitOwner owner;
  private final RememberedLimits remembered;
  private final List<StateLimit<J>> declared;
  private final List<LiveLimiter> forAll = new ArrayList<>();
  private final List<String> forAllNames = new ArrayList<>();
  private final List<StateLimit<J>> perKey = new ArrayList<>();
  private final List<String> perKeyNames = new ArrayList<>();
  private final Toll<J> toll;
  private final Queue<J> onlyLine;
  private final @Nullable Places<J> places;

  private final Map<Object, Line<J>> lines = new HashMap<>();
  private final ArrayDeque<Line<J>> ready = new ArrayDeque<>();
  private final PriorityQueue<Line<J>> later = new PriorityQueue<>();

  /// Lines that have nobody inside of the state's group.
  private final LinkedHashSet<Line<J>> atTheDoor = new LinkedHashSet<>();

  private int size;
  private boolean isSubscribed;
  private @Nullable Hold hold;
  private @Nullable String broken;

  /// The last limit that was asked.
  private @Nullable Limit asked;

  /// A limiter's answer that makes no sense.
  private static final class Nonsense extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Nonsense(String what) {
      super(what);
    }
  }

  /// @param stateLimits what limits the state; if empty, only what services say
  /// @param waiting the lane's own queue, which is the only line if no limit is kept per key
  /// @param places of the group that the state is in; null if it is in none
  Turnstile(
      String state,
      List<StateLimit<J>> stateLimits,
      @Nullable ToLongFunction<? super J> cost,
      Queue<J> waiting,
      @Nullable Places<J> places,
      LimitOwner owner) {
    this.remembered = owner.remembered;
    this.declared = stateLimits;
    this.state = state;
    this.limits = owner.limits;
    this.toll = new Toll<>(perKey, cost);
    this.onlyLine = waiting;
    this.places = places;
    this.owner = owner;
    limits.lock();
    try {
      if (stateLimits.isEmpty()) {
        addForAll(Limit.none(), unlimited(state));
      }
      for (int i = 0; i < stateLimits.size(); i++) {
        StateLimit<J> each = stateLimits.get(i);
        String name = state + "#" + i;
        if (each.key().isPresent()) {
          perKey.add(each);
          perKeyNames.add(name);
        } else {
          addForAll(each.limit(), name);
        }
      }
      if (!waiting.isEmpty()) {
        takeIn(new Line<>("", List.of(), waiting));
        size = waiting.size();
      }
    } finally {
      limits.unlock();
    }
  }

  /// What a state without limits is called in notes, should a service close it.
  static String unlimited(String state) {
    return state + "#";
  }

  private void addForAll(Limit limit, String name) {
    LiveLimiter live = limits.get(limit);
    remembered.remind(name, "", live);
    forAll.add(live);
    forAllNames.add(name);
  }

  /// A job comes, last of its line or, if it is handed back, first.
  ///
  /// @throws RuntimeException if the state's key or cost cannot be told for it
  void add(Entry<J> entry, boolean first, long nowNanos) {
    Line.Ticket<J> ticket = entry.ticket;
    limits.lock();
    try {
      long price = first && ticket != null ? ticket.cost : toll.price(entry.job);
      Object key = first && ticket != null ? ticket.line.key : toll.key(entry.job);
      Line<J> line = line(key, nowNanos);
      entry.ticket = new Line.Ticket<>(line, price);
      if (!line.isRetained) {
        line.isRetained = true;
        line.limiters.forEach(LiveLimiter::retain);
      }
      if (first) {
        line.waiting.addFirst(entry);
      } else {
        line.waiting.add(entry);
      }
      size++;
      takeIn(line);
    } finally {
      limits.unlock();
    }
  }

  private void takeIn(Line<J> line) {
    lines.put(line.key, line);
    if (!line.isPlaced) {
      line.isPlaced = true;
      ready.add(line);
    } else if (line.waiting.hasInside() && atTheDoor.remove(line)) {
      ready.add(line);
    }
  }

  private Line<J> line(Object key, long nowNanos) {
    Line<J> line = lines.get(key);
    if (line != null) {
      return line;
    }
    if (perKey.isEmpty()) {
      return new Line<>(key, List.of(), onlyLine);
    }
    List<LiveLimiter> own = new ArrayList<>(perKey.size());
    for (int i = 0; i < perKey.size(); i++) {
      Object part = perKey.size() == 1 ? key : ((List<?>) key).get(i);
      LiveLimiter live = limits.get(perKey.get(i).limit(), part, nowNanos);
      remembered.remind(perKeyNames.get(i), part.toString(), live);
      own.add(live);
    }
    return new Line<>(key, own, new Queue<>(places != null));
  }

  /// The next job that may start now, with its permits taken; null if none may. [#waitNanos] tells
  /// then when to ask again.
  ///
  /// @param together how many jobs one call takes: with its price it takes as many of the line
  @Nullable Entry<J> poll(int together, long nowNanos) {
    limits.lock();
    try {
      owner.isAsking = true;
      return broken == null ? next(together, nowNanos) : null;
    } catch (Throwable nonsense) {
      breakOff(nonsense);
      return null;
    } finally {
      owner.isAsking = false;
      limits.unlock();
    }
  }

  private void breakOff(Throwable nonsense) {
    String what =
        nonsense instanceof Nonsense
            ? String.valueOf(nonsense.getMessage())
            : asked + "\" threw " + Failure.describe(nonsense).lines().findFirst().orElse("");
    broken = "held: its limiter \"" + what;
    hold = new Hold(broken, null, true, LimitedBy.LIMITER);
    LOG.warn("state \"{}\" is {}; it goes on when its limit is set anew", state, broken, nonsense);
  }

  private @Nullable Entry<J> next(int together, long nowNanos) {
    for (Line<J> due = later.peek();
        due != null && due.dueNanos - nowNanos <= 0;
        due = later.peek()) {
      ready.add(later.remove());
    }
    for (Line<J> line = ready.peek(); line != null; line = ready.peek()) {
      if (line.waiting.isEmpty()) { // All of it left out of turn.
        ready.remove();
        line.isPlaced = false;
        dropIfUnused(line);
        continue;
      }
      if (!line.waiting.hasInside()) {
        atTheDoor.add(ready.remove());
        continue;
      }
      long price = price(line, together);
      if (mustWait(forAll, price, nowNanos, null)) {
        return null;
      }
      ready.remove();
      if (!mustWait(line.limiters, price, nowNanos, line)) {
        return start(line, price, nowNanos);
      }
    }
    return hasRoomInside() ? entrant(together, nowNanos) : null;
  }

  private boolean hasRoomInside() {
    return places != null && places.hasRoom();
  }

  /// The next job that comes into the group.
  private @Nullable Entry<J> entrant(int together, long nowNanos) {
    while (!atTheDoor.isEmpty()) {
      Line<J> line = atTheDoor.getFirst();
      if (line.waiting.isEmpty()) {
        atTheDoor.removeFirst();
        line.isPlaced = false;
        dropIfUnused(line);
        continue;
      }
      long price = price(line, together);
      if (mustWait(forAll, price, nowNanos, null)) {
        return null;
      }
      atTheDoor.removeFirst();
      if (!mustWait(line.limiters, price, nowNanos, line)) {
        return start(line, price, nowNanos);
      }
    }
    return null;
  }

  /// What a call costs that takes so many jobs of this line: one permit if nobody says what a job
  /// costs.
  private long price(Line<J> line, int together) {
    if (together == 1 || !toll.isToldPerJob()) {
      return line.ticketOf(line.waiting.element()).cost;
    }
    long price = 0;
    int room = places == null ? 0 : places.room();
    for (Entry<J> each : line.waiting.first(together, room)) {
      price += line.ticketOf(each).cost;
    }
    return price;
  }

  /// Takes one more job of the line of one that has just started, for the same call; null if none
  /// waits there.
  ///
  /// @param hasRoom whether one may come into the group
  @Nullable Entry<J> pollAlongside(Entry<J> first, boolean hasRoom) {
    limits.lock();
    try {
      Queue<J> waiting = first.ticket == null ? onlyLine : first.ticket.line.waiting;
      if (!waiting.hasInside() && (!hasRoom || waiting.isEmpty())) {
        return null;
      }
      size--;
      return waiting.remove();
    } finally {
      limits.unlock();
    }
  }

  private Entry<J> start(Line<J> line, long price, long nowNanos) {
    Entry<J> entry = line.waiting.remove();
    Line.Ticket<J> ticket = line.ticketOf(entry);
    ticket.permit = new Permit(price, nowNanos);
    forAll.forEach(each -> each.started(price, nowNanos));
    line.limiters.forEach(each -> each.started(price, nowNanos));
    line.running++;
    size--;
    hold = null;
    line.isPlaced = !line.waiting.isEmpty();
    if (line.isPlaced) {
      ready.add(line);
    }
    return entry;
  }

  /// Asks the limiters; if one says no, sees to it that it is asked again in time.
  private boolean mustWait(
      List<LiveLimiter> limiters, long price, long nowNanos, @Nullable Line<J> line) {
    long longest = 0;
    LiveLimiter strictest = null;
    for (LiveLimiter each : limiters) {
      asked = each.limit();
      long wait = each.waitNanos(price, nowNanos);
      if (wait < 0) {
        throw new Nonsense(each.limit() + "\" answered a wait of " + wait + " ns");
      }
      if (wait > longest) {
        longest = wait;
        strictest = each;
      }
    }
    if (strictest == null) {
      return false;
    }
    boolean noTime = longest == Limiter.UNTIL_CHANGED;
    hold =
        new Hold(
            strictest.reason(price, nowNanos),
            noTime ? null : nowNanos + longest,
            strictest.knowsWhen(price, nowNanos),
            strictest.limitedBy(price, nowNanos));
    if (line != null) {
      standAside(line, strictest, longest, nowNanos);
    } else if (!isSubscribed) {
      isSubscribed = true;
      strictest.onChange(() -> {
        isSubscribed = false;
        changed();
      });
    }
    return true;
  }

  private void standAside(Line<J> line, LiveLimiter limiter, long wait, long nowNanos) {
    if (wait < Limiter.UNTIL_CHANGED) {
      line.dueNanos = nowNanos + wait;
      later.add(line);
      return;
    }
    limiter.onChange(() -> {
      ready.add(line);
      changed();
    });
  }

  /// The run's own changes are followed by a look at all of its lanes.
  private void changed() {
    if (!owner.isAsking) {
      owner.otherRunChanged.run();
    }
  }

  /// Nanoseconds until [#poll] may find a job, if time alone brings it; empty if not.
  long waitNanos(long nowNanos) {
    limits.lock();
    try {
      if (broken != null) {
        return Long.MAX_VALUE;
      }
      if (!ready.isEmpty() || (!atTheDoor.isEmpty() && hasRoomInside())) {
        Long until = hold == null ? Long.valueOf(nowNanos) : hold.untilNanos();
        return until == null ? Long.MAX_VALUE : Math.max(0, until - nowNanos);
      }
      return later.isEmpty() ? Long.MAX_VALUE : Math.max(0, later.element().dueNanos - nowNanos);
    } finally {
      limits.unlock();
    }
  }

  /// A start is over.
  void ended(Entry<J> entry, Feedback feedback, long nowNanos) {
    Line.Ticket<J> ticket = entry.ticket;
    if (ticket == null || ticket.permit == null) {
      return; // It started before its state had limits.
    }
    Permit permit = ticket.permit;
    ticket.permit = null;
    limits.lock();
    try {
      owner.isAsking = true;
      forAll.forEach(each -> each.ended(permit, feedback, nowNanos));
      ticket.line.limiters.forEach(each -> each.ended(permit, feedback, nowNanos));
    } catch (Throwable nonsense) {
      breakOff(nonsense);
    } finally {
      leave(ticket.line);
      owner.isAsking = false;
      limits.unlock();
    }
  }

  /// Takes in a job that had started before its state had limits.
  void adopt(Entry<J> entry, long nowNanos) {
    limits.lock();
    try {
      Line<J> line = line("", nowNanos);
      Line.Ticket<J> ticket = new Line.Ticket<>(line, 1);
      ticket.permit = new Permit(1, nowNanos);
      entry.ticket = ticket;
      forAll.forEach(each -> each.started(1, nowNanos));
      line.running++;
    } finally {
      limits.unlock();
    }
  }

  /// Adds what is to be remembered of this job's limits; without one, of those of the whole state.
  void notes(
      @Nullable Entry<J> entry, long nowNanos, LongFunction<Instant> clock, List<LimitNote> notes) {
    limits.lock();
    try {
      for (int i = 0; i < forAll.size(); i++) {
        RememberedLimits.note(forAllNames.get(i), forAll.get(i), nowNanos, clock, notes);
      }
      List<LiveLimiter> own =
          entry == null || entry.ticket == null ? List.of() : entry.ticket.line.limiters;
      for (int i = 0; i < own.size(); i++) {
        RememberedLimits.note(perKeyNames.get(i), own.get(i), nowNanos, clock, notes);
      }
    } finally {
      limits.unlock();
    }
  }

  private void leave(Line<J> line) {
    line.running--;
    dropIfUnused(line);
  }

  private void dropIfUnused(Line<J> line) {
    if (line.running == 0 && !line.isPlaced && line.waiting.isEmpty()) {
      if (line.isRetained) {
        line.limiters.forEach(LiveLimiter::release);
      }
      lines.remove(line.key);
      line.isRetained = false;
    }
  }

  /// A waiting job leaves out of turn. Its line, if it was the last there, is forgotten when it is
  /// the line's turn.
  void leave(Entry<J> entry) {
    limits.lock();
    try {
      Line.Ticket<J> ticket = entry.ticket;
      Queue<J> waiting = ticket == null ? onlyLine : ticket.line.waiting;
      waiting.left(entry);
      size--;
    } finally {
      limits.unlock();
    }
  }

  /// Puts another limit in place of the one at this place; one that refused to work is forgotten.
  ///
  /// @throws IllegalArgumentException if there is no such place, or the limit cannot be used
  void replace(int place, Limit limit, long nowNanos) {
    limits.lock();
    try {
      if (place < 0 || place >= declared.size()) {
        throw new IllegalArgumentException(
            "state \"%s\" has %d limits, so there is none at place %d"
                .formatted(state, declared.size(), place));
      }
      limits.replace(declared.get(place).limit(), limit, nowNanos);
      broken = null;
    } finally {
      limits.unlock();
    }
  }

  /// Lines that stand aside for a time are asked again.
  void askAgain() {
    limits.lock();
    try {
      ready.addAll(later);
      later.clear();
    } finally {
      limits.unlock();
    }
  }

  /// What time of day it is.
  void tellTime(Instant now, long nowNanos) {
    limits.lock();
    try {
      forAll.forEach(each -> each.tellTime(now, nowNanos));
    } finally {
      limits.unlock();
    }
  }

  /// The jobs that wait.
  int size() {
    return size;
  }

  /// Why no job starts though some wait; null if that is not because of a limit.
  @Nullable Hold hold() {
    return size == 0 ? null : hold;
  }
}
