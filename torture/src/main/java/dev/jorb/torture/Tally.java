package dev.jorb.torture;

import dev.jorb.torture.Finding.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// What a row has done and found so far. Thread-safe.
public final class Tally {
  private static final int MOST_MESSAGES = 20;

  private final Map<Kind, Long> found = new EnumMap<>(Kind.class);
  private final List<String> messages = new ArrayList<>();
  private long trials;

  /// So many trials found nothing, or what is added beside.
  public synchronized void trials(long more) {
    trials += more;
  }

  /// Something was found.
  ///
  /// @param message what, with the seed and how to see it again
  public synchronized void found(Kind kind, String message) {
    found.merge(kind, 1L, Long::sum);
    if (messages.size() < MOST_MESSAGES) {
      messages.add(message);
    }
  }

  public synchronized long trials() {
    return trials;
  }

  public synchronized long count(Kind kind) {
    return found.getOrDefault(kind, 0L);
  }

  public synchronized long findings() {
    return found.values().stream().mapToLong(Long::longValue).sum();
  }

  public synchronized List<String> messages() {
    return List.copyOf(messages);
  }

  /// Takes in what was found earlier.
  synchronized void add(Result earlier) {
    trials += earlier.trials();
    found.merge(Kind.LOST, earlier.lost(), Long::sum);
    found.merge(Kind.REPEATED, earlier.repeatedBeyondBound(), Long::sum);
    found.merge(Kind.SILENTLY_WRONG, earlier.silentlyWrong(), Long::sum);
    found.merge(Kind.HUNG, earlier.hung(), Long::sum);
    found.merge(Kind.BROKEN, earlier.broken(), Long::sum);
    messages.addAll(earlier.messages());
  }
}
