package dev.jorb.serial;

import dev.jorb.torture.Finding;
import dev.jorb.torture.Plan;
import dev.jorb.torture.Row;
import dev.jorb.torture.Tally;
import dev.jorb.torture.Turn;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;

/// Cuts a file at every byte, or blots it with zeros from every byte on. What is found is what all
/// whole batches before it say.
public final class CutRow implements Row {
  /// Of so many cuts one is gone on from.
  private static final int GO_ON = 64;

  private final boolean zeros;

  private CutRow(boolean zeros) {
    this.zeros = zeros;
  }

  public static CutRow cuts() {
    return new CutRow(false);
  }

  public static CutRow zeros() {
    return new CutRow(true);
  }

  @Override
  public String name() {
    return zeros ? "zeros" : "cuts";
  }

  @Override
  public String what() {
    return zeros
        ? "zeros from every byte to the end, of an open and of a closed file"
        : "a cut at every byte, of an open and of a closed file";
  }

  @Override
  public Tally run(Plan plan) {
    int bytes = (int) plan.pick(1 << 20, 64 << 10);
    int padding = (int) plan.pick(2_000, 500);
    History open = History.record(bytes, false, plan.seed(), padding);
    History closed = History.record(bytes, true, plan.seed(), padding);
    int size = open.file().length;
    // Before its last line the closed file is the open one.
    return plan.inParallel(
        closed.file().length,
        turn -> check(turn.number() < size ? open : closed, (int) turn.number(), turn));
  }

  private void check(History history, int at, Turn turn) {
    byte[] file = zeros ? history.file().clone() : Arrays.copyOf(history.file(), at);
    Arrays.fill(file, at, file.length, (byte) 0);
    if (at == 0 && !zeros) {
      return; // An empty file is a new one.
    }
    Optional<String> found = Found.in(file);
    int expected = history.lastWithin(at);
    // Without its line break the last commit counts already.
    int orNext = history.lastWithin(at + 1);
    if (found.isEmpty() ? expected >= 0 : !isOneOf(history, found.get(), expected, orNext)) {
      throw Finding.lost(
          (zeros ? "zeros from byte " : "cut to byte ")
              + at
              + ": "
              + (found.isEmpty() ? "refused" : "another state")
              + ", expected that after commit "
              + expected);
    }
    if (found.isPresent() && turn.number() % GO_ON == 0) {
      Found.losingNothing(
          "going on at byte " + at,
          () -> {
            SimDisk disk = new SimDisk(new Random(turn.seed())).put(Sample.PATH, file);
            Life.goOn(disk, Recorder.later(3), turn.seed());
          });
    }
  }

  private static boolean isOneOf(History history, String found, int first, int last) {
    for (int i = Math.max(0, first); i <= last; i++) {
      if (history.pictures().get(i).equals(found)) {
        return true;
      }
    }
    return false;
  }
}
