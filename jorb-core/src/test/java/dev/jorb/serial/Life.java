package dev.jorb.serial;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// A run's life on a simulated disk, and what comes after it.
final class Life {
  private Life() {}

  /// open, run with forks, close, open again in the same file, run, end without closing, open with
  /// a compaction, run, close.
  static void play(SimDisk disk, Recorder recorder, Random random) {
    recorder.open(disk);
    commitSome(recorder, random);
    recorder.close();
    recorder.open(disk);
    commitSome(recorder, random);
    disk.releaseLocks(); // As the system does it when a process is killed.
    recorder.open(disk);
    commitSome(recorder, random);
    recorder.close();
  }

  private static void commitSome(Recorder recorder, Random random) {
    for (int i = 0; i < 3; i++) {
      recorder.commitRandom(random);
    }
  }

  /// Opens what is there, goes on for a while, closes and opens once more.
  static void goOn(SimDisk disk, Recorder recorder, long seed) {
    recorder.open(disk);
    recorder.commitRandom(new Random(seed));
    recorder.close();
    recorder.open(disk);
    recorder.close();
  }

  /// Does so from each of the states, with what the recorder knows.
  static void goOnFromEach(List<SimDisk> states, Recorder recorder, long seed) {
    int number = 0;
    for (SimDisk state : states) {
      try {
        goOn(state, recorder.copy(), seed);
      } catch (Throwable e) {
        throw new AssertionError(
            "state " + number + " of " + states.size() + "\n" + tail(state), e);
      }
      number++;
    }
  }

  /// What may be there after a power cut now, at most so many, and after a kill.
  static List<SimDisk> statesAfter(SimDisk disk, int powerCuts) {
    List<SimDisk> states = new ArrayList<>(disk.afterPowerCut(powerCuts));
    states.add(disk.afterKill());
    return states;
  }

  /// The last calls.
  static String tail(SimDisk disk) {
    return String.join("\n", disk.log().subList(Math.max(0, disk.calls() - 12), disk.calls()));
  }
}
