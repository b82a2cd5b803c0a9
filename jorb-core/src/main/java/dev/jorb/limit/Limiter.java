package dev.jorb.limit;

import java.time.Instant;
import java.util.OptionalDouble;

/// What a [Limit] has let pass so far, and whether more may: a pure function of the time that its
/// caller tells. It starts no thread, reads no clock and never waits.
///
/// A start is asked for by [#waitNanos] and, if that is zero, taken by [#started]; when its step is
/// over, [#ended] hands the permit back with what came of it. Times are nanoseconds from an origin
/// without a meaning, and only grow; compare them by their difference.
///
/// Not thread-safe: one lock guards each of them. It is held while a method runs, so none may
/// block. A limiter that throws, or answers a negative wait, holds the state that asked it until it
/// is replaced; other states go on.
public interface Limiter {
  /// The wait for something that no time brings: a running step must end first, or somebody must
  /// change the limit.
  long UNTIL_CHANGED = Long.MAX_VALUE;

  /// Nanoseconds until a start of this cost may be allowed; 0 if it may start now. Takes nothing.
  ///
  /// @param cost what it costs, at least 0; 1 unless the state says otherwise
  long waitNanos(long cost, long nowNanos);

  /// A start of this cost takes place now. Called only after [#waitNanos] was zero for it.
  void started(long cost, long nowNanos);

  /// A start is over.
  default void ended(Permit permit, Feedback feedback, long nowNanos) {}

  /// Whether a new limiter of the same limit would answer the same from now on, but for what is too
  /// old to matter: then this one may be forgotten. Asked of limits that are kept per key. False if
  /// in doubt.
  default boolean isLikeNew(long nowNanos) {
    return false;
  }

  /// Whether it draws its own conclusions from refusals that name no time to wait. If not, the
  /// limit is closed for a while that doubles with each refusal in a row.
  default boolean learns() {
    return false;
  }

  /// What it has learned, as one number that [#recall] understands; empty if it learns nothing.
  default OptionalDouble learned() {
    return OptionalDouble.empty();
  }

  /// Begins with what another one learned before: the value of its [#learned].
  default void recall(double learned) {}

  /// What time of day it is at `nowNanos`. Told at the beginning and a few times a second while a
  /// run goes on, for limiters that go by the clock on the wall.
  default void tellTime(Instant now, long nowNanos) {}

  /// Why it lets nothing start at present, in few words that say what is the matter, if that is
  /// more than that its limit is used up; empty if not. Then the time that [#waitNanos] answers is
  /// when to ask again, not when it will be over.
  default String closedBecause() {
    return "";
  }

  /// Takes over what an earlier limiter has let pass, because it is put in its place while the run
  /// goes on. Does nothing if the two cannot be compared.
  ///
  /// @param running the steps that run, and will be handed back to this one
  default void succeed(Limiter earlier, int running, long nowNanos) {}
}
