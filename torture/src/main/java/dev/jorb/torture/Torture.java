package dev.jorb.torture;

import static java.util.Objects.requireNonNull;

import dev.jorb.time.TimeSource;
import dev.jorb.torture.Plan.Order;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Tries to make a run file lose something.
@Command(
    name = ".ci/torture",
    mixinStandardHelpOptions = true,
    description = {
      "Tries to make a run file lose something, and prints what came of it.",
      "Ends with 0 if all was done and nothing was found, 1 if something was, 2 if the options do not"
          + " fit, 3 if there is more to do."
    },
    sortOptions = false)
public final class Torture implements Callable<Integer> {
  static final int GOOD = 0;
  static final int FOUND = 1;
  static final int NOT_DONE = 3;

  @Option(names = "--short", description = "A part of each row; the usual.")
  private boolean isShort;

  @Option(
      names = "--full",
      description = "All of each row. Goes on where an earlier call was stopped.")
  private boolean isFull;

  @Option(names = "--only", paramLabel = "ROW", description = "Only this row; may be given again.")
  private List<String> only = new ArrayList<>();

  @Option(names = "--seed", paramLabel = "N", description = "The seed of all random choices.")
  private @Nullable Long seed;

  @Option(
      names = "--turn",
      paramLabel = "N",
      description = "Only this turn of the row, as a finding names it. Keeps nothing.")
  private @Nullable Long turn;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the results there too.")
  private @Nullable Path json;

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description = "Writes the table between the two marks in this document.")
  private @Nullable Path markdown;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = {
        "Where --full keeps its results between two calls; ${DEFAULT-VALUE}, which git keeps too.",
        "A folder that is not there yet is for a campaign that begins anew."
      })
  private Path state = Path.of("torture", "campaign");

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = "Stops after about so long; --full goes on with the next call.")
  private @Nullable Double minutes;

  @Option(names = "--list", description = "Says what rows there are, and does nothing.")
  private boolean list;

  @Option(names = "--commit", hidden = true, description = "What is tortured.")
  private String commit = "unknown";

  @Option(names = "--scratch", hidden = true, description = "A folder for temporary files.")
  private Path scratch = Path.of("torture", "target", "scratch");

  @Spec private @Nullable CommandSpec spec;
  private final List<Row> rows;

  Torture(List<Row> rows) {
    this.rows = rows;
  }

  /// Runs the campaign and ends the process with what came of it.
  public static void main(String[] args) {
    System.exit(new CommandLine(new Torture(Rows.all())).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    List<Row> chosen = chosen();
    if (list) {
      chosen.forEach(each -> System.out.printf("%-22s %s%n", each.name(), each.what()));
      return GOOD;
    }
    if (isShort && isFull) {
      throw misuse("--short and --full are not both possible");
    }
    Optional<Store> store =
        isFull && turn == null ? Optional.of(new Store(state)) : Optional.empty();
    Order order = new Order(isFull, seed(store), turn(), deadline());
    System.err.printf(
        "torture, %s, seed %d, commit %s%n%s%n",
        isFull ? "full" : "short", order.seed(), commit, Report.head());
    try (Claims claims = new Claims()) {
      claim(claims, chosen);
      List<Result> results = new Campaign(order, commit, scratch, store, System.err).run(chosen);
      report(new Report(commit, order.seed(), isFull, results));
      return verdict(results);
    }
  }

  private void claim(Claims claims, List<Row> chosen) throws IOException {
    for (Row row : chosen) {
      if (!claims.tryAdd(scratch, row)) {
        throw misuse(
            "another process does the row \"%s\" in %s; wait for its end"
                .formatted(row.name(), scratch));
      }
    }
  }

  private ParameterException misuse(String what) {
    return new ParameterException(requireNonNull(spec).commandLine(), what);
  }

  private List<Row> chosen() {
    for (String name : only) {
      if (rows.stream().noneMatch(row -> row.name().equals(name))) {
        throw misuse(
            "there is no row \""
                + name
                + "\"; there are "
                + String.join(", ", rows.stream().map(Row::name).toList()));
      }
    }
    return rows.stream().filter(row -> only.isEmpty() || only.contains(row.name())).toList();
  }

  private long seed(Optional<Store> store) {
    OptionalLong kept = store.map(Store::seed).orElse(OptionalLong.empty());
    if (kept.isPresent()) {
      if (seed != null && seed != kept.getAsLong()) {
        throw misuse(
            "the campaign in "
                + state
                + " has the seed "
                + kept.getAsLong()
                + "; leave out --seed to go on with it, or give another --state");
      }
      return kept.getAsLong();
    }
    long chosen = seed != null ? seed : TimeSource.system().instant().toEpochMilli();
    store.ifPresent(each -> each.begin(chosen));
    return chosen;
  }

  private OptionalLong turn() {
    return turn == null ? OptionalLong.empty() : OptionalLong.of(turn);
  }

  private OptionalLong deadline() {
    if (minutes == null) {
      return OptionalLong.empty();
    }
    long nanos = Duration.ofMillis((long) (minutes * 60_000)).toNanos();
    return OptionalLong.of(TimeSource.system().nanoTime() + nanos);
  }

  private void report(Report report) throws IOException {
    System.out.println(report.table());
    if (json != null) {
      Files.writeString(json, report.json() + "\n");
    }
    if (markdown != null) {
      report.writeInto(
          markdown, LocalDate.ofInstant(TimeSource.system().instant(), ZoneOffset.UTC));
    }
  }

  private static int verdict(List<Result> results) {
    if (results.stream().anyMatch(Result::hasFailed)) {
      return FOUND;
    }
    if (!results.stream().allMatch(Result::isDone)) {
      return NOT_DONE;
    }
    return results.stream().allMatch(Result::isOk) ? GOOD : FOUND;
  }
}
