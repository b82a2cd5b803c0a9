package dev.jorb.limit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleFunction;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;

/// Holds starts while something outside of the run is beyond a bound: the load of the machine, its
/// free memory, the room on a disk, the process's open files, or whatever a probe of your own
/// tells. Steps that run go on.
///
/// ```java
/// s.concurrency(64).limit(Gate.cpuLoadAtMost(0.9).and(Gate.freeDiskAtLeast(workspaces, 5L << 30)))
/// ```
///
/// The probe is read twice a second, by a thread that is there for gates alone, so it may take a
/// while or block; the state is held by what was read last. It is held too until the first reading,
/// and while the probe throws or answers what is no number; status tells the reason. In virtual
/// time, where no thread is, it is read when a start is asked for, twice a second at most.
///
/// What the machine has is meant as the container has it, if the process runs in one. Thread-safe.
public final class Gate implements Limit {
  /// How often the probe is read.
  public static final Duration PERIOD = Duration.ofMillis(500);

  private static final String UNREAD = "nobody has read it yet";

  private final String what;
  private final boolean isAtMost;
  private final double bound;
  private final DoubleSupplier probe;
  private final DoubleFunction<String> text;
  private final String problem;

  /// How many runs have a thread that reads it.
  private final AtomicInteger watchers = new AtomicInteger();

  /// Why it is closed; empty if it is open.
  private volatile String closed = UNREAD;

  private Gate(
      String what,
      boolean isAtMost,
      double bound,
      DoubleSupplier probe,
      DoubleFunction<String> text,
      String problem) {
    this.what = what;
    this.isAtMost = isAtMost;
    this.bound = bound;
    this.probe = probe;
    this.text = text;
    this.problem = problem;
  }

  /// Open while the CPUs of the machine are busy for at most this part of the time.
  ///
  /// @param load above 0, and at most 1 for all CPUs. Where it cannot be told the gate is open
  public static Gate cpuLoadAtMost(double load) {
    return new Gate("CPU load", true, load, Machine.HERE::cpuLoad, Gate::percent, share(load));
  }

  /// Open while the machine has so much memory that can be given to programs: what is free, and
  /// what the system uses for files and would give up.
  ///
  /// @param bytes above 0
  public static Gate freeMemoryAtLeast(long bytes) {
    return new Gate(
        "free memory", false, bytes, Machine.HERE::freeMemory, Gate::bytes, positive(bytes));
  }

  /// Open while the disk of this file or directory has so much room.
  ///
  /// @param bytes above 0
  public static Gate freeDiskAtLeast(Path path, long bytes) {
    return new Gate(
        "free disk at " + path,
        false,
        bytes,
        () -> Machine.HERE.freeDisk(path),
        Gate::bytes,
        positive(bytes));
  }

  /// Open while the process has at most this part of the files open that it may have open, sockets
  /// included.
  ///
  /// @param part above 0 and at most 1. Where it cannot be told the gate is open
  public static Gate openFilesAtMost(double part) {
    return new Gate("open files", true, part, Machine.HERE::openFiles, Gate::percent, share(part));
  }

  /// Open while what the probe tells is at most this.
  ///
  /// @param what it tells, in few words: `the queue's length`
  /// @param probe is called by one thread at a time
  public static Gate atMost(String what, double bound, DoubleSupplier probe) {
    return new Gate(what, true, bound, probe, Gate::plain, number(bound));
  }

  /// Open while what the probe tells is at least this. As [#atMost].
  public static Gate atLeast(String what, double bound, DoubleSupplier probe) {
    return new Gate(what, false, bound, probe, Gate::plain, number(bound));
  }

  private static String share(double part) {
    return part > 0 && part <= 1 ? "" : "must be above 0 and at most 1 but was " + part;
  }

  private static String positive(long bytes) {
    return bytes > 0 ? "" : "must be above 0 bytes but was " + bytes;
  }

  private static String number(double bound) {
    return Double.isFinite(bound) ? "" : "must be a finite number but was " + bound;
  }

  private static String percent(double part) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * part);
  }

  private static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  private static String bytes(double bytes) {
    String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    int unit = 0;
    double left = bytes;
    while (left >= 1024 && unit < units.length - 1) {
      left /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", left, units[unit]);
  }

  /// All gates in a limit.
  public static Stream<Gate> in(Limit limit) {
    return switch (limit) {
      case Gate gate -> Stream.of(gate);
      case AllOf all -> all.limits().stream().flatMap(Gate::in);
      case KeyedLimit keyed ->
          Stream.concat(Stream.of(keyed.rest()), keyed.special().values().stream())
              .flatMap(Gate::in);
      default -> Stream.empty();
    };
  }

  /// Reads the probe. Blocks as long as that does. For engines.
  public synchronized void read() {
    String now;
    try {
      double value = probe.getAsDouble();
      boolean isOpen = isAtMost ? value <= bound : value >= bound;
      if (Double.isNaN(value)) {
        now = "its probe answered what is no number";
      } else {
        now =
            isOpen
                ? ""
                : text.apply(value) + (isAtMost ? ", above " : ", below ") + text.apply(bound);
      }
    } catch (Throwable broken) {
      now = "its probe threw " + broken;
    }
    closed = now;
  }

  /// Somebody reads it from now on, twice a second. For engines.
  public void watched() {
    watchers.incrementAndGet();
  }

  /// Somebody reads it no more. For engines.
  public void unwatched() {
    watchers.decrementAndGet();
  }

  @Override
  public Limiter limiter() {
    Limit.check(this);
    return new Guard();
  }

  @Override
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (what.isBlank()) {
      problems.add("gate: what its probe tells must not be blank");
    }
    if (!problem.isEmpty()) {
      problems.add("gate: " + what + " " + problem);
    }
    return problems;
  }

  @Override
  public String toString() {
    return what + (isAtMost ? " of at most " : " of at least ") + text.apply(bound);
  }

  /// The gate at work.
  private final class Guard implements Limiter {
    private boolean hasRead;
    private long readAtNanos;

    @Override
    public long waitNanos(long cost, long nowNanos) {
      long period = PERIOD.toNanos();
      if (watchers.get() > 0) {
        return closed.isEmpty() ? 0 : period;
      }
      if (!hasRead || nowNanos - readAtNanos >= period) {
        hasRead = true;
        readAtNanos = nowNanos;
        read();
      }
      return closed.isEmpty() ? 0 : readAtNanos + period - nowNanos;
    }

    @Override
    public void started(long cost, long nowNanos) {}

    @Override
    public String closedBecause() {
      String why = closed;
      return why.isEmpty() ? "" : "held by its gate: " + what + ": " + why;
    }

    @Override
    public boolean isLikeNew(long nowNanos) {
      return true;
    }
  }
}
