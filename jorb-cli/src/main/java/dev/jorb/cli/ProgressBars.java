package dev.jorb.cli;

import dev.jorb.event.StatusCount;
import dev.jorb.event.StatusListener;
import dev.jorb.run.Schema;
import dev.jorb.run.StateShape;
import dev.jorb.time.TimeSource;
import java.io.PrintStream;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Shows how a run stands: on a terminal a bar for each state and a line for the whole run, drawn
/// anew at each call; anywhere else a plain line at most every five seconds, and one more when the
/// run rests.
///
/// ```java
/// Processor.of(workflow, tools).listener(ProgressBars.on(System.err)).exec(run);
/// ```
///
/// While there are bars, what the program prints appears above them: standard error, standard
/// output if it is the same terminal, SLF4J, `java.util.logging`. The streams are given back when
/// the run has ended, or by [#close()].
///
/// A bar says how many of the executions that are known of are done, and in red how many jobs are
/// parked; then how many steps run, how many jobs wait, how many executions there are a second, and
/// what holds the state up: a limit that lets no more start or, if [#of] has told how many there
/// are, its slots. The last line says when the run will be done if it goes on as in the last
/// seconds.
///
/// A terminal is what `stty` says is one, unless `TERM` is `dumb`; `NO_COLOR` takes the colours
/// away. When the window changes its size, the next drawing fits. For one run; after its end
/// nothing is shown any more. Thread-safe.
public final class ProgressBars implements StatusListener, AutoCloseable {
  private static final Duration PLAIN_PERIOD = Duration.ofSeconds(5);
  private static final double MEMORY_SECONDS = 10;

  private final PrintStream out;
  private final Supplier<Terminal> terminals;
  private final TimeSource time;
  private final long startNanos;
  private final LiveRegion region;
  private final Map<String, Pace> paces = new HashMap<>();
  private final boolean isUnicode;

  // Guarded by this.
  private Terminal terminal;
  private List<StateShape> shapes = List.of();
  private boolean staysAtEnd = true;
  private boolean hasEnded;
  private @Nullable LogCapture capture;
  private @Nullable OsSignal resizing;
  private volatile boolean isResized;
  private boolean isFirst = true;
  private boolean saidRest;
  private long lastNanos;

  ProgressBars(PrintStream out, Supplier<Terminal> terminals, TimeSource time) {
    this.out = out;
    this.terminals = terminals;
    this.terminal = terminals.get();
    this.time = time;
    this.startNanos = time.nanoTime();
    this.region = new LiveRegion(out);
    this.isUnicode = out.charset().newEncoder().canEncode('█');
  }

  /// Shows progress on `out`; only `System.err` can be a terminal. Asks it for its size, which
  /// takes a few milliseconds.
  public static ProgressBars on(PrintStream out) {
    return new ProgressBars(out, () -> Terminal.of(out), TimeSource.system());
  }

  /// Tells the limits of the states, so that the bars can say which holds a state up.
  ///
  /// @param schema such as the workflow
  public synchronized ProgressBars of(Schema<?, ?> schema) {
    this.shapes = schema.shapes();
    return this;
  }

  /// Takes the bars away at the end, for a summary in their place.
  synchronized ProgressBars leavingNothing() {
    staysAtEnd = false;
    return this;
  }

  @Override
  public synchronized void status(List<StatusCount> counts) {
    if (hasEnded) {
      return;
    }
    if (isResized) {
      isResized = false;
      terminal = terminals.get();
    }
    long now = time.nanoTime();
    for (StatusCount count : counts) {
      paces.computeIfAbsent(count.state(), state -> new Pace()).take(count.completed(), now);
    }
    if (terminal.isDrawable(3)) {
      draw(counts);
    } else {
      tell(counts, now);
    }
  }

  /// Gives the streams back, and leaves the bars where they are.
  @Override
  public synchronized void ended() {
    release();
    if (staysAtEnd) {
      region.leave();
    } else {
      region.erase();
    }
    hasEnded = true;
  }

  /// As [#ended()]: for a run that could not go on. May be called more than once.
  @Override
  public void close() {
    ended();
  }

  /// Prints a message, above the bars.
  void say(String message) {
    region.above(message + "\n");
  }

  private void release() {
    if (capture != null) {
      capture.close();
      capture = null;
    }
    if (resizing != null) {
      resizing.close();
      resizing = null;
    }
  }

  private void draw(List<StatusCount> counts) {
    if (capture == null && out.equals(System.err)) {
      capture = new LogCapture(Terminal.isStandardOutputOne(), region::above);
      resizing = listenToResizing();
    }
    BarText text =
        new BarText(terminal.columns(), terminal.rows(), terminal.isColoured(), isUnicode);
    Map<String, Double> rates = new HashMap<>();
    paces.forEach((state, pace) -> rates.put(state, pace.perSecond));
    region.draw(text.lines(counts, rates, heldBy(counts), total(counts)), terminal.columns());
  }

  private @Nullable OsSignal listenToResizing() {
    try {
      return OsSignal.receive("WINCH", () -> isResized = true);
    } catch (UnsupportedOperationException notHere) {
      return null;
    }
  }

  /// What holds up the states in which jobs wait.
  private Map<String, String> heldBy(List<StatusCount> counts) {
    Map<String, String> held = new HashMap<>();
    counts.stream()
        .filter(count -> count.waiting() > 0 && !count.hold().isEmpty())
        .forEach(count -> held.put(count.state(), count.hold()));
    for (StateShape shape : shapes) {
      counts.stream()
          .filter(count -> count.state().equals(shape.name()) && count.waiting() > 0)
          .forEach(count -> held.putIfAbsent(shape.name(), limit(shape, count)));
    }
    return held;
  }

  private static String limit(StateShape shape, StatusCount count) {
    boolean isFull = shape.concurrency() > 0 && count.executing() >= shape.concurrency();
    return isFull ? "slots" : "";
  }

  private void tell(List<StatusCount> counts, long now) {
    boolean rests = counts.stream().allMatch(count -> count.jobs() == resting(count));
    boolean due = isFirst || now - lastNanos >= PLAIN_PERIOD.toNanos();
    if (rests ? saidRest : !due) {
      return;
    }
    saidRest = rests;
    isFirst = false;
    lastNanos = now;
    StringJoiner states = new StringJoiner("; ", total(counts) + ": ", "");
    states.setEmptyValue(total(counts));
    for (StatusCount count : counts) {
      List<String> parts = parts(count);
      if (!parts.isEmpty()) {
        states.add(count.state() + " " + String.join(", ", parts));
      }
    }
    out.println(states);
    out.flush();
  }

  /// The numbers that are not zero, and what they count.
  private static List<String> parts(StatusCount count) {
    List<String> parts = new ArrayList<>();
    if (count.terminal()) {
      add(parts, count.completed(), "ended");
    } else {
      add(parts, count.waiting(), "waiting");
      add(parts, count.executing(), "running");
      add(parts, count.delayed(), "delayed");
      add(parts, count.parked(), "parked");
    }
    return parts;
  }

  private static void add(List<String> parts, long number, String what) {
    if (number > 0) {
      parts.add(number + " " + what);
    }
  }

  private static long resting(StatusCount count) {
    return count.terminal() ? count.completed() : count.parked();
  }

  private String total(List<StatusCount> counts) {
    long jobs = counts.stream().mapToLong(StatusCount::jobs).sum();
    long ended =
        counts.stream().filter(StatusCount::terminal).mapToLong(StatusCount::completed).sum();
    long parked = counts.stream().mapToLong(StatusCount::parked).sum();
    double perSecond =
        counts.stream()
            .filter(StatusCount::terminal)
            .mapToDouble(count -> pace(count.state()).perSecond)
            .sum();
    Duration took = Duration.ofSeconds((time.nanoTime() - startNanos) / 1_000_000_000L);
    StringJoiner total = new StringJoiner(", ");
    total.add(ended + " of " + Text.count(jobs, "job") + " ended");
    if (parked > 0) {
      total.add(parked + " parked");
    }
    total.add(Text.seconds(took));
    if (perSecond > 0) {
      total.add(BarText.perTime(perSecond));
    }
    String clock =
        BarText.clock(jobs - ended - parked, perSecond, time.instant(), ZoneId.systemDefault());
    return clock.isEmpty() ? total.toString() : total.add(clock).toString();
  }

  private Pace pace(String state) {
    return paces.computeIfAbsent(state, name -> new Pace());
  }

  /// How many executions a state has per second, over about the last ten seconds: what is longer
  /// ago counts less and less. Guarded by the bars.
  private static final class Pace {
    private long completed = -1;
    private long atNanos;
    private double perSecond;

    void take(long completedNow, long nowNanos) {
      double seconds = (nowNanos - atNanos) / 1e9;
      if (completed >= 0 && seconds > 0) {
        double weight = 1 - Math.exp(-seconds / MEMORY_SECONDS);
        perSecond += weight * ((completedNow - completed) / seconds - perSecond);
      }
      completed = completedNow;
      atNanos = nowNanos;
    }
  }
}
