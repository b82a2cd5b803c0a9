package dev.jorb.engine;

/// A job of the [ReferenceModel]: what is written of it, what the process knows of it, and where it
/// stands. Times count from zero.
final class ModelJob {
  static final long NEVER = Long.MAX_VALUE;

  enum Phase {
    WAITING,
    EXECUTING,
    /// Something was ordered, and nobody has begun with it.
    GIVEN,
    /// It is being carried out.
    ORDERED,
    COMMITTING,
    DELAYED,
    /// It waits for the jobs that it kicked.
    JOINING,
    PARKED,
    ENDED
  }

  final String id;

  /// The job that kicked it; null if none did.
  final String parent;

  /// What a new process would find.
  Facts written;

  /// What this process goes by.
  Facts is;

  /// How many processes died in a row while its step was running.
  int crashes;

  /// Whether it is noted that its step has started.
  boolean noted;

  /// Null as long as it has not come.
  Phase phase;

  /// The call that it shares with others.
  long call;

  /// What was ordered: what comes now, and what comes when it has returned.
  Order.Act order;

  Order.Act next;
  long place;
  long dueNanos;

  /// When it is looked at because of its deadline.
  long expiresNanos = NEVER;

  /// When its step has run too long.
  long overdueNanos = NEVER;

  /// Whether it is inside of its state's group, and whether it came in by the step that runs.
  boolean inside;

  boolean entered;

  /// What was decided, and when.
  ModelVerdicts.Verdict verdict;

  long returnedNanos;
  int bytes;

  ModelJob(String id, String parent, Facts written) {
    this.id = id;
    this.parent = parent;
    this.written = written;
    this.is = written.copy();
  }

  /// What is written of a job.
  static final class Facts {
    int state;
    String context = "c";
    int attempt;
    int kicks;
    boolean parked;
    boolean held;
    int priority;
    boolean awaits;
    int laps;

    /// -1 for none.
    long dueMillis = -1;

    long deadlineMillis = NEVER;
    long updatedMillis;

    /// Nothing was recorded of it since it came.
    boolean fresh = true;

    /// Its last transition led from a state of a group to one of the same.
    boolean within;

    Facts(int state, long now) {
      this.state = state;
      this.updatedMillis = millis(now);
    }

    Facts copy() {
      Facts copy = new Facts(state, 0);
      copy.context = context;
      copy.attempt = attempt;
      copy.kicks = kicks;
      copy.parked = parked;
      copy.held = held;
      copy.priority = priority;
      copy.awaits = awaits;
      copy.laps = laps;
      copy.dueMillis = dueMillis;
      copy.deadlineMillis = deadlineMillis;
      copy.updatedMillis = updatedMillis;
      copy.fresh = fresh;
      copy.within = within;
      return copy;
    }

    /// To be changed into what is recorded next.
    Facts next(long now) {
      Facts next = copy();
      next.updatedMillis = millis(now);
      next.fresh = false;
      next.laps = 0;
      return next;
    }

    /// How long it still has to wait.
    long remaining(long now) {
      return dueMillis < 0 ? 0 : Math.max(0, dueMillis * 1_000_000 - now);
    }
  }

  static long millis(long nanos) {
    return Math.floorDiv(nanos, 1_000_000);
  }
}
