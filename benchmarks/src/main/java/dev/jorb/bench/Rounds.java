package dev.jorb.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.ToDoubleFunction;

/// Runs entrants one after the other, round after round, each round starting with another one, so
/// that a machine that gets slower or faster meanwhile does so for all of them.
final class Rounds {
  private final List<Entrant> entrants;

  /// For each round the timings of the entrants, in their order.
  private final List<List<Timing>> timings;

  private Rounds(List<Entrant> entrants, List<List<Timing>> timings) {
    this.entrants = entrants;
    this.timings = timings;
  }

  /// Runs them all in each round, after rounds that do not count and warm up the JVM.
  static Rounds of(List<Entrant> entrants, int warmUps, int rounds, Path directory)
      throws Exception {
    List<List<Timing>> timings = new ArrayList<>();
    for (int round = -warmUps; round < rounds; round++) {
      List<Timing> ofRound = round(entrants, Math.floorMod(round, entrants.size()), directory);
      if (round >= 0) {
        timings.add(ofRound);
      }
    }
    return new Rounds(entrants, timings);
  }

  private static List<Timing> round(List<Entrant> entrants, int first, Path directory)
      throws Exception {
    Timing[] timings = new Timing[entrants.size()];
    for (int i = 0; i < timings.length; i++) {
      int turn = (first + i) % timings.length;
      timings[turn] = run(entrants.get(turn), directory);
    }
    return List.of(timings);
  }

  /// Runs one once, in a directory of its own, on a heap without garbage.
  static Timing run(Entrant entrant, Path directory) throws Exception {
    System.gc();
    Path own = Files.createTempDirectory(directory, "run");
    try {
      Timing timing = entrant.contender().run(entrant.work(), own);
      System.err.printf(
          "  %-36s %12s transitions/s%n", entrant.name(), Numbers.text(timing.perSecond()));
      return timing;
    } finally {
      delete(own);
    }
  }

  /// Deletes a directory and what is in it.
  static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path path : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  /// In each round, `measure` of entrant `i` divided by that of `j`.
  List<Double> ratios(int i, int j, ToDoubleFunction<Timing> measure) {
    return perRound(
        round -> measure.applyAsDouble(round.get(i)) / measure.applyAsDouble(round.get(j)));
  }

  /// In each round, a figure of the entrants' timings.
  List<Double> perRound(ToDoubleFunction<List<Timing>> figure) {
    return timings.stream().map(figure::applyAsDouble).toList();
  }

  /// The median ratios of CPU time, and of the time without storing the jobs first, for a note.
  String besides(int i, int j) {
    return "; by CPU time %s, without storing the jobs first %s"
        .formatted(
            Numbers.text(Numbers.median(ratios(i, j, Timing::perCpuSecond))),
            Numbers.text(Numbers.median(ratios(i, j, Timing::stepsPerSecond))));
  }

  /// Median transitions per second of whole runs, and their spread.
  String speeds(int... which) {
    return speeds(Timing::perSecond, which);
  }

  /// Median transitions per second from the first step on, and their spread.
  String stepSpeeds(int... which) {
    return speeds(Timing::stepsPerSecond, which);
  }

  private String speeds(ToDoubleFunction<Timing> measure, int... which) {
    StringJoiner text = new StringJoiner("; ");
    for (int i : which) {
      List<Double> speeds = perRound(round -> measure.applyAsDouble(round.get(i)));
      text.add(
          "%s %s/s (%s)"
              .formatted(
                  entrants.get(i).name(),
                  Numbers.text(Numbers.median(speeds)),
                  Numbers.spread(speeds)));
    }
    return text.toString();
  }
}
