package dev.jorb.micrometer;

import dev.jorb.event.StatusCount;
import dev.jorb.measure.Ending;
import dev.jorb.measure.LimitedBy;
import dev.jorb.measure.RunMeasures;
import dev.jorb.measure.Spread;
import dev.jorb.measure.StateMeasures;
import dev.jorb.measure.Times;
import dev.jorb.processor.RunHandle;
import dev.jorb.time.TimeSource;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// The measures of a run as Micrometer's meters.
///
/// ```java
/// try (RunHandle handle = Processor.of(workflow, tools).start(run);
///     RunMetrics metrics = RunMetrics.of(handle)) {
///   metrics.bindTo(registry);
///   handle.await();
/// }
/// ```
///
/// All meters have the tag `run`; those of a state have the tag `state` too:
///
/// | meter | kind | what |
/// | --- | --- | --- |
/// | `jorb.executions` | timer | executions that have ended, refused ones not counted, and how long they took |
/// | `jorb.start.waits` | timer | how long jobs waited for a start |
/// | `jorb.permit.waits` | timer | how much of that they had a slot and no permit |
/// | `jorb.disk.waits` | timer | how long results waited until they were durable |
/// | each of these with `.percentile` | gauge, with the tag `phi` | the percentiles 0.5, 0.95 and 0.99 since the start of the run |
/// | `jorb.failures` | counter, with the tag `kind` | attempts that have failed: `exception`, `outcome`, `timeout`, `context` |
/// | `jorb.refusals` | counter | executions that a service refused |
/// | `jorb.jobs` | gauge, with the tag `status` | jobs that are `waiting`, `executing`, `delayed`, `parked`, `ended` |
/// | `jorb.slots` | gauge | steps that may run at a time |
/// | `jorb.slots.use`, `jorb.permits.use` | gauge | how much of its slots and of its rate was in use since the start, from 0 to 1 |
/// | `jorb.limited` | gauge, with the tag `by` | 1 for what the state is limited by, 0 for all else |
/// | `jorb.commits` | timer | batches that were made durable; of the whole run |
///
/// The figures are asked of the run at most once a second, however many meters are read. Two runs
/// of one name in one registry want a tag that tells them apart. Thread-safe.
public final class RunMetrics implements MeterBinder, AutoCloseable {
  private static final long FRESH_NANOS = 1_000_000_000L;
  private static final List<Double> PERCENTILES = List.of(0.5, 0.95, 0.99);

  private final RunHandle handle;
  private final Tags tags;
  private final TimeSource time = TimeSource.system();

  // Guarded by this.
  private final List<Bound> bound = new ArrayList<>();
  private @Nullable Look last;

  /// A meter and where it is registered.
  private record Bound(MeterRegistry registry, Meter meter) {}

  /// How the run stood at a time.
  private record Look(long atNanos, RunMeasures measures, List<StatusCount> counts) {}

  private RunMetrics(RunHandle handle, Tags tags) {
    this.handle = handle;
    this.tags = tags;
  }

  /// The meters of a run that was started.
  public static RunMetrics of(RunHandle handle) {
    return of(handle, List.of());
  }

  /// The same with more tags on each meter.
  public static RunMetrics of(RunHandle handle, Iterable<Tag> tags) {
    return new RunMetrics(handle, Tags.of(tags));
  }

  /// Registers the meters. They stay, with the figures of the end, until [#close()].
  @Override
  public void bindTo(MeterRegistry registry) {
    Look now = look();
    Tags ofRun = tags.and("run", now.measures().run());
    for (StateMeasures each : now.measures().states()) {
      String state = each.state();
      Tags its = ofRun.and("state", state);
      new Binding(registry, its, () -> look().measures().state(state)).bindState();
    }
    for (StatusCount each : now.counts()) {
      bindJobs(registry, ofRun.and("state", each.state()), each.state(), each.terminal());
    }
    new Binding(registry, ofRun, () -> look().measures().whole())
        .timer("jorb.commits", "Batches made durable", () -> look().measures().commits());
  }

  private void bindJobs(MeterRegistry registry, Tags its, String state, boolean isTerminal) {
    Map<String, ToDoubleFunction<StatusCount>> figures =
        isTerminal
            ? Map.of("ended", StatusCount::completed)
            : Map.of(
                "waiting", StatusCount::waiting,
                "executing", StatusCount::executing,
                "delayed", StatusCount::delayed,
                "parked", StatusCount::parked);
    figures.forEach((status, figure) ->
        add(
            registry,
            Gauge.builder("jorb.jobs", () -> figure.applyAsDouble(count(state)))
                .description("Jobs in the state")
                .baseUnit("jobs")
                .tags(its.and("status", status))
                .register(registry)));
  }

  private StatusCount count(String state) {
    return look().counts().stream()
        .filter(each -> each.state().equals(state))
        .findFirst()
        .orElseThrow();
  }

  /// Takes the meters out of their registries. May be called more than once.
  @Override
  public synchronized void close() {
    bound.forEach(each -> each.registry().remove(each.meter()));
    bound.clear();
  }

  private synchronized void add(MeterRegistry registry, Meter meter) {
    bound.add(new Bound(registry, meter));
  }

  private synchronized Look look() {
    long nowNanos = time.nanoTime();
    Look seen = last;
    if (seen == null || nowNanos - seen.atNanos() >= FRESH_NANOS) {
      seen = new Look(nowNanos, handle.measures(), handle.status());
      last = seen;
    }
    return seen;
  }

  /// Registers what is told of one state in one registry. Meters hold what they ask weakly and the
  /// functions by which they ask strongly; these hold the metrics.
  private final class Binding {
    private final MeterRegistry registry;
    private final Tags its;
    private final Supplier<StateMeasures> state;

    Binding(MeterRegistry registry, Tags its, Supplier<StateMeasures> state) {
      this.registry = registry;
      this.its = its;
      this.state = state;
    }

    void bindState() {
      timer("jorb.executions", "Executions that have ended", () -> times().executing());
      timer("jorb.start.waits", "How long jobs waited for a start", () -> times().waiting());
      timer("jorb.permit.waits", "How long starts waited for a permit", () -> times().permit());
      timer("jorb.disk.waits", "How long results waited for the disk", () -> times().disk());
      counter("jorb.refusals", "Executions that a service refused", Tags.empty(), Ending.REFUSED);
      for (Ending each : Ending.values()) {
        if (each.isFailure()) {
          counter("jorb.failures", "Attempts that have failed", Tags.of("kind", tag(each)), each);
        }
      }
      gauge("jorb.slots", "Steps that may run at a time", its, now -> now.load().concurrency());
      gauge("jorb.slots.use", "Use of the slots, from 0 to 1", its, StateMeasures::slotUse);
      gauge("jorb.permits.use", "Use of the rate, from 0 to 1", its, StateMeasures::permitUse);
      for (LimitedBy each : LimitedBy.values()) {
        gauge(
            "jorb.limited",
            "1 for what limits the state",
            its.and("by", tag(each)),
            now -> now.load().limitedBy() == each ? 1 : 0);
      }
    }

    private Times times() {
      return state.get().times();
    }

    void timer(String name, String description, Supplier<Spread> spread) {
      add(
          registry,
          FunctionTimer.builder(
                  name,
                  RunMetrics.this,
                  metrics -> spread.get().count(),
                  metrics -> spread.get().total().toNanos(),
                  TimeUnit.NANOSECONDS)
              .description(description)
              .tags(its)
              .register(registry));
      for (double phi : PERCENTILES) {
        add(
            registry,
            TimeGauge.builder(
                    name + ".percentile",
                    () -> spread.get().at(100 * phi).toNanos(),
                    TimeUnit.NANOSECONDS)
                .description(description + ": percentile since the start of the run")
                .tags(its.and("phi", Double.toString(phi)))
                .register(registry));
      }
    }

    private void counter(String name, String description, Tags more, Ending ending) {
      add(
          registry,
          FunctionCounter.builder(
                  name, RunMetrics.this, metrics -> state.get().endings().getOrDefault(ending, 0L))
              .description(description)
              .tags(its.and(more))
              .register(registry));
    }

    private void gauge(
        String name, String description, Tags all, ToDoubleFunction<StateMeasures> figure) {
      add(
          registry,
          Gauge.builder(name, () -> figure.applyAsDouble(state.get()))
              .description(description)
              .tags(all)
              .register(registry));
    }
  }

  private static String tag(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
