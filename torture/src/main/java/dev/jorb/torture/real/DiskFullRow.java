package dev.jorb.torture.real;

import dev.jorb.torture.Finding;
import dev.jorb.torture.Plan;
import dev.jorb.torture.Row;
import dev.jorb.torture.Tally;
import dev.jorb.torture.Turn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/// Fills the disk under a run and makes room again: the run waits, and goes on by itself. Every
/// third time it is killed while it waits.
public final class DiskFullRow implements Row {
  private static final long ROOM_KIBIBYTES = 24_000;
  private static final int MOST_LIVES = 20;
  private static final long LOOK_NANOS = 5_000_000;

  @Override
  public String name() {
    return "disk-full";
  }

  @Override
  public String what() {
    return "the disk fills and is freed again";
  }

  @Override
  public Tally run(Plan plan) throws Exception {
    Jvm jvm = Jvm.fast(plan.scratch());
    return plan.patience(Life.TURN).inParallel(plan.pick(50, 2), turn -> turn(turn, jvm));
  }

  private void turn(Turn turn, Jvm jvm) throws IOException, InterruptedException {
    Path folder = Files.createDirectory(turn.scratch().resolve("turn-" + turn.number()));
    Path accounts = Files.createDirectory(folder.resolve("accounts"));
    try (Mounts mounts = new Mounts(folder)) {
      Path disk = mounts.tmpfs("disk", ROOM_KIBIBYTES);
      Victim victim = new Victim(jvm, disk, accounts, turn.seed());
      try {
        if (turn.number() % 8 == 1) {
          beginOnFullDisk(victim, disk);
        }
        boolean met = false;
        for (int lives = 0; lives < MOST_LIVES && !met; lives++) {
          met = live(victim, disk, turn.random(), turn.number() % 3 == 2);
          victim.check();
        }
        if (!met) {
          throw new IOException("no life met a full disk");
        }
        victim.liveInPeace();
      } catch (Finding finding) {
        throw victim.keep(finding, name() + "-" + turn.number());
      }
    }
    Scratch.delete(folder);
  }

  /// A life that finds the disk full before it has anything says so, and leaves nothing.
  private static void beginOnFullDisk(Victim victim, Path disk)
      throws IOException, InterruptedException {
    Path ballast = Mounts.fill(disk);
    try (Life life = victim.live(Long.MAX_VALUE)) {
      int code = life.awaitEnd();
      String said = life.said();
      if (code == 0 || !said.contains("no space left on the device")) {
        throw Finding.silentlyWrong("on a full disk it ended with " + code + ": " + said);
      }
    }
    Files.delete(ballast);
    victim.check();
  }

  /// One life; whether it met the full disk.
  private static boolean live(Victim victim, Path disk, Random random, boolean kill)
      throws IOException, InterruptedException {
    try (Life life = victim.live(Long.MAX_VALUE)) {
      victim.awaitBatches(life, 1 + random.nextInt(29));
      Path ballast = Mounts.fill(disk);
      boolean met = waitsForRoom(victim, life);
      if (met && kill) {
        life.kill();
        life.awaitEnd();
        Files.delete(ballast);
        return true;
      }
      Files.delete(ballast);
      int code = life.awaitEnd();
      if (code != 0) {
        throw Finding.lost("it did not go on when there was room again: " + life.said());
      }
      return met;
    }
  }

  /// Waits until a batch was refused three times, or the run has ended.
  private static boolean waitsForRoom(Victim victim, Life life) throws IOException {
    Ledger ledger = victim.ledger();
    long before = ledger.refusedForWantOfRoom();
    while (ledger.refusedForWantOfRoom() < before + 3) {
      if (!life.isAlive()) {
        return false;
      }
      LockSupport.parkNanos(LOOK_NANOS);
      ledger.read();
    }
    return true;
  }
}
