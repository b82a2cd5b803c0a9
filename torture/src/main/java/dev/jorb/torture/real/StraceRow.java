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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/// Lets system calls of a real JVM fail, those on the run file, its temporary file and their folder
/// only: once, or from then on.
public final class StraceRow implements Row {
  private static final long LOOK_NANOS = 5_000_000;

  /// What can fail, how, and how often it is called in a short life.
  private record Fault(String calls, List<String> errors, int callsInALife) {}

  private static final List<Fault> FAULTS =
      List.of(
          new Fault("write,pwrite64", List.of("EIO", "ENOSPC", "EDQUOT", "EFBIG"), 14),
          new Fault("fsync,fdatasync", List.of("EIO", "ENOSPC", "EDQUOT"), 14),
          new Fault("rename,renameat2", List.of("EIO", "EROFS", "ENOSPC", "EACCES"), 1),
          new Fault("openat", List.of("EMFILE", "EROFS", "EIO", "ENFILE"), 5),
          new Fault("close", List.of("EIO", "ENOSPC"), 5),
          new Fault("write,pwrite64,ftruncate", List.of("EIO", "EROFS"), 14));

  @Override
  public String name() {
    return "strace";
  }

  @Override
  public String what() {
    return "write, fsync, rename, openat and close of a real JVM fail";
  }

  @Override
  public Tally run(Plan plan) throws Exception {
    Shell.run("strace", "--version");
    Jvm jvm = Jvm.fast(plan.scratch());
    return plan.patience(Life.TURN).inParallel(plan.pick(200, 10), turn -> turn(turn, jvm));
  }

  private void turn(Turn turn, Jvm jvm) throws IOException, InterruptedException {
    Path folder =
        Files.createDirectory(turn.scratch().resolve("turn-" + turn.number())).toAbsolutePath();
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Victim victim =
        new Victim(jvm, disk, Files.createDirectory(folder.resolve("accounts")), turn.seed());
    Random random = turn.random();
    String[] strace = strace(turn, random, disk, victim.file());
    try {
      liveBefore(victim, random);
      // Only a path that is there can be named to strace.
      touch(victim.file());
      touch(temporary(victim.file()));
      liveWith(victim, strace);
      victim.check();
      victim.liveInPeace();
    } catch (Finding finding) {
      Finding more =
          new Finding(finding.kind(), String.join(" ", strace) + "\n  " + finding.getMessage());
      throw victim.keep(more, name() + "-" + turn.number());
    }
    Scratch.delete(folder);
  }

  private static Path temporary(Path file) {
    return file.resolveSibling(file.getFileName() + ".tmp");
  }

  private static void touch(Path file) throws IOException {
    if (!Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
  }

  private static String[] strace(Turn turn, Random random, Path disk, Path file) {
    Fault fault = FAULTS.get((int) (turn.number() % FAULTS.size()));
    String error = fault.errors.get(random.nextInt(fault.errors.size()));
    String when = 1 + random.nextInt(fault.callsInALife) + (random.nextBoolean() ? "+" : "");
    return new String[] {
      "strace",
      "-f",
      "--seccomp-bpf",
      "-qq",
      "-o",
      "/dev/null",
      "-P",
      file.toString(),
      "-P",
      temporary(file).toString(),
      "-P",
      disk.toString(),
      "-e",
      "trace=" + fault.calls,
      "-e",
      "inject=" + fault.calls + ":error=" + error + ":when=" + when
    };
  }

  /// Leaves no file, one that was closed in order, or one that was not.
  private static void liveBefore(Victim victim, Random random)
      throws IOException, InterruptedException {
    int die = random.nextInt(4);
    if (die == 0) {
      return;
    }
    try (Life life = victim.live(die == 1 ? 3 : Long.MAX_VALUE)) {
      victim.awaitBatches(life, 3);
      if (die > 1) {
        life.kill();
      }
      life.awaitEnd();
    }
    victim.check();
  }

  private static void liveWith(Victim victim, String[] strace)
      throws IOException, InterruptedException {
    try (Life life = victim.live(12, strace)) {
      while (life.isAlive() && !life.isOverdue()) {
        victim.ledger().read();
        if (victim.ledger().refusedForWantOfRoom() > 2) {
          life.kill(); // It waits for room that will never come.
          break;
        }
        LockSupport.parkNanos(LOOK_NANOS);
      }
      int code = life.awaitEnd();
      boolean asItShould = code == 0 || code == Child.FAILED || code == Child.REFUSED;
      if (!asItShould && victim.ledger().refusedForWantOfRoom() <= 2) {
        throw Finding.silentlyWrong("the child ended with " + code + ": " + life.said());
      }
    }
  }
}
