package dev.jorb.test;

import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.serial.MemoryRunFile;
import dev.jorb.test.CrashReport.Broken;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Kills a workflow's process at every place where it makes a difference, starts it again, and sees
/// whether the world is as it should be.
///
/// ```java
/// CrashPoints.of(workflow, simulation -> new Forge(), Tools::new, forge -> newRun())
///     .invariant("onePullRequest", forge -> assertThat(forge.pullRequests()).doesNotHaveDuplicates())
///     .check();
/// ```
///
/// The *world* is what outlives the process: the fakes of the services that the steps call. The
/// application context is made of it for each process, as a program would when it starts. A trial
/// makes a new world and a new run, runs it in a [Simulation] with a run file in memory, kills it
/// at one point, and starts it again with what the file holds, in the same world. When that run
/// rests, the invariants are checked.
///
/// The points are: after each note in the run file that steps have started; after each execution of
/// a step, when its work is done and nothing of it is recorded; in the middle of each batch that is
/// written to the run file; after each batch, before anything followed from it; and inside steps,
/// wherever the fakes call [Simulation#sleep]. Between two of them neither the world nor the file
/// changes, so no others are needed. A run without crash comes first, and finds the points.
///
/// Immutable; each method returns a new one.
///
/// @param <A> the application context
/// @param <O> the overall context
/// @param <J> the job context
/// @param <W> the world; closed after its trial if it is [AutoCloseable]
public final class CrashPoints<A, O, J, W> {
  private static final Duration UNTIL_RESTART = Duration.ofSeconds(10);
  private static final String COMES_TO_REST = "comesToRest";

  private final Workflow<A, O, J> workflow;
  private final Maker<Simulation, W> world;
  private final Maker<W, A> app;
  private final Maker<W, Run<O, J>> run;
  private final Map<String, Check<O, J, W>> invariants;
  private final List<Consumer<Simulation>> settings;
  private final List<Long> seeds;
  private final int onlyPoint;
  private final int threads;

  /// Makes one thing of another.
  ///
  /// @param <T> of what
  /// @param <R> what
  @FunctionalInterface
  public interface Maker<T, R> {
    /// Makes a new one.
    R make(T from) throws Exception;
  }

  /// What must be so whenever a run has come to rest.
  ///
  /// @param <W> the world
  @FunctionalInterface
  public interface Invariant<W> {
    /// Checks it.
    ///
    /// @throws Throwable if it does not hold; an assertion's error does well
    void check(W world) throws Throwable;
  }

  private interface Check<O, J, W> {
    void check(W world, Run<O, J> run) throws Throwable;
  }

  private CrashPoints(
      Workflow<A, O, J> workflow,
      Maker<Simulation, W> world,
      Maker<W, A> app,
      Maker<W, Run<O, J>> run,
      Map<String, Check<O, J, W>> invariants,
      List<Consumer<Simulation>> settings,
      List<Long> seeds,
      int onlyPoint,
      int threads) {
    this.workflow = workflow;
    this.world = world;
    this.app = app;
    this.run = run;
    this.invariants = invariants;
    this.settings = settings;
    this.seeds = seeds;
    this.onlyPoint = onlyPoint;
    this.threads = threads;
  }

  /// Crash points of a workflow, under seed 1.
  ///
  /// @param world makes a new world, which may take its time from the simulation
  /// @param app makes the application context of a process in that world
  /// @param run makes a new run in that world
  public static <A, O, J, W> CrashPoints<A, O, J, W> of(
      Workflow<A, O, J> workflow,
      Maker<Simulation, W> world,
      Maker<W, A> app,
      Maker<W, Run<O, J>> run) {
    return new CrashPoints<>(
        workflow, world, app, run, Map.of(), List.of(), Seeds.of(1), Points.NONE, 1);
  }

  /// Adds what must be so of the world when the run that was started again rests.
  public CrashPoints<A, O, J, W> invariant(String name, Invariant<? super W> invariant) {
    return with(name, (world, run) -> invariant.check(world));
  }

  /// Adds what must be so of the run when it was started again and rests: that all jobs are in
  /// `merged`, say.
  public CrashPoints<A, O, J, W> runInvariant(String name, Invariant<Run<O, J>> invariant) {
    return with(name, (world, run) -> invariant.check(run));
  }

  private CrashPoints<A, O, J, W> with(String name, Check<O, J, W> check) {
    Map<String, Check<O, J, W>> more = new LinkedHashMap<>(invariants);
    if (more.put(name, check) != null) {
      throw new IllegalArgumentException("there are two invariants with the name " + name);
    }
    return new CrashPoints<>(workflow, world, app, run, more, settings, seeds, onlyPoint, threads);
  }

  /// Tells each simulation how long steps take, and the like.
  public CrashPoints<A, O, J, W> simulation(Consumer<Simulation> setting) {
    List<Consumer<Simulation>> more = new ArrayList<>(settings);
    more.add(setting);
    return new CrashPoints<>(
        workflow, world, app, run, invariants, more, seeds, onlyPoint, threads);
  }

  /// Tries all points under each of the seeds 1 to `seeds`, or only under that of the system
  /// property `jorb.seed` if it is set.
  public CrashPoints<A, O, J, W> seeds(int seeds) {
    return new CrashPoints<>(
        workflow, world, app, run, invariants, settings, Seeds.of(seeds), onlyPoint, threads);
  }

  /// Tries one point under one seed only, to look at it with a debugger.
  ///
  /// @param point its number in an earlier report
  /// @throws IllegalArgumentException if it is negative
  public CrashPoints<A, O, J, W> only(long seed, int point) {
    if (point < 0) {
      throw new IllegalArgumentException("a point's number must be at least 0 but was " + point);
    }
    return new CrashPoints<>(
        workflow, world, app, run, invariants, settings, List.of(seed), point, threads);
  }

  /// Tries so many points at a time, each in a world of its own; 1 if not said. Worth it when steps
  /// call programs that take their time. Worlds are made and invariants checked by several threads
  /// then.
  ///
  /// @throws IllegalArgumentException if it is less than 1
  public CrashPoints<A, O, J, W> parallel(int trials) {
    if (trials < 1) {
      throw new IllegalArgumentException("at least 1 trial at a time, but was " + trials);
    }
    return new CrashPoints<>(
        workflow, world, app, run, invariants, settings, seeds, onlyPoint, trials);
  }

  /// Tries them, and fails if any breaks an invariant.
  ///
  /// @return the report, of which nothing is broken
  /// @throws AssertionError if any does, with the report: which points and how to try one again; or
  ///   if the run is not as it should be even without a crash
  public CrashReport check() {
    CrashReport report = run();
    if (!report.broken().isEmpty()) {
      AssertionError failure = new AssertionError(report.toString());
      failure.initCause(report.broken().getFirst().failure());
      throw failure;
    }
    return report;
  }

  /// Tries them, and tells which break an invariant. Blocks as long as it takes.
  ///
  /// @throws AssertionError if the run is not as it should be even without a crash, or is another
  ///   one each time for the same seed
  public CrashReport run() {
    List<Supplier<CrashReport.Tried>> trials = new ArrayList<>();
    for (long seed : seeds) {
      List<CrashPoint> points = withoutCrash(seed);
      for (CrashPoint point : onlyPoint == Points.NONE ? points : List.of(only(seed, points))) {
        trials.add(() -> new CrashReport.Tried(seed, point, tryAt(seed, point)));
      }
    }
    return new CrashReport(all(trials));
  }

  /// The results in the order of the trials; what a trial throws is thrown here.
  private <T> List<T> all(List<Supplier<T>> trials) {
    if (threads == 1) {
      return trials.stream().map(Supplier::get).toList();
    }
    ThreadFactory daemons = Thread.ofPlatform().daemon().name("jorb-crash-point ", 1).factory();
    List<T> results = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads, daemons)) {
      List<CompletableFuture<T>> all =
          trials.stream().map(each -> CompletableFuture.supplyAsync(each, pool)).toList();
      try {
        all.forEach(each -> results.add(each.join()));
      } catch (CompletionException thrown) {
        pool.shutdownNow();
        if (thrown.getCause() instanceof Error error) {
          throw error;
        }
        throw thrown.getCause() instanceof RuntimeException failure ? failure : thrown;
      }
    }
    return results;
  }

  private CrashPoint only(long seed, List<CrashPoint> points) {
    if (onlyPoint >= points.size()) {
      throw new IllegalArgumentException(
          "under seed %d there are %d crash points; there is no point %d"
              .formatted(seed, points.size(), onlyPoint));
    }
    return points.get(onlyPoint);
  }

  private List<CrashPoint> withoutCrash(long seed) {
    try (Trial trial = new Trial(seed, Points.NONE)) {
      trial.start();
      Broken broken = trial.firstBroken();
      if (broken != null) {
        throw new AssertionError(
            "seed %d breaks %s without any crash: %s"
                .formatted(seed, broken.invariant(), broken.failure().getMessage()),
            broken.failure());
      }
      return trial.points.passed();
    }
  }

  private @Nullable Broken tryAt(long seed, CrashPoint point) {
    try (Trial trial = new Trial(seed, point.number())) {
      trial.start();
      trial.requireKilledAt(point);
      try {
        trial.startAgain();
      } catch (AssertionError | RuntimeException failure) {
        return new Broken(COMES_TO_REST, failure);
      }
      return trial.firstBroken();
    }
  }

  /// One world, and the processes that live in it one after the other.
  private final class Trial implements AutoCloseable {
    final long seed;
    final Points points;
    private final Simulation simulation;
    private final MemoryRunFile file = new MemoryRunFile();
    private final CrashingSerializer<O, J> serializer;
    private final W place;
    private Run<O, J> current;

    Trial(long seed, int target) {
      this.seed = seed;
      this.simulation = Simulation.seeded(seed);
      settings.forEach(setting -> setting.accept(simulation));
      this.points = new Points(simulation.time(), target);
      this.place = make("world", world, simulation);
      this.current = make("run", run, place);
      this.serializer =
          new CrashingSerializer<>(
              file.open(workflow, simulation.time()), file, points, simulation.forEngine());
    }

    void start() {
      A tools = make("application context", app, place);
      simulation.points(points);
      simulation.start(workflow, tools, current, serializer).toRest();
      simulation.withoutPoints();
    }

    void requireKilledAt(CrashPoint point) {
      List<CrashPoint> passed = points.passed();
      if (!simulation.time().isKilled() || !passed.getLast().equals(point)) {
        throw new AssertionError(
            ("seed %d is not the same history each time: %s was %s the second time. Steps and fakes"
                    + " must take the time from Simulation.clock() and randomness from"
                    + " Simulation.random(), and start no threads")
                .formatted(
                    seed,
                    point,
                    point.number() < passed.size()
                        ? passed.get(point.number()).where()
                        : "not reached"));
      }
    }

    void startAgain() {
      simulation.letPass(UNTIL_RESTART);
      JournalSerializer<O, J> journal = serializer.left().open(workflow, simulation.time());
      current = journal.load().orElseThrow();
      A tools = make("application context", app, place);
      simulation.start(workflow, tools, current, journal).toRest();
    }

    @Nullable Broken firstBroken() {
      for (Map.Entry<String, Check<O, J, W>> each : invariants.entrySet()) {
        try {
          each.getValue().check(place, current);
        } catch (Throwable failure) {
          return new Broken(each.getKey(), failure);
        }
      }
      return null;
    }

    @Override
    public void close() {
      simulation.close();
      if (place instanceof AutoCloseable closeable) {
        try {
          closeable.close();
        } catch (Exception e) {
          throw new IllegalStateException("the world cannot be closed: " + e.getMessage(), e);
        }
      }
    }

    private <T, R> R make(String what, Maker<T, R> maker, T from) {
      try {
        return maker.make(from);
      } catch (Exception e) {
        throw new IllegalStateException("the %s cannot be made: %s".formatted(what, e), e);
      }
    }
  }
}
