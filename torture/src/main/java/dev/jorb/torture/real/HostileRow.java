package dev.jorb.torture.real;

import dev.jorb.run.Job;
import dev.jorb.run.Json;
import dev.jorb.serial.RunFile;
import dev.jorb.torture.Finding;
import dev.jorb.torture.Plan;
import dev.jorb.torture.Row;
import dev.jorb.torture.Tally;
import dev.jorb.torture.Turn;
import dev.jorb.torture.hostile.Hostility;
import dev.jorb.torture.hostile.Neighbourhood;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Runs honest jobs beside a few of one hostile kind: all honest ones come to their end, and the
/// file holds them as they are.
///
/// Three kinds end the run or the JVM, which nothing can keep a step from. Then the next start, in
/// which they are honest, brings all to their end.
public final class HostileRow implements Row {
  private static final List<Hostility> KINDS = List.of(Hostility.values());

  @Override
  public String name() {
    return "hostile";
  }

  @Override
  public String what() {
    return KINDS.size() + " hostile kinds beside honest jobs";
  }

  @Override
  public Tally run(Plan plan) throws Exception {
    Jvm jvm = Jvm.fast(plan.scratch()).heap(512);
    int honest = (int) plan.pick(10_000, 1_000);
    return plan.patience(Life.TURN).inParallel(KINDS.size(), turn -> turn(turn, jvm, honest));
  }

  private static void turn(Turn turn, Jvm jvm, int honest)
      throws IOException, InterruptedException {
    Hostility kind = KINDS.get((int) turn.number());
    Path folder = Files.createDirectory(turn.scratch().resolve("turn-" + turn.number()));
    Path file = folder.resolve("run.jorb");
    int code = live(jvm, file, kind, honest);
    if (kind.endsTheRun()) {
      code = live(jvm, file, Hostility.NONE, honest);
    }
    if (code != 0) {
      String said = Files.readString(folder.resolve("said"));
      throw code == Neighbourhood.STUCK
          ? Finding.hung(kind + ": honest jobs did not come to their end: " + said)
          : Finding.lost(kind + " ended the run with " + code + ": " + said);
    }
    compare(kind, RunFile.read(file), honest);
    Scratch.delete(folder);
  }

  private static int live(Jvm jvm, Path file, Hostility kind, int honest)
      throws IOException, InterruptedException {
    var command =
        jvm.command(Neighbourhood.class, file.toString(), kind.name(), Integer.toString(honest));
    try (Life life = new Life(command, file.resolveSibling("said"))) {
      return life.awaitEnd();
    }
  }

  private static void compare(Hostility kind, RunFile file, int honest) {
    int found = 0;
    for (Job<Json> job : file.run().jobs()) {
      if (job.context().text().contains("\"role\":\"honest\"")) {
        found++;
        if (!job.state().equals("done")
            || job.version() != 3
            || job.errorCount() != 0
            || !job.context().text().contains("\"hops\":2,")) {
          throw Finding.silentlyWrong(
              kind + ": honest job " + job + " ended with " + job.context().text());
        }
      }
    }
    if (found != honest) {
      throw Finding.lost(kind + ": " + found + " of " + honest + " honest jobs are in the file");
    }
  }
}
