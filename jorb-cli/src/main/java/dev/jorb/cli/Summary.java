package dev.jorb.cli;

import dev.jorb.event.StatusCount;
import dev.jorb.processor.RunSummary;
import dev.jorb.report.ErrorCluster;
import dev.jorb.report.ErrorClusters;
import dev.jorb.run.Job;
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
/// @param causes the errors of the run's whole life by cause, as the verb `errors` has them
/// @param strays jobs in states that the workflow does not have, by state
/// @param exit what the process will say
record Summary(
    Path file,
    RunSummary ended,
    List<Parked> parked,
    List<ErrorCluster> causes,
    List<Stray> strays,
    ExitCode exit) {
  private static final int SHOWN_PARKED = 5;
  private static final int SHOWN_CAUSES = 10;
  private static final int SHOWN_CHARACTERS = 160;

  /// A parked job, and whether a new start leaves it parked.
  record Parked(String job, String state, String reason, boolean held) {}

  /// Jobs in a state that the workflow does not have, such as one that was misspelt in the file.
  ///
  /// @param nearest the workflow's state whose name is most like it
  record Stray(String state, long jobs, String nearest) {}

  /// @param known the workflow's states
  static Summary of(
      Path file, Run<?, ?> run, Collection<String> known, RunSummary ended, ExitCode exit) {
    List<Parked> parked = new ArrayList<>();
    Map<String, Long> unknown = new LinkedHashMap<>();
    for (Job<?> job : run.jobs()) {
      reason(job, known)
          .ifPresent(why -> parked.add(new Parked(job.id(), job.state(), why, job.isHeld())));
      if (!known.contains(job.state()) && !job.state().equals(Job.CANCELLED)) {
        unknown.merge(job.state(), 1L, Long::sum);
      }
    }
    List<Stray> strays = new ArrayList<>();
    unknown.forEach(
        (state, jobs) -> strays.add(new Stray(state, jobs, Text.nearest(state, known).orElse(""))));
    List<ErrorCluster> causes = new ArrayList<>(ErrorClusters.of(run.jobs()).all());
    causes.sort(Comparator.comparingLong(ErrorCluster::errors).reversed());
    return new Summary(file, ended, parked, causes, strays, exit);
  }

  private static Optional<String> reason(Job<?> job, Collection<String> known) {
    return job.parked()
        .or(() ->
            known.contains(job.state()) || job.state().equals(Job.CANCELLED)
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
    printStrays(out);
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
    long errors = causes.stream().mapToLong(ErrorCluster::errors).sum();
    out.println(Text.count(errors, "error") + " by cause; errors ID tells more of one");
    Table table = new Table();
    for (ErrorCluster each : causes.subList(0, Math.min(SHOWN_CAUSES, causes.size()))) {
      // A single one is told as it was: it has nothing to be told from.
      String headline = each.errors() == 1 ? each.example() : each.pattern().headline();
      table.row(
          each.id(),
          each.errors(),
          ErrorsVerb.states(each),
          Text.headline(headline, SHOWN_CHARACTERS));
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

  private long lost() {
    return strays.stream().mapToLong(Stray::jobs).sum();
  }

  /// Another start would find them where they are.
  private void printStrays(PrintStream out) {
    for (Stray each : strays) {
      out.println(
          "the workflow has no state \""
              + each.state()
              + "\""
              + (each.nearest().isEmpty() ? "" : "; did you mean \"" + each.nearest() + "\"?")
              + " Send its "
              + Text.count(each.jobs(), "job")
              + " on, as with: redrive "
              + file
              + " --state "
              + each.state()
              + " --to "
              + (each.nearest().isEmpty() ? "STATE" : each.nearest())
              + " --yes");
    }
  }

  private String next() {
    if (ended.wasStopped()) {
      long left = ended.jobs() - ended.ended();
      return "start again to go on with the remaining " + Text.count(left, "job");
    }
    long retried = ended.parked() - held() - lost();
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

  private static Map<String, Object> json(ErrorCluster cause) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", cause.id());
    json.put("states", cause.states());
    json.put("cause", cause.pattern().headline());
    json.put("count", cause.errors());
    return json;
  }
}
