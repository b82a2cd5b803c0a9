package dev.jorb.serial;

import dev.jorb.run.Job;
import dev.jorb.run.Transition;
import dev.jorb.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// What a worker spends on writing its result down.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncodeBenchmark {
  private final JournalSerializer<Campaign, Change> journal =
      JournalSerializer.at(
          Path.of("never-opened.jorb"),
          Workflow.named("encode", Object.class, Campaign.class, Change.class)
              .terminal("done")
              .build());
  private final Transition<Change> transition = transition();

  /// An overall context.
  public record Campaign(String ticket) {}

  /// A job context.
  public record Change(String repository, String branch, int passed) {}

  private static Transition<Change> transition() {
    Instant at = Instant.parse("2026-11-24T10:42:07.113Z");
    Job<Change> before =
        Job.create("123456", "step-2", new Change("github.com/example/service-17", "main", 1), at);
    Job<Change> after =
        before
            .next()
            .state("step-3")
            .context(before.context())
            .updated(at)
            .transition("step-2", "step-3", at, Duration.ofNanos(1_234_567))
            .build();
    return new Transition<>(after, List.of());
  }

  /// A transition to a line of a run file: the context by Jackson, the envelope, two checksums.
  @Benchmark
  public Object transitionToLine() throws EncodeException {
    return journal.encode(transition);
  }
}
