package dev.jorb.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// What a run was limited by most, and what to do about it.
///
/// The bottleneck is the state that was held for the longest, by its slots, its rate, its group,
/// the disk, a pause, a gate, a service, a limiter or something else: the one before which the jobs
/// of a run pile up. A state that has no work most of the time is never it, whatever its limits.
///
/// @param state the state; empty if no state limited the run
/// @param limit what it was limited by
/// @param share for how much of the time in which anything was executed or held, from 0 to 1
/// @param sentence all of that for a person, with advice that follows from it
public record Bottleneck(String state, Limit limit, double share, String sentence) {
  private static final double LEAST_SHARE = 0.2;

  /// What holds a state up; of equals the last counts.
  private static final List<Limit> HOLDING =
      List.of(
          Limit.OTHER,
          Limit.LIMITER,
          Limit.CLOSED,
          Limit.GATE,
          Limit.PAUSE,
          Limit.DISK,
          Limit.GROUP,
          Limit.RATE,
          Limit.SLOTS);

  /// What can be raised.
  private static final Set<Limit> RAISED = EnumSet.of(Limit.GROUP, Limit.RATE, Limit.SLOTS);

  static Bottleneck of(List<StateReport> states) {
    List<Held> all = new ArrayList<>();
    states.stream()
        .filter(state -> !state.shape().terminal())
        .forEach(state -> all.add(held(state)));
    long parts = running(states);
    Held most = all.stream().max(Comparator.comparingLong(Held::held)).orElse(null);
    if (most == null || parts == 0) {
      return new Bottleneck("", Limit.IDLE, 0, "nothing was executed yet");
    }
    double held = (double) most.held() / parts;
    if (held < LEAST_SHARE) {
      return new Bottleneck("", Limit.NO_WORK, held, unlimited(states));
    }
    double share = (double) most.heldByLimit() / parts;
    boolean areOthersHeld = all.stream().anyMatch(each -> !each.equals(most) && each.held() > 0);
    String next =
        all.stream()
            .filter(each -> !each.equals(most) && RAISED.contains(each.limit()))
            .filter(each -> each.held() > 0 || !areOthersHeld)
            .max(
                Comparator.comparingLong(Held::held)
                    .thenComparingDouble(each -> each.state().use()))
            .map(Bottleneck::then)
            .orElse("");
    return new Bottleneck(
        most.state().shape().name(), most.limit(), share, sentence(most, share) + next);
  }

  /// For how many parts of the run a state was held, mostly by what, and for how many by that.
  private record Held(StateReport state, Limit limit, long held, long heldByLimit) {}

  /// In how many parts of the run anything was executed or waited for.
  private static long running(List<StateReport> states) {
    int all = states.stream().mapToInt(state -> state.limits().size()).max().orElse(0);
    return IntStream.range(0, all)
        .filter(i -> states.stream().anyMatch(state -> state.limits().get(i) != Limit.IDLE))
        .count();
  }

  private static Held held(StateReport state) {
    Map<Limit, Long> parts = new EnumMap<>(Limit.class);
    state.limits().stream()
        .filter(HOLDING::contains)
        .forEach(limit -> parts.merge(limit, 1L, Long::sum));
    Limit limit =
        HOLDING.stream()
            .max(Comparator.comparingLong(each -> parts.getOrDefault(each, 0L)))
            .orElseThrow();
    long held = parts.values().stream().mapToLong(Long::longValue).sum();
    return new Held(state, limit, held, parts.getOrDefault(limit, 0L));
  }

  private static String sentence(Held most, double share) {
    StateReport state = most.state();
    String name = "\"" + state.shape().name() + "\"";
    String percent = Math.round(100 * share) + " % of the time";
    return switch (most.limit()) {
      case SLOTS ->
          name
              + " was limited by its "
              + slots(state.shape().concurrency())
              + " for "
              + percent
              + ": raise its concurrency if its steps wait for something other than this machine's"
              + " processors, or make its step shorter (now "
              + seconds(state.executing().mean().toNanos() / 1e9)
              + " on average)";
      case RATE ->
          name
              + " was limited by its rate of "
              + perTime(state.shape().startsPerSecond())
              + " for "
              + percent
              + ": more slots would not help, a higher rate would";
      case GROUP ->
          name
              + " was limited by its group \""
              + state.shape().group()
              + "\" of at most "
              + jobs(state.shape().groupMost())
              + " for "
              + percent
              + ": more slots would not help; a larger group would, or jobs that leave it sooner";
      case DISK ->
          name
              + " waited for the disk for "
              + percent
              + ": it was full or slow, so raising limits would not help; room on it or a faster one"
              + " would";
      case PAUSE ->
          name
              + " was paused for "
              + percent
              + ", by hand or by too many failures: raising limits would not help; see the errors"
              + " for what paused it";
      case GATE ->
          name
              + " was held by a gate for "
              + percent
              + ": raising limits would not help; a gate that opens sooner would";
      case CLOSED ->
          name
              + " was closed by a service that said no for "
              + percent
              + ": raising limits would not help; fewer calls a second might";
      case LIMITER ->
          name
              + " was held by a limiter of the program's own for "
              + percent
              + ": more slots would not help";
      case OTHER ->
          name
              + " had jobs waiting for "
              + percent
              + " while none of its limits was used up: the disk, the processors, a gate or a"
              + " pause held it, so raising its limits would not help";
      case NO_WORK, IDLE -> unlimited(List.of(state));
    };
  }

  private static String then(Held next) {
    return next.held() == 0
        ? "; no other state had a queue"
        : "; next would be \"" + next.state().shape().name() + "\" with " + next.limit().words();
  }

  private static String unlimited(List<StateReport> states) {
    return states.stream()
        .filter(state -> state.executions() > 0)
        .max(Comparator.comparing(state -> state.executing().total()))
        .map(state ->
            "no limit held the run up for long: most of its time its steps ran, those of \""
                + state.shape().name()
                + "\" the longest ("
                + seconds(state.executing().mean().toNanos() / 1e9)
                + " on average)")
        .orElse("nothing was executed yet");
  }

  private static String jobs(int count) {
    return count == 1 ? "one job" : count + " jobs";
  }

  private static String slots(int count) {
    return count == 1 ? "one slot" : count + " slots";
  }

  private static String seconds(double seconds) {
    return seconds < 1
        ? Math.round(seconds * 1_000) + " ms"
        : String.format(Locale.ROOT, "%.1f s", seconds);
  }

  private static String perTime(double perSecond) {
    if (perSecond >= 1) {
      return rounded(perSecond) + " a second";
    }
    return perSecond * 60 >= 1
        ? rounded(perSecond * 60) + " a minute"
        : rounded(perSecond * 3_600) + " an hour";
  }

  private static String rounded(double number) {
    return number == Math.rint(number)
        ? Long.toString((long) number)
        : String.format(Locale.ROOT, "%.1f", number);
  }
}
