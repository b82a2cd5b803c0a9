package dev.jorb.cli;

import dev.jorb.event.StatusCount;
import dev.jorb.measure.Spread;
import dev.jorb.report.ErrorCluster;
import dev.jorb.report.ErrorClusters;
import dev.jorb.report.Limit;
import dev.jorb.report.RunReport;
import dev.jorb.report.StateGraph;
import dev.jorb.report.StateReport;
import dev.jorb.run.HoldNote;
import dev.jorb.run.StateShape;
import dev.jorb.serial.RunFile;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/// Everything that a report says, in whatever form.
///
/// @param made when the file was read
record ReportData(
    RunFile file,
    Instant made,
    List<StatusCount> counts,
    RunReport report,
    StateGraph graph,
    ErrorClusters errors) {
  private static final int SHOWN_CHARACTERS = 100;
  private static final MathContext DIGITS = new MathContext(4);

  static ReportData of(RunFile file, List<StateShape> declared) {
    Instant now = Instant.now();
    var jobs = file.run().jobs();
    return new ReportData(
        file,
        now,
        StatusCount.of(jobs, file.states(), file.terminalStates(), file.executing(), now),
        RunReport.of(declared, jobs, file.run().holdNotes()),
        StateGraph.of(declared, jobs),
        ErrorClusters.of(jobs));
  }

  long ended() {
    return counts.stream().filter(StatusCount::terminal).mapToLong(StatusCount::completed).sum();
  }

  long parked() {
    return counts.stream().mapToLong(StatusCount::parked).sum();
  }

  long failures() {
    return report.states().stream().mapToLong(StateReport::failures).sum();
  }

  long executions() {
    return report.states().stream().mapToLong(StateReport::executions).sum();
  }

  Duration length() {
    return Duration.between(report.start(), report.end());
  }

  String headline() {
    int jobs = file.run().size();
    return ended()
        + " of "
        + Text.count(jobs, "job")
        + " ended"
        + (parked() == 0 ? "" : ", " + parked() + " parked")
        + "; "
        + Text.count(executions(), "execution")
        + ", "
        + failures()
        + " failed, in "
        + Text.seconds(length())
        + (report.idle().compareTo(length().dividedBy(20)) > 0
            ? ", of which nothing was executed for " + Text.seconds(report.idle())
            : "");
  }

  /// How much of the run each state was limited by what: `slots 62 %, no work 38 %`.
  static String limits(StateReport state) {
    StringJoiner all = new StringJoiner(", ");
    shares(state)
        .forEach((limit, share) -> {
          if (limit != Limit.IDLE && share >= 0.01) {
            all.add(limit.words() + " " + Math.round(100 * share) + " %");
          }
        });
    return all.toString();
  }

  private static Map<Limit, Double> shares(StateReport state) {
    Map<Limit, Double> shares = new EnumMap<>(Limit.class);
    state.limits().forEach(limit -> shares.merge(limit, 1.0 / state.limits().size(), Double::sum));
    return shares;
  }

  void print(PrintStream out) {
    out.println("run \"" + file.run().name() + "\": " + headline());
    out.println(report.bottleneck().sentence());
    Summary.table(counts).print(out);
    Table states = new Table();
    states.row(
        "state",
        "executed",
        "failed",
        "retried",
        "p50",
        "p95",
        "longest",
        "waited p95",
        "limited by");
    for (StateReport state : report.states()) {
      if (state.isOfNote()) {
        states.row(
            state.shape().name(),
            state.executions(),
            state.failures(),
            state.retries(),
            Text.seconds(state.executing().at(50)),
            Text.seconds(state.executing().at(95)),
            Text.seconds(state.executing().max()),
            Text.seconds(state.waiting().at(95)),
            limits(state));
      }
    }
    states.print(out);
    printErrors(out);
    printSlowest(out);
    graph.differences().forEach(out::println);
  }

  private void printErrors(PrintStream out) {
    if (errors.all().isEmpty()) {
      return;
    }
    out.println("errors by cause");
    Table table = new Table();
    for (ErrorCluster each : errors.all().stream().limit(10).toList()) {
      String headline = Text.headline(each.pattern().headline(), SHOWN_CHARACTERS);
      table.row(each.id(), each.errors(), ErrorsVerb.states(each), headline);
    }
    table.print(out);
  }

  private void printSlowest(PrintStream out) {
    if (report.slowest().isEmpty()) {
      return;
    }
    out.println("slowest jobs");
    Table table = new Table();
    for (RunReport.Lane lane : report.slowest().stream().limit(5).toList()) {
      String executing = "of which " + Text.seconds(lane.executing()) + " executing";
      table.row(lane.job(), lane.state(), Text.seconds(lane.wall()), executing);
    }
    table.print(out);
  }

  /// The same for programs, and for the page's pictures.
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("run", file.run().name());
    file.workflowName().ifPresent(name -> json.put("workflow", name));
    json.put("made", made.toString());
    json.put("live", file.holder().isPresent());
    json.put("jobs", file.run().size());
    json.put("ended", ended());
    json.put("parked", parked());
    json.put("executions", executions());
    json.put("failures", failures());
    json.put("start", report.start().toString());
    json.put("end", report.end().toString());
    json.put("partSeconds", rounded(report.partSeconds()));
    json.put("bottleneck", bottleneck());
    json.put("counts", JsonText.states(counts));
    json.put("states", report.states().stream().map(ReportData::json).toList());
    json.put("graph", GraphVerb.json(graph));
    json.put("errors", errors.all().stream().map(ErrorsVerb::json).toList());
    json.put("slowest", report.slowest().stream().map(ReportData::json).toList());
    json.put("sample", report.sample().stream().map(this::bars).toList());
    json.put("holds", file.run().holdNotes().stream().map(ReportData::json).toList());
    json.put("redrives", file.redrives().stream().map(RedriveVerb::json).toList());
    return json;
  }

  private Map<String, Object> bottleneck() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("state", report.bottleneck().state());
    json.put("limit", report.bottleneck().limit().name());
    json.put("share", rounded(report.bottleneck().share()));
    json.put("sentence", report.bottleneck().sentence());
    return json;
  }

  private static Map<String, Object> json(StateReport state) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("state", state.shape().name());
    json.put("terminal", state.shape().terminal());
    json.put("concurrency", state.shape().concurrency());
    json.put("startsPerSecond", rounded(state.shape().startsPerSecond()));
    json.put("jobs", state.jobs());
    json.put("executions", state.executions());
    json.put("failures", state.failures());
    json.put("retries", state.retries());
    json.put("executing", json(state.executing()));
    json.put("waiting", json(state.waiting()));
    json.put("use", rounded(state.use()));
    Map<String, Object> limited = new LinkedHashMap<>();
    shares(state).forEach((limit, share) -> limited.put(limit.name(), rounded(share)));
    json.put("limitedBy", limited);
    json.put("limits", state.limits().stream().map(Enum::name).toList());
    json.put("executingNow", rounded(state.executingNow()));
    json.put("waitingNow", rounded(state.waitingNow()));
    json.put("endedPerSecond", rounded(state.endedPerSecond()));
    return json;
  }

  /// Seconds throughout.
  private static Map<String, Object> json(Spread spread) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("count", spread.count());
    json.put("total", seconds(spread.total()));
    json.put("mean", seconds(spread.mean()));
    json.put("p50", seconds(spread.at(50)));
    json.put("p95", seconds(spread.at(95)));
    json.put("p99", seconds(spread.at(99)));
    json.put("max", seconds(spread.max()));
    json.put(
        "buckets",
        spread.buckets().stream()
            .map(bucket -> List.of(seconds(bucket.upTo()), bucket.count()))
            .toList());
    return json;
  }

  private static Map<String, Object> json(RunReport.Lane lane) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("job", lane.job());
    json.put("state", lane.state());
    json.put("wall", seconds(lane.wall()));
    json.put("executing", seconds(lane.executing()));
    return json;
  }

  private static Map<String, Object> json(HoldNote hold) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("state", hold.state());
    json.put("by", Limit.of(hold.by()).map(Enum::name).orElse("NO_PROCESS"));
    json.put("since", hold.since().toString());
    json.put("until", hold.until().toString());
    json.put("seconds", seconds(hold.held()));
    return json;
  }

  private Map<String, Object> bars(RunReport.Lane lane) {
    List<String> names = report.states().stream().map(state -> state.shape().name()).toList();
    Map<String, Object> json = json(lane);
    List<List<Object>> bars = new ArrayList<>();
    for (RunReport.Bar bar : lane.bars()) {
      bars.add(
          List.of(
              names.indexOf(bar.state()), rounded(bar.from()), rounded(bar.to()), bar.failed()));
    }
    json.put("bars", bars);
    return json;
  }

  private static Number seconds(Duration duration) {
    return rounded(duration.toNanos() / 1e9);
  }

  private static List<Number> rounded(double[] all) {
    List<Number> rounded = new ArrayList<>(all.length);
    for (double each : all) {
      rounded.add(rounded(each));
    }
    return rounded;
  }

  /// To four digits, or to the millisecond if that is more: the page would be twice as large
  /// otherwise.
  private static Number rounded(double number) {
    if (number == Math.rint(number)) {
      return (long) number;
    }
    BigDecimal exact = BigDecimal.valueOf(number);
    return number >= 10 ? Math.round(number * 1_000) / 1_000.0 : exact.round(DIGITS).doubleValue();
  }
}
