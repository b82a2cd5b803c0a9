package dev.jorb.serial;

import dev.jorb.torture.Plan;
import dev.jorb.torture.Row;
import dev.jorb.torture.Tally;
import dev.jorb.torture.Turn;
import java.util.List;
import java.util.Random;

/// Lets a power cut take every subset of the sectors of the last batch, or 4,096 samples of them.
public final class SectorRow implements Row {
  private static final int MOST_STATES = 4_096;

  @Override
  public String name() {
    return "sectors";
  }

  @Override
  public String what() {
    return "every subset of the sectors of the last batch, or 4,096 samples, lost in a power cut";
  }

  @Override
  public Tally run(Plan plan) {
    return plan.inParallel(plan.pick(200, 12), SectorRow::check);
  }

  private static void check(Turn turn) {
    SimDisk disk = new SimDisk(turn.random());
    Random random = turn.random();
    Recorder recorder = new Recorder(1 + random.nextInt(20)).open(disk);
    for (int i = random.nextInt(8); i > 0; i--) {
      recorder.commitRandom(random);
    }
    disk.stopAt(disk.calls() + 2 + random.nextInt(2));
    try {
      recorder.commit(Sample.randomBatch(recorder.run(), recorder.clock(), random, 12));
    } catch (SimDisk.Stopped | RunFileException ended) {
      // The batch is in the page cache, as far as it came.
    }
    List<SimDisk> states = disk.afterPowerCut(MOST_STATES);
    Found.losingNothing(
        "a batch of which sectors are missing",
        () -> states.forEach(state -> recorder.copy().open(state).close()));
    turn.trials(states.size());
  }
}
