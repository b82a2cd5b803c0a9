package dev.jorb.engine;

import dev.jorb.torture.Finding;
import dev.jorb.torture.Plan;
import dev.jorb.torture.Row;
import dev.jorb.torture.Tally;
import dev.jorb.torture.Turn;

/// Random histories of board, verdict and run file on virtual time against the reference model:
/// kicks and joins, failing steps, steps in doubt, timeouts, deadlines, calls for several jobs,
/// delays, loops, groups, pauses by hand and by failures, circuits, what a person orders (park,
/// release, cancel, put first), redrives, hand edits, disk faults, crashes, power cuts and
/// restarts. One that fails is cut down and told.
public final class HistoryRow implements Row {
  @Override
  public String name() {
    return "histories";
  }

  @Override
  public String what() {
    return "random histories (kicks, joins, failing steps, steps in doubt, timeouts, deadlines, batches,"
        + " loops, groups, pauses, circuits, orders, redrives, hand edits, disk faults, crashes,"
        + " restarts) against the reference model, on virtual time";
  }

  @Override
  public Tally run(Plan plan) {
    return plan.inParallel(plan.pick(1_000_000, 20_000), HistoryRow::check);
  }

  private static void check(Turn turn) {
    Scenario scenario = Scenario.random(turn.seed());
    try {
      Replay.play(scenario, true);
    } catch (AssertionError | RuntimeException failed) {
      throw Finding.lost(told(scenario), failed);
    }
  }

  private static String told(Scenario scenario) {
    Scenario smallest = Smallest.of(scenario, same -> Replay.play(same, true));
    return "board, file and model differ; the smallest failing history found:\n"
        + smallest.description()
        + "  "
        + String.join("\n  ", Replay.tell(smallest, true));
  }
}
