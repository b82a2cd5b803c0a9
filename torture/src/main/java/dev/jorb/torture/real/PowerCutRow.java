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
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/// Cuts the power at random instants: the run file is on a file system in an image, and what counts
/// is what the image holds at that instant.
///
/// The image is a file on an outer XFS, so a clone of it is a picture of one instant: all writes
/// that the device had taken, and nothing of the page cache above it. The picture is mounted, which
/// replays the file system's own log, and the next life goes on there.
public final class PowerCutRow implements Row {
  private static final List<Mounts.Kind> KINDS = List.of(Mounts.Kind.values());
  private static final int CUTS = 10;
  private static final long OUTER_KIBIBYTES = 1 << 20;
  private static final long LONGEST_NANOS = 10_000_000;

  @Override
  public String name() {
    return "power-cut";
  }

  @Override
  public String what() {
    return "power cut on ext4, XFS and btrfs";
  }

  @Override
  public Tally run(Plan plan) throws Exception {
    for (Mounts.Kind kind : KINDS) {
      kind.require();
    }
    Jvm jvm = Jvm.fast(plan.scratch());
    int cuts = plan.isFull() ? CUTS : 1;
    return plan.patience(Life.TURN)
        .inParallel(plan.pick(300, 3) / cuts, turn -> turn(turn, jvm, cuts));
  }

  private void turn(Turn turn, Jvm jvm, int cuts) throws IOException, InterruptedException {
    Path folder = Files.createDirectory(turn.scratch().resolve("turn-" + turn.number()));
    Path accounts = Files.createDirectory(folder.resolve("accounts"));
    Mounts.Kind kind = KINDS.get((int) (turn.number() % KINDS.size()));
    turn.trials(cuts);
    try (Mounts mounts = new Mounts(folder)) {
      Path memory = mounts.tmpfs("memory", OUTER_KIBIBYTES);
      Path outer =
          mounts.loop(
              Mounts.Kind.XFS, Mounts.make(Mounts.Kind.XFS, memory.resolve("outer")), "outer");
      Path disk = Mounts.make(kind, outer.resolve("disk-0"));
      Path at = mounts.loop(kind, disk, "inner");
      Victim victim = new Victim(jvm, at, accounts, turn.seed());
      try {
        for (int cut = 1; cut <= cuts; cut++) {
          disk = cut(victim, disk, outer.resolve("disk-" + cut), turn.random());
          mounts.unmount(at);
          at = mounts.loop(kind, disk, "inner");
          victim.checkAfterCut();
        }
        victim.liveInPeace();
      } catch (Finding finding) {
        throw victim.keep(finding, name() + "-" + turn.number());
      }
    }
    Scratch.delete(folder);
  }

  /// Lets the victim live until an instant, and takes the picture.
  private static Path cut(Victim victim, Path disk, Path picture, Random random)
      throws IOException, InterruptedException {
    try (Life life = victim.live(Long.MAX_VALUE)) {
      if (random.nextInt(4) == 0) {
        life.reaches(Phase.BEGIN);
      } else {
        victim.awaitBatches(life, random.nextInt(60));
      }
      LockSupport.parkNanos(random.nextLong(LONGEST_NANOS));
      victim.ledger().noteCut();
      Shell.run("cp", "--reflink=always", disk.toString(), picture.toString());
      life.kill();
      life.awaitEnd();
    }
    Files.delete(disk);
    return picture;
  }
}
