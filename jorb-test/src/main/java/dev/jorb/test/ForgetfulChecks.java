package dev.jorb.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.run.Run;
import dev.jorb.serial.EncodeException;
import dev.jorb.test.SerializerConformance.Check;
import java.util.List;

/// What a serializer must do that records nothing.
final class ForgetfulChecks {
  private final Bench.Factory benches;

  ForgetfulChecks(Bench.Factory benches) {
    this.benches = benches;
  }

  List<Check> all() {
    return List.of(
        new Check("takesARunAndItsTransitions", this::takesARunAndItsTransitions),
        new Check("hasNothingStoredAfterwards", this::hasNothingStoredAfterwards),
        new Check("closesTwice", this::closesTwice),
        new Check(
            "aWholeRunGoesThroughIt",
            () -> EngineChecks.wholeRun(benches.named("aWholeRunGoesThroughIt"))));
  }

  private void takesARunAndItsTransitions() throws EncodeException {
    Bench bench = benches.named("takesARunAndItsTransitions");
    Run<Batch, Item> run = Bench.newRun(1);
    try (var serializer = bench.open()) {
      assertThat(serializer.load()).isEmpty();
      serializer.begin(run);
      Bench.commit(serializer, run, Bench.alone(Bench.moved(Bench.job(run, "0"), "done")));
    }
  }

  private void hasNothingStoredAfterwards() {
    Bench bench = benches.named("hasNothingStoredAfterwards");
    bench.store(Bench.newRun(1));
    try (var serializer = bench.open()) {
      assertThat(serializer.load()).isEmpty();
    }
  }

  private void closesTwice() {
    var serializer = benches.named("closesTwice").open();
    serializer.close();
    serializer.close();
  }
}
