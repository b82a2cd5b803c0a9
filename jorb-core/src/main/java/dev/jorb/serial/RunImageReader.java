package dev.jorb.serial;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.run.Schema;
import dev.jorb.serial.Codec.DecodeException;
import dev.jorb.serial.Line.Seal;
import dev.jorb.serial.Opening.Doubt;
import dev.jorb.serial.Opening.Edit;
import dev.jorb.serial.Opening.Stray;
import dev.jorb.serial.RunImage.Winner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Turns what a file holds into a run with typed contexts, which are decoded by as many threads as
/// there are processors. Used once.
final class RunImageReader<O, J> {
  /// Contexts that are decoded before their jobs are made.
  private static final int AT_ONCE = 1 << 14;

  private final Path path;
  private final Schema<O, J> schema;
  private final Codec<O> overallCodec;
  private final Codec<J> contextCodec;
  private final Set<String> known;
  private final List<Stray> unknownStates = new ArrayList<>();
  private final List<Stray> unreadable = new ArrayList<>();
  private final List<Doubt> inDoubt = new ArrayList<>();

  RunImageReader(Path path, Schema<O, J> schema, Codec<O> overallCodec, Codec<J> contextCodec) {
    this.path = path;
    this.schema = schema;
    this.overallCodec = overallCodec;
    this.contextCodec = contextCodec;
    this.known = new HashSet<>(schema.stateNames());
  }

  Run<O, J> toRun(RunImage image) {
    Header header = image.header;
    String startState =
        schema.stateNames().isEmpty() ? header.startState() : schema.stateNames().getFirst();
    Run<O, J> run = Run.restore(header.run(), header.id(), overall(header), startState);
    List<Winner> winners = new ArrayList<>(image.jobs.values());
    for (int start = 0; start < winners.size(); start += AT_ONCE) {
      List<Winner> some = winners.subList(start, Math.min(winners.size(), start + AT_ONCE));
      List<Decoded<J>> contexts = some.parallelStream().map(this::decode).toList();
      for (int i = 0; i < some.size(); i++) {
        run.put(toJob(some.get(i), contexts.get(i), image.crashes(some.get(i))));
      }
    }
    image.limits.values().forEach(run::note);
    image.holds.all().forEach(run::note);
    return run;
  }

  private O overall(Header header) {
    try {
      return overallCodec.decode(header.overall());
    } catch (DecodeException e) {
      throw new RunFileException(
          path,
          "the overall context of run \""
              + header.run()
              + "\" "
              + e.problem()
              + "; nothing was changed. Give the type what it had when the file was written",
          e);
    }
  }

  /// A context, or why there is none.
  private record Decoded<J>(@Nullable J context, String problem) {}

  /// Called by many threads at once.
  private Decoded<J> decode(Winner winner) {
    try {
      return new Decoded<>(contextCodec.decode(winner.context()), "");
    } catch (DecodeException e) {
      return new Decoded<>(null, e.problem());
    }
  }

  private Job<J> toJob(Winner winner, Decoded<J> decoded, int crashes) {
    Job.Builder<J> job = winner.toJob();
    if (winner.seal() == Seal.WHOLE && crashes > 0) {
      int inARow = winner.job().crashes() + crashes;
      inDoubt.add(new Doubt(winner.job().id(), winner.job().state(), inARow));
      job.inDoubt(true).crashes(inARow);
    }
    if (decoded.context() == null) {
      unreadable.add(new Stray(winner.job().id(), winner.job().state(), decoded.problem()));
      return job.parked("its context cannot be read: " + decoded.problem()).build();
    }
    job.context(decoded.context());
    if (!known.isEmpty()
        && !known.contains(winner.job().state())
        && !winner.job().state().equals(Job.CANCELLED)) {
      unknownStates.add(
          new Stray(winner.job().id(), winner.job().state(), "the workflow has no such state"));
      job.parked("the workflow has no state \"" + winner.job().state() + "\"");
    }
    return job.build();
  }

  Opening opening(RunImage image) {
    List<Edit> edits = image.edits();
    return new Opening(
        false, image.closed, image.tornBytes, edits, unknownStates, unreadable, inDoubt);
  }
}
