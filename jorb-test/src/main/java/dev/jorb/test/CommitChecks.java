package dev.jorb.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.measure.LimitedBy;
import dev.jorb.run.HoldNote;
import dev.jorb.run.Job;
import dev.jorb.run.LimitNote;
import dev.jorb.run.Run;
import dev.jorb.run.Transition;
import dev.jorb.serial.EncodeException;
import dev.jorb.serial.Serializer.Encoded;
import dev.jorb.test.SerializerConformance.Check;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What is committed is stored, in its order, whole.
final class CommitChecks {
  private final Bench.Factory benches;

  CommitChecks(Bench.Factory benches) {
    this.benches = benches;
  }

  List<Check> all() {
    return List.of(
        new Check("aCommittedTransitionIsStored", this::aCommittedTransitionIsStored),
        new Check("theLastVersionOfAJobWins", this::theLastVersionOfAJobWins),
        new Check("manyBatchesAreStored", this::manyBatchesAreStored),
        new Check("aTransitionAndItsKicksAreOne", this::aTransitionAndItsKicksAreOne),
        new Check("childrenAreCountedOverAllStarts", this::childrenAreCountedOverAllStarts),
        new Check("jobsStayInTheOrderInWhichTheyCame", this::jobsStayInTheOrderInWhichTheyCame),
        new Check("whatAFailedStepLeavesIsStored", this::whatAFailedStepLeavesIsStored),
        new Check("anEmptyBatchIsNothing", this::anEmptyBatchIsNothing),
        new Check("notesAreStoredOrDropped", this::notesAreStoredOrDropped),
        new Check("aCommitBeforeTheBeginningIsRefused", this::aCommitBeforeTheBeginningIsRefused),
        new Check("aCommitAfterTheEndIsRefused", this::aCommitAfterTheEndIsRefused));
  }

  private void aCommittedTransitionIsStored() throws EncodeException {
    Bench bench = benches.named("aCommittedTransitionIsStored");
    Run<Batch, Item> run = Bench.newRun(2);
    try (var serializer = bench.open()) {
      serializer.load();
      serializer.begin(run);
      Bench.commit(
          serializer,
          run,
          Bench.alone(Bench.moved(Bench.job(run, "0"), "done").context(Item.of("new context"))));
    }
    bench.assertStored(run);
  }

  private void theLastVersionOfAJobWins() throws EncodeException {
    Bench bench = benches.named("theLastVersionOfAJobWins");
    Run<Batch, Item> run = Bench.newRun(1);
    try (var serializer = bench.open()) {
      serializer.load();
      serializer.begin(run);
      Job<Item> second = Bench.moved(Bench.job(run, "0"), "edit").build();
      Job<Item> third = Bench.moved(second, "push").build();
      Bench.commit(serializer, run, Bench.alone(second.copy()), Bench.alone(third.copy()));
      Bench.commit(serializer, run, Bench.alone(Bench.moved(third, "done")));
    }
    assertThat(bench.reload().job("0").orElseThrow().version()).isEqualTo(4);
    bench.assertStored(run);
  }

  private void manyBatchesAreStored() throws EncodeException {
    Bench bench = benches.named("manyBatchesAreStored");
    Run<Batch, Item> run = Bench.newRun(10);
    try (var serializer = bench.open()) {
      serializer.load();
      serializer.begin(run);
      for (int i = 0; i < 50; i++) {
        Bench.commit(
            serializer,
            run,
            Bench.alone(Bench.moved(Bench.job(run, "" + i % 10), "state" + i)),
            Bench.alone(Bench.moved(Bench.job(run, "" + (i + 5) % 10), "state" + i)));
      }
    }
    bench.assertStored(run);
  }

  private void aTransitionAndItsKicksAreOne() throws EncodeException {
    Bench bench = benches.named("aTransitionAndItsKicksAreOne");
    Run<Batch, Item> run = Bench.newRun(2);
    try (var serializer = bench.open()) {
      serializer.load();
      serializer.begin(run);
      Bench.commit(serializer, run, kicking(Bench.job(run, "0"), 3));
    }
    Run<Batch, Item> stored = bench.reload();
    assertThat(stored.job("0").orElseThrow().kicks()).isEqualTo(3);
    assertThat(stored.job("0->2").orElseThrow().parent()).contains("0");
    Bench.assertSame(stored, run);
  }

  private static Transition<Item> kicking(Job<Item> job, int count) {
    List<Job<Item>> children = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      children.add(Bench.child(job, job.kicks() + i));
    }
    return new Transition<>(
        Bench.moved(job, "waiting").kicks(job.kicks() + count).build(), children);
  }

  private void childrenAreCountedOverAllStarts() throws EncodeException {
    Bench bench = benches.named("childrenAreCountedOverAllStarts");
    Run<Batch, Item> run = Bench.newRun(1);
    bench.store(run);
    for (int start = 1; start <= 3; start++) {
      try (var serializer = bench.open()) {
        run = Bench.load(serializer);
        assertThat(Bench.job(run, "0").kicks()).isEqualTo(2 * (start - 1));
        serializer.begin(run);
        Bench.commit(serializer, run, kicking(Bench.job(run, "0"), 2));
      }
      bench.assertStored(run);
    }
  }

  private void jobsStayInTheOrderInWhichTheyCame() throws EncodeException {
    Bench bench = benches.named("jobsStayInTheOrderInWhichTheyCame");
    Run<Batch, Item> run = Bench.newRun(12);
    try (var serializer = bench.open()) {
      serializer.load();
      serializer.begin(run);
      Bench.commit(serializer, run, kicking(Bench.job(run, "10"), 11));
      Bench.commit(
          serializer,
          run,
          kicking(Bench.job(run, "2"), 1),
          kicking(Bench.job(run, "10->10"), 2),
          kicking(Bench.job(run, "1"), 1));
    }
    bench.assertStored(run);
    try (var serializer = bench.open()) {
      run = Bench.load(serializer);
      run.add(Item.of("later"));
      serializer.begin(run);
      Bench.commit(serializer, run, kicking(Bench.job(run, "0"), 1));
    }
    bench.assertStored(run);
  }

  private void whatAFailedStepLeavesIsStored() throws EncodeException {
    Bench bench = benches.named("whatAFailedStepLeavesIsStored");
    Run<Batch, Item> run = Bench.newRun(1);
    try (var serializer = bench.open()) {
      serializer.load();
      serializer.begin(run);
      for (int attempt = 1; attempt <= 4; attempt++) {
        Job<Item> job = Bench.job(run, "0");
        Job.Builder<Item> next = Bench.moved(job, "new").attempt(attempt);
        next.error("new", next.build().updated(), "HTTP 50" + attempt);
        Bench.commit(
            serializer,
            run,
            Bench.alone(
                attempt < 4 ? next.due(Bench.START.plusSeconds(attempt)) : next.parked("gave up")));
      }
    }
    bench.assertStored(run);
  }

  private void anEmptyBatchIsNothing() {
    Bench bench = benches.named("anEmptyBatchIsNothing");
    Run<Batch, Item> run = Bench.newRun(1);
    try (var serializer = bench.open()) {
      serializer.load();
      serializer.begin(run);
      serializer.commit(List.of());
    }
    bench.assertStored(run);
  }

  /// A serializer may do without notes. If it takes them, they come back as they were.
  private void notesAreStoredOrDropped() throws EncodeException {
    Bench bench = benches.named("notesAreStoredOrDropped");
    Run<Batch, Item> run = Bench.newRun(2);
    LimitNote limit = new LimitNote("new#0", "", Bench.START.plusSeconds(60), 2.5);
    Duration held = Duration.ofMillis(1_500);
    HoldNote hold =
        new HoldNote("new", LimitedBy.DISK, Bench.START, Bench.START.plusSeconds(2), held);
    try (var serializer = bench.open()) {
      serializer.load();
      serializer.begin(run);
      serializer.note(List.of(limit));
      serializer.noteHolds(List.of(hold));
      Bench.commit(serializer, run, Bench.alone(Bench.moved(Bench.job(run, "0"), "done")));
      serializer.noteHolds(List.of());
    }
    bench.assertStored(run);
    Run<Batch, Item> stored = bench.reload();
    assertThat(stored.limitNotes()).isSubsetOf(limit);
    assertThat(stored.holdNotes()).isSubsetOf(hold);
  }

  private void aCommitBeforeTheBeginningIsRefused() throws EncodeException {
    Bench bench = benches.named("aCommitBeforeTheBeginningIsRefused");
    Run<Batch, Item> run = Bench.newRun(1);
    bench.store(run);
    try (var serializer = bench.open()) {
      Run<Batch, Item> loaded = Bench.load(serializer);
      List<Encoded<Item>> batch =
          List.of(serializer.encode(Bench.alone(Bench.moved(Bench.job(loaded, "0"), "done"))));
      assertThatThrownBy(() -> serializer.commit(batch)).isInstanceOf(IllegalStateException.class);
    }
    bench.assertStored(run);
  }

  private void aCommitAfterTheEndIsRefused() throws EncodeException {
    Bench bench = benches.named("aCommitAfterTheEndIsRefused");
    Run<Batch, Item> run = Bench.newRun(1);
    var serializer = bench.open();
    serializer.load();
    serializer.begin(run);
    List<Encoded<Item>> batch =
        List.of(serializer.encode(Bench.alone(Bench.moved(Bench.job(run, "0"), "done"))));
    serializer.close();
    assertThatThrownBy(() -> serializer.commit(batch)).isInstanceOf(IllegalStateException.class);
    bench.assertStored(run);
  }
}
