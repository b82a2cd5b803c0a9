package dev.jorb.engine;

import dev.jorb.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A time that passes only when there is nothing left to do at its present moment, and the threads
/// that live in it: a discrete event simulation.
///
/// What is to happen waits in a queue. The thread that calls [#runUntil] takes the first event,
/// sets the clock to its moment and lets it happen. Events of one moment happen in an order drawn
/// from the random generator, so that each seed is another interleaving and the same seed is the
/// same one.
///
/// Steps run on threads of their own, so that they may [#sleep] in the middle, but only one thread
/// has the turn at any time: the caller's, or that of one [Strand] which was resumed and has not
/// yet slept or ended. So there is no race: whoever has the turn may touch everything in here.
public final class VirtualTime implements TimeSource {
  private static final Logger LOG = LoggerFactory.getLogger(VirtualTime.class);

  /// So many events at one moment mean that something goes in circles without letting time pass.
  private static final int MOST_AT_ONE_MOMENT = 1_000_000;

  private static final int HANGS_AFTER_SECONDS = 30;

  private final Instant origin;
  private final RandomGenerator random;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          Comparator.comparingLong(Event::dueNanos)
              .thenComparingLong(Event::shuffle)
              .thenComparingLong(Event::order));
  private final Set<Strand> alive = new LinkedHashSet<>();
  private long nowNanos;
  private long horizonNanos;
  private long eventCount;
  private int atThisMoment;
  private @Nullable Strand running;
  private boolean killed;
  private boolean closed;

  /// @param shuffle drawn, it orders the events of one moment
  private record Event(long dueNanos, long shuffle, long order, Runnable action) {}

  /// The process that lives in this time was killed; ends whoever hears of it.
  public static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("the simulated process was killed", null, false, false);
    }
  }

  /// Time that begins at `origin`.
  public VirtualTime(Instant origin, RandomGenerator random) {
    this.origin = origin;
    this.random = random;
  }

  @Override
  public long nanoTime() {
    return nowNanos;
  }

  @Override
  public Instant instant() {
    return origin.plusNanos(nowNanos);
  }

  /// Lets something happen after a time, on the thread that calls [#runUntil].
  public void after(Duration delay, Runnable action) {
    at(nowNanos + delay.toNanos(), action);
  }

  /// Lets something happen at a time of [#nanoTime()], or now if that has passed.
  void at(long dueNanos, Runnable action) {
    events.add(new Event(Math.max(nowNanos, dueNanos), random.nextLong(), eventCount++, action));
  }

  /// Starts a strand at this moment.
  Strand spawn(Runnable body) {
    Strand strand =
        new Strand(() -> {
          if (!closed) {
            body.run();
          }
        });
    alive.add(strand);
    at(nowNanos, () -> resume(strand));
    return strand;
  }

  /// Lets events happen until `done`, or until time would pass `horizon`, or nothing is left that
  /// could happen, or the process is killed.
  ///
  /// @throws IllegalStateException if a million events happen at one moment
  public void runUntil(BooleanSupplier done, Instant horizon) {
    killed = false;
    horizonNanos = Duration.between(origin, horizon).toNanos();
    while (!killed && !done.getAsBoolean()) {
      Event first = events.peek();
      if (first == null || first.dueNanos > horizonNanos) {
        nowNanos = first == null ? nowNanos : Math.max(nowNanos, horizonNanos);
        return;
      }
      events.remove();
      advanceTo(first.dueNanos);
      try {
        first.action.run();
      } catch (Killed ended) {
        return;
      }
    }
  }

  private void advanceTo(long nanos) {
    atThisMoment = nanos == nowNanos ? atThisMoment + 1 : 0;
    nowNanos = nanos;
    if (atThisMoment > MOST_AT_ONE_MOMENT) {
      throw new IllegalStateException(
          MOST_AT_ONE_MOMENT
              + " things happened at "
              + instant()
              + " without any time passing: a job goes in circles. Let its step take some time, or"
              + " wait with Outcome.after");
    }
  }

  private void resume(Strand strand) {
    running = strand;
    strand.resume();
    try {
      while (!strand.awaitPause(HANGS_AFTER_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("a step has been at the same place for a long time (real time):\n{}", strand);
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a step was running:\n" + strand, stop);
    } finally {
      running = null;
    }
    if (strand.hasEnded()) {
      alive.remove(strand);
      strand.rethrow();
    }
  }

  /// Lets the step that calls this take so much longer; others go on meanwhile. Even a sleep of
  /// zero lets others of the same moment go first, if the seed says so.
  ///
  /// @throws InterruptedException if the step has run into its timeout
  /// @throws IllegalStateException if the caller is not a step, on its own thread
  public void sleep(Duration duration) throws InterruptedException {
    Strand me = running;
    if (me == null || !me.isCurrent()) {
      throw new IllegalStateException(
          "only a step can sleep in virtual time, and what it calls on its own thread, but this is "
              + Thread.currentThread());
    }
    if (closed) {
      throw new Killed();
    }
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted before its sleep of " + duration);
    }
    long until = nowNanos + duration.toNanos();
    Event next = events.peek();
    if ((next == null || next.dueNanos > until) && until <= horizonNanos) {
      advanceTo(until); // Nobody else would get the turn.
      return;
    }
    int sleep = me.beginSleep();
    at(until, () -> wake(me, sleep));
    pause(me);
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted in its sleep of " + duration);
    }
  }

  private void wake(Strand strand, int sleep) {
    if (strand.endSleep(sleep)) {
      resume(strand);
    }
  }

  private void pause(Strand strand) {
    strand.pause();
    if (closed) {
      throw new Killed();
    }
  }

  /// Interrupts a strand; if it sleeps, it wakes at this moment.
  void interrupt(Strand strand) {
    strand.interrupt();
    int sleep = strand.currentSleep();
    at(nowNanos, () -> wake(strand, sleep));
  }

  /// Ends the process that lives in this time, as `kill -9` does: nothing that was to happen
  /// happens, and no step goes on, not even to its `finally`. Does not return. [#runUntil] does,
  /// and may be called again for what comes after.
  public void kill() {
    killed = true;
    events.clear();
    Strand me = running;
    if (me != null && me.isCurrent()) {
      pause(me);
    }
    throw new Killed();
  }

  /// Whether the process was killed since [#runUntil] was last called.
  public boolean isKilled() {
    return killed;
  }

  /// Whether [#close()] was called: what still runs is of no account.
  boolean isClosed() {
    return closed;
  }

  /// Ends the threads of the steps that were killed or left, now with their `finally`.
  public void close() {
    closed = true;
    events.clear();
    List<Strand> left = new ArrayList<>(alive);
    for (Strand strand : left) {
      while (!strand.hasEnded()) {
        resume(strand);
      }
    }
  }
}
