package dev.jorb.test;

import dev.jorb.engine.VirtualTime;
import dev.jorb.run.Run;
import dev.jorb.serial.NilSerializer;
import dev.jorb.serial.Serializer;
import dev.jorb.workflow.Workflow;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A place where workflows run in virtual time: eight hours pass in milliseconds, and one seed is
/// one history.
///
/// ```java
/// Simulation simulation = Simulation.seeded(1).takes("build", Duration.ofMinutes(10));
/// TestRun<Campaign, Change> test =
///     simulation.run(workflow, new Tools(simulation.clock()), workflow.run("r", campaign).addAll(changes));
/// assertThat(test.jobsIn("merged")).hasSize(40);
/// assertThat(test.elapsed()).isEqualTo(Duration.ofHours(8));
/// ```
///
/// The scheduler is the engine's own. Delays, rates, retries and timeouts pass on virtual time.
/// What happens at one moment happens in an order drawn from the seed, and so do the durations of
/// steps for which none was told: 1 to 100 ms, but less than half of the state's timeout. A step's
/// own code runs at one moment of its duration, unless it calls [#sleep].
///
/// Steps run one at a time. For one seed to be one history they must take the time from [#clock()]
/// and randomness from [#random()], and start no threads that outlive them.
///
/// Contexts are watched: what would be lost by a restart, because it is not in the JSON or is
/// shared between jobs, fails the run with a message that names job, step and field; see
/// [#ignoringHiddenState()].
///
/// Not thread-safe, but for [#clock()], [#sleep] and [#random()], which steps may call.
public final class Simulation implements AutoCloseable {
  /// When virtual time begins.
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofMillis(100);

  private final long seed;
  private final VirtualTime time;
  private final SplittableRandom forDurations;
  private final SplittableRandom forEngines;
  private final SplittableRandom forUsers;
  private final Map<String, Range> durations = new HashMap<>();
  private boolean watching = true;
  private @Nullable Points points;

  private record Range(Duration shortest, Duration longest) {}

  private Simulation(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    this.seed = seed;
    this.time = new VirtualTime(START, random.split());
    this.forDurations = random.split();
    this.forEngines = random.split();
    this.forUsers = random.split();
  }

  /// A simulation under this seed.
  public static Simulation seeded(long seed) {
    return new Simulation(seed);
  }

  /// What a test does with a simulation.
  @FunctionalInterface
  public interface Body {
    /// Runs the test; what it throws is its failure.
    void run(Simulation simulation) throws Throwable;
  }

  /// Runs a test under the seeds 1 to `seeds`, each in a simulation of its own, or only under that
  /// of the system property `jorb.seed` if it is set. The body must make everything anew.
  ///
  /// @throws AssertionError if it fails under any: how many and which, and the first failure
  /// @throws IllegalArgumentException if `seeds` is below 1
  public static void underSeeds(int seeds, Body body) {
    List<Long> failing = new ArrayList<>();
    Throwable first = null;
    for (long seed : Seeds.of(seeds)) {
      try (Simulation simulation = seeded(seed)) {
        body.run(simulation);
      } catch (Throwable failure) {
        failing.add(seed);
        first = first == null ? failure : first;
      }
    }
    if (first != null) {
      throw new AssertionError(
          "fails under %d of %d seeds: %s. Again with %s. Under the first:%n%s"
              .formatted(
                  failing.size(),
                  Seeds.of(seeds).size(),
                  Seeds.some(failing),
                  Seeds.replay(failing.getFirst()),
                  first.getMessage() == null ? first : first.getMessage()),
          first);
    }
  }

  /// The seed.
  public long seed() {
    return seed;
  }

  /// What time it is here.
  public Instant now() {
    return time.instant();
  }

  /// Tells virtual time, in UTC: for the application context and the fakes of services.
  public Clock clock() {
    InstantSource source = time::instant;
    return source.withZone(ZoneOffset.UTC);
  }

  /// Random numbers of the seed: for fakes that fail now and then.
  public RandomGenerator random() {
    return forUsers;
  }

  /// For steps and the fakes that they call: takes so much of virtual time, while others go on. A
  /// crash may come here too.
  ///
  /// @throws InterruptedException if the step has run into its timeout
  /// @throws IllegalStateException if the caller is not on a step's own thread
  public void sleep(Duration duration) throws InterruptedException {
    if (points != null) {
      points.inside();
    }
    time.sleep(duration);
  }

  /// Each execution of this state takes so long.
  ///
  /// @throws IllegalArgumentException if it is negative
  public Simulation takes(String state, Duration duration) {
    return takes(state, duration, duration);
  }

  /// Each execution of this state takes a time between these, both included, drawn from the seed.
  ///
  /// @throws IllegalArgumentException if not `0 <= shortest <= longest`
  public Simulation takes(String state, Duration shortest, Duration longest) {
    if (shortest.isNegative() || longest.compareTo(shortest) < 0) {
      throw new IllegalArgumentException(
          "state \"%s\": its duration must be between zero and more but was %s to %s"
              .formatted(state, shortest, longest));
    }
    durations.put(state, new Range(shortest, longest));
    return this;
  }

  /// Lets pass what is lost by a restart: fields that are not in the JSON, and contexts that change
  /// after they are recorded.
  public Simulation ignoringHiddenState() {
    watching = false;
    return this;
  }

  /// Executes a run, of which nothing is recorded, until it rests.
  ///
  /// @throws AssertionError if it does not come to rest, or if its contexts have hidden state
  public <A, O, J> TestRun<O, J> run(Workflow<A, O, J> workflow, A app, Run<O, J> run) {
    return start(workflow, app, run, new NilSerializer<>()).toRest();
  }

  /// Starts a run and lets no time pass yet.
  public <A, O, J> TestRun<O, J> start(
      Workflow<A, O, J> workflow, A app, Run<O, J> run, Serializer<O, J> serializer) {
    requireKnown(workflow);
    return new TestRun<>(this, workflow, app, run, serializer);
  }

  private void requireKnown(Workflow<?, ?, ?> workflow) {
    for (String state : durations.keySet()) {
      if (workflow.state(state).isEmpty()) {
        throw new IllegalArgumentException(
            "a duration was told for the unknown state \"%s\"; known are %s"
                .formatted(state, workflow.stateNames()));
      }
    }
  }

  Duration draw(String state, Duration timeout) {
    Range range = durations.get(state);
    if (range == null) {
      Duration half = timeout.isZero() ? LONGEST : timeout.dividedBy(2);
      Duration longest = half.compareTo(LONGEST) < 0 ? half : LONGEST;
      range = new Range(longest.compareTo(SHORTEST) < 0 ? longest : SHORTEST, longest);
    }
    return draw(range.shortest, range.longest);
  }

  Duration draw(Duration shortest, Duration longest) {
    long more = longest.minus(shortest).toNanos();
    return shortest.plusNanos(forDurations.nextLong(more + 1));
  }

  /// Nothing happens for so long.
  void letPass(Duration duration) {
    Instant until = now().plus(duration);
    time.after(duration, () -> {});
    time.runUntil(() -> false, until);
  }

  VirtualTime time() {
    return time;
  }

  RandomGenerator forEngine() {
    return forEngines.split();
  }

  boolean isWatching() {
    return watching;
  }

  @Nullable Points points() {
    return points;
  }

  void points(Points points) {
    this.points = points;
  }

  void withoutPoints() {
    points = null;
  }

  /// Ends the threads of steps that were left behind.
  @Override
  public void close() {
    withoutPoints();
    time.close();
  }
}
