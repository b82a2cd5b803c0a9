package dev.jorb.bench;

import dev.jorb.event.StatusCount;
import dev.jorb.event.StatusListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// What it costs to be watched. Histories are always on; a status listener is what can be switched.
final class ObservedRow {
  private ObservedRow() {}

  static List<Figure> measure(Scale scale, Path directory) throws Exception {
    List<Figure> figures = new ArrayList<>();
    for (JorbEngine jorb : List.of(JorbEngine.withoutSerializer(), JorbEngine.withJournal())) {
      Workload work = new Workload(scale.pick(50_000, 300_000), 3, 16);
      AtomicLong heard = new AtomicLong();
      StatusListener listener =
          counts -> heard.addAndGet(counts.stream().mapToLong(StatusCount::completed).sum());
      List<Entrant> entrants =
          List.of(new Entrant(jorb.observed(listener), work), new Entrant(jorb, work));
      Rounds rounds = Rounds.of(entrants, scale.pick(1, 4), scale.pick(3, 15), directory);
      if (heard.get() == 0) {
        throw new IllegalStateException("the listener heard nothing");
      }
      figures.add(
          new Figure(
              jorb.name() + ": time with a status listener ÷ without",
              Target.atMost(1.05),
              rounds.ratios(0, 1, Timing::nanosPerTransition),
              rounds.speeds(0, 1)));
    }
    return figures;
  }
}
