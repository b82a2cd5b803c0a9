package dev.jorb.serial;

import dev.jorb.torture.Finding;
import dev.jorb.torture.Finding.Kind;
import java.util.Optional;
import java.util.Random;

/// What an opening finds in a file.
final class Found {
  private Found() {}

  /// The picture of the run; empty if the file is refused by line.
  static Optional<String> in(byte[] file) {
    SimDisk disk = new SimDisk(new Random(0)).put(Sample.PATH, file);
    try (JournalSerializer<Sample.Plan, Sample.Box> journal = Sample.journal(disk)) {
      return journal.load().map(Sample::picture);
    } catch (RunFileException.Damaged refused) {
      if (refused.line() < 1) {
        throw new Finding(Kind.SILENTLY_WRONG, "refused without a line", refused);
      }
      return Optional.empty();
    }
  }

  /// Runs what must lose nothing; whatever it throws is a loss.
  static void losingNothing(String what, Runnable body) {
    try {
      body.run();
    } catch (AssertionError | RuntimeException e) {
      throw Finding.lost(what, e);
    }
  }
}
