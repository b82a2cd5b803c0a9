package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.run.Job;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LiveLinesTest {
  /// A line and whose it is.
  private record Seen(Job<String> job, long offset, int length) {}

  @Test
  void itKnowsTheNewestLineOfEachJobInTheOrderInWhichTheyCame() {
    long seed = Long.getLong("jorb.seed", System.nanoTime());
    Random random = new Random(seed);
    LiveLines live = new LiveLines();
    Map<String, Seen> model = new LinkedHashMap<>();
    long offset = 0;
    for (int i = 0; i < 20_000; i++) {
      int number = i < 500 ? i : random.nextInt(i);
      String id = random.nextInt(4) == 0 ? number + "->0" : Integer.toString(number);
      Seen seen =
          new Seen(Job.create(id, "new", "", Instant.EPOCH), offset, random.nextInt(1, 300));
      live.put(seen.job(), seen.offset(), seen.length());
      model.put(id, seen);
      offset += seen.length();
    }

    assertThat(live.size()).isEqualTo(model.size());
    assertThat(live.bytes()).isEqualTo(model.values().stream().mapToLong(Seen::length).sum());
    int position = 0;
    for (Seen seen : model.values()) {
      assertThat(new Seen(seen.job(), live.offset(position), live.length(position)))
          .as("seed %d", seed)
          .isEqualTo(seen);
      assertThat(live.job(position)).as("seed %d", seed).isSameAs(seen.job());
      assertThat(live.newest(seen.job())).as("seed %d", seed).isSameAs(seen.job());
      position++;
    }
  }
}
