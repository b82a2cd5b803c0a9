package dev.jorb.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.run.Run;
import dev.jorb.serial.EncodeException;
import dev.jorb.serial.RunFileException;
import dev.jorb.test.SerializerConformance.Check;
import java.util.List;

/// One place holds one run, and one serializer has it at a time.
final class OwnershipChecks {
  private final Bench.Factory benches;

  OwnershipChecks(Bench.Factory benches) {
    this.benches = benches;
  }

  List<Check> all() {
    return List.of(
        new Check("aNewRunDoesNotReplaceAStoredOne", this::aNewRunDoesNotReplaceAStoredOne),
        new Check("anotherRunThanTheLoadedIsRefused", this::anotherRunThanTheLoadedIsRefused),
        new Check("aSecondSerializerIsRefused", this::aSecondSerializerIsRefused),
        new Check("theFirstGoesOnAfterASecondWasRefused", this::theFirstGoesOn),
        new Check("whoeverOnlyLoadedHasIt", this::whoeverOnlyLoadedHasIt),
        new Check("closingTwiceIsFine", this::closingTwiceIsFine),
        new Check("closingWhatWasNeverUsedIsFine", this::closingWhatWasNeverUsedIsFine));
  }

  private void aNewRunDoesNotReplaceAStoredOne() {
    Bench bench = benches.named("aNewRunDoesNotReplaceAStoredOne");
    Run<Batch, Item> run = Bench.newRun(2);
    bench.store(run);
    try (var serializer = bench.open()) {
      assertThatThrownBy(() -> serializer.begin(Bench.newRun(1)))
          .isInstanceOf(RunFileException.class)
          .hasMessageContaining(bench.place().toString())
          .hasMessageContaining("upgrade");
    }
    bench.assertStored(run);
  }

  private void anotherRunThanTheLoadedIsRefused() {
    Bench bench = benches.named("anotherRunThanTheLoadedIsRefused");
    Run<Batch, Item> run = Bench.newRun(2);
    bench.store(run);
    try (var serializer = bench.open()) {
      Bench.load(serializer);
      Run<Batch, Item> other = Bench.newRun(1);
      assertThatThrownBy(() -> serializer.begin(other))
          .isInstanceOf(RunFileException.class)
          .hasMessageContaining(bench.place().toString())
          .hasMessageContaining(run.id())
          .hasMessageContaining(other.id());
    }
    bench.assertStored(run);
  }

  private void aSecondSerializerIsRefused() {
    Bench bench = benches.named("aSecondSerializerIsRefused");
    try (var first = bench.open()) {
      first.load();
      first.begin(Bench.newRun(1));
      try (var second = bench.open()) {
        assertThatThrownBy(second::load)
            .isInstanceOf(RunFileException.Locked.class)
            .hasMessageContaining(bench.place().toString());
        assertThatThrownBy(() -> second.begin(Bench.newRun(1)))
            .isInstanceOf(RunFileException.Locked.class);
      }
    }
    assertThat(bench.reload().size()).isEqualTo(1);
  }

  private void theFirstGoesOn() throws EncodeException {
    Bench bench = benches.named("theFirstGoesOnAfterASecondWasRefused");
    Run<Batch, Item> run = Bench.newRun(1);
    try (var first = bench.open()) {
      first.load();
      first.begin(run);
      try (var second = bench.open()) {
        assertThatThrownBy(second::load).isInstanceOf(RunFileException.Locked.class);
      }
      Bench.commit(first, run, Bench.alone(Bench.moved(Bench.job(run, "0"), "done")));
      try (var third = bench.open()) {
        assertThatThrownBy(third::load).isInstanceOf(RunFileException.Locked.class);
      }
    }
    bench.assertStored(run);
  }

  private void whoeverOnlyLoadedHasIt() {
    Bench bench = benches.named("whoeverOnlyLoadedHasIt");
    bench.store(Bench.newRun(1));
    try (var first = bench.open();
        var second = bench.open()) {
      Bench.load(first);
      assertThatThrownBy(second::load).isInstanceOf(RunFileException.Locked.class);
    }
  }

  private void closingTwiceIsFine() {
    Bench bench = benches.named("closingTwiceIsFine");
    Run<Batch, Item> run = Bench.newRun(1);
    var serializer = bench.open();
    serializer.load();
    serializer.begin(run);
    serializer.close();
    serializer.close();
    bench.assertStored(run);
  }

  private void closingWhatWasNeverUsedIsFine() {
    Bench bench = benches.named("closingWhatWasNeverUsedIsFine");
    bench.open().close();
    bench.store(Bench.newRun(1));
  }
}
