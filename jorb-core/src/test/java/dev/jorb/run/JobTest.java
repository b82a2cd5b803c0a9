package dev.jorb.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class JobTest {
  private static final Instant AT = Instant.parse("2026-11-24T10:42:07.113Z");
  private static final Duration TOOK = Duration.ofMillis(532);

  @Nested
  class Moved {
    @Test
    void isWhatABuilderMakesOfAPlainJob() {
      Job<String> job = Job.<String>builder("17->0", "edit").parent("17").context("old").build();

      for (int i = 0; i < 200; i++) { // Long enough that the oldest transitions are dropped.
        Job<String> moved = job.moved("push", "new " + i, AT.plusMillis(i), TOOK);
        Job<String> built =
            job.next()
                .state("push")
                .context("new " + i)
                .updated(AT.plusMillis(i))
                .transition(job.state(), "push", AT.plusMillis(i), TOOK)
                .build();

        assertThat(moved).usingRecursiveComparison().isEqualTo(built);
        assertThat(moved.isPlain()).isTrue();
        job = moved;
      }
      assertThat(job.version()).isEqualTo(201);
    }

    @Test
    void isRefusedWhereThereIsMoreToSay() {
      Job<String> job = Job.create("3", "edit", "context", AT);

      for (Job<String> other :
          List.of(
              job.copy().attempt(1).build(),
              job.copy().kicks(1).build(),
              job.copy().parked("a reason").build(),
              job.copy().crashes(1).build(),
              job.copy().inDoubt(true).build(),
              job.copy().laps(1).build(),
              job.copy().priority(1).build(),
              job.copy().due(AT).build(),
              job.copy().deadline(AT).build(),
              job.copy().error("edit", AT, "HTTP 502").build())) {
        assertThat(other.isPlain()).isFalse();
        assertThatIllegalStateException()
            .isThrownBy(() -> other.moved("push", "new", AT, TOOK))
            .withMessageContaining("is not plain");
      }
    }
  }
}
