package dev.jorb.report;

import dev.jorb.run.HoldNote;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/// The times of a run in which no process was there, as far as that was noted. No job has waited
/// then.
final class Absences {
  private final List<HoldNote> all;

  Absences(Collection<HoldNote> holds) {
    this.all = holds.stream().filter(HoldNote::isAbsence).toList();
  }

  /// The time between two, without those.
  Duration without(Instant from, Instant to) {
    Duration left = Duration.between(from, to).minus(within(from, to));
    return left.isNegative() ? Duration.ZERO : left;
  }

  private Duration within(Instant from, Instant to) {
    Duration sum = Duration.ZERO;
    for (HoldNote each : all) {
      Instant since = from.isAfter(each.since()) ? from : each.since();
      Instant until = to.isBefore(each.until()) ? to : each.until();
      if (until.isAfter(since)) {
        sum = sum.plusNanos((long) (each.share() * Duration.between(since, until).toNanos()));
      }
    }
    return sum;
  }
}
