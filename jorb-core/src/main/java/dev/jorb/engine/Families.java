package dev.jorb.engine;

import dev.jorb.run.Job;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Jobs that have kicked others which do not rest in terminal states yet. Kicks are counted, never
/// searched. Read and written by the board only.
final class Families<J> {
  private final Map<String, Family<J>> byParent = new HashMap<>();
  private int joining;

  /// A job's kicks that are not at their end.
  private static final class Family<J> {
    int open;
    @Nullable Entry<J> joining;
  }

  /// A job has come: the one that kicked it, if one did, may not join before it has ended.
  void born(Job<J> job) {
    if (job.parent().isPresent()) {
      byParent.computeIfAbsent(job.parent().get(), id -> new Family<>()).open++;
    }
  }

  /// Jobs have come.
  void born(List<Job<J>> jobs) {
    for (Job<J> job : jobs) {
      born(job);
    }
  }

  /// A job is at its end: returns the job that waited for it and may go on, if it was the last.
  @Nullable Entry<J> ended(Job<J> job) {
    if (byParent.isEmpty()) {
      return null; // The usual case, and this is asked for every job.
    }
    Family<J> family = job.parent().map(byParent::get).orElse(null);
    if (family == null || --family.open > 0) {
      return null;
    }
    byParent.remove(job.parent().orElseThrow());
    if (family.joining != null) {
      joining--;
    }
    return family.joining;
  }

  /// Lets a job wait for its kicks; says whether there are any to wait for.
  boolean join(Entry<J> entry) {
    Family<J> family = byParent.get(entry.job.id());
    if (family == null) {
      return false;
    }
    family.joining = entry;
    joining++;
    return true;
  }

  /// The job no longer waits.
  void leave(Entry<J> entry) {
    Family<J> family = byParent.get(entry.job.id());
    if (family != null) {
      family.joining = null;
      joining--;
    }
  }

  /// How many jobs wait for their kicks.
  int joining() {
    return joining;
  }
}
