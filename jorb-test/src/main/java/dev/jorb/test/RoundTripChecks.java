package dev.jorb.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.run.Job;
import dev.jorb.run.JobError;
import dev.jorb.run.Run;
import dev.jorb.test.SerializerConformance.Check;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What is stored comes back as it was.
final class RoundTripChecks {
  private static final String ODD =
      "\u0000\u0001\b\t\n\f\r\u001F \"\\/<>&' \u007F\u0085äß\u2028\u2029\uFEFF\uFFFD\uFFFF 😀𐀀\uDBFF\uDFFF";

  private final Bench.Factory benches;

  RoundTripChecks(Bench.Factory benches) {
    this.benches = benches;
  }

  List<Check> all() {
    return List.of(
        new Check("nothingIsStoredAtFirst", this::nothingIsStoredAtFirst),
        new Check("aNewRunComesBackEqual", this::aNewRunComesBackEqual),
        new Check("aRunWithoutJobsComesBack", this::aRunWithoutJobsComesBack),
        new Check("everythingThatAJobKnowsComesBack", this::everythingThatAJobKnowsComesBack),
        new Check("itIsTheSameAfterSeveralStarts", this::itIsTheSameAfterSeveralStarts),
        new Check("longHistoriesComeBack", this::longHistoriesComeBack),
        new Check("longErrorMessagesComeBack", this::longErrorMessagesComeBack),
        new Check("oddTextsComeBack", this::oddTextsComeBack),
        new Check("oddStatesAndIdsComeBack", this::oddStatesAndIdsComeBack),
        new Check("oddNumbersComeBack", this::oddNumbersComeBack),
        new Check("hugeContextsComeBack", this::hugeContextsComeBack),
        new Check("tenThousandJobsComeBackInOrder", this::tenThousandJobsComeBackInOrder),
        new Check("jobsAddedAfterLoadingAreStored", this::jobsAddedAfterLoadingAreStored),
        new Check("jobsChangedAfterLoadingAreStored", this::jobsChangedAfterLoadingAreStored));
  }

  private void nothingIsStoredAtFirst() {
    Bench bench = benches.named("nothingIsStoredAtFirst");
    try (var serializer = bench.open()) {
      assertThat(serializer.load()).isEmpty();
    }
    try (var serializer = bench.open()) {
      assertThat(serializer.load()).as("after a look only").isEmpty();
    }
  }

  private void aNewRunComesBackEqual() {
    Bench bench = benches.named("aNewRunComesBackEqual");
    Run<Batch, Item> run = Bench.newRun(3);
    bench.store(run);
    bench.assertStored(run);
  }

  private void aRunWithoutJobsComesBack() {
    Bench bench = benches.named("aRunWithoutJobsComesBack");
    Run<Batch, Item> run = Bench.newRun(0);
    bench.store(run);
    bench.assertStored(run);
  }

  private void everythingThatAJobKnowsComesBack() {
    Bench bench = benches.named("everythingThatAJobKnowsComesBack");
    Run<Batch, Item> run = rich();
    bench.store(run);
    bench.assertStored(run);
  }

  private void itIsTheSameAfterSeveralStarts() {
    Bench bench = benches.named("itIsTheSameAfterSeveralStarts");
    Run<Batch, Item> run = rich();
    bench.store(run);
    for (int i = 0; i < 3; i++) {
      try (var serializer = bench.open()) {
        serializer.begin(Bench.load(serializer));
      }
    }
    bench.assertStored(run);
  }

  /// A run with jobs that have seen a lot.
  private static Run<Batch, Item> rich() {
    Instant at = Bench.START;
    Run<Batch, Item> run = Bench.newRun(3);
    run.put(
        Job.<Item>builder("1", "push")
            .context(Item.of("seen a lot"))
            .version(7)
            .kicks(5)
            .attempt(2)
            .updated(at.plusMillis(40))
            .due(at.plusSeconds(60))
            .parked("failed 2 times in a row: \"no\"")
            .transition("new", "edit", at, Duration.ofMillis(5))
            .transition("edit", "push", at.plusMillis(10), Duration.ZERO)
            .transition("push", "edit", at.plusMillis(20), Duration.ofSeconds(90))
            .transition("edit", "push", at.plusMillis(30), Duration.ofNanos(1_000))
            .transition("push", "push", at.plusMillis(40), Duration.ofHours(30))
            .error("push", at.plusMillis(20), "first")
            .error("edit", at.plusMillis(30), "")
            .error("push", at.plusMillis(40), "third\nof three")
            .build());
    Job<Item> parent = Bench.job(run, "1");
    run.put(Bench.child(parent, 4));
    run.put(Bench.child(parent, 0));
    run.put(Bench.moved(Bench.child(parent, 1), "done").kicks(1).build());
    run.put(Bench.child(Bench.child(parent, 1), 0));
    run.put(Job.create("3", "new", Item.of("came late"), at));
    run.put(
        Job.<Item>builder("40->9", "new").context(Item.of("an id that only looks kicked")).build());
    run.put(
        Job.<Item>builder("stray", "new").parent("1").context(Item.of("an id of its own")).build());
    return run;
  }

  private void longHistoriesComeBack() {
    Bench bench = benches.named("longHistoriesComeBack");
    Run<Batch, Item> run = Bench.newRun(2);
    for (int i = 0; i < 300; i++) {
      Job<Item> job = Bench.job(run, "0");
      Instant at = Bench.START.plusMillis(i);
      run.put(
          Bench.moved(job, i % 2 == 0 ? "even" : "odd")
              .updated(at)
              .error(job.state(), at, "error " + i)
              .build());
    }
    bench.store(run);
    bench.assertStored(run);
  }

  private void longErrorMessagesComeBack() {
    Bench bench = benches.named("longErrorMessagesComeBack");
    Run<Batch, Item> run = Bench.newRun(1);
    run.put(
        Bench.moved(Bench.job(run, "0"), "new")
            .error("new", Bench.START, "x".repeat(3 * JobError.MAX_LENGTH))
            .build());
    bench.store(run);
    bench.assertStored(run);
  }

  private void oddTextsComeBack() {
    Bench bench = benches.named("oddTextsComeBack");
    Run<Batch, Item> run = Run.create(ODD, new Batch(ODD, List.of("", ODD)), "new");
    run.put(
        Job.<Item>builder("0", "new")
            .context(new Item(ODD, 1, 1, Map.of("", ODD, ODD, ""), Item.of("")))
            .updated(Bench.START)
            .error(ODD, Bench.START, ODD)
            .parked(ODD)
            .build());
    bench.store(run);
    bench.assertStored(run);
  }

  private void oddStatesAndIdsComeBack() {
    Bench bench = benches.named("oddStatesAndIdsComeBack");
    Run<Batch, Item> run = Bench.newRun(1);
    for (String text : List.of(ODD, "\"", "\\", "a->b", "->", "7->-1", "007", "0 ", "ä", "</id>")) {
      Job<Item> job = Job.create(text, text, Item.of(text), Bench.START);
      run.put(job.copy().kicks(1).build());
      run.put(Bench.moved(Bench.child(job, 0), text).build());
    }
    bench.store(run);
    bench.assertStored(run);
  }

  private void oddNumbersComeBack() {
    Bench bench = benches.named("oddNumbersComeBack");
    Run<Batch, Item> run = Bench.newRun(0);
    List<Double> ratios =
        List.of(0.0, -0.0, 1.0 / 3, 1e300, Double.MIN_VALUE, Double.MAX_VALUE, 0.1);
    List<Long> counts = List.of(0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 53, 10L, 100L);
    for (int i = 0; i < ratios.size(); i++) {
      run.put(
          Job.create(
              Integer.toString(i),
              "new",
              new Item("", counts.get(i), ratios.get(i), Map.of(), null),
              Bench.START));
    }
    bench.store(run);
    bench.assertStored(run);
  }

  private void hugeContextsComeBack() {
    Bench bench = benches.named("hugeContextsComeBack");
    Run<Batch, Item> run = Bench.newRun(2);
    run.put(Job.create("2", "new", Item.of("<ü\n>".repeat(1 << 18)), Bench.START));
    run.put(Job.create("3", "new", Item.nested(300), Bench.START));
    bench.store(run);
    bench.assertStored(run);
  }

  private void tenThousandJobsComeBackInOrder() {
    Bench bench = benches.named("tenThousandJobsComeBackInOrder");
    Run<Batch, Item> run = Bench.newRun(9_000);
    for (int i = 9_999; i >= 9_000; i--) {
      run.put(Job.create(Integer.toString(i), "new", Item.numbered(i), Bench.START));
    }
    bench.store(run);
    bench.assertStored(run);
  }

  private void jobsAddedAfterLoadingAreStored() {
    Bench bench = benches.named("jobsAddedAfterLoadingAreStored");
    bench.store(rich());
    Run<Batch, Item> run;
    try (var serializer = bench.open()) {
      run = Bench.load(serializer);
      run.add("edit", Item.of("added"));
      run.put(Bench.job(run, "2").next().kicks(1).build());
      run.put(Bench.child(Bench.job(run, "2"), 0));
      serializer.begin(run);
    }
    bench.assertStored(run);
  }

  private void jobsChangedAfterLoadingAreStored() {
    Bench bench = benches.named("jobsChangedAfterLoadingAreStored");
    bench.store(rich());
    Run<Batch, Item> run;
    try (var serializer = bench.open()) {
      run = Bench.load(serializer);
      run.put(Bench.job(run, "1").next().state("edit").released().attempt(0).dueNow().build());
      Instant at = Bench.START.plusSeconds(1);
      run.put(
          Bench.moved(Bench.job(run, "0"), "edit")
              .error("new", at, "one")
              .error("new", at.plusMillis(1), "two")
              .build());
      serializer.begin(run);
    }
    bench.assertStored(run);
  }
}
