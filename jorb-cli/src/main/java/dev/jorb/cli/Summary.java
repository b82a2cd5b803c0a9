package dev.jorb.cli;

import dev.jorb.event.StatusCount;
import dev.jorb.processor.RunSummary;
import dev.jorb.run.Job;
import dev.jorb.run.JobError;
import dev.jorb.run.Run;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What came of a run: jobs by state, parked jobs, errors by cause, and how to go on.
///
/// @param file the run file
/// @param ended how the execution ended
/// @param parked the parked jobs whose reasons are known; of a stopped run also those that were
///   parked before and did not get their turn
/// @param causes the errors of the run's whole life, the most frequent first
/// @param exit what the process will say
record Summary(
    Path file, RunSummary ended, List<Parked> parked, List<Cause> causes, ExitCode exit) {
  private static final int SHOWN_PARKED = 5;
  private static final int SHOWN_CAUSES = 10;
  private static final int SHOWN_CHARACTERS = 160;

  /// A parked job, and whether a new start leaves it parked.
  record Parked(String job, String state, String reason, boolean held) {}

  /// Errors in one state whose first lines are the same.
  record Cause(String state, String message, long count) {}

  /// @param known the workflow's states
  static Summary of(
      Path file, Run<?, ?> run, Collection<String> known, RunSummary ended, ExitCode exit) {
    List<Parked> parked = new ArrayList<>();
    Map<List<String>, Long> counts = new LinkedHashMap<>();
    for (Job<?> job : run.jobs()) {
      reason(job, known)
          .ifPresent(why -> parked.add(new Parked(job.id(), job.state(), why, job.isHeld())));
      for (JobError error : job.errors()) {
        String headline = Text.headline(error.message(), SHOWN_CHARACTERS);
        counts.merge(List.of(error.state(), headline), 1L, Long::sum);
      }
    }
    List<Cause> causes = new ArrayList<>();
    counts.forEach((cause, count) -> causes.add(new Cause(cause.get(0), cause.get(1), count)));
    causes.sort(Comparator.comparingLong(Cause::count).reversed());
    return new Summary(file, ended, parked, causes, exit);
  }

  private static Optional<String> reason(Job<?> job, Collection<String> known) {
    return job.parked()
        .or(() ->
            known.contains(job.state())
                ? Optional.empty()
                : Optional.of("the workflow has no state \"" + job.state() + "\""));
  }

  /// The counts as a table.
  static Table table(List<StatusCount> counts) {
    Table table = new Table();
    table.row("state", "waiting", "executing", "delayed", "parked", "executed", "ended");
    for (StatusCount count : counts) {
      if (count.terminal()) {
        table.row(count.state(), "", "", "", "", "", count.completed());
      } else {
        table.row(
            count.state(),
            count.waiting(),
            count.executing(),
            count.delayed(),
            count.parked(),
            count.completed(),
            "");
      }
    }
    return table;
  }

  void print(PrintStream out) {
    out.println(headline());
    table(ended.counts()).print(out);
    printProblems(out);
  }

  /// What a person should look at, and how to go on.
  void printProblems(PrintStream out) {
    printParked(out);
    printShutOut(out);
    printCauses(out);
    printOverdue(out);
    printHeld(out);
    String next = next();
    if (!next.isEmpty()) {
      out.println(next);
    }
  }

  private String headline() {
    String how = ended.wasStopped() ? "stopped" : ended.isComplete() ? "complete" : "at rest";
    return "run \""
        + ended.run()
        + "\" "
        + how
        + ": "
        + ended.ended()
        + " of "
        + Text.count(ended.jobs(), "job")
        + " ended, in "
        + Text.seconds(ended.took());
  }

  private void printParked(PrintStream out) {
    long all = Math.max(parked.size(), ended.parked());
    if (all == 0) {
      return;
    }
    out.println(Text.count(all, "parked job"));
    Table table = new Table();
    for (Parked each : parked.subList(0, Math.min(SHOWN_PARKED, parked.size()))) {
      table.row(each.job(), each.state(), Text.headline(each.reason(), SHOWN_CHARACTERS));
    }
    table.print(out);
    printMore(out, all - Math.min(SHOWN_PARKED, parked.size()));
  }

  /// Jobs that wait though the run is at rest: for a place in a group that parked jobs have.
  private void printShutOut(PrintStream out) {
    if (ended.wasStopped()) {
      return;
    }
    for (StatusCount count : ended.counts()) {
      if (count.waiting() > 0 && !count.hold().isEmpty()) {
        out.println(
            Text.count(count.waiting(), "job")
                + " in "
                + count.state()
                + " could not start: "
                + count.hold());
      }
    }
  }

  private void printCauses(PrintStream out) {
    if (causes.isEmpty()) {
      return;
    }
    out.println(Text.count(causes.stream().mapToLong(Cause::count).sum(), "error") + " by cause");
    Table table = new Table();
    for (Cause each : causes.subList(0, Math.min(SHOWN_CAUSES, causes.size()))) {
      table.row(each.count(), each.state(), each.message());
    }
    table.print(out);
    printMore(out, causes.size() - SHOWN_CAUSES);
  }

  private static void printMore(PrintStream out, long more) {
    if (more > 0) {
      out.println("  and " + more + " more");
    }
  }

  private void printOverdue(PrintStream out) {
    if (!ended.overdue().isEmpty()) {
      out.println(
          "did not stop in time, so their steps will run again: "
              + Text.some(ended.overdue(), SHOWN_PARKED));
    }
  }

  private long held() {
    return parked.stream().filter(Parked::held).count();
  }

  private void printHeld(PrintStream out) {
    parked.stream()
        .filter(Parked::held)
        .findFirst()
        .ifPresent(first ->
            out.println(
                Text.count(held(), "parked job")
                    + (held() == 1 ? " stays" : " stay")
                    + " so until sent on, as with: redrive "
                    + file
                    + " --state "
                    + first.state()
                    + " --where held --to "
                    + first.state()
                    + " --yes"));
  }

  private String next() {
    if (ended.wasStopped()) {
      long left = ended.jobs() - ended.ended();
      return "start again to go on with the remaining " + Text.count(left, "job");
    }
    long retried = ended.parked() - held();
    if (retried > 0) {
      return "start again to retry the " + Text.count(retried, "parked job");
    }
    return "";
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("run", ended.run());
    json.put("jobs", ended.jobs());
    json.put("states", JsonText.states(ended.counts()));
    json.put("file", file.toString());
    json.put("exit", exit.code());
    json.put("stopped", ended.wasStopped());
    json.put("ended", ended.ended());
    json.put("parked", ended.parked());
    json.put("took", ended.took().toString());
    json.put("overdue", ended.overdue());
    json.put("parkedJobs", parked.stream().map(Summary::json).toList());
    json.put("errors", causes.stream().map(Summary::json).toList());
    return json;
  }

  private static Map<String, Object> json(Parked parked) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("job", parked.job());
    json.put("state", parked.state());
    json.put("reason", parked.reason());
    return json;
  }

  private static Map<String, Object> json(Cause cause) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("state", cause.state());
    json.put("cause", cause.message());
    json.put("count", cause.count());
    return json;
  }
}
