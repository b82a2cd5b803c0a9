package dev.jorb.torture.real;

import dev.jorb.torture.Finding;
import dev.jorb.torture.Plan;
import dev.jorb.torture.Row;
import dev.jorb.torture.Tally;
import dev.jorb.torture.Turn;
import dev.jorb.torture.child.Child;
import dev.jorb.torture.child.Phases.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Random;

/// Lets another program change, move, remove or lengthen the file under a run that is going on. The
/// run ends, says so, and what was acknowledged is in a rescue file.
public final class OtherProgramRow implements Row {
  private static final int MOST_LIVES = 50;

  /// What people do to files; `$1` is the run file.
  private static final List<String> DEEDS =
      List.of(
          "sed -i s/fetch/build/ \"$1\"",
          "mv \"$1\" \"$1.moved\"",
          "rm \"$1\"",
          "echo 'a line of somebody else' >> \"$1\"",
          "cp \"$1\" \"$1.copy\" && mv \"$1.copy\" \"$1\"",
          "printf x >> \"$1\"");

  @Override
  public String name() {
    return "other-program";
  }

  @Override
  public String what() {
    return "sed -i, mv, rm and append by another program on a live run";
  }

  @Override
  public Tally run(Plan plan) throws Exception {
    Jvm jvm = Jvm.fast(plan.scratch());
    return plan.patience(Life.TURN).inParallel(plan.pick(200, 6), turn -> turn(turn, jvm));
  }

  private void turn(Turn turn, Jvm jvm) throws IOException, InterruptedException {
    Path folder = Files.createDirectory(turn.scratch().resolve("turn-" + turn.number()));
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Path accounts = Files.createDirectory(folder.resolve("accounts"));
    Victim victim = new Victim(jvm, disk, accounts, turn.seed());
    String deed = DEEDS.get((int) (turn.number() % DEEDS.size()));
    try {
      boolean met = false;
      for (int lives = 0; lives < MOST_LIVES && !met; lives++) {
        met = live(victim, deed, turn.random());
      }
      if (!met) {
        throw new IOException("every life ended before somebody came to: " + deed);
      }
      victim.liveInPeace();
    } catch (Finding finding) {
      throw victim.keep(
          new Finding(finding.kind(), deed + "\n  " + finding.getMessage()),
          name() + "-" + turn.number());
    }
    Scratch.delete(folder);
  }

  /// One life; whether somebody came in time. Then the rescue file has the run file's name.
  private static boolean live(Victim victim, String deed, Random random)
      throws IOException, InterruptedException {
    boolean inTime;
    try (Life life = victim.live(Long.MAX_VALUE)) {
      victim.awaitBatches(life, 1 + random.nextInt(40)); // The first means that there is a file.
      life.signal("STOP"); // So that the run does not end between this look and the deed.
      inTime = life.isAlive() && !life.hasReached(Phase.CLOSE);
      long size = Files.size(victim.file());
      if (inTime) {
        Shell.run("sh", "-c", deed, "sh", victim.file().toString());
      }
      life.signal("CONT");
      int code = life.awaitEnd();
      if (inTime && code == 0 && deed.contains(">>") && isOurs(victim.file(), size)) {
        inTime = false; // It came between the look at the file's size and the write.
      }
      if (inTime) {
        require(code == Child.FAILED, "it was not noticed; the child ended with " + code, life);
        require(life.said().contains("; all that was acknowledged is in "), "no rescue", life);
        Path rescue = victim.file().resolveSibling("run.jorb.rescue");
        require(Files.exists(rescue), "there is no " + rescue, life);
        Files.move(rescue, victim.file(), StandardCopyOption.REPLACE_EXISTING);
      } else {
        require(code == 0, "the child ended with " + code, life);
      }
    }
    victim.check();
    return inTime;
  }

  /// Whether a line of the run file begins there, and not what somebody else has appended.
  private static boolean isOurs(Path file, long at) throws IOException {
    byte[] all = Files.readAllBytes(file);
    return at < all.length && all[(int) at] == '{';
  }

  private static void require(boolean holds, String otherwise, Life life) throws IOException {
    if (!holds) {
      throw Finding.lost(otherwise + ": " + life.said());
    }
  }
}
