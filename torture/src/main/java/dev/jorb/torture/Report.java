package dev.jorb.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What rows did, as text for a terminal, as JSON, and as a table in a document.
final class Report {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String BEGIN = "<!-- torture -->\n";
  private static final String END = "<!-- end of torture -->";

  private final String commit;
  private final long seed;
  private final boolean full;
  private final List<Result> results;

  Report(String commit, long seed, boolean full, List<Result> results) {
    this.commit = commit;
    this.seed = seed;
    this.full = full;
    this.results = results;
  }

  static String head() {
    return String.format(
        Locale.ROOT,
        "%-22s %12s %6s %9s %8s %5s %9s %9s",
        "row",
        "trials",
        "lost",
        "repeated",
        "silently",
        "hung",
        "95% bound",
        "time");
  }

  static String line(Result r) {
    String verdict =
        r.hasFailed()
            ? "FAILED"
            : r.isDone()
                ? r.trials() > 0 ? "ok" : "FAILED: nothing was tried"
                : "not done: " + r.done() + " of " + (r.turns() < 0 ? "all" : r.turns());
    return String.format(
        Locale.ROOT,
        "%-22s %,12d %6d %9d %8d %5d %9.1e %7.1f s %s",
        r.row(),
        r.trials(),
        r.lost(),
        r.repeatedBeyondBound(),
        r.silentlyWrong(),
        r.hung(),
        r.bound95(),
        r.millis() / 1_000.0,
        verdict);
  }

  String table() {
    StringBuilder text = new StringBuilder(head()).append('\n');
    results.forEach(each -> text.append(line(each)).append('\n'));
    for (Result each : results) {
      each.messages()
          .forEach(message ->
              text.append('\n').append(each.row()).append(": ").append(message).append('\n'));
    }
    return text.append("\ncommit ").append(commit).append(", seed ").append(seed).toString();
  }

  String json() {
    ObjectNode all = JSON.createObjectNode().put("commit", commit).put("seed", seed);
    ArrayNode rows = all.putArray("rows");
    for (Result each : results) {
      ObjectNode row =
          rows.addObject()
              .put("row", each.row())
              .put("trials", each.trials())
              .put("lost", each.lost())
              .put("repeatedBeyondBound", each.repeatedBeyondBound())
              .put("silentlyWrong", each.silentlyWrong())
              .put("hung", each.hung())
              .put("bound95", each.bound95())
              .put("ok", each.isOk());
      if (!each.commits().isEmpty() && !each.commits().equals(java.util.Set.of(commit))) {
        ArrayNode commits = row.putArray("commits");
        each.commits().forEach(commits::add);
      }
    }
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all);
  }

  /// Replaces what stands between the two marks in the document.
  void writeInto(Path document, LocalDate date) throws IOException {
    String text = Files.readString(document);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END, begin);
    if (begin < 0 || end < 0) {
      throw new IOException(
          document + " has no lines " + BEGIN.strip() + " and " + END + " for the table");
    }
    Files.writeString(
        document, text.substring(0, begin + BEGIN.length()) + markdown(date) + text.substring(end));
  }

  private String markdown(LocalDate date) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "`.ci/torture --%s`, commit `%s`, seed %d, %s, on %s.%n%n",
            full ? "full" : "short",
            commit,
            seed,
            date,
            machine()));
    text.append(
        "| row | trials | lost | repeated beyond the bound | silently wrong | hung | 95 % bound |"
            + " | commit |\n");
    text.append("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |\n");
    for (Result r : results) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %,d | %d | %d | %d | %d | %.1e | %s | %s |%n",
              r.what(),
              r.trials(),
              r.lost(),
              r.repeatedBeyondBound(),
              r.silentlyWrong(),
              r.hung(),
              r.bound95(),
              r.isOk() ? "ok" : r.hasFailed() ? "failed" : "not complete",
              String.join(", ", r.commits())));
    }
    return text.toString();
  }

  private static String machine() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.availableProcessors()
        + " processors ("
        + System.getProperty("os.arch")
        + "), "
        + System.getProperty("os.name")
        + " "
        + System.getProperty("os.version")
        + ", Java "
        + Runtime.version().feature();
  }
}
