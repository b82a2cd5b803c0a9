package dev.jorb.measure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// What was measured of a run since this process started it.
///
/// @param run the run's name
/// @param elapsed since its start, until its end if it has ended
/// @param states those with a step, in the workflow's order
/// @param commits how long the batches took that made outcomes durable; holds nothing if nothing is
///   recorded
public record RunMeasures(
    String run, Duration elapsed, List<StateMeasures> states, Spread commits) {
  /// Copies the list.
  public RunMeasures {
    states = List.copyOf(states);
  }

  /// The measures of one state.
  ///
  /// @throws IllegalArgumentException if there is no such state, or it has no step
  public StateMeasures state(String name) {
    return states.stream()
        .filter(each -> each.state().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "run \"%s\" measures no state \"%s\"; it measures %s"
                    .formatted(run, name, states.stream().map(StateMeasures::state).toList())));
  }

  /// All states put together. It is limited by what limits the state with the longest queue.
  public StateMeasures whole() {
    Map<Ending, Long> endings = new EnumMap<>(Ending.class);
    Times times = new Times();
    for (StateMeasures each : states) {
      each.endings().forEach((ending, count) -> endings.merge(ending, count, Long::sum));
      times.merge(each.times());
    }
    return new StateMeasures("", elapsed, wholeLoad(), endings, times, wholeHistory());
  }

  private Load wholeLoad() {
    List<Load> all = states.stream().map(StateMeasures::load).toList();
    return new Load(
        all.stream().mapToInt(Load::concurrency).sum(),
        0,
        all.stream().mapToInt(Load::waiting).sum(),
        all.stream().mapToInt(Load::executing).sum(),
        all.stream().mapToLong(Load::started).sum(),
        all.stream().mapToDouble(Load::slotSeconds).sum(),
        all.stream()
            .max(Comparator.comparingInt(Load::waiting))
            .map(Load::limitedBy)
            .orElse(LimitedBy.NO_WORK));
  }

  /// The samples of all states are taken at the same moments.
  private List<Sample> wholeHistory() {
    List<Sample> whole = new ArrayList<>();
    int samples = states.stream().mapToInt(each -> each.history().size()).min().orElse(0);
    for (int i = 0; i < samples; i++) {
      int at = i;
      List<Sample> all = states.stream().map(each -> each.history().get(at)).toList();
      whole.add(
          new Sample(
              all.getFirst().at(),
              all.stream().mapToInt(Sample::waiting).sum(),
              all.stream().mapToInt(Sample::executing).sum(),
              all.stream().mapToLong(Sample::executions).sum(),
              all.stream()
                  .max(Comparator.comparingInt(Sample::waiting))
                  .map(Sample::limitedBy)
                  .orElse(LimitedBy.NO_WORK)));
    }
    return whole;
  }
}
