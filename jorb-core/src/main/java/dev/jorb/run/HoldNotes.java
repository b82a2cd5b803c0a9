package dev.jorb.run;

import dev.jorb.measure.LimitedBy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A bounded number of [HoldNote]s. When there are too many, those that are nearest to each other
/// become one; the last of each state and reason may grow and stays as it is. Not thread-safe.
public final class HoldNotes {
  /// The most that are kept, plus one for each state and reason.
  public static final int MOST = 256;

  private static final Duration LEAST_GAP = Duration.ofSeconds(1);

  private final Map<Id, HoldNote> notes = new LinkedHashMap<>();

  /// None yet.
  public HoldNotes() {}

  private record Id(String state, LimitedBy by, Instant since) {
    static Id of(HoldNote note) {
      return new Id(note.state(), note.by(), note.since());
    }
  }

  /// Takes one in, in place of an earlier version of it.
  public void add(HoldNote note) {
    notes.put(Id.of(note), note);
    if (notes.size() > MOST) {
      thin();
    }
  }

  /// All, in the order in which they began.
  public List<HoldNote> all() {
    return notes.values().stream().sorted(Comparator.comparing(HoldNote::since)).toList();
  }

  private void thin() {
    List<HoldNote> kept = all();
    int before = kept.size();
    Duration longest = Duration.between(kept.getFirst().since(), kept.getLast().since());
    Duration gap = LEAST_GAP;
    while (kept.size() > MOST / 2 && gap.dividedBy(2).compareTo(longest) <= 0) {
      kept = joined(kept, gap);
      gap = gap.multipliedBy(2);
    }
    if (kept.size() < before) {
      notes.clear();
      kept.forEach(each -> notes.put(Id.of(each), each));
    }
  }

  /// The same with neighbours as one that have no longer gap between them.
  private static List<HoldNote> joined(List<HoldNote> all, Duration gap) {
    List<HoldNote> joined = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      HoldNote note = all.get(i);
      int last = lastLike(joined, note);
      if (last >= 0
          && hasLike(all.subList(i + 1, all.size()), note)
          && joined.get(last).gapTo(note).compareTo(gap) <= 0) {
        joined.set(last, joined.get(last).and(note));
      } else {
        joined.add(note);
      }
    }
    return joined;
  }

  private static boolean hasLike(List<HoldNote> later, HoldNote note) {
    return later.stream().anyMatch(note::isLike);
  }

  private static int lastLike(List<HoldNote> earlier, HoldNote note) {
    for (int i = earlier.size() - 1; i >= 0; i--) {
      if (earlier.get(i).isLike(note)) {
        return i;
      }
    }
    return -1;
  }
}
