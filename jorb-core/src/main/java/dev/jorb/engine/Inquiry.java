package dev.jorb.engine;

import dev.jorb.event.Pause;
import dev.jorb.event.Standing;
import dev.jorb.event.Standing.Phase;
import dev.jorb.measure.LimitedBy;
import dev.jorb.run.Job;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Asks a board where a job stands. Changes nothing.
///
/// @param running the jobs whose steps run
/// @param clock tells a time of the board's
record Inquiry<J>(Board<J> board, List<? extends Entry<?>> running, LongFunction<Instant> clock) {
  private static final int SHOWN = 5;

  /// Where the job stands. Looks through the jobs that wait before it.
  Standing standing(Job<J> job) {
    Entry<J> entry = board.orders.find(job);
    if (entry == null) {
      return new Standing(
          Phase.ENDED,
          0,
          List.of(),
          List.of(),
          0,
          LimitedBy.NOTHING,
          "",
          Optional.empty(),
          Optional.empty());
    }
    Lane<J> lane = entry.lane;
    List<String> before = new ArrayList<>();
    int place = entry.is(Entry.Phase.WAITING) ? lane.before(entry, SHOWN, before) : 0;
    LimitedBy laneBy = board.limitedBy(lane);
    boolean goesOn = laneBy != LimitedBy.PAUSED && laneBy != LimitedBy.STOPPED;
    Hold shutOut = goesOn ? lane.shutOut(entry) : null;
    Hold hold = shutOut == null ? lane.hold() : shutOut;
    LimitedBy by = shutOut == null ? laneBy : LimitedBy.GROUP;
    return new Standing(
        phase(entry),
        place,
        before,
        running.stream().filter(each -> each.lane.equals(lane)).map(each -> each.job.id()).toList(),
        lane.concurrency,
        by,
        words(lane, by, hold),
        until(hold),
        Optional.ofNullable(lane.meter.lastRefused()));
  }

  private static Phase phase(Entry<?> entry) {
    return switch (entry.phase()) {
      case WAITING -> Phase.WAITING;
      case EXECUTING -> Phase.EXECUTING;
      case ORDERED -> Phase.ORDERED;
      case COMMITTING, GONE -> Phase.COMMITTING;
      case DELAYED -> Phase.DELAYED;
      case JOINING -> Phase.JOINING;
      case PARKED -> Phase.PARKED;
      case ENDED -> Phase.ENDED;
    };
  }

  private Optional<Instant> until(@Nullable Hold hold) {
    return hold == null || hold.untilNanos() == null || !hold.knowsWhen()
        ? Optional.empty()
        : Optional.of(clock.apply(hold.untilNanos()));
  }

  private String words(Lane<J> lane, LimitedBy by, @Nullable Hold hold) {
    if (by == LimitedBy.PAUSED) {
      return board.paused().stream()
          .filter(pause -> pause.state().isEmpty() || pause.state().get().equals(lane.state))
          .findFirst()
          .map(Pause::reason)
          .orElse("");
    }
    return hold == null ? "" : hold.reason();
  }
}
