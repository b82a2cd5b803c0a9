package dev.jorb.measure;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// What was measured of one state, or of a whole run, since this process started the run.
///
/// The histograms are the reader's own copies: it may merge them with those of other states and
/// other runs.
///
/// @param state the state; empty for a whole run
/// @param elapsed since the start of the run, until its end if it has ended
/// @param load how much of what limits it is in use
/// @param endings how many executions ended how; none is missing
/// @param times where the time went
/// @param history how it stood, oldest first: some hundred samples over the whole run, and those of
///   about the last ten seconds
public record StateMeasures(
    String state,
    Duration elapsed,
    Load load,
    Map<Ending, Long> endings,
    Times times,
    List<Sample> history) {
  private static final Duration NOW = Duration.ofSeconds(10);

  /// Copies the map and the list.
  public StateMeasures {
    Map<Ending, Long> all = new EnumMap<>(Ending.class);
    for (Ending each : Ending.values()) {
      all.put(each, endings.getOrDefault(each, 0L));
    }
    endings = Collections.unmodifiableMap(all);
    history = List.copyOf(history);
  }

  /// Executions that have ended, failed ones included and refused ones not.
  public long executions() {
    return endings.entrySet().stream()
        .filter(each -> each.getKey() != Ending.REFUSED)
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /// Those of them that have failed.
  public long failures() {
    return endings.entrySet().stream()
        .filter(each -> each.getKey().isFailure())
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /// Executions per second since the start of the run; 0 at its very start.
  public double perSecond() {
    return rate(executions(), elapsed);
  }

  /// Executions per second in about the last ten seconds; as [#perSecond()] if the run is younger.
  public double perSecondNow() {
    Duration from = elapsed.minus(NOW);
    Sample first =
        history.stream()
            .filter(each -> each.at().compareTo(from) >= 0)
            .findFirst()
            .filter(each -> from.isPositive())
            .orElse(null);
    return first == null
        ? perSecond()
        : rate(executions() - first.executions(), elapsed.minus(first.at()));
  }

  /// How much of its slots was in use since the start of the run, from 0 to 1, counted with the
  /// slots that it has now.
  public double slotUse() {
    double all = load.concurrency() * seconds(elapsed);
    return all <= 0 ? 0 : Math.min(1, load.slotSeconds() / all);
  }

  /// How much of its rate was in use since the start of the run, from 0 to 1; 0 if it has none.
  public double permitUse() {
    double all = load.startsPerSecond() * seconds(elapsed);
    return all <= 0 ? 0 : Math.min(1, load.started() / all);
  }

  private static double rate(long count, Duration time) {
    return time.isPositive() ? count / seconds(time) : 0;
  }

  private static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }
}
