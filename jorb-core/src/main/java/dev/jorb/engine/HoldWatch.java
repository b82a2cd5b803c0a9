package dev.jorb.engine;

import dev.jorb.measure.LimitedBy;
import dev.jorb.run.HoldNote;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// Watches what holds the states of a run, as far as its transitions will not tell, and says what
/// is worth a note.
///
/// Each sample stands for the time since the one before it. Samples of a state with the same reason
/// and no long gap between them are one note. A note is written again when it has grown by an
/// eighth, and by a second at least; and the longest gap doubles with each [#MANY] notes: so their
/// number grows with the logarithm of the run's length, whatever comes and goes.
///
/// Guarded by the lock of the board's owner.
final class HoldWatch {
  /// The rest can be told from the transitions.
  private static final Set<LimitedBy> NOTED =
      EnumSet.of(
          LimitedBy.DISK, LimitedBy.PAUSED, LimitedBy.GATE, LimitedBy.CLOSED, LimitedBy.LIMITER);

  private static final int MANY = 64;

  /// What is shorter may be chance: a sample that met the disk at work.
  private static final Duration SHORTEST = Duration.ofMillis(500);

  private static final Duration LEAST_GROWTH = Duration.ofSeconds(1);
  private static final Duration ANY = Duration.ofMillis(1);

  /// The newest of each state and reason.
  private final Map<Id, Hold> holds = new LinkedHashMap<>();

  private Duration longestGap = Duration.ofSeconds(1);
  private int begun;
  private Instant last;

  private record Id(String state, LimitedBy by) {}

  private static final class Hold {
    final Instant since;
    Instant until;
    Duration held = Duration.ZERO;
    Duration noted = Duration.ZERO;

    Hold(Instant since) {
      this.since = since;
      this.until = since;
    }

    /// @param enough how much must have come since it was noted
    boolean isDue(Duration enough) {
      return held.compareTo(SHORTEST) >= 0 && held.minus(noted).compareTo(enough) >= 0;
    }

    Duration untilIsLongEnough() {
      Duration eighth = noted.dividedBy(8);
      return eighth.compareTo(LEAST_GROWTH) > 0 ? eighth : LEAST_GROWTH;
    }

    /// A clock that was set back must not make it longer than the time that it is about.
    HoldNote note(Id id) {
      noted = held;
      Duration most = Duration.between(since, until);
      return new HoldNote(id.state, id.by, since, until, held.compareTo(most) > 0 ? most : held);
    }
  }

  /// @param now when the run begins, by the clock of the samples
  HoldWatch(Instant now) {
    this.last = now.truncatedTo(ChronoUnit.MILLIS);
  }

  /// That no process had the run since its last transition; empty if it has none.
  static List<HoldNote> absence(Run<?, ?> run, Instant exactly) {
    Instant now = exactly.truncatedTo(ChronoUnit.MILLIS);
    return run.jobs().stream()
        .filter(job -> job.transitionCount() > 0)
        .map(Job::updated)
        .max(Comparator.naturalOrder())
        .map(last -> last.truncatedTo(ChronoUnit.MILLIS))
        .filter(last -> last.isBefore(now))
        .map(last -> List.of(HoldNote.absence(last, now)))
        .orElse(List.of());
  }

  /// Takes a sample; returns what is to be noted now.
  List<HoldNote> sample(Board<?> board, Instant now) {
    take(board, now);
    return take(Hold::untilIsLongEnough);
  }

  /// Takes the last sample; returns what is not noted yet.
  List<HoldNote> end(Board<?> board, Instant now) {
    take(board, now);
    return take(hold -> ANY);
  }

  private List<HoldNote> take(Function<Hold, Duration> enough) {
    List<HoldNote> due = new ArrayList<>();
    holds.forEach((id, hold) -> {
      if (hold.isDue(isOver(hold) ? ANY : enough.apply(hold))) {
        due.add(hold.note(id));
      }
    });
    holds.values().removeIf(this::isOver);
    return due;
  }

  private boolean isOver(Hold hold) {
    return Duration.between(hold.until, last).compareTo(longestGap) > 0;
  }

  private void take(Board<?> board, Instant exactly) {
    Instant now = exactly.truncatedTo(ChronoUnit.MILLIS);
    Instant since = last.isAfter(now) ? now : last;
    last = now;
    board.visitLanes((lane, by) -> {
      if (NOTED.contains(by) && !lane.terminal && lane.known) {
        Hold hold = holds.computeIfAbsent(new Id(lane.state, by), id -> begin(since));
        hold.held = hold.held.plus(Duration.between(since, now));
        hold.until = now.isAfter(hold.until) ? now : hold.until;
      }
    });
  }

  private Hold begin(Instant since) {
    if (++begun % MANY == 0) {
      longestGap = longestGap.multipliedBy(2);
    }
    return new Hold(since);
  }
}
