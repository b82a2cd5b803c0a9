package dev.jorb.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.run.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ErrorClustersTest {
  private static final Instant START = Instant.parse("2026-11-24T10:00:00Z");

  private static Job<String> failed(int id, String state, int second, String error) {
    Instant at = START.plusSeconds(second);
    return Job.<String>builder(Integer.toString(id), state)
        .context("")
        .updated(at)
        .transition(state, state, at, Duration.ofSeconds(1))
        .error(state, at, error)
        .build();
  }

  @Tag("slow")
  @Test
  void tenThousandJobsWithRandomIdsFormTheClustersOfTheirCauses() {
    long seed = Long.getLong("jorb.seed", new Random().nextLong());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<Job<String>> jobs = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      jobs.add(failed(i, "push", i, message(i % 5, random)));
    }

    ErrorClusters clusters = ErrorClusters.of(jobs);

    assertThat(clusters.all())
        .hasSize(5)
        .allSatisfy(each -> {
          assertThat(each.errors()).isEqualTo(2_000);
          assertThat(each.jobs()).hasSize(2_000);
          assertThat(each.stuck()).isEqualTo(each.jobs());
          assertThat(each.jobs().stream().map(id -> Integer.parseInt(id) % 5).distinct())
              .hasSize(1);
        });
  }

  private static String message(int cause, Random random) {
    byte[] bytes = new byte[20];
    random.nextBytes(bytes);
    String hash = HexFormat.of().formatHex(bytes);
    int number = random.nextInt(1_000_000);
    UUID uuid = new UUID(random.nextLong(), random.nextLong());
    return switch (cause) {
      case 0 -> "HTTP 502 for https://api.example.com/builds/" + number + "?token=" + hash;
      case 1 -> "HTTP 404 for https://api.example.com/builds/" + number + "?token=" + hash;
      case 2 -> "fatal: reference is not a tree: " + hash;
      case 3 ->
          "/srv/" + uuid + "/src/Foo" + number + ".java:" + number + ": error: cannot find symbol";
      default -> "order " + uuid + " of customer '" + hash + "' timed out after " + number + " ms";
    };
  }

  @Test
  void clusterSaysHowOftenWhereAndWhen() {
    Job<String> moved =
        failed(2, "push", 9, "build 2 broke")
            .next()
            .state("done")
            .updated(START.plusSeconds(20))
            .transition("push", "done", START.plusSeconds(20), Duration.ZERO)
            .build();
    List<Job<String>> jobs =
        List.of(
            failed(0, "push", 5, "build 17 broke"),
            failed(1, "edit", 3, "build 4 broke"),
            moved,
            failed(3, "push", 7, "no such branch"));

    ErrorCluster cluster = ErrorClusters.of(jobs).all().getFirst();

    assertThat(cluster.pattern().headline()).isEqualTo("build <n> broke");
    assertThat(cluster.errors()).isEqualTo(3);
    assertThat(cluster.states()).isEqualTo(Map.of("push", 2L, "edit", 1L));
    assertThat(cluster.states().keySet()).first().isEqualTo("push");
    assertThat(cluster.first()).isEqualTo(START.plusSeconds(3));
    assertThat(cluster.last()).isEqualTo(START.plusSeconds(9));
    assertThat(cluster.jobs()).containsExactly("0", "1", "2");
    assertThat(cluster.stuck()).as("job 2 went on").containsExactly("0", "1");
    assertThat(cluster.example()).as("the earliest").isEqualTo("build 4 broke");
  }

  @Test
  void jobThatAPersonMovedIsNotStuck() {
    Job<String> edited = failed(0, "push", 5, "build 17 broke").copy().state("edit").build();

    assertThat(ErrorClusters.of(List.of(edited)).all().getFirst().stuck()).isEmpty();
  }

  @Test
  void idIsTheSameInEveryRun() {
    String here = ErrorClusters.of(List.of(failed(0, "a", 1, "job 1 broke"))).all().getFirst().id();
    ErrorClusters there =
        ErrorClusters.of(List.of(failed(0, "x", 2, "other"), failed(1, "b", 3, "job 22 broke")));

    assertThat(here).hasSize(6);
    assertThat(there.startingWith(here)).hasSize(1);
    assertThat(there.startingWith("zz")).isEmpty();
  }
}
