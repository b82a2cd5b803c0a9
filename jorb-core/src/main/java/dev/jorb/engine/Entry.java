package dev.jorb.engine;

import dev.jorb.measure.Ending;
import dev.jorb.run.Job;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A job's place on the board. Only jobs that may still move have one.
///
/// Everything but the lane is read and written by the board only, under its owner's lock; the
/// worker that executes the job reads `job` and `order`, which do not change while it does, and
/// writes the ending before it hands over.
@SuppressWarnings("EnumOrdinal") // The numbers are known here only.
final class Entry<J> {
  /// Where the job stands.
  enum Phase {
    /// In its lane's queue.
    WAITING,
    /// Its step is running.
    EXECUTING,
    /// An order is being carried out.
    ORDERED,
    /// Its step returned, or its order was carried out, and the result is on its way to the disk.
    COMMITTING,
    /// Told to wait until a time.
    DELAYED,
    /// Waits for the jobs that it kicked.
    JOINING,
    /// Needs a person.
    PARKED,
    /// In a terminal state.
    ENDED,
    /// Another entry has taken its place.
    GONE;

    private static final Phase[] ALL = values();
  }

  private static final Ending[] ENDINGS = Ending.values();

  Job<J> job;
  Lane<J> lane;

  /// The phase by its number: a reference stored into an object that has grown old costs the
  /// collector, and this changes several times in each transition.
  private byte phase = (byte) Phase.WAITING.ordinal();

  /// How its execution ended, by its number; -1 if it was an order.
  private byte ending = -1;

  /// Since when it has waited for a start, its step has run, or its result has been on its way to
  /// the disk.
  long sinceNanos;

  /// Its place in the line before a limited state; null in others.
  Line.@Nullable Ticket<J> ticket;

  /// Those of which it has one; null if it is inside of no group.
  @Nullable Places<J> places;

  /// Whether it took its place by the start of the step that is running.
  boolean entered;

  /// The call that it shares with other jobs while its step is running; null if it has its own.
  @Nullable Call<J> call;

  /// The order that is being carried out, if the phase says so.
  @Nullable Order order;

  /// The order that comes when the job has returned.
  @Nullable Order next;

  Entry(Job<J> job, Lane<J> lane) {
    this.job = job;
    this.lane = lane;
  }

  Phase phase() {
    return Phase.ALL[phase];
  }

  boolean is(Phase which) {
    return phase == which.ordinal();
  }

  void phase(Phase next) {
    phase = (byte) next.ordinal();
  }

  /// How its execution ended; null if it was an order.
  @Nullable Ending ending() {
    return ending < 0 ? null : ENDINGS[ending];
  }

  /// Called by the worker that executed it.
  void ending(@Nullable Ending how) {
    ending = how == null ? -1 : (byte) how.ordinal();
  }

  /// A new entry for the same job. This one may stay in a queue, which passes over it.
  Entry<J> replace() {
    phase(Phase.GONE);
    Entry<J> fresh = new Entry<>(job, lane);
    if (places != null) {
      places.replace(this, fresh);
    }
    return fresh;
  }

  /// Its step starts: it comes into its state's group, if it is not inside.
  void takePlace() {
    entered = lane.places != null && places == null;
    if (lane.places != null && entered) {
      lane.places.enter(this);
    }
  }

  /// Its step is taken as if it had not started.
  void handPlaceBack() {
    if (entered && places != null) {
      places.leave(this);
    }
  }

  /// It may have come to a state outside of its group.
  @SuppressWarnings("ReferenceEquality") // Each group has its own.
  void leavePlace() {
    if (places != null && places != lane.places) {
      places.leave(this);
    }
  }

  /// Whether the note that its step has started must be in the run file before the step begins:
  /// because its state says so, or because that note tells that it, or one that shares its call, is
  /// inside of a group.
  boolean notesFirst() {
    return lane.notesFirst
        || entered
        || (call != null && call.entries().stream().anyMatch(each -> each.entered));
  }

  /// Whether its step may be interrupted because its time is over.
  boolean hasTimeLimit() {
    return lane.timeoutNanos > 0 || (call == null && job.deadline().isPresent());
  }

  /// The jobs whose step is called together: this one, if it has a call of its own.
  List<Entry<J>> together() {
    Call<J> shared = call;
    return shared == null ? List.of(this) : shared.entries();
  }

  @Override
  public String toString() {
    return job.id() + " " + phase() + " in " + lane;
  }
}
