package dev.jorb.torture;

import dev.jorb.time.TimeSource;
import dev.jorb.torture.Finding.Kind;
import dev.jorb.torture.Plan.Order;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Runs rows, each in a thread of its own that is watched, and keeps what they did.
final class Campaign {
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private final Order order;
  private final String commit;
  private final Path scratch;
  private final Optional<Store> store;
  private final PrintStream progress;
  private final TimeSource time = TimeSource.system();
  private long lastProgressNanos = time.nanoTime();

  /// @param store where results are kept between two calls; none if they are not
  Campaign(Order order, String commit, Path scratch, Optional<Store> store, PrintStream progress) {
    this.order = order;
    this.commit = commit;
    this.scratch = scratch;
    this.store = store;
    this.progress = progress;
  }

  List<Result> run(List<Row> rows) {
    List<Result> results = new ArrayList<>();
    for (Row row : rows) {
      Result result = run(row);
      progress.println(Report.line(result));
      results.add(result);
    }
    return results;
  }

  private Result run(Row row) {
    Result earlier =
        store.flatMap(each -> each.find(row.name())).orElseGet(() -> Result.nothing(row));
    if (earlier.hasFailed()) {
      // What was found is looked into with this commit, or mended: it begins anew.
      earlier = Result.nothing(row);
    }
    boolean isOver =
        order.deadlineNanos().isPresent()
            && time.nanoTime() - order.deadlineNanos().getAsLong() >= 0;
    return earlier.isDone() || isOver ? earlier : watch(row, earlier);
  }

  private Result watch(Row row, Result earlier) {
    Path folder = emptyFolder(row);
    long began = time.nanoTime();
    Keeping keeping = new Keeping(earlier, began);
    Plan plan = new Plan(row, order, folder, earlier, keeping);
    Thread thread =
        Thread.ofPlatform().daemon().name(row.name()).start(() -> runUnwatched(row, plan));
    while (!joined(thread, LOOK)) {
      Thread stuck = plan.stuck(thread);
      if (stuck != null) {
        plan.giveUp(stuck);
        thread.interrupt();
        joined(thread, LAST_WORDS);
        break;
      }
    }
    keeping.keep(plan.turns(), plan.done(), plan.tally());
    deleteAll(folder);
    return keeping.result;
  }

  /// Keeps a row's result as it grows, and tells of it now and then.
  private final class Keeping implements Plan.Keeper {
    private final Result earlier;
    private final long beganNanos;
    private volatile Result result;

    Keeping(Result earlier, long beganNanos) {
      this.earlier = earlier;
      this.beganNanos = beganNanos;
      this.result = earlier;
    }

    @Override
    public synchronized void keep(long turns, long done, Tally tally) {
      long now = time.nanoTime();
      result = earlier.with(commit, turns, done, tally, (now - beganNanos) / 1_000_000);
      store.ifPresent(each -> each.put(result));
      if (now - lastProgressNanos > 10_000_000_000L && done < turns) {
        lastProgressNanos = now;
        progress.println(Report.line(result));
      }
    }
  }

  private static void runUnwatched(Row row, Plan plan) {
    try {
      row.run(plan);
    } catch (Finding finding) {
      plan.tally().found(finding.kind(), finding.kind().words + ": " + Texts.of(finding));
    } catch (Throwable failed) {
      plan.tally().found(Kind.BROKEN, "the row cannot run: " + Texts.of(failed));
    }
  }

  private static boolean joined(Thread thread, Duration wait) {
    try {
      return thread.join(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted; what was done is kept", e);
    }
  }

  private Path emptyFolder(Row row) {
    try {
      Path folder = scratch.resolve(row.name());
      deleteAll(folder);
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void deleteAll(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder())
          .forEach(each -> {
            try {
              Files.deleteIfExists(each);
            } catch (IOException e) {
              // Whoever hangs may still use it.
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
