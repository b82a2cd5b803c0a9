package dev.jorb.bench;

import java.nio.file.Path;
import java.util.List;

/// What the engine itself costs: nothing is stored.
final class NoSerializerRow {
  private NoSerializerRow() {}

  static List<Figure> measure(Scale scale, Path directory) throws Exception {
    Workload work = new Workload(scale.pick(100_000, 500_000), 3, 16);
    List<Entrant> entrants =
        List.of(
            new Entrant(JorbEngine.withoutSerializer(), work), new Entrant(new PoolChain(), work));
    Rounds rounds = Rounds.of(entrants, scale.pick(1, 5), scale.rounds(), directory);
    return List.of(
        new Figure(
            "no serializer: speed ÷ (a) pool chain",
            Target.atLeast(0.5),
            rounds.ratios(0, 1, Timing::perSecond),
            rounds.speeds(0, 1) + rounds.besides(0, 1)));
  }
}
