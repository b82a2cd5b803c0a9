package dev.jorb.serial;

import dev.jorb.run.Job;
import dev.jorb.run.Transition;
import dev.jorb.serial.Sample.Box;
import dev.jorb.serial.SimDisk.Stopped;
import dev.jorb.torture.Finding;
import dev.jorb.torture.Plan;
import dev.jorb.torture.Row;
import dev.jorb.torture.Tally;
import dev.jorb.torture.Turn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// All histories of a few operations, ended at each of their calls to the disk, in all states that
/// a kill and a power cut can leave.
public final class SmallHistoryRow implements Row {
  /// So many states are all that a small history can leave.
  private static final int ALL_STATES = 1 << 20;

  /// What can be done to a run file.
  private enum Operation {
    MOVE,
    FORK,
    PARK,
    TWO_MOVES,
    CLOSE_AND_OPEN,
    KILL_AND_OPEN
  }

  @Override
  public String name() {
    return "small-histories";
  }

  @Override
  public String what() {
    return "all histories of three operations, ended at each call to the disk, in all states that a"
        + " kill or a power cut can leave";
  }

  @Override
  public Tally run(Plan plan) {
    int most = (int) plan.pick(3, 2);
    List<List<Operation>> histories = histories(most);
    return plan.inParallel(
        histories.size(), turn -> check(histories.get((int) turn.number()), turn));
  }

  private static List<List<Operation>> histories(int most) {
    List<List<Operation>> all = new ArrayList<>();
    List<List<Operation>> longest = List.of(List.of());
    for (int length = 0; length <= most; length++) {
      all.addAll(longest);
      List<List<Operation>> longer = new ArrayList<>();
      for (List<Operation> each : longest) {
        for (Operation next : Operation.values()) {
          List<Operation> one = new ArrayList<>(each);
          one.add(next);
          longer.add(one);
        }
      }
      longest = longer;
    }
    return all;
  }

  private static void check(List<Operation> history, Turn turn) {
    SimDisk whole = new SimDisk(turn.random());
    play(history, whole, new Recorder(2));
    long trials = 0;
    for (int call = 1; call <= whole.calls() + 1; call++) {
      SimDisk disk = new SimDisk(turn.random()).stopAt(call);
      Recorder recorder = new Recorder(2);
      try {
        play(history, disk, recorder);
      } catch (Stopped | RunFileException ended) {
        // What it left behind is what counts.
      }
      List<SimDisk> states = Life.statesAfter(disk, ALL_STATES);
      if (states.size() >= ALL_STATES) {
        throw new IllegalStateException("too many states to look at all: " + history);
      }
      trials += states.size();
      int at = call;
      Found.losingNothing(
          history + ", ended at call " + at,
          () -> Life.goOnFromEach(states, recorder, turn.seed()));
    }
    turn.trials(trials);
  }

  private static void play(List<Operation> history, SimDisk disk, Recorder recorder) {
    recorder.open(disk);
    for (Operation each : history) {
      play(each, disk, recorder);
    }
    recorder.close();
  }

  private static void play(Operation operation, SimDisk disk, Recorder recorder) {
    switch (operation) {
      case MOVE -> recorder.commit(List.of(move(recorder, "0")));
      case TWO_MOVES -> recorder.commit(List.of(move(recorder, "0"), move(recorder, "1")));
      case FORK -> recorder.commit(List.of(fork(recorder)));
      case PARK -> recorder.commit(List.of(park(recorder)));
      case CLOSE_AND_OPEN -> {
        recorder.close();
        recorder.open(disk);
      }
      case KILL_AND_OPEN -> {
        disk.releaseLocks();
        recorder.open(disk);
      }
    }
  }

  private static Job<Box> job(Recorder recorder, String id) {
    return recorder.run().job(id).orElseThrow(() -> Finding.lost("job " + id + " is gone"));
  }

  private static Transition<Box> move(Recorder recorder, String id) {
    return Sample.move(job(recorder, id), "edit", recorder.clock());
  }

  private static Transition<Box> fork(Recorder recorder) {
    Job<Box> parent = job(recorder, "0");
    Instant now = recorder.clock().instant();
    return new Transition<>(
        parent
            .next()
            .updated(now)
            .transition(parent.state(), "push", now, Duration.ofMillis(1))
            .state("push")
            .kicks(parent.kicks() + 1)
            .build(),
        List.of(
            Job.<Box>builder(parent.id() + "->" + parent.kicks(), "new")
                .parent(parent.id())
                .context(new Box("child", 0))
                .updated(now)
                .build()));
  }

  private static Transition<Box> park(Recorder recorder) {
    Job<Box> job = job(recorder, "1");
    Instant now = recorder.clock().instant();
    return new Transition<>(
        job.next().updated(now).parked("no luck").error(job.state(), now, "gone").build(),
        List.of());
  }
}
