package dev.jorb.serial;

import dev.jorb.serial.LiveCompaction.Policy;

/// Compacts a run file while the run goes on as soon as it has grown at all, and then again: files
/// of a tortured child never get so large that it would be done otherwise.
public final class EarlyCompaction {
  private static final Policy EARLY = new Policy(1, 1, 1 << 10, Policy.DEFAULT.starter());

  private EarlyCompaction() {}

  /// Has the journal do so, and returns it.
  public static <O, J> JournalSerializer<O, J> in(JournalSerializer<O, J> journal) {
    return journal.compaction(EARLY);
  }
}
