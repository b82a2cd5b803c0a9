package dev.jorb.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.run.Schema;
import dev.jorb.run.Transition;
import dev.jorb.serial.EncodeException;
import dev.jorb.serial.Serializer;
import dev.jorb.serial.Serializer.Encoded;
import dev.jorb.test.SerializerConformance.Opener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Where one check works: a place of its own, and the serializers that come and go there.
final class Bench {
  static final Instant START = Instant.parse("2026-11-24T10:42:07.113Z");

  private final Opener opener;
  private final Path place;

  Bench(Opener opener, Path directory) {
    this.opener = opener;
    try {
      this.place = Files.createDirectories(directory).toRealPath().resolve("run");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Makes the bench for a check.
  @FunctionalInterface
  interface Factory {
    Bench named(String check);
  }

  Path place() {
    return place;
  }

  boolean isRecording() {
    try (var serializer = open()) {
      return serializer.isRecording();
    }
  }

  Serializer<Batch, Item> open() {
    return opener.open(place, AnyStates.INSTANCE);
  }

  Serializer<Batch, Item> open(Schema<Batch, Item> schema) {
    return opener.open(place, schema);
  }

  /// A new run with jobs 0, 1, 2, …
  static Run<Batch, Item> newRun(int jobs) {
    Run<Batch, Item> run = Run.create("upgrade", new Batch("fleet", List.of("a", "ü")), "new");
    for (int i = 0; i < jobs; i++) {
      run.put(Job.create(Integer.toString(i), "new", Item.numbered(i), START));
    }
    return run;
  }

  /// Stores a new run and closes it in order.
  void store(Run<Batch, Item> run) {
    try (var serializer = open()) {
      assertThat(serializer.load()).isEmpty();
      serializer.begin(run);
    }
  }

  /// What is stored.
  Run<Batch, Item> reload() {
    try (var serializer = open()) {
      return load(serializer);
    }
  }

  static Run<Batch, Item> load(Serializer<Batch, Item> serializer) {
    Optional<Run<Batch, Item>> run = serializer.load();
    assertThat(run).as("the stored run").isPresent();
    return run.orElseThrow();
  }

  /// Sees that what is stored is exactly this run.
  void assertStored(Run<Batch, Item> run) {
    assertSame(reload(), run);
  }

  static void assertSame(Run<Batch, Item> actual, Run<Batch, Item> expected) {
    Snapshot is = Snapshot.of(actual);
    Snapshot should = Snapshot.of(expected);
    assertThat(is.jobs()).containsExactlyElementsOf(should.jobs());
    assertThat(is).isEqualTo(should);
  }

  /// The job's next version: a step was executed and sent it to `state`.
  static Job.Builder<Item> moved(Job<Item> job, String state) {
    Instant at = START.plusMillis(17L * job.version());
    return job.next()
        .state(state)
        .updated(at)
        .transition(job.state(), state, at, Duration.ofNanos(1_234_000L * job.version()));
  }

  static Job<Item> job(Run<Batch, Item> run, String id) {
    return run.job(id).orElseThrow();
  }

  /// A job that `parent` kicks as its `n`th.
  static Job<Item> child(Job<Item> parent, int n) {
    return Job.<Item>builder(parent.id() + "->" + n, "new")
        .parent(parent.id())
        .context(Item.of("child " + n))
        .updated(parent.updated())
        .build();
  }

  /// Records transitions in one batch, and does to the run what they say.
  @SafeVarargs
  static void commit(
      Serializer<Batch, Item> serializer, Run<Batch, Item> run, Transition<Item>... transitions)
      throws EncodeException {
    List<Encoded<Item>> batch = new ArrayList<>();
    for (Transition<Item> each : transitions) {
      batch.add(serializer.encode(each));
    }
    serializer.commit(batch);
    batch.forEach(each -> run.apply(List.of(each.transition())));
  }

  static Transition<Item> alone(Job.Builder<Item> job) {
    return new Transition<>(job.build(), List.of());
  }

  /// Takes jobs in any state.
  private enum AnyStates implements Schema<Batch, Item> {
    INSTANCE;

    @Override
    public Class<Batch> overallType() {
      return Batch.class;
    }

    @Override
    public Class<Item> contextType() {
      return Item.class;
    }

    @Override
    public Optional<String> workflowName() {
      return Optional.of("any");
    }

    @Override
    public List<String> stateNames() {
      return List.of();
    }

    @Override
    public Set<String> terminalStateNames() {
      return Set.of();
    }
  }
}
