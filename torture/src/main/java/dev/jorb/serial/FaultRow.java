package dev.jorb.serial;

import dev.jorb.serial.SimDisk.Fault;
import dev.jorb.serial.SimDisk.Stopped;
import dev.jorb.torture.Plan;
import dev.jorb.torture.Row;
import dev.jorb.torture.Tally;
import dev.jorb.torture.Turn;
import java.util.List;
import java.util.Random;

/// Lets every call to the disk fail, once and for ever, in each way that it can, over a run's whole
/// life, or ends the process there; and then the same again at every call of the recovery.
///
/// The first turns are the single faults. Those that follow are the pairs.
public final class FaultRow implements Row {
  private static final List<Fault> FAULTS = List.of(Fault.values());

  /// The ways to fail, each once and for ever, and the end of the process.
  private static final int WAYS = FAULTS.size() * 2 + 1;

  private static final int POWER_CUTS = 8;
  private static final int POWER_CUTS_OF_PAIRS = 2;

  /// No recovery has more calls: open, go on, close, open, close.
  private static final int MOST_CALLS_OF_RECOVERY = 96;

  @Override
  public String name() {
    return "io-faults";
  }

  @Override
  public String what() {
    return "every I/O call fails once, for ever, or ends the process, in a run's life and again in"
        + " the recovery (EIO, ENOSPC, EROFS, EMFILE, short writes)";
  }

  @Override
  public Tally run(Plan plan) {
    SimDisk whole = new SimDisk(new Random(plan.seed()));
    Life.play(whole, new Recorder(3), new Random(plan.seed()));
    long singles = (long) whole.calls() * WAYS;
    return plan.inParallel(
        plan.pick(singles * 2, singles),
        turn -> {
          int first = (int) (turn.number() % singles);
          if (turn.number() < singles) {
            single(first, plan.seed(), turn);
          } else {
            pairs(first, plan.seed(), turn);
          }
        });
  }

  /// Arranges the trouble with this number, counted over calls and ways.
  private static void arm(SimDisk disk, int number) {
    int call = number / WAYS + 1;
    int way = number % WAYS;
    if (way == WAYS - 1) {
      disk.stopAt(call);
    } else {
      disk.failAt(call, FAULTS.get(way / 2), way % 2 == 1);
    }
  }

  private static String words(int number) {
    int way = number % WAYS;
    return (way == WAYS - 1
            ? "the process ends"
            : FAULTS.get(way / 2) + (way % 2 == 1 ? " for ever" : " once"))
        + " at call "
        + (number / WAYS + 1);
  }

  private static SimDisk lived(int trouble, long seed, Recorder recorder) {
    SimDisk disk = new SimDisk(new Random(seed + trouble));
    arm(disk, trouble);
    try {
      Life.play(disk, recorder, new Random(seed));
    } catch (Stopped | RunFileException ended) {
      // What it left behind is what counts.
    }
    return disk.heal();
  }

  private static void single(int trouble, long seed, Turn turn) {
    Recorder recorder = new Recorder(3);
    Found.losingNothing(
        words(trouble),
        () -> {
          List<SimDisk> states = Life.statesAfter(lived(trouble, seed, recorder), POWER_CUTS);
          Life.goOnFromEach(states, recorder, seed);
          turn.trials(states.size());
        });
  }

  private static void pairs(int trouble, long seed, Turn turn) {
    Recorder recorder = new Recorder(3);
    SimDisk left = lived(trouble, seed, recorder);
    long trials = 0;
    for (SimDisk state : Life.statesAfter(left, 1)) {
      for (int second = 0; second < MOST_CALLS_OF_RECOVERY * WAYS; second++) {
        SimDisk again = state.afterKill();
        arm(again, second);
        int calls = second / WAYS;
        if (recoversAndGoesOn(again, recorder, trouble, second, seed) && again.calls() <= calls) {
          break; // There are no more calls to trouble.
        }
        trials++;
      }
    }
    turn.trials(trials);
  }

  /// Whether the second trouble did not end it.
  private static boolean recoversAndGoesOn(
      SimDisk disk, Recorder recorder, int first, int second, long seed) {
    Recorder knows = recorder.copy();
    boolean[] ended = {false};
    Found.losingNothing(
        words(first) + ", then in the recovery " + words(second),
        () -> {
          try {
            Life.goOn(disk, knows, seed);
          } catch (Stopped | RunFileException stopped) {
            ended[0] = true;
          }
          Life.goOnFromEach(Life.statesAfter(disk.heal(), POWER_CUTS_OF_PAIRS), knows, seed);
        });
    return !ended[0];
  }
}
