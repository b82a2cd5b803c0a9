package dev.jorb.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What durability costs: everybody stores every transition before the job's next step.
final class JournalRow {
  private static final List<Contender> CONTENDERS =
      List.of(
          JorbEngine.withJournal(),
          new StoredChain("(b) group commit", JsonLines::new),
          new StoredChain("(d) SQLite, WAL", SqliteTable::new),
          new StoredChain("(e) RocksDB, synced", RocksKeys::new));
  private static final List<Target> TARGETS =
      List.of(Target.atLeast(0.8), Target.above(1), Target.above(1));

  private JournalRow() {}

  static List<Figure> measure(Scale scale, Path directory) throws Exception {
    Workload work = new Workload(scale.pick(30_000, 300_000), 3, 16);
    List<Entrant> entrants =
        CONTENDERS.stream().map(contender -> new Entrant(contender, work)).toList();
    Rounds rounds = Rounds.of(entrants, scale.pick(1, 3), scale.rounds(), directory);
    List<Figure> figures = new ArrayList<>();
    for (int i = 1; i < CONTENDERS.size(); i++) {
      figures.add(
          new Figure(
              "journal: speed ÷ " + CONTENDERS.get(i).name(),
              TARGETS.get(i - 1),
              rounds.ratios(0, i, Timing::perSecond),
              rounds.speeds(0, i) + rounds.besides(0, i)));
    }
    return figures;
  }
}
