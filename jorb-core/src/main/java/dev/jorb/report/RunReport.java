package dev.jorb.report;

import dev.jorb.measure.Spread;
import dev.jorb.report.Timeline.Stay;
import dev.jorb.run.HoldNote;
import dev.jorb.run.Job;
import dev.jorb.run.JobError;
import dev.jorb.run.JobTransition;
import dev.jorb.run.StateShape;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What happened in a run, from its file alone.
///
/// Everything is made from the transitions that the jobs keep: of a job that loops for ever the
/// last 64 to 128. A step that was running when its process died is not in it.
///
/// @param start when the first step started, or was kept from it
/// @param end when the last step returned, or was still kept from starting
/// @param partSeconds how long each part of the series in [#states] is
/// @param idle how long no step ran, because no process did or because all jobs waited
/// @param states the workflow's states in their order, then those that only jobs name
/// @param slowest the jobs that were on their way for the longest, the longest first
/// @param sample jobs from the whole run, in the order of their coming, to draw
/// @param bottleneck what limited the run
public record RunReport(
    Instant start,
    Instant end,
    double partSeconds,
    Duration idle,
    List<StateReport> states,
    List<Lane> slowest,
    List<Lane> sample,
    Bottleneck bottleneck) {
  private static final int PARTS = 240;
  private static final int SLOWEST = 20;
  private static final int SAMPLE = 120;

  /// Copies the lists.
  public RunReport {
    states = List.copyOf(states);
    slowest = List.copyOf(slowest);
    sample = List.copyOf(sample);
  }

  /// The way of one job.
  ///
  /// @param wall from its first start to its last return, without the time in which no process ran
  /// @param executing how much of that its steps ran
  public record Lane(String job, String state, Duration wall, Duration executing, List<Bar> bars) {
    /// Copies the list.
    public Lane {
      bars = List.copyOf(bars);
    }
  }

  /// One execution of a job.
  ///
  /// @param from seconds since the run's start
  /// @param to seconds since the run's start
  public record Bar(String state, double from, double to, boolean failed) {}

  /// The report of a run.
  ///
  /// @param shapes what is declared of the states, in their order
  public static RunReport of(List<StateShape> shapes, Collection<? extends Job<?>> jobs) {
    return of(shapes, jobs, List.of());
  }

  /// The report of a run.
  ///
  /// @param shapes what is declared of the states, in their order
  /// @param holds by what states were held, as far as it was noted
  public static RunReport of(
      List<StateShape> shapes, Collection<? extends Job<?>> jobs, List<HoldNote> holds) {
    return new Making(shapes, jobs, holds).report();
  }

  /// Everything that is counted on the way through all jobs. Used once.
  private static final class Making {
    final Collection<? extends Job<?>> jobs;
    final Timeline timeline;
    final double partSeconds;
    final Map<String, Counts> states = new LinkedHashMap<>();
    final Map<String, Series> insideOfGroups = new HashMap<>();
    final List<Lane> lanes = new ArrayList<>();
    final boolean[] isRunning;

    /// For how much of each part a process was there, as far as that was noted.
    final double[] presence = new double[PARTS];

    final Absences absences;

    Making(List<StateShape> shapes, Collection<? extends Job<?>> jobs, Collection<HoldNote> holds) {
      this.jobs = jobs;
      this.timeline = Timeline.of(jobs, holds);
      double seconds = timeline.length().toNanos() / 1e9;
      this.partSeconds = Math.max(seconds / PARTS, 1e-3);
      shapes.forEach(shape -> states.put(shape.name(), new Counts(shape, partSeconds)));
      holds.forEach(this::take);
      this.isRunning = parts();
      this.absences = new Absences(holds);
    }

    RunReport report() {
      Arrays.setAll(presence, this::presence);
      jobs.forEach(this::take);
      List<StateReport> reports =
          states.values().stream()
              .map(each -> each.report(isRunning, presence, insideOfGroups.get(each.shape.group())))
              .toList();
      int idle = 0;
      for (boolean each : isRunning) {
        idle += each ? 0 : 1;
      }
      return new RunReport(
          timeline.start(),
          timeline.end(),
          partSeconds,
          Duration.ofNanos((long) (idle * partSeconds * 1e9)),
          reports,
          slowest(),
          sample(),
          Bottleneck.of(reports));
    }

    /// In which parts any step ran. In the others no process may have been there, so that nothing
    /// can be said to have been limited but what was noted.
    private boolean[] parts() {
      Series steps = new Series(PARTS, partSeconds);
      for (Job<?> job : jobs) {
        for (JobTransition each : job.transitions()) {
          if (!each.isCancellation()) {
            steps.add(seconds(each.at().minus(each.took())), seconds(each.at()));
            steps.add(seconds(each.at())); // A step may take no time that could be measured.
          }
        }
      }
      boolean[] isRunning = new boolean[PARTS];
      double[] each = steps.perSecond();
      for (int i = 0; i < PARTS; i++) {
        isRunning[i] = each[i] > 0;
      }
      return isRunning;
    }

    private double presence(int part) {
      Instant from = timeline.start().plusNanos((long) (part * partSeconds * 1e9));
      Duration present = absences.without(from, from.plusNanos((long) (partSeconds * 1e9)));
      return Math.max(present.toNanos() / 1e9 / partSeconds, 1e-3);
    }

    private void take(HoldNote hold) {
      Limit.of(hold.by())
          .ifPresent(limit ->
              counts(hold.state())
                  .hold(limit, seconds(hold.since()), seconds(hold.until()), hold.share()));
    }

    private Counts counts(String state) {
      return states.computeIfAbsent(
          state, name -> new Counts(StateShape.undeclared(name), partSeconds));
    }

    private void take(Job<?> job) {
      counts(job.state()).jobs++;
      Set<Instant> failures = new HashSet<>();
      for (JobError error : job.errors()) {
        counts(error.state()).failures++;
        failures.add(error.at());
      }
      List<Stay> stays = timeline.of(job);
      takeGroups(stays);
      List<Bar> bars = new ArrayList<>();
      Duration executing = Duration.ZERO;
      for (Stay stay : stays) {
        if (stay.transition().isCancellation()) {
          continue; // Nothing was executed.
        }
        String state = stay.transition().from();
        double arrived = seconds(stay.arrived());
        double started = seconds(stay.started());
        Duration waited = absences.without(stay.arrived(), stay.started());
        counts(state).take(stay, arrived, started, seconds(stay.ended()), waited);
        if (failures.contains(stay.ended()) && stay.transition().to().equals(state)) {
          counts(state).retries++;
        }
        boolean failed = failures.contains(stay.ended());
        bars.add(new Bar(state, seconds(stay.started()), seconds(stay.ended()), failed));
        executing = executing.plus(stay.transition().took());
      }
      if (!stays.isEmpty()) {
        Duration wall = absences.without(stays.getFirst().started(), stays.getLast().ended());
        lanes.add(new Lane(job.id(), job.state(), wall, executing, bars));
      }
    }

    /// A job is inside of a group from the start of the step by which it comes in until it goes to
    /// a state that is not of the group.
    private void takeGroups(List<Stay> stays) {
      String inside = "";
      Instant since = timeline.start();
      for (Stay stay : stays) {
        Counts counts = counts(stay.transition().from());
        String group = counts.shape.group();
        if (!group.equals(inside)) {
          counts.takeOutside(stay, seconds(stay.arrived()), seconds(stay.started()));
          leave(inside, since, stay.started());
          since = stay.started();
        }
        inside = counts(stay.transition().to()).shape.group().equals(group) ? group : "";
        if (inside.isEmpty()) {
          leave(group, since, stay.ended());
        }
      }
      leave(inside, since, timeline.end());
    }

    private void leave(String group, Instant since, Instant until) {
      if (!group.isEmpty()) {
        insideOfGroups
            .computeIfAbsent(group, name -> new Series(PARTS, partSeconds))
            .add(seconds(since), seconds(until));
      }
    }

    private double seconds(Instant at) {
      return Duration.between(timeline.start(), at).toNanos() / 1e9;
    }

    private List<Lane> slowest() {
      return lanes.stream()
          .sorted(Comparator.comparing(Lane::wall).reversed())
          .limit(SLOWEST)
          .toList();
    }

    private List<Lane> sample() {
      List<Lane> sample = new ArrayList<>();
      int all = lanes.size();
      for (int i = 0; i < Math.min(all, SAMPLE); i++) {
        sample.add(lanes.get((int) ((long) i * all / Math.min(all, SAMPLE))));
      }
      return sample;
    }
  }

  /// The figures of one state while they grow.
  private static final class Counts {
    final StateShape shape;
    final double partSeconds;
    final Spread executing = new Spread();
    final Spread waiting = new Spread();
    final Series executingNow;
    final Series waitingNow;
    final Series waitingOutside;
    final Series started;
    final Series ended;
    final Map<Limit, Series> holds = new EnumMap<>(Limit.class);
    long jobs;
    long executions;
    long failures;
    long retries;

    Counts(StateShape shape, double partSeconds) {
      this.shape = shape;
      this.partSeconds = partSeconds;
      this.executingNow = new Series(PARTS, partSeconds);
      this.waitingNow = new Series(PARTS, partSeconds);
      this.waitingOutside = new Series(PARTS, partSeconds);
      this.started = new Series(PARTS, partSeconds);
      this.ended = new Series(PARTS, partSeconds);
    }

    /// Something of which the transitions do not tell has held it for a share of this time.
    void hold(Limit limit, double from, double to, double share) {
      holds.computeIfAbsent(limit, each -> new Series(PARTS, partSeconds)).add(from, to, share);
    }

    /// @param waited how long the job has waited while a process was there
    void take(Stay stay, double arrivedAt, double startedAt, double endedAt, Duration waited) {
      executions++;
      executing.record(stay.transition().took().toNanos());
      executingNow.add(startedAt, endedAt);
      started.add(startedAt);
      ended.add(endedAt);
      if (stay.hasWaited()) {
        waiting.record(waited.toNanos());
        waitingNow.add(arrivedAt, startedAt);
      }
    }

    /// A job has waited for a place in the state's group too.
    void takeOutside(Stay stay, double arrivedAt, double startedAt) {
      if (stay.hasWaited()) {
        waitingOutside.add(arrivedAt, startedAt);
      }
    }

    /// @param isRunning in which parts of the run any step ran
    /// @param presence for how much of each part a process was there
    /// @param insideOfGroup how many jobs were inside of the state's group; null if it has none
    StateReport report(boolean[] isRunning, double[] presence, @Nullable Series insideOfGroup) {
      double[] insideEach = insideOfGroup == null ? new double[PARTS] : insideOfGroup.perSecond();
      double[] executingEach = executingNow.perSecond();
      double[] waitingEach = waitingNow.perSecond();
      double[] outsideEach = waitingOutside.perSecond();
      double[] startedEach = started.perSecond();
      Limit[] held = held(presence);
      List<Limit> limits = new ArrayList<>();
      double used = 0;
      double needed = 0;
      for (int i = 0; i < PARTS; i++) {
        double there = presence[i];
        boolean isGroupFull = outsideEach[i] >= 0.5 && insideEach[i] >= 0.9 * shape.groupMost();
        Limit noted = held[i];
        limits.add(
            noted != null
                ? noted
                : isRunning[i]
                    ? limit(
                        executingEach[i] / there,
                        waitingEach[i],
                        startedEach[i] / there,
                        isGroupFull)
                    : Limit.IDLE);
        if (limits.get(i) != Limit.IDLE) {
          needed++;
          used += use(executingEach[i] / there, startedEach[i] / there, insideEach[i]);
        }
      }
      return new StateReport(
          shape,
          jobs,
          executions,
          failures,
          retries,
          executing,
          waiting,
          executingEach,
          waitingEach,
          ended.perSecond(),
          limits,
          needed == 0 ? 0 : used / needed);
    }

    /// What held it for most of each part, as far as it was noted; else null.
    private @Nullable Limit[] held(double[] presence) {
      Limit[] held = new Limit[PARTS];
      double[] most = new double[PARTS];
      holds.forEach((limit, series) -> {
        double[] shares = series.perSecond();
        for (int i = 0; i < PARTS; i++) {
          if (shares[i] >= 0.5 * presence[i] && shares[i] > most[i]) {
            most[i] = shares[i];
            held[i] = limit;
          }
        }
      });
      return held;
    }

    /// A part is as long as a few executions at the least that count; so what is used up nine parts
    /// in ten counts as used up.
    private Limit limit(
        double executing, double waiting, double startedPerSecond, boolean isGroupFull) {
      if (executing == 0 && waiting == 0) {
        return Limit.IDLE;
      }
      if (waiting < 0.5) {
        return Limit.NO_WORK;
      }
      if (shape.concurrency() > 0 && executing >= 0.9 * shape.concurrency()) {
        return Limit.SLOTS;
      }
      if (shape.startsPerSecond() > 0 && isNear(startedPerSecond)) {
        return Limit.RATE;
      }
      return shape.groupMost() > 0 && isGroupFull ? Limit.GROUP : Limit.OTHER;
    }

    /// Starts come in whole numbers, so a part that is shorter than a few of them may miss one.
    private boolean isNear(double startedPerSecond) {
      double expected = shape.startsPerSecond() * partSeconds;
      return startedPerSecond * partSeconds >= Math.min(0.8 * expected, expected - 1);
    }

    private double use(double executing, double startedPerSecond, double inside) {
      double slots = shape.concurrency() == 0 ? 0 : executing / shape.concurrency();
      double permits =
          shape.startsPerSecond() == 0 ? 0 : startedPerSecond / shape.startsPerSecond();
      double places = shape.groupMost() == 0 ? 0 : inside / shape.groupMost();
      return Math.min(1, Math.max(places, Math.max(slots, permits)));
    }
  }
}
