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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Turns what a file holds into a run with typed contexts. Those of many jobs are decoded, and the
/// jobs made, by as many threads as there are processors. Used once.
final class RunImageReader<O, J> {
  /// Jobs that are made before they are put into the run.
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
      Stream<Winner> shared =
          some.size() < Codec.WORTH_SHARING ? some.stream() : some.parallelStream();
      List<Made<J>> made = shared.map(each -> make(image, each)).toList();
      made.forEach(each -> take(each, run));
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

  /// A job, and what a person should be told of it.
  private record Made<J>(
      Job<J> job,
      @Nullable Doubt inDoubt,
      @Nullable Stray unreadable,
      @Nullable Stray unknownState) {}

  /// Called by many threads at once.
  private Made<J> make(RunImage image, Winner winner) {
    Job.Builder<J> job = winner.toJob();
    int crashes = image.crashes(winner);
    Doubt inDoubt = null;
    if (winner.seal() == Seal.WHOLE && crashes > 0) {
      int inARow = winner.job().crashes() + crashes;
      inDoubt = new Doubt(winner.job().id(), winner.job().state(), inARow);
      job.inDoubt(true).crashes(inARow);
    }
    try {
      job.context(contextCodec.decode(winner.context()));
    } catch (DecodeException e) {
      job.parked("its context cannot be read: " + e.problem());
      return new Made<>(job.build(), inDoubt, stray(winner, e.problem()), null);
    }
    Stray unknownState = null;
    if (!known.isEmpty()
        && !known.contains(winner.job().state())
        && !winner.job().state().equals(Job.CANCELLED)) {
      unknownState = stray(winner, "the workflow has no such state");
      job.parked("the workflow has no state \"" + winner.job().state() + "\"");
    }
    return new Made<>(job.build(), inDoubt, null, unknownState);
  }

  private static Stray stray(Winner winner, String problem) {
    return new Stray(winner.job().id(), winner.job().state(), problem);
  }

  private void take(Made<J> made, Run<O, J> run) {
    addIfAny(made.inDoubt(), inDoubt);
    addIfAny(made.unreadable(), unreadable);
    addIfAny(made.unknownState(), unknownStates);
    run.put(made.job());
  }

  private static <T> void addIfAny(@Nullable T one, List<T> all) {
    if (one != null) {
      all.add(one);
    }
  }

  Opening opening(RunImage image) {
    List<Edit> edits = image.edits();
    return new Opening(
        false, image.closed, image.tornBytes, edits, unknownStates, unreadable, inDoubt);
  }
}
