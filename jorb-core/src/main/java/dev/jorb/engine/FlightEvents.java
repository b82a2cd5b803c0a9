package dev.jorb.engine;

import dev.jorb.run.Job;
import java.util.List;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/// What a flight recording (JFR) holds of a run: executions, transitions, commits. While nobody
/// records, each costs a look at a field. Thread-safe.
///
/// The JVM rewrites a class of events when it is loaded, which takes longer than a small run. So
/// none is touched before somebody has asked for a recording in this process.
final class FlightEvents {
  private final String run;

  FlightEvents(String run) {
    this.run = run;
  }

  /// A step runs, from its start to its return.
  @Name("dev.jorb.Execution")
  @Label("Execution")
  @Category("Jorb")
  @Description("A step was executed")
  @StackTrace(false)
  static final class Execution extends Event {
    private static final Execution PROBE = new Execution();

    @Label("Run")
    @Nullable String run;

    @Label("Job")
    @Nullable String job;

    @Label("State")
    @Nullable String state;

    @Label("Jobs")
    @Description("More than one if the step was called for several; the first is named")
    int jobs;

    @Label("Ending")
    @Nullable String ending;
  }

  /// A job's transition is recorded.
  @Name("dev.jorb.Transition")
  @Label("Transition")
  @Category("Jorb")
  @Description("A job moved, or stayed, and that is recorded")
  @StackTrace(false)
  static final class Transition extends Event {
    private static final Transition PROBE = new Transition();

    @Label("Run")
    @Nullable String run;

    @Label("Job")
    @Nullable String job;

    @Label("From")
    @Nullable String from;

    @Label("State")
    @Nullable String state;

    @Label("Version")
    int version;
  }

  /// A batch is made durable, from its first byte to the end of the flush.
  @Name("dev.jorb.Commit")
  @Label("Commit")
  @Category("Jorb")
  @Description("A batch of transitions was made durable")
  @StackTrace(false)
  static final class Commit extends Event {
    private static final Commit PROBE = new Commit();

    @Label("Run")
    @Nullable String run;

    @Label("Transitions")
    int transitions;

    @Label("Bytes")
    long bytes;
  }

  /// A step begins; null if nobody records that.
  @Nullable Execution begin() {
    if (!FlightRecorder.isInitialized() || !Execution.PROBE.isEnabled()) {
      return null;
    }
    Execution event = new Execution();
    event.begin();
    return event;
  }

  /// The step has come to its end.
  void end(@Nullable Execution event, Entry<?> entry) {
    if (event != null) {
      event.end();
      event.run = run;
      event.job = entry.job.id();
      event.state = entry.job.state();
      event.jobs = entry.together().size();
      event.ending = String.valueOf(entry.ending());
      event.commit();
    }
  }

  /// A batch begins; null if nobody records that.
  @Nullable Commit beginCommit() {
    if (!FlightRecorder.isInitialized() || !Commit.PROBE.isEnabled()) {
      return null;
    }
    Commit event = new Commit();
    event.begin();
    return event;
  }

  /// The batch is durable.
  void end(@Nullable Commit event, List<? extends Result<?>> batch) {
    if (event != null) {
      event.end();
      event.run = run;
      event.transitions = batch.size();
      event.bytes = batch.stream().mapToLong(each -> each.encoded().bytes().length).sum();
      event.commit();
    }
  }

  /// A transition is recorded. To be told before the board hears of it.
  void recorded(Result<?> result) {
    if (FlightRecorder.isInitialized() && Transition.PROBE.isEnabled()) {
      Job<?> job = result.encoded().transition().job();
      Transition event = new Transition();
      event.run = run;
      event.job = job.id();
      event.from = result.entry().job.state();
      event.state = job.state();
      event.version = job.version();
      event.commit();
    }
  }
}
