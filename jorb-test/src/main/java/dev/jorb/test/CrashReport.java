package dev.jorb.test;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What came of all crash points that were tried.
///
/// @param tried in the order of seeds and points
public record CrashReport(List<Tried> tried) {
  private static final int SHOWN = 10;

  /// Copies the list.
  public CrashReport {
    tried = List.copyOf(tried);
  }

  /// One point that was tried.
  ///
  /// @param seed the simulation's seed
  /// @param point where the process was killed
  /// @param result the invariant that it breaks; null if none
  public record Tried(long seed, CrashPoint point, @Nullable Broken result) {}

  /// An invariant that does not hold.
  ///
  /// @param invariant its name; `comesToRest` if the run that was started again did not
  /// @param failure what the check threw
  public record Broken(String invariant, Throwable failure) {}

  /// How many points were tried.
  public int points() {
    return tried.size();
  }

  /// The invariants that were broken, in the order of seeds and points.
  public List<Broken> broken() {
    return tried.stream().map(Tried::result).filter(each -> each != null).toList();
  }

  /// Where the process was killed when invariants broke, without repetitions: such as `after push,
  /// before its record`.
  ///
  /// Other steps may be in doubt at the same time. Named for each invariant is the one that was
  /// whenever it broke, and if there are several, that which was least often when it held, or else
  /// that at which the process was killed. If there is none, all points are named.
  public List<String> brokenPlaces() {
    return byInvariant(failing()).values().stream()
        .flatMap(points -> places(points).stream())
        .distinct()
        .toList();
  }

  private List<String> places(List<Tried> broken) {
    Set<String> always = new LinkedHashSet<>(doubts(broken.getFirst()));
    broken.forEach(each -> always.retainAll(doubts(each)));
    return always.stream()
        .min(
            Comparator.comparingLong(this::timesHeld)
                .thenComparing(place -> broken.stream().noneMatch(each -> isAt(each, place))))
        .map(List::of)
        .orElseGet(() -> broken.stream().map(each -> each.point.where()).toList());
  }

  private static boolean isAt(Tried tried, String place) {
    return tried.point.inDoubt().stream()
        .filter(step -> step.place().equals(place))
        .anyMatch(step -> tried.point.where().contains(step.state() + " of job " + step.job()));
  }

  private long timesHeld(String place) {
    return tried.stream()
        .filter(each -> each.result == null && doubts(each).contains(place))
        .count();
  }

  private static List<String> doubts(Tried tried) {
    return tried.point.inDoubt().stream().map(CrashPoint.InDoubt::place).toList();
  }

  private List<Tried> failing() {
    return tried.stream().filter(each -> each.result != null).toList();
  }

  /// The verdict in one line, and if anything is broken then the points, what each broke, and how
  /// to try one again.
  @Override
  public String toString() {
    List<Tried> failing = failing();
    StringBuilder text = new StringBuilder(count(tried.size()) + ", ");
    if (failing.isEmpty()) {
      return text.append("none breaks anything").toString();
    }
    text.append(
        byInvariant(failing).entrySet().stream()
            .map(each -> verdict(each.getKey(), each.getValue()))
            .collect(Collectors.joining("; ")));
    failing.stream().limit(SHOWN).forEach(each -> text.append('\n').append(line(each)));
    if (failing.size() > SHOWN) {
      text.append("\n  and ").append(failing.size() - SHOWN).append(" more");
    }
    Tried first = failing.getFirst();
    return text.append("%ntry one again: .only(%d, %d)".formatted(first.seed, first.point.number()))
        .toString();
  }

  private static Map<String, List<Tried>> byInvariant(List<Tried> failing) {
    Map<String, List<Tried>> byInvariant = new LinkedHashMap<>();
    for (Tried each : failing) {
      Broken broken = each.result;
      if (broken != null) {
        byInvariant.computeIfAbsent(broken.invariant, name -> new ArrayList<>()).add(each);
      }
    }
    return byInvariant;
  }

  private static String count(int points) {
    return points + (points == 1 ? " crash point" : " crash points");
  }

  private String verdict(String invariant, List<Tried> broken) {
    return "%d %s %s: %s"
        .formatted(
            broken.size(),
            broken.size() == 1 ? "breaks" : "break",
            invariant,
            String.join(", or ", places(broken)));
  }

  private static String line(Tried each) {
    Broken broken = each.result;
    String message = broken == null ? "" : String.valueOf(broken.failure.getMessage());
    return "  seed %d, %s: %s"
        .formatted(each.seed, each.point, message.strip().replaceAll("\\s*\\n\\s*", " "));
  }
}
