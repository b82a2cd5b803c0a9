package dev.jorb.engine;

import dev.jorb.measure.RunMeasures;
import dev.jorb.measure.Sample;
import dev.jorb.measure.Spread;
import dev.jorb.measure.StateMeasures;
import dev.jorb.run.StateShape;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Measures a run: puts together what the [Meter]s of its states count, and keeps samples of how
/// the states stand.
///
/// Of the samples it keeps all of the last ten seconds, and of the time before every second, fourth
/// and so on, so that there are never more than a few hundred.
///
/// Methods that take the board want its owner's lock held; that one is taken before the monitor.
final class Meters<J> {
  /// How often somebody should take a sample.
  static final Duration PERIOD = Duration.ofMillis(250);

  private static final int MOST_RECENT = 41;
  private static final int MOST_KEPT = 400;

  private final String run;
  private final long startNanos;
  private final Map<String, Double> startsPerSecond = new HashMap<>();

  // Guarded by the monitor, as are the recorded figures of all meters while a journal writes.
  private final Spread commits = new Spread();
  private final List<List<Sample>> kept = new ArrayList<>();
  private final ArrayDeque<List<Sample>> recent = new ArrayDeque<>();
  private long taken;
  private long stride = 1;
  private boolean hasEnded;
  private long endNanos;

  Meters(String run, List<StateShape> shapes, long startNanos) {
    this.run = run;
    this.startNanos = startNanos;
    shapes.forEach(shape -> startsPerSecond.put(shape.name(), shape.startsPerSecond()));
  }

  /// A batch has become durable. To be told before the board hears of it.
  synchronized void committed(List<Result<J>> batch, long beganNanos, long nowNanos) {
    commits.record(nowNanos - beganNanos);
    for (Result<J> result : batch) {
      Entry<J> entry = result.entry();
      entry.lane.meter.recorded(result, nowNanos - entry.sinceNanos);
    }
  }

  /// Takes a sample.
  synchronized void sample(Board<J> board, long nowNanos) {
    if (hasEnded) {
      return;
    }
    Duration at = Duration.ofNanos(nowNanos - startNanos);
    List<Sample> row = new ArrayList<>();
    board.visitLanes((lane, limitedBy) -> {
      if (isMeasured(lane)) {
        row.add(new Sample(at, lane.waiting(), lane.executing, lane.meter.executions(), limitedBy));
      }
    });
    recent.add(row);
    if (recent.size() > MOST_RECENT) {
      keep(recent.remove());
    }
  }

  /// Takes a last sample; nothing is measured after it.
  synchronized void end(Board<J> board, long nowNanos) {
    sample(board, nowNanos);
    hasEnded = true;
    endNanos = nowNanos;
  }

  private void keep(List<Sample> row) {
    if (taken++ % stride == 0) {
      kept.add(row);
    }
    if (kept.size() > MOST_KEPT) {
      stride *= 2;
      for (int i = kept.size() / 2; i > 0; i--) {
        kept.remove(2 * i - 1);
      }
    }
  }

  /// Terminal states have no step, nor have those that only jobs name.
  private static boolean isMeasured(Lane<?> lane) {
    return !lane.terminal && lane.known;
  }

  /// All that was measured so far.
  synchronized RunMeasures measures(Board<J> board, long nowNanos) {
    long untilNanos = hasEnded ? endNanos : nowNanos;
    Duration elapsed = Duration.ofNanos(untilNanos - startNanos);
    List<StateMeasures> states = new ArrayList<>();
    board.visitLanes((lane, limitedBy) -> {
      if (isMeasured(lane)) {
        double rate = startsPerSecond.getOrDefault(lane.state, 0.0);
        states.add(
            new StateMeasures(
                lane.state,
                elapsed,
                lane.meter.load(lane, rate, limitedBy, untilNanos),
                lane.meter.endings(),
                lane.meter.times(),
                history(states.size())));
      }
    });
    return new RunMeasures(run, elapsed, states, commits.copy());
  }

  private List<Sample> history(int state) {
    List<Sample> history = new ArrayList<>(kept.size() + recent.size());
    kept.forEach(row -> history.add(row.get(state)));
    recent.forEach(row -> history.add(row.get(state)));
    return history;
  }
}
