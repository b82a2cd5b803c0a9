package dev.jorb.report;

import dev.jorb.run.HoldNote;
import dev.jorb.run.Job;
import dev.jorb.run.JobTransition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// When each job waited and was executed, as far as the transitions that it keeps tell.
///
/// A transition says when its step returned and how long it took, so it says when the step started;
/// the one before says when the job came. Jobs of the run came when the run began, which is when
/// the first of all steps started; a kicked job came when its parent's step returned that had
/// kicked it, taken to be the parent's last one before the child's first start. A stay in the same
/// state is a delay and no waiting: the job was told when to come back.
final class Timeline {
  private final Map<String, ? extends Job<?>> jobs;
  private final Instant start;
  private final Instant end;

  private Timeline(Map<String, ? extends Job<?>> jobs, Instant start, Instant end) {
    this.jobs = jobs;
    this.start = start;
    this.end = end;
  }

  /// One execution.
  ///
  /// @param arrived when the job came to the state, or was due again
  /// @param hasWaited whether the time from then to `started` is waiting, and no delay
  record Stay(
      JobTransition transition,
      Instant arrived,
      Instant started,
      Instant ended,
      boolean hasWaited) {}

  /// @param holds by what states were held: a run may begin and end with that
  static Timeline of(Collection<? extends Job<?>> all, Collection<HoldNote> holds) {
    Map<String, Job<?>> jobs = new HashMap<>();
    @Nullable Instant start = null;
    @Nullable Instant end = null;
    for (Job<?> job : all) {
      jobs.put(job.id(), job);
      for (JobTransition each : job.transitions()) {
        Instant started = each.at().minus(each.took());
        start = start == null || started.isBefore(start) ? started : start;
        end = end == null || each.at().isAfter(end) ? each.at() : end;
      }
    }
    for (HoldNote hold : holds.stream().filter(each -> !each.isAbsence()).toList()) {
      start = start == null || hold.since().isBefore(start) ? hold.since() : start;
      end = end == null || hold.until().isAfter(end) ? hold.until() : end;
    }
    Instant none = all.stream().map(Job::updated).min(Instant::compareTo).orElse(Instant.EPOCH);
    return new Timeline(jobs, start == null ? none : start, end == null ? none : end);
  }

  /// When the first step started, or was kept from it; of a run without any, when its first job was
  /// made.
  Instant start() {
    return start;
  }

  /// When the last step returned, or was still kept from starting.
  Instant end() {
    return end;
  }

  Duration length() {
    return Duration.between(start, end);
  }

  /// The executions of a job, oldest first.
  List<Stay> of(Job<?> job) {
    List<Stay> stays = new ArrayList<>();
    @Nullable JobTransition before = null;
    for (JobTransition each : job.transitions()) {
      stays.add(stay(job, before, each));
      before = each;
    }
    return stays;
  }

  /// @param before the transition before, if it is kept
  private Stay stay(Job<?> job, @Nullable JobTransition before, JobTransition each) {
    Instant started = each.at().minus(each.took());
    if (each.ordinal() == 1) {
      return stay(each, born(job, started), started, true);
    }
    return before == null || before.ordinal() != each.ordinal() - 1
        ? stay(each, started, started, false)
        : stay(each, before.at(), started, !before.from().equals(before.to()));
  }

  /// A clock that was set back must not make anybody wait for less than no time.
  private static Stay stay(JobTransition each, Instant arrived, Instant started, boolean waited) {
    return new Stay(each, arrived.isAfter(started) ? started : arrived, started, each.at(), waited);
  }

  private Instant born(Job<?> job, Instant firstStart) {
    Job<?> parent = job.parent().map(jobs::get).orElse(null);
    if (parent == null) {
      return job.parent().isPresent() ? firstStart : start;
    }
    Instant born = firstStart;
    for (JobTransition each : parent.transitions()) {
      if (!each.at().isAfter(firstStart)) {
        born = each.at();
      }
    }
    return born;
  }
}
