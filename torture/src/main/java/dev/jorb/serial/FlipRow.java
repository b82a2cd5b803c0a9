package dev.jorb.serial;

import dev.jorb.torture.Finding;
import dev.jorb.torture.Plan;
import dev.jorb.torture.Row;
import dev.jorb.torture.Tally;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// Flips every single bit of a file that was not closed, of one that was, and of a compacted one.
/// The file is refused, or says the same as before.
public final class FlipRow implements Row {
  @Override
  public String name() {
    return "bit-flips";
  }

  @Override
  public String what() {
    return "every single bit flipped, of an open, a closed and a compacted file";
  }

  @Override
  public Tally run(Plan plan) {
    int bytes = (int) plan.pick(100 << 10, 8 << 10);
    List<History> histories = new ArrayList<>();
    histories.add(History.record(bytes, false, plan.seed()));
    histories.add(History.record(bytes, true, plan.seed() + 1));
    histories.add(compacted(History.record(bytes, false, plan.seed() + 2), plan.seed()));
    long bits = histories.stream().mapToLong(each -> each.file().length * 8L).sum();
    return plan.inParallel(
        bits,
        turn -> {
          long bit = turn.number();
          int which = 0;
          while (bit >= histories.get(which).file().length * 8L) {
            bit -= histories.get(which++).file().length * 8L;
          }
          check(histories.get(which), bit);
        });
  }

  private static History compacted(History history, long seed) {
    SimDisk disk = new SimDisk(new Random(seed)).put(Sample.PATH, history.file());
    new Recorder(3).open(disk).close();
    return new History(disk.content(Sample.PATH), history.pictures(), history.ends());
  }

  private static void check(History history, long bit) {
    byte[] flipped = history.file().clone();
    flipped[(int) (bit / 8)] ^= (byte) (1 << bit % 8);
    Optional<String> found = Found.in(flipped);
    if (found.isPresent() && !found.get().equals(history.last())) {
      throw Finding.silentlyWrong(
          "bit " + bit % 8 + " of byte " + bit / 8 + " gives another state, and nobody says so");
    }
  }
}
