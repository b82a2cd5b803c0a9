package dev.jorb.torture.real;

import dev.jorb.torture.Finding;
import dev.jorb.torture.Plan;
import dev.jorb.torture.Row;
import dev.jorb.torture.Tally;
import dev.jorb.torture.Turn;
import dev.jorb.torture.child.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Lets the kernel fail to write: an ext4 in an image on a file system in memory that has not the
/// room which the image promises. A write goes to the page cache, a flush finds out. Linux reports
/// it once; the next flush succeeds and has written nothing.
public final class FailedSyncRow implements Row {
  private static final int MOST_LIVES = 40;
  private static final long ROOM_KIBIBYTES = 200_000;

  @Override
  public String name() {
    return "failed-fsync";
  }

  @Override
  public String what() {
    return "the kernel fails to flush: ext4 on a device without room";
  }

  @Override
  public Tally run(Plan plan) throws Exception {
    Mounts.Kind.EXT4.require();
    Jvm jvm = Jvm.fast(plan.scratch());
    return plan.patience(Life.TURN).inParallel(plan.pick(100, 1), turn -> turn(turn, jvm));
  }

  private void turn(Turn turn, Jvm jvm) throws IOException, InterruptedException {
    Path folder = Files.createDirectory(turn.scratch().resolve("turn-" + turn.number()));
    Path accounts = Files.createDirectory(folder.resolve("accounts"));
    try (Mounts mounts = new Mounts(folder)) {
      Path memory = mounts.tmpfs("memory", ROOM_KIBIBYTES);
      Path disk = Mounts.make(Mounts.Kind.EXT4, memory.resolve("disk"));
      Path at = mounts.loop(Mounts.Kind.EXT4, disk, "inner");
      Shell.run("sync", "-f", at.toString());
      mounts.resize(memory, Mounts.usedKibibytes(memory) + 30 + turn.random().nextInt(1_500));
      Victim victim = new Victim(jvm, at, accounts, turn.seed());
      try {
        liveUntilItFails(victim);
        mounts.unmount(at);
        mounts.resize(memory, ROOM_KIBIBYTES);
        mounts.loop(Mounts.Kind.EXT4, disk, "inner");
        victim.check();
        victim.liveInPeace();
      } catch (Finding finding) {
        throw victim.keep(finding, name() + "-" + turn.number());
      }
    }
    Scratch.delete(folder);
  }

  private static void liveUntilItFails(Victim victim) throws IOException, InterruptedException {
    for (int lives = 0; lives < MOST_LIVES; lives++) {
      try (Life life = victim.live(Long.MAX_VALUE)) {
        int code = life.awaitEnd();
        victim.ledger().read();
        if (code == Child.FAILED || code == Child.REFUSED) {
          requireClearWords(life.said());
          return;
        }
        if (code != 0) {
          throw new IOException("a child ended with " + code + ": " + life.said());
        }
      }
    }
    throw new IOException("the device never failed");
  }

  private static void requireClearWords(String said) {
    if (!said.contains("run.jorb: ")) {
      throw Finding.silentlyWrong("the run ended and did not say why: " + said);
    }
  }
}
