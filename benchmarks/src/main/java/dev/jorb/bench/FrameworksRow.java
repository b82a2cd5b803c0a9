package dev.jorb.bench;

import java.nio.file.Path;
import java.util.List;

/// Jorb with its journal beside what is commonly taken. All clocks start with the first step.
final class FrameworksRow {
  private FrameworksRow() {}

  static List<Figure> measure(Scale scale, Path directory) throws Exception {
    List<Entrant> entrants =
        List.of(
            new Entrant(JorbEngine.withJournal(), work(scale.pick(10_000, 200_000))),
            new Entrant(new SpringBatchChunks(100), work(scale.pick(5_000, 50_000))),
            new Entrant(new SpringBatchChunks(1), work(scale.pick(250, 5_000))),
            new Entrant(new JobRunrQueue(), work(scale.pick(100, 1_000))),
            new Entrant(new DbSchedulerTasks(), work(scale.pick(200, 2_000))));
    Rounds rounds = Rounds.of(entrants, 1, scale.pick(1, 7), directory);
    List<Double> ofBest =
        rounds.perRound(timings ->
            timings.get(0).stepsPerSecond()
                / timings.subList(2, 5).stream()
                    .mapToDouble(Timing::stepsPerSecond)
                    .max()
                    .orElseThrow());
    return List.of(
        new Figure(
            "journal: speed ÷ (f) Spring Batch at chunk 100",
            Target.atLeast(5),
            rounds.ratios(0, 1, Timing::stepsPerSecond),
            rounds.stepSpeeds(0, 1)),
        new Figure(
            "journal: speed ÷ best of (f) at chunk 1, (g), (h)",
            Target.atLeast(50),
            ofBest,
            rounds.stepSpeeds(0, 2, 3, 4)));
  }

  private static Workload work(int jobs) {
    return new Workload(jobs, 3, 16);
  }
}
