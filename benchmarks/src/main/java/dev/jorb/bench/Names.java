package dev.jorb.bench;

import java.util.List;
import java.util.stream.IntStream;

/// The states' names, the same for all contenders.
final class Names {
  /// The steps of a chain: `step-1`, `step-2` and so on.
  static final List<String> STEPS =
      IntStream.rangeClosed(1, 64).mapToObj(i -> "step-" + i).toList();

  private Names() {}

  /// Where a job goes from the step with this number, from 0.
  static String after(int step, int steps) {
    return step + 1 == steps ? "done" : STEPS.get(step + 1);
  }
}
