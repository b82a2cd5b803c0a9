package dev.jorb.torture.real;

import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.serial.RunFile;
import dev.jorb.serial.RunFileException;
import dev.jorb.torture.Finding;
import dev.jorb.torture.child.Phases.Phase;
import dev.jorb.torture.child.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// A run file, the children that live on it one after the other, and the ledger on both.
///
/// Not thread-safe.
final class Victim {
  private static final int JOBS = 12;
  private static final long LOOK_NANOS = 500_000;

  private final Jvm jvm;
  private final Path file;
  private final Path accounts;
  private final Path account;
  private final long seed;
  private final Ledger ledger;
  private int lives;

  /// @param folder where the run file is
  /// @param accounts where the account is, and what the children say; a place that is not tortured
  Victim(Jvm jvm, Path folder, Path accounts, long seed) {
    this.jvm = jvm;
    this.file = folder.resolve("run.jorb");
    this.accounts = accounts;
    this.account = accounts.resolve("account");
    this.seed = seed;
    this.ledger = new Ledger(account, seed);
  }

  Path file() {
    return file;
  }

  Ledger ledger() {
    return ledger;
  }

  /// Starts the next life, which stops itself after so many batches.
  ///
  /// @param under a command under which it runs
  Life live(long batches, String... under) throws IOException {
    lives++;
    List<String> command = new ArrayList<>(List.of(under));
    command.addAll(jvm.command(file, account, seed, JOBS, lives, batches));
    return new Life(command, under.length > 0, accounts.resolve("said-" + lives));
  }

  /// Waits until so many more batches were acknowledged, or it has ended.
  void awaitBatches(Life life, int batches) throws IOException {
    long enough = ledger.acknowledgements() + batches;
    ledger.read();
    while (ledger.acknowledgements() < enough && life.isAlive() && !life.isOverdue()) {
      LockSupport.parkNanos(LOOK_NANOS);
      ledger.read();
    }
  }

  /// Compares the account with the file.
  void check() throws IOException {
    ledger.check(file);
  }

  /// Compares what the child was told before the cut with the file that is now there.
  void checkAfterCut() throws IOException {
    ledger.checkAfterCut(file);
  }

  /// Lives one life that nobody disturbs; it must come to rest, and leave a file in order.
  void liveInPeace() throws IOException, InterruptedException {
    try (Life life = live(Long.MAX_VALUE)) {
      int code = life.awaitEnd();
      if (code != 0) {
        throw Finding.lost(
            file + ": a life that nobody disturbed ended with " + code + ": " + life.said());
      }
    }
    check();
    RunFile left = RunFile.read(file, Script.workflow());
    boolean rests =
        left.run().jobs().stream().allMatch(job -> left.terminalStates().contains(job.state()));
    if (!rests || !left.opening().sentences().isEmpty() || !ledger.endedInOrder()) {
      throw Finding.silentlyWrong(
          file
              + ": after a life in peace its jobs "
              + (rests ? "rest" : "do not rest")
              + ": "
              + left.opening().sentences());
    }
  }

  /// Sees that nobody else is let in while `life` has the file open.
  void requireLocked(Life life) throws IOException {
    try (var intruder = JournalSerializer.at(file, Script.workflow())) {
      Run<?, ?> got = intruder.load().orElseThrow();
      if (life.isAlive() && !life.hasReached(Phase.CLOSE)) {
        throw Finding.silentlyWrong(file + ": two processes have it open: " + got);
      }
    } catch (RunFileException.Locked refused) {
      String message = String.valueOf(refused.getMessage());
      if (!message.contains("pid " + life.pid() + " since ")) {
        throw Finding.silentlyWrong("the holder " + life.pid() + " is not named: " + message);
      }
    }
  }

  /// Keeps what was found to be wrong where it can be looked at, and passes it on.
  Finding keep(Finding finding, String name) throws IOException {
    Path kept = Path.of("target", "found", name);
    Files.createDirectories(kept);
    for (Path folder : List.of(file.getParent(), accounts)) {
      try (var all = Files.list(folder)) {
        for (Path each : all.filter(Files::isRegularFile).toList()) {
          Files.write(kept.resolve(each.getFileName()), Files.readAllBytes(each));
        }
      }
    }
    return new Finding(finding.kind(), finding.getMessage() + "\n  kept in " + kept, finding);
  }
}
