package dev.jorb.engine;

import dev.jorb.engine.ModelJob.Facts;
import dev.jorb.event.Pause;
import dev.jorb.event.StatusCount;
import dev.jorb.limit.SharedLimits;
import dev.jorb.run.Job;
import dev.jorb.run.Transition;
import dev.jorb.workflow.Workflow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// A board and its model in one process: told the same, and compared after each message.
final class Pair {
  final ReferenceModel model;
  final Map<String, Entry<String>> executing = new LinkedHashMap<>();

  /// Those of them whose time is running.
  final Set<String> begun = new HashSet<>();

  /// Those of these whose time is over.
  final Set<String> timedOut = new HashSet<>();

  /// Jobs with an order that is being carried out.
  final Map<String, Entry<String>> ordered = new LinkedHashMap<>();

  private final Scenario scenario;
  private final Board<String> board;

  Pair(Scenario scenario, Workflow<?, ?, String> workflow, ReferenceModel model) {
    this.scenario = scenario;
    this.model = model;
    this.board =
        new Board<>(
            workflow.states(),
            workflow.groups(),
            workflow.pauseWhen(),
            scenario.limits(),
            new LimitOwner(new SharedLimits(), RememberedLimits.NONE, () -> {}));
  }

  /// Tells the board what the model knows; returns the ids of the jobs that start.
  ///
  /// @param jobs how many there are
  List<String> apply(Message<String> message, long now, int jobs) {
    List<String> expected = model.starts(now);
    List<String> starts = new ArrayList<>();
    for (Entry<String> entry : board.apply(message, scenario.originNanos() + now)) {
      Map<String, Entry<String>> at = entry.is(Entry.Phase.ORDERED) ? ordered : executing;
      for (Entry<String> each : entry.together()) {
        starts.add(each.job.id());
        same("started already", at.put(each.job.id(), each), null);
      }
      if (entry.is(Entry.Phase.EXECUTING)) {
        List<String> ids = entry.together().stream().map(each -> each.job.id()).toList();
        same("its start is noted first", entry.notesFirst(), model.jobs().areNotedFirst(ids));
      }
    }
    same("starts", starts, expected);
    compareOverdue();
    same("executing", board.executing(), model.jobs().count(ModelJob.Phase.EXECUTING));
    same("uncommitted", board.uncommitted(), model.jobs().count(ModelJob.Phase.COMMITTING));
    same("resting", isResting(), model.jobs().areResting());
    same("idle", board.isIdle(), model.isIdle());
    same("paused", paused(), model.pauses.all());
    compareDue(now);
    compareStatus(jobs);
    return starts;
  }

  boolean isResting() {
    return board.isResting();
  }

  /// The names of the states that are paused, and an empty one for the run.
  List<String> paused() {
    return board.paused().stream().map(Pause::state).map(state -> state.orElse("")).toList();
  }

  /// When something happens by itself, says the board; -1 for never.
  long nextDue(long now) {
    OptionalLong due = board.nextDueNanos(scenario.originNanos() + now);
    return due.isPresent() ? due.getAsLong() - scenario.originNanos() : -1;
  }

  /// A step has come to its end, in one way or the other.
  void leave(Entry<String> entry) {
    executing.remove(entry.job.id());
    begun.remove(entry.job.id());
    timedOut.remove(entry.job.id());
  }

  /// The jobs whose steps may run without a note of it.
  List<Job<String>> unnoted() {
    List<Job<String>> unnoted = new ArrayList<>();
    executing.values().forEach(entry -> unnoted.add(entry.job));
    unnoted.removeIf(job -> model.jobs().job(job.id()).noted);
    return unnoted;
  }

  /// What is to be recorded.
  static List<Result<String>> results(Steps.Answer<String> answer) {
    return switch (answer) {
      case Steps.Recordable<String> recordable -> List.of(recordable.result());
      case Steps.Several<String> several ->
          several.answers().stream().flatMap(each -> results(each).stream()).toList();
      default -> throw new AssertionError(answer);
    };
  }

  private void compareOverdue() {
    SortedSet<String> overdue = new TreeSet<>();
    board.takeOverdue().forEach(entry -> overdue.add(entry.job.id()));
    same("overdue", overdue, model.takeOverdue());
    overdue.stream().filter(begun::contains).forEach(timedOut::add);
  }

  /// The board may wake up for a deadline that means nothing any more, but once only.
  private void compareDue(long now) {
    long told = nextDue(now);
    long expected = model.nextDue(now);
    boolean isEarly = told > now && (expected < 0 || told < expected) && model.hasHadDeadlines();
    if (!isEarly) {
      same("next due", told, expected);
    }
  }

  private void compareStatus(long expected) {
    long jobs = 0;
    for (StatusCount count : board.status()) {
      same("status", count, model.status(scenario.stateIndex(count.state())));
      jobs += count.jobs();
    }
    same("jobs counted", jobs, expected);
  }

  /// Compares what is decided of a job with what the model says.
  void compare(Job<String> job, Result<String> result, ModelVerdicts.Verdict expected) {
    Transition<String> transition = result.encoded().transition();
    Job<String> next = transition.job();
    Facts facts = expected.next();
    long delay = result.delay().toNanos();
    same("target", next.state(), scenario.stateName(facts.state));
    same("context", next.context(), facts.context);
    same("attempt", next.attempt(), facts.attempt);
    same("parked", next.parked().isPresent(), facts.parked);
    same("held", next.isHeld(), facts.held);
    same("priority", next.priority(), facts.priority);
    same("awaits its kicks", next.awaitsKicks(), facts.awaits);
    same("laps", next.laps(), facts.laps);
    same("deadline", next.deadline().orElse(null), Replay.atMillis(facts.deadlineMillis));
    same("crashes", next.crashes(), 0);
    same("errors", next.errorCount() - job.errorCount(), expected.logged() ? 1 : 0);
    same("transitions", next.transitionCount() - job.transitionCount(), expected.transitions());
    same("failed", result.failed(), expected.failed());
    same("version", next.version(), job.version() + 1);
    same(
        "due",
        next.due().orElse(null),
        facts.dueMillis < 0 ? null : Replay.atMillis(facts.dueMillis));
    if (delay < expected.least() || delay > expected.most()) {
      throw new AssertionError("a delay of " + delay + " ns where the model says " + expected);
    }
    same("kicks", transition.kicked().size(), expected.kicks().size());
    for (int i = 0; i < transition.kicked().size(); i++) {
      Job<String> kicked = transition.kicked().get(i);
      same("kick", kicked.id(), job.id() + "->" + (job.kicks() + i));
      same("kick", kicked.state(), scenario.stateName(expected.kicks().get(i)));
    }
  }

  static void same(String what, Object board, Object model) {
    if (!Objects.equals(board, model)) {
      throw new AssertionError(what + ": the board says " + board + ", the model " + model);
    }
  }
}
