package dev.jorb.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JobTableTest {
  private final JobTable<String> table = new JobTable<>();

  private static Job<String> job(String id) {
    return Job.create(id, "new", id, Instant.EPOCH);
  }

  private void put(String... ids) {
    for (String id : ids) {
      table.put(job(id));
    }
  }

  private List<String> ids() {
    return table.copy().stream().map(Job::id).toList();
  }

  @Test
  void jobsAreFoundWhateverTheirIdsAndKeepTheirOrder() {
    put("0", "1", "1->0", "2", "5", "x", "3", "01", "-1", "1->1", "6", "99999999999");

    assertThat(ids())
        .containsExactly(
            "0", "1", "1->0", "2", "5", "x", "3", "01", "-1", "1->1", "6", "99999999999");
    assertThat(ids()).allSatisfy(id -> assertThat(table.get(id)).hasToString(id + " v1 new"));
    assertThat(table.get("4")).isNull();
    assertThat(table.get("1->2")).isNull();
  }

  @Test
  void aJobWithTheSameIdTakesThePlaceOfTheOther() {
    put("0", "1", "a", "7");
    Job<String> other = Job.create("1", "done", "other", Instant.EPOCH);
    Job<String> next = table.get("7").next().state("done").build();
    table.put(other);
    table.put(next);

    assertThat(ids()).containsExactly("0", "1", "a", "7");
    assertThat(table.get("1")).isSameAs(other);
    assertThat(table.get("7")).isSameAs(next);
  }

  @Test
  void itIsAMapThatKeepsTheOrder() {
    long seed = Long.getLong("jorb.seed", System.nanoTime());
    Random random = new Random(seed);
    Map<String, Job<String>> model = new LinkedHashMap<>();
    for (int i = 0; i < 20_000; i++) {
      int number = random.nextInt(1 + i / 2);
      Job<String> job = job(random.nextInt(4) == 0 ? number + "->0" : Integer.toString(number));
      table.put(job);
      model.put(job.id(), job);
    }

    assertThat(table.copy()).as("seed %d", seed).containsExactlyElementsOf(model.values());
    assertThat(model)
        .as("seed %d", seed)
        .allSatisfy((id, job) -> assertThat(table.get(id)).isSameAs(job));
  }
}
