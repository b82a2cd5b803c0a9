package dev.jorb.cli;

import dev.jorb.event.StatusCount;
import dev.jorb.event.StatusListener;
import dev.jorb.time.TimeSource;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/// Shows how a run stands: on a terminal one line per state, drawn anew at each call; anywhere else
/// a plain line at most every five seconds, and one more when the run rests.
///
/// A terminal is what `stty` says is one, unless `TERM` is `dumb`; `NO_COLOR` takes the colours
/// away. The width comes from `COLUMNS`, or from the terminal when this was made. Thread-safe.
public final class ProgressBars implements StatusListener {
  private static final Duration PLAIN_PERIOD = Duration.ofSeconds(5);
  private static final String CLEAR_TO_END = "\u001b[J";
  private static final String YELLOW = "\u001b[33m";
  private static final String GREEN = "\u001b[32m";
  private static final String PLAIN = "\u001b[0m";

  private final PrintStream out;
  private final Terminal terminal;
  private final TimeSource time;
  private final long startNanos;

  // Guarded by this.
  private int drawnLines;
  private boolean isFirst = true;
  private boolean saidRest;
  private long lastNanos;

  ProgressBars(PrintStream out, Terminal terminal, TimeSource time) {
    this.out = out;
    this.terminal = terminal;
    this.time = time;
    this.startNanos = time.nanoTime();
  }

  /// Shows progress on `out`; only `System.err` can be a terminal. Asks it for its size, which
  /// takes a few milliseconds.
  public static ProgressBars on(PrintStream out) {
    return new ProgressBars(out, Terminal.of(out), TimeSource.system());
  }

  @Override
  public synchronized void status(List<StatusCount> counts) {
    if (terminal.isDrawable(counts.size() + 1)) {
      draw(counts);
    } else {
      tell(counts);
    }
  }

  /// Prints a message, above the lines that are drawn anew.
  synchronized void say(String message) {
    out.print(erased());
    out.println(message);
    out.flush();
  }

  /// Takes away what was drawn.
  synchronized void end() {
    out.print(erased());
    out.flush();
  }

  private String erased() {
    String erase = drawnLines == 0 ? "" : "\u001b[" + drawnLines + "A\r" + CLEAR_TO_END;
    drawnLines = 0;
    return erase;
  }

  private void draw(List<StatusCount> counts) {
    int nameWidth = counts.stream().mapToInt(count -> count.state().length()).max().orElse(0);
    StringBuilder frame = new StringBuilder(erased());
    for (StatusCount count : counts) {
      frame.append(coloured(count, line(count, Math.min(nameWidth, 24)))).append('\n');
    }
    frame.append(terminal.cut(total(counts))).append('\n');
    out.print(frame);
    out.flush();
    drawnLines = counts.size() + 1;
  }

  private String line(StatusCount count, int nameWidth) {
    String name = Text.headline(count.state(), nameWidth);
    String numbers =
        count.terminal()
            ? cell(count.completed(), "ended")
            : cell(count.waiting(), "waiting")
                + cell(count.executing(), "running")
                + cell(count.delayed(), "delayed")
                + cell(count.parked(), "parked")
                + cell(count.completed(), "executed");
    String line = name + " ".repeat(nameWidth - name.length()) + numbers;
    return terminal.cut(line.stripTrailing());
  }

  /// A number and what it counts, blank for none, so that the eye finds what is there.
  private static String cell(long number, String what) {
    String text = number == 0 ? "" : number + " " + what;
    return "  " + " ".repeat(Math.max(0, 8 + what.length() - text.length())) + text;
  }

  private String coloured(StatusCount count, String line) {
    if (!terminal.isColoured()) {
      return line;
    }
    if (count.parked() > 0) {
      return YELLOW + line + PLAIN;
    }
    return count.terminal() && count.completed() > 0 ? GREEN + line + PLAIN : line;
  }

  private void tell(List<StatusCount> counts) {
    long now = time.nanoTime();
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
    counts.forEach(count -> plain(count).forEach(states::add));
    out.println(states);
    out.flush();
  }

  private static List<String> plain(StatusCount count) {
    List<String> parts = new ArrayList<>();
    if (count.terminal()) {
      add(parts, count.completed(), "ended");
    } else {
      add(parts, count.waiting(), "waiting");
      add(parts, count.executing(), "running");
      add(parts, count.delayed(), "delayed");
      add(parts, count.parked(), "parked");
    }
    return parts.isEmpty() ? List.of() : List.of(count.state() + " " + String.join(", ", parts));
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
    Duration took = Duration.ofSeconds((time.nanoTime() - startNanos) / 1_000_000_000L);
    return ended + " of " + Text.count(jobs, "job") + " ended, " + Text.seconds(took);
  }
}
