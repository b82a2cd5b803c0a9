package dev.jorb.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Whether a transition costs more when there are more jobs. The small run is repeated until it has
/// made a comparable number of transitions.
final class ScaleRow {
  private ScaleRow() {}

  static List<Figure> measure(Scale scale, Path directory) throws Exception {
    return List.of(
        figure(JorbEngine.withoutSerializer(), scale, directory),
        figure(JorbEngine.withJournal(), scale, directory));
  }

  private static Figure figure(Contender jorb, Scale scale, Path directory) throws Exception {
    int small = scale.pick(5_000, 10_000);
    int large = scale.pick(50_000, 1_000_000);
    int repeats = scale.pick(3, 30);
    List<Double> ratios = new ArrayList<>();
    List<Double> smallNanos = new ArrayList<>();
    List<Double> largeNanos = new ArrayList<>();
    for (int round = -1; round < scale.pick(1, 5); round++) {
      double ofSmall = nanosPerTransition(jorb, small, repeats, directory);
      double ofLarge = nanosPerTransition(jorb, large, 1, directory);
      if (round >= 0) {
        ratios.add(ofLarge / ofSmall);
        smallNanos.add(ofSmall);
        largeNanos.add(ofLarge);
      }
    }
    return new Figure(
        "%s: cost per transition at %,d jobs ÷ at %,d".formatted(jorb.name(), large, small),
        Target.atMost(1.3),
        ratios,
        "%s ns and %s ns"
            .formatted(
                Numbers.text(Numbers.median(largeNanos)),
                Numbers.text(Numbers.median(smallNanos))));
  }

  private static double nanosPerTransition(Contender jorb, int jobs, int repeats, Path directory)
      throws Exception {
    double sum = 0;
    for (int i = 0; i < repeats; i++) {
      sum +=
          Rounds.run(new Entrant(jorb, new Workload(jobs, 3, 16)), directory).nanosPerTransition();
    }
    return sum / repeats;
  }
}
