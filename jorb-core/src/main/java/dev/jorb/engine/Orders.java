package dev.jorb.engine;

import dev.jorb.engine.Entry.Phase;
import dev.jorb.run.Job;
import java.util.ArrayDeque;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// Where to find each job, and the orders that were given for some. Read and written by the board
/// only.
final class Orders<J> {
  /// Orders that are carried out at a time: enough to keep the disk busy, and few enough that one
  /// for a million jobs leaves room for their steps.
  private static final int MOST = 16;

  private final Timers<J> timers;
  private final Families<J> families;

  /// The entries of all jobs that have not ended, by the jobs' positions in the run.
  private final ArrayList<@Nullable Entry<J>> entries = new ArrayList<>();

  /// Jobs with an order that no worker carries out yet.
  private final ArrayDeque<Entry<J>> given = new ArrayDeque<>();

  private int carriedOut;

  Orders(Timers<J> timers, Families<J> families) {
    this.timers = timers;
    this.families = families;
  }

  Entry<J> enter(Job<J> job, Lane<J> lane) {
    Entry<J> entry = new Entry<>(job, lane);
    while (entries.size() <= job.position()) {
      entries.add(null);
    }
    entries.set(job.position(), entry);
    return entry;
  }

  /// The job's entry; null if it has ended.
  @Nullable Entry<J> find(Job<J> job) {
    return find(job.position());
  }

  /// The entry of the job at this position; null if it has ended.
  @Nullable Entry<J> find(int position) {
    return position < entries.size() ? entries.get(position) : null;
  }

  void leave(Job<J> job) {
    entries.set(job.position(), null);
  }

  /// Gives an order for the jobs at these positions.
  ///
  /// @return how many of them were parked till now
  int give(Order order, int[] positions) {
    int parked = 0;
    for (int position : positions) {
      Entry<J> entry = find(position);
      parked += entry != null && give(entry, order) ? 1 : 0;
    }
    return parked;
  }

  /// Takes the job from where it rests, so that the order can be carried out; or notes the order
  /// for when it has returned. The last order counts.
  ///
  /// @return whether it was parked till now
  boolean give(Entry<J> entry, Order order) {
    switch (entry.phase()) {
      case EXECUTING, COMMITTING, ORDERED -> {
        entry.next = order;
        return false;
      }
      case ENDED, GONE -> {
        return false;
      }
      case WAITING -> entry.lane.leave(entry);
      case DELAYED -> entry.lane.endDelay(entry.job);
      case JOINING -> {
        entry.lane.delayed--;
        families.leave(entry);
      }
      case PARKED -> entry.lane.parked--;
    }
    boolean wasParked = entry.is(Phase.PARKED);
    Entry<J> fresh = entry.replace();
    entries.set(entry.job.position(), fresh);
    fresh.phase(Phase.ORDERED);
    fresh.order = order;
    fresh.lane.committing++;
    given.add(fresh);
    timers.dropGone();
    return wasParked;
  }

  /// Whether there is one to be carried out, and room for it.
  boolean hasNext() {
    return !given.isEmpty() && carriedOut < MOST;
  }

  /// The next one to be carried out. There must be one.
  Entry<J> takeNext() {
    carriedOut++;
    return given.remove();
  }

  /// An order that nobody has begun with is taken back; null if there is none.
  @Nullable Entry<J> takeBack() {
    Entry<J> entry = given.poll();
    if (entry != null) {
      entry.order = null;
      entry.lane.committing--;
    }
    return entry;
  }

  /// An order was carried out.
  void returned(Entry<J> entry, boolean isRecorded) {
    carriedOut--;
    entry.order = null;
    entry.phase(Phase.COMMITTING);
    entry.lane.committing -= isRecorded ? 1 : 0;
  }

  /// Whether nobody carries anything out.
  boolean areIdle() {
    return carriedOut == 0;
  }
}
