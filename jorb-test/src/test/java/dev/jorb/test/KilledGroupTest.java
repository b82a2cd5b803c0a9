package dev.jorb.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.run.Run;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// A bound on the jobs between two states, killed at every place.
class KilledGroupTest {
  /// A service that outlives the process.
  static final class Forge {
    private final Simulation simulation;
    private final Set<Integer> open = new LinkedHashSet<>();
    private int mostOpen;

    Forge(Simulation simulation) {
      this.simulation = simulation;
    }

    Outcome<Change> push(Change change) throws InterruptedException {
      open.add(change.number);
      mostOpen = Math.max(mostOpen, open.size());
      simulation.sleep(Duration.ofSeconds(5));
      return Outcome.to("watch", change).after(Duration.ofMinutes(1));
    }

    Outcome<Change> watch(Change change) {
      open.remove(change.number);
      return Outcome.to("merged", change);
    }
  }

  record Change(int number) {}

  private final Workflow<Forge, String, Change> workflow =
      Workflow.named("changes", Forge.class, String.class, Change.class)
          .state("push", s -> s.exec((forge, overall, change) -> forge.push(change)).concurrency(9))
          .state(
              "watch", s -> s.exec((forge, overall, change) -> forge.watch(change)).concurrency(9))
          .terminal("merged")
          .group("open pull requests", 2, "push", "watch")
          .build();

  private Run<String, Change> run() {
    return workflow.run("r", "o").addAll(IntStream.range(0, 5).mapToObj(Change::new).toList());
  }

  @Test
  void neverHasMoreInsideThanItMay() {
    CrashReport report =
        CrashPoints.of(workflow, Forge::new, forge -> forge, forge -> run())
            .invariant("noMoreThanTwo", forge -> assertThat(forge.mostOpen).isEqualTo(2))
            .invariant("allMerged", forge -> assertThat(forge.open).isEmpty())
            .seeds(3)
            .check();

    assertThat(report.points()).isGreaterThan(20);
  }
}
