package dev.jorb.engine;

import dev.jorb.measure.LimitedBy;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Why nothing starts in a state though jobs wait, and until when.
///
/// @param untilNanos null if no time ends it
/// @param knowsWhen whether it ends then, and is not only asked again
/// @param by what kind of limit it is
record Hold(String reason, @Nullable Long untilNanos, boolean knowsWhen, LimitedBy by) {
  /// For people to read.
  ///
  /// @param clock tells a time as people read it
  String text(LongFunction<String> clock) {
    String until = untilNanos == null || !knowsWhen ? "" : clock.apply(untilNanos);
    return reason + (until.isEmpty() ? "" : " until " + until);
  }
}
