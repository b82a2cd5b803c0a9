package dev.jorb.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.run.Transition;
import dev.jorb.serial.EncodeException;
import dev.jorb.serial.RunFileException;
import dev.jorb.serial.Serializer.Encoded;
import dev.jorb.test.SerializerConformance.Check;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Encoding stores nothing, works from many threads, and refuses what could not be read again.
final class EncodeChecks {
  private static final int TOO_DEEP = 2_000;

  private final Bench.Factory benches;

  EncodeChecks(Bench.Factory benches) {
    this.benches = benches;
  }

  List<Check> all() {
    return List.of(
        new Check("encodingStoresNothing", this::encodingStoresNothing),
        new Check("encodingTwiceGivesTheSame", this::encodingTwiceGivesTheSame),
        new Check("manyThreadsEncodeAtOnce", this::manyThreadsEncodeAtOnce),
        new Check("aContextThatIsTooDeepIsRefused", this::aContextThatIsTooDeepIsRefused),
        new Check("aMissingContextIsRefused", this::aMissingContextIsRefused),
        new Check("aBadKickIsRefusedWithItsParent", this::aBadKickIsRefusedWithItsParent),
        new Check("doubtfulContextsAreNeverChanged", this::doubtfulContextsAreNeverChanged),
        new Check("aRunWithABadContextIsNotBegun", this::aRunWithABadContextIsNotBegun));
  }

  private void encodingStoresNothing() throws EncodeException {
    Bench bench = benches.named("encodingStoresNothing");
    Run<Batch, Item> run = Bench.newRun(2);
    try (var serializer = bench.open()) {
      serializer.load();
      serializer.begin(run);
      serializer.encode(Bench.alone(Bench.moved(Bench.job(run, "0"), "done")));
      Bench.commit(serializer, run, Bench.alone(Bench.moved(Bench.job(run, "1"), "done")));
    }
    bench.assertStored(run);
  }

  private void encodingTwiceGivesTheSame() throws EncodeException {
    Bench bench = benches.named("encodingTwiceGivesTheSame");
    Run<Batch, Item> run = Bench.newRun(1);
    try (var serializer = bench.open()) {
      serializer.load();
      serializer.begin(run);
      Transition<Item> transition = Bench.alone(Bench.moved(Bench.job(run, "0"), "done"));
      assertThat(serializer.encode(transition).bytes())
          .isEqualTo(serializer.encode(transition).bytes());
    }
  }

  private void manyThreadsEncodeAtOnce() throws InterruptedException, ExecutionException {
    Bench bench = benches.named("manyThreadsEncodeAtOnce");
    Run<Batch, Item> run = Bench.newRun(400);
    try (var serializer = bench.open();
        ExecutorService threads = Executors.newFixedThreadPool(8)) {
      serializer.load();
      serializer.begin(run);
      List<Future<Encoded<Item>>> encoding = new ArrayList<>();
      for (Job<Item> job : run.jobs()) {
        Job<Item> next = Bench.moved(job, "done").kicks(1).build();
        Transition<Item> transition = new Transition<>(next, List.of(Bench.child(job, 0)));
        encoding.add(threads.submit(() -> serializer.encode(transition)));
      }
      List<Encoded<Item>> batch = new ArrayList<>();
      for (Future<Encoded<Item>> each : encoding) {
        batch.add(each.get());
      }
      serializer.commit(batch);
      batch.forEach(each -> run.apply(List.of(each.transition())));
    }
    bench.assertStored(run);
  }

  private void aContextThatIsTooDeepIsRefused() throws EncodeException {
    onlyOneFails(
        "aContextThatIsTooDeepIsRefused",
        job -> Bench.alone(Bench.moved(job, "done").context(Item.nested(TOO_DEEP))));
  }

  private void aBadKickIsRefusedWithItsParent() throws EncodeException {
    onlyOneFails(
        "aBadKickIsRefusedWithItsParent",
        job ->
            new Transition<>(
                Bench.moved(job, "done").kicks(1).build(),
                List.of(Bench.child(job, 0).copy().context(Item.nested(TOO_DEEP)).build())));
  }

  /// Makes a transition that cannot be encoded.
  private interface Bad {
    Transition<Item> of(Job<Item> job);
  }

  private void onlyOneFails(String name, Bad bad) throws EncodeException {
    Bench bench = benches.named(name);
    Run<Batch, Item> run = Bench.newRun(2);
    try (var serializer = bench.open()) {
      serializer.load();
      serializer.begin(run);
      assertThatThrownBy(() -> serializer.encode(bad.of(Bench.job(run, "0"))))
          .isInstanceOf(EncodeException.class);
      Bench.commit(serializer, run, Bench.alone(Bench.moved(Bench.job(run, "1"), "done")));
    }
    bench.assertStored(run);
  }

  private void aMissingContextIsRefused() {
    Bench bench = benches.named("aMissingContextIsRefused");
    Run<Batch, Item> run = Bench.newRun(1);
    try (var serializer = bench.open()) {
      serializer.load();
      serializer.begin(run);
      Job<Item> without = Job.<Item>builder("0", "done").version(2).build();
      assertThatThrownBy(() -> serializer.encode(new Transition<>(without, List.of())))
          .isInstanceOfAny(EncodeException.class, IllegalStateException.class)
          .hasMessageContaining("context");
    }
    bench.assertStored(run);
  }

  /// Some ways of writing lose such values without a word; it must be said, or they come back.
  private void doubtfulContextsAreNeverChanged() {
    Map<String, Item> doubtful = new LinkedHashMap<>();
    doubtful.put("NaN", Item.of("").withRatio(Double.NaN));
    doubtful.put("Infinity", Item.of("").withRatio(Double.POSITIVE_INFINITY));
    doubtful.put("NegativeInfinity", Item.of("").withRatio(Double.NEGATIVE_INFINITY));
    doubtful.put("HighSurrogate", Item.of("a\uD83Db"));
    doubtful.put("LowSurrogate", Item.of("a\uDE00"));
    doubtful.put("SwappedSurrogates", Item.of("\uDE00\uD83D"));
    doubtful.put("SurrogateInKey", new Item("", 0, 0, Map.of("\uD83D", ""), null));
    doubtful.forEach(this::neverChanged);
  }

  private void neverChanged(String name, Item context) {
    Bench bench = benches.named("doubtful" + name);
    Run<Batch, Item> run = Bench.newRun(1);
    try (var serializer = bench.open()) {
      serializer.load();
      serializer.begin(run);
      Bench.commit(
          serializer, run, Bench.alone(Bench.moved(Bench.job(run, "0"), "done").context(context)));
    } catch (EncodeException refused) {
      assertThat(refused).hasMessageContaining("Item");
    }
    bench.assertStored(run);
  }

  private void aRunWithABadContextIsNotBegun() {
    Bench bench = benches.named("aRunWithABadContextIsNotBegun");
    Run<Batch, Item> run = Bench.newRun(3);
    run.put(Job.create("7", "new", Item.nested(TOO_DEEP), Bench.START));
    try (var serializer = bench.open()) {
      serializer.load();
      assertThatThrownBy(() -> serializer.begin(run))
          .isInstanceOf(RunFileException.class)
          .hasMessageContaining(bench.place().toString())
          .hasMessageContaining("job 7");
    }
    try (var serializer = bench.open()) {
      assertThat(serializer.load()).isEmpty();
    }
  }
}
