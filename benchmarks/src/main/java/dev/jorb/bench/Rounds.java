package dev.jorb.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// Runs contenders one after the other, round after round, each round starting with another one, so
/// that a machine that gets slower or faster meanwhile does so for all of them.
final class Rounds {
  private final List<List<Timing>> timings = new ArrayList<>();
  private final List<Contender> contenders;

  private Rounds(List<Contender> contenders) {
    this.contenders = contenders;
    contenders.forEach(contender -> timings.add(new ArrayList<>()));
  }

  /// Runs them all in each round, after rounds that do not count and warm up the JVM.
  static Rounds of(
      List<Contender> contenders, Workload work, int warmUps, int rounds, Path directory)
      throws Exception {
    Rounds all = new Rounds(contenders);
    for (int round = -warmUps; round < rounds; round++) {
      for (int i = 0; i < contenders.size(); i++) {
        int turn = Math.floorMod(i + round, contenders.size());
        Timing timing = run(contenders.get(turn), work, directory);
        if (round >= 0) {
          all.timings.get(turn).add(timing);
        }
      }
    }
    return all;
  }

  /// Runs one once, in a directory of its own, on a heap without garbage.
  static Timing run(Contender contender, Workload work, Path directory) throws Exception {
    System.gc();
    Path own = Files.createTempDirectory(directory, "run");
    try {
      Timing timing = contender.run(work, own);
      System.err.printf(
          "  %-28s %12s transitions/s%n", contender.name(), Numbers.text(timing.perSecond()));
      return timing;
    } finally {
      delete(own);
    }
  }

  /// Deletes a directory and what is in it.
  static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path path : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(path);
      }
    }
  }

  /// In each round, how many times as many transitions per second contender `i` made as `j`.
  List<Double> speedRatios(int i, int j) {
    return ratios(i, j, Timing::perSecond);
  }

  /// In each round, `measure` of contender `i` divided by that of `j`.
  List<Double> ratios(int i, int j, ToDoubleFunction<Timing> measure) {
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < timings.get(i).size(); round++) {
      ratios.add(
          measure.applyAsDouble(timings.get(i).get(round))
              / measure.applyAsDouble(timings.get(j).get(round)));
    }
    return ratios;
  }

  /// The median ratio of CPU time, and of the time without storing the jobs first, for a note.
  String besides(int i, int j) {
    return "; by CPU time %s, without storing the jobs first %s"
        .formatted(
            Numbers.text(Numbers.median(ratios(i, j, Timing::perCpuSecond))),
            Numbers.text(Numbers.median(ratios(i, j, Timing::stepsPerSecond))));
  }

  /// Median transitions per second of each, and their spread.
  String speeds(int... which) {
    StringBuilder text = new StringBuilder();
    for (int i : which) {
      List<Double> speeds = timings.get(i).stream().map(Timing::perSecond).toList();
      text.append(text.isEmpty() ? "" : "; ")
          .append(contenders.get(i).name())
          .append(' ')
          .append(Numbers.text(Numbers.median(speeds)))
          .append("/s (")
          .append(Numbers.spread(speeds))
          .append(')');
    }
    return text.toString();
  }
}
