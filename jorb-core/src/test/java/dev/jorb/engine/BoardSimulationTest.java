package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Random histories of board and verdict against a small reference model.
///
/// `-Djorb.seed=N` begins with history N; `-Djorb.histories=N` plays so many. A history that fails
/// is cut down and told.
class BoardSimulationTest {
  private static final int HISTORIES = Integer.getInteger("jorb.histories", 20_000);

  @Test
  void boardDoesWhatTheModelDoes() {
    long first = Long.getLong("jorb.seed", System.nanoTime());
    System.out.printf(
        "board simulation: %,d histories, replay with -Djorb.seed=%d%n", HISTORIES, first);
    long messages = 0;
    for (long seed = first; seed < first + HISTORIES; seed++) {
      Scenario scenario = Scenario.random(seed);
      try {
        messages += Replay.play(scenario, false);
      } catch (AssertionError | RuntimeException failed) {
        throw new AssertionError(
            report(Smallest.of(scenario, same -> Replay.play(same, false))), failed);
      }
    }
    System.out.printf("board simulation: %,d messages%n", messages);
    assertThat(messages).isGreaterThan(HISTORIES);
  }

  private static String report(Scenario scenario) {
    return "board and model differ; replay with -Djorb.seed="
        + scenario.seed()
        + "; the smallest failing history found:\n"
        + scenario.description()
        + "  "
        + String.join("\n  ", Replay.tell(scenario, false));
  }

  @Test
  void sameSeedIsTheSameHistory() {
    assertThat(Replay.tell(Scenario.random(1), false))
        .isEqualTo(Replay.tell(Scenario.random(1), false));
  }
}
