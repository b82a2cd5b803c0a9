package dev.jorb.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// How long a small run takes to begin, from the start of its process.
final class StartRow {
  private StartRow() {}

  static List<Figure> measure(Scale scale, Path directory) throws Exception {
    Path original = directory.resolve("ten.jorb");
    SmallRun.create(original);
    List<Double> small = new ArrayList<>();
    List<Double> empty = new ArrayList<>();
    for (int round = -1; round < scale.pick(3, 15); round++) {
      Path copy = Files.copy(original, directory.resolve("copy.jorb"));
      double emptyMillis = millisToFirstLine(EmptyMain.class.getName());
      double smallMillis = millisToFirstLine(SmallRun.class.getName(), copy.toString());
      Files.delete(copy);
      if (round >= 0) {
        small.add(smallMillis);
        empty.add(emptyMillis);
      }
    }
    return List.of(
        new Figure(
            "small run: ms from process start to the first step of a 10-job file",
            Target.shown(),
            small,
            "an empty main takes %s ms (%s)"
                .formatted(Numbers.text(Numbers.median(empty)), Numbers.spread(empty))));
  }

  private static double millisToFirstLine(String... mainAndArguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Machine.java(), "-cp", classPath()));
    command.addAll(List.of(mainAndArguments));
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader lines = process.inputReader()) {
      String line = lines.readLine();
      double millis = (System.nanoTime() - start) / 1e6;
      if (line == null || process.waitFor() != 0) {
        throw new IllegalStateException(command + " did not do its work");
      }
      return millis;
    }
  }

  /// What a user's program has on its class path: Jorb and what Jorb needs.
  private static String classPath() {
    String separator = System.getProperty("path.separator");
    return Arrays.stream(System.getProperty("java.class.path").split(separator))
        .filter(path -> path.matches(".*(jorb|jackson|slf4j|jspecify|HdrHistogram)[^/]*"))
        .filter(path -> !path.matches(".*jobrunr[^/]*"))
        .collect(Collectors.joining(separator));
  }
}
