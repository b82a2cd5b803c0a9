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

/// Turns what a file holds into a run with typed contexts. Used once.
final class RunImageReader<O, J> {
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
    for (Winner winner : image.jobs.values()) {
      run.put(toJob(winner, image.crashes(winner)));
    }
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

  private Job<J> toJob(Winner winner, int crashes) {
    Job.Builder<J> job = winner.toJob();
    if (winner.seal() == Seal.WHOLE && crashes > 0) {
      int inARow = winner.job().crashes() + crashes;
      inDoubt.add(new Doubt(winner.job().id(), winner.job().state(), inARow));
      job.inDoubt(true).crashes(inARow);
    }
    try {
      job.context(contextCodec.decode(winner.context()));
    } catch (DecodeException e) {
      unreadable.add(new Stray(winner.job().id(), winner.job().state(), e.problem()));
      return job.parked("its context cannot be read: " + e.problem()).build();
    }
    if (!known.isEmpty() && !known.contains(winner.job().state())) {
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
