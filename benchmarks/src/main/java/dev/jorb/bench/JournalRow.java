package dev.jorb.bench;

import java.nio.file.Path;
import java.util.List;

/// What durability costs: everybody stores every transition before the job's next step.
final class JournalRow {
  private JournalRow() {}

  static List<Figure> measure(Scale scale, Path directory) throws Exception {
    Workload work = new Workload(scale.pick(50_000, 300_000), 3, 16);
    List<Contender> contenders =
        List.of(JorbEngine.withJournal(), new StoredChain("(b) group commit", JsonLines::new));
    Rounds rounds = Rounds.of(contenders, work, scale.pick(2, 4), scale.rounds(), directory);
    return List.of(
        new Figure(
            "journal: speed ÷ (b) group commit",
            Target.atLeast(0.8),
            rounds.speedRatios(0, 1),
            rounds.speeds(0, 1) + rounds.besides(0, 1)));
  }
}
