package dev.jorb.bench;

import dev.jorb.bench.Contest.Rule;
import dev.jorb.bench.Contest.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Simulated services on virtual time, called by the engine's own board under one rule after the
/// other: the same figures in every run. Then a real server on loopback, called by the real engine.
final class LimitsRow {
  /// The folder for plots and the table; none if not set.
  static final String FOLDER = "jorb.plots";

  private static final String HEAD =
      """
      | service | rule | useful ÷ capacity, last quarter | useful ÷ capacity, whole | refused ÷ all | until 90 % | recovery | fairness |
      | --- | --- | --- | --- | --- | --- | --- | --- |
      """;

  private LimitsRow() {}

  static List<Figure> measure(Scale scale, Path directory) throws Exception {
    List<Figure> figures = new ArrayList<>();
    StringBuilder table = new StringBuilder(HEAD);
    for (Contest contest : Contests.rates()) {
      rates(play(contest, Contests.rateRules(contest, false), table), figures);
    }
    Contest keys = Contests.keys();
    rates(play(keys, Contests.rateRules(keys, true), table), figures);
    for (Contest contest : Contests.concurrencies()) {
      concurrency(play(contest, Contests.concurrencyRules(contest), table), figures);
    }
    write("table.md", table.toString());
    figures.addAll(LoopbackCalls.measure(scale.pick(500, 10_000), directory));
    return figures;
  }

  private static List<Score> play(Contest contest, List<Rule> rules, StringBuilder table)
      throws IOException {
    List<Score> scores = rules.stream().map(contest::play).toList();
    scores.forEach(score -> table.append(line(score)));
    write(Plot.fileName(contest.name()), Plot.of(contest, scores));
    return scores;
  }

  private static void write(String name, String text) throws IOException {
    String folder = System.getProperty(FOLDER, "");
    if (!folder.isEmpty()) {
      Files.createDirectories(Path.of(folder));
      Files.writeString(Path.of(folder, name), text);
    }
  }

  private static String line(Score score) {
    return String.format(
        Locale.ROOT,
        "| %s | %s | %.3f | %.3f | %.3f %% | %s | %s | %.2f |%n",
        score.contest().name(),
        score.rule(),
        score.steady(),
        score.whole(),
        100 * score.refusedPart(),
        seconds(score.secondsUntilUsed(0)),
        score.contest().changes().isEmpty() ? "" : seconds(score.recovery()),
        score.fairness());
  }

  private static String seconds(double seconds) {
    return Double.isNaN(seconds) ? "never" : Math.round(seconds) + " s";
  }

  private static void rates(List<Score> scores, List<Figure> figures) {
    Score go = scores.get(2);
    Score ours = scores.getLast();
    Contest contest = ours.contest();
    String note = note(scores);
    figures.add(
        figure(
            contest, "useful ÷ capacity, last quarter", Target.atLeast(0.95), ours.steady(), note));
    figures.add(
        figure(
            contest,
            "refused ÷ all",
            Target.atMost(contest.hints() ? 0.001 : 0.01),
            ours.refusedPart(),
            percent(scores)));
    figures.add(
        figure(
            contest,
            "useful, ours ÷ Go rule",
            Target.atLeast(1),
            (double) ours.calls() / go.calls(),
            ours.calls() + " and " + go.calls()));
    figures.add(
        figure(
            contest,
            "refused ÷ all, ours less Go rule",
            Target.atMost(0),
            ours.refusedPart() - go.refusedPart(),
            ""));
  }

  private static void concurrency(List<Score> scores, List<Figure> figures) {
    Score best = scores.get(1);
    Score ours = scores.getLast();
    figures.add(
        figure(
            ours.contest(),
            "useful, ours ÷ best fixed, last quarter",
            Target.atLeast(0.95),
            ours.steady() / best.steady(),
            note(scores)));
    figures.add(
        figure(
            ours.contest(),
            "useful, ours ÷ Go rule",
            Target.atLeast(1),
            (double) ours.calls() / scores.get(2).calls(),
            ""));
  }

  private static Figure figure(
      Contest contest, String what, Target target, double value, String note) {
    return new Figure("limits, " + contest.name() + ": " + what, target, List.of(value), note);
  }

  private static String note(List<Score> scores) {
    return String.join(
        "; ",
        scores.stream().map(each -> each.rule() + " " + Numbers.text(each.steady())).toList());
  }

  private static String percent(List<Score> scores) {
    return String.join(
        "; ",
        scores.stream()
            .map(each ->
                each.rule() + String.format(Locale.ROOT, " %.3f %%", 100 * each.refusedPart()))
            .toList());
  }
}
