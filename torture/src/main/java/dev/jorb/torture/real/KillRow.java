package dev.jorb.torture.real;

import dev.jorb.torture.Finding;
import dev.jorb.torture.Plan;
import dev.jorb.torture.Row;
import dev.jorb.torture.Tally;
import dev.jorb.torture.Turn;
import dev.jorb.torture.child.Phases.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// Kills a JVM at random instants, again and again on the same run file.
///
/// Half of them while the jobs run, a third while the file is recovered, compacted, created or
/// closed, and the rest at any instant of the JVM's life, its start included. Of three files two
/// are compacted all the time while the jobs run.
public final class KillRow implements Row {
  private static final int KILLS = 10;
  private static final Path MEMORY = Path.of("/dev/shm");

  /// How long things take, as the last lives have shown.
  private final Usual start = new Usual(400_000_000);

  private final Usual begin = new Usual(20_000_000);
  private final Usual run = new Usual(200_000_000);
  private final Usual close = new Usual(10_000_000);

  @Override
  public String name() {
    return "kill";
  }

  @Override
  public String what() {
    return "kill -9 of a JVM at random instants, a third in recovery, compaction or close";
  }

  @Override
  public Tally run(Plan plan) throws Exception {
    Jvm jvm = Jvm.fast(plan.scratch());
    return plan.patience(Life.TURN)
        .inParallel(plan.pick(10_000, 60) / KILLS, turn -> turn(turn, jvm));
  }

  private void turn(Turn turn, Jvm jvm) throws IOException, InterruptedException {
    Path folder = Files.createDirectory(turn.scratch().resolve("turn-" + turn.number()));
    Path accounts = Files.createDirectory(folder.resolve("accounts"));
    Path disk = disk(turn, folder);
    try {
      Jvm children = turn.number() % 3 == 0 ? jvm : jvm.compactingEarly();
      kill(turn, new Victim(children, disk, accounts, turn.seed()));
    } finally {
      Scratch.delete(disk);
    }
    Scratch.delete(folder);
  }

  /// Where the run file is: every fourth time on the disk, where a flush takes its time, else in
  /// memory, where there are more lives in a minute. To `kill -9` it is all the same.
  private static Path disk(Turn turn, Path folder) throws IOException {
    return turn.number() % 4 == 0 || !Files.isWritable(MEMORY)
        ? Files.createDirectory(folder.resolve("disk"))
        : Files.createTempDirectory(MEMORY, "jorb-kill-");
  }

  private void kill(Turn turn, Victim victim) throws IOException, InterruptedException {
    Random random = turn.random();
    turn.trials(KILLS);
    try {
      for (int kills = 0; kills < KILLS; ) {
        kills += live(victim, random) ? 1 : 0;
        victim.check();
      }
      victim.liveInPeace();
    } catch (Finding finding) {
      throw victim.keep(finding, name() + "-" + turn.number());
    }
  }

  /// One life; whether the kill came in time.
  private boolean live(Victim victim, Random random) throws IOException, InterruptedException {
    int die = random.nextInt(6);
    try (Life life = victim.live(die == 0 ? 1 + random.nextInt(4) : 1 + random.nextInt(80))) {
      boolean inTime =
          switch (die) {
            case 0 -> kill(life, Phase.CLOSE, close, random);
            case 1 -> kill(life, Phase.BEGIN, begin, random);
            case 2 -> killAnywhere(life, random);
            default -> {
              boolean reached = life.reaches(Phase.RUN);
              if (reached && random.nextInt(8) == 0) {
                victim.requireLocked(life);
              }
              yield kill(life, Phase.RUN, run, random);
            }
          };
      int code = life.awaitEnd();
      learn(life);
      boolean wasKilled = code == 128 + 9;
      if (!wasKilled && code != 0) {
        throw Finding.lost("a child ended with " + code + ": " + life.said());
      }
      return inTime && wasKilled;
    }
  }

  private static boolean kill(Life life, Phase phase, Usual usual, Random random)
      throws IOException {
    if (!life.reaches(phase)) {
      return false;
    }
    LockSupport.parkNanos(usual.draw(random));
    return life.kill();
  }

  private boolean killAnywhere(Life life, Random random) {
    LockSupport.parkNanos(start.draw(random) + run.draw(random));
    return life.kill();
  }

  private void learn(Life life) throws IOException {
    life.reaches(Phase.CLOSE); // Takes in what it said of its phases before it was killed.
    life.nanosUntil(Phase.LOAD).ifPresent(start::learn);
    life.nanosIn(Phase.BEGIN, Phase.RUN).ifPresent(begin::learn);
    life.nanosIn(Phase.RUN, Phase.CLOSE).ifPresent(run::learn);
    life.nanosFrom(Phase.CLOSE).ifPresent(close::learn);
  }

  /// How long something usually takes. Thread-safe.
  private static final class Usual {
    private final AtomicLong nanos;

    Usual(long nanos) {
      this.nanos = new AtomicLong(nanos);
    }

    void learn(long taken) {
      nanos.updateAndGet(before -> (before * 7 + taken) / 8);
    }

    /// An instant in it, or shortly after.
    long draw(Random random) {
      return random.nextLong(1, Math.max(2, nanos.get() * 9 / 8));
    }
  }
}
