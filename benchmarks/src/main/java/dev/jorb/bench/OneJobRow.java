package dev.jorb.bench;

import dev.jorb.processor.Processor;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What one job waits for when nobody shares its flushes: the hand-over between its worker and the
/// journal thread, twice, and the flush.
final class OneJobRow {
  private OneJobRow() {}

  static List<Figure> measure(Scale scale, Path directory) throws Exception {
    int steps = scale.pick(150, 1_000);
    List<Double> ratios = new ArrayList<>();
    List<Double> jorb = new ArrayList<>();
    List<Double> raw = new ArrayList<>();
    for (int round = -2; round < scale.pick(3, 25); round++) {
      Path own = Files.createTempDirectory(directory, "run");
      double jorbNanos = (double) loop(steps, own).stepsNanos() / steps;
      Appends appends = Appends.of(own.resolve(JorbEngine.FILE));
      double rawNanos = (double) appends.appendNanos(own.resolve("raw")) / appends.count();
      Rounds.delete(own);
      if (round >= 0) {
        ratios.add(jorbNanos / rawNanos);
        jorb.add(jorbNanos / 1_000);
        raw.add(rawNanos / 1_000);
      }
    }
    return List.of(
        new Figure(
            "one job alone: time per durable transition ÷ (c) one append, one flush",
            Target.atMost(1.5),
            ratios,
            "jorb " + micros(jorb) + "; (c) " + micros(raw)));
  }

  private static String micros(List<Double> values) {
    return Numbers.text(Numbers.median(values)) + " µs (" + Numbers.spread(values) + ")";
  }

  /// One job that goes back and forth between two states.
  private static Timing loop(int steps, Path directory) {
    Workflow<Stopwatch, Campaign, Change> workflow =
        Workflow.named("loop", Stopwatch.class, Campaign.class, Change.class)
            .state("here", s -> s.exec((watch, all, c) -> step(watch, c, "there", steps)))
            .state("there", s -> s.exec((watch, all, c) -> step(watch, c, "here", steps)))
            .terminal("done")
            .build();
    Run<Campaign, Change> run = workflow.run("loop", new Campaign("loop")).add(Change.first(0));
    Stopwatch watch = new Stopwatch();
    watch.start();
    Path file = directory.resolve(JorbEngine.FILE);
    Processor.of(workflow, watch).serializer(JournalSerializer.at(file, workflow)).exec(run);
    Timing timing = watch.stop(steps);
    new Workload(1, steps, 1)
        .requireAllPassed(run.jobs().stream().filter(j -> j.context().passed() == steps).count());
    return timing;
  }

  private static Outcome<Change> step(Stopwatch watch, Change change, String next, int steps) {
    watch.step();
    Change passed = change.next();
    return Outcome.to(passed.passed() == steps ? "done" : next, passed);
  }
}
