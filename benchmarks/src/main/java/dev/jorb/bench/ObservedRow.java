package dev.jorb.bench;

import dev.jorb.event.StatusCount;
import dev.jorb.processor.RunHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// What it costs to be watched.
///
/// Measures and histories are always on, so there is no run without them. What they cost is the
/// time for all that is counted of a transition, by JMH, divided by the CPU time of a transition in
/// a run. What can be switched is the watching: a status listener that asks for all measures, too,
/// each time that it is told something.
final class ObservedRow {
  private ObservedRow() {}

  static List<Figure> measure(Scale scale, Path directory) throws Exception {
    List<Figure> figures = new ArrayList<>();
    List<Figure> meters = new ArrayList<>();
    MethodsRow.run("dev.jorb.engine.MeterBenchmark", 1, scale, meters);
    for (JorbEngine jorb : List.of(JorbEngine.withoutSerializer(), JorbEngine.withJournal())) {
      Workload work = new Workload(scale.pick(30_000, 300_000), 3, 16);
      AtomicLong heard = new AtomicLong();
      List<Entrant> entrants =
          List.of(
              new Entrant(jorb.observed((counts, handle) -> watch(counts, handle, heard)), work),
              new Entrant(jorb, work));
      Rounds rounds = Rounds.of(entrants, scale.pick(1, 4), scale.pick(2, 15), directory);
      if (heard.get() == 0) {
        throw new IllegalStateException("the listener heard nothing");
      }
      figures.add(
          new Figure(
              jorb.name() + ": time with status listener and measures asked for ÷ without",
              Target.atMost(1.05),
              rounds.ratios(0, 1, Timing::nanosPerTransition),
              rounds.speeds(0, 1)));
      figures.add(share(jorb, meters.getFirst(), rounds));
    }
    return figures;
  }

  private static void watch(List<StatusCount> counts, RunHandle handle, AtomicLong heard) {
    heard.addAndGet(counts.stream().mapToLong(StatusCount::completed).sum());
    heard.addAndGet(handle.measures().whole().times().waiting().count());
  }

  private static Figure share(JorbEngine jorb, Figure meter, Rounds rounds) {
    List<Double> cpuNanos = rounds.perRound(round -> 1e9 / round.get(1).perCpuSecond());
    return new Figure(
        jorb.name() + ": 1 + time for measures and histories ÷ CPU time of a transition",
        Target.atMost(1.05),
        cpuNanos.stream().map(each -> 1 + meter.value() / each).toList(),
        "%s ns of %s ns"
            .formatted(Numbers.text(meter.value()), Numbers.text(Numbers.median(cpuNanos))));
  }
}
