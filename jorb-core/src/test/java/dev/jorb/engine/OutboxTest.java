package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.run.Job;
import dev.jorb.run.Transition;
import dev.jorb.serial.Serializer.Encoded;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What waits for the journal thread.
class OutboxTest {
  private final Desk desk =
      Desk.of(w -> w.state("work", s -> s.exec(Desk::step).concurrency(2)).terminal("done"));
  private final Outbox<String> outbox = new Outbox<>();

  private Result<String> result(String id) {
    Entry<String> entry = desk.entry(id);
    Transition<String> transition = new Transition<>(entry.job.next().build(), List.of());
    return new Result<>(entry, new Encoded<>(transition, new byte[10]), Duration.ZERO);
  }

  @Test
  void firstResultIsToldFromThoseThatFollow() {
    desk.enter("work", "a", "b");

    assertThat(outbox.add(result("a"))).isTrue();
    assertThat(outbox.add(result("b"))).isFalse();
    assertThat(outbox.take().results()).hasSize(2);
    assertThat(outbox.add(result("a"))).as("after all was taken").isTrue();
  }

  @Test
  void startsWaitForResultsUntilItIsQuiet() {
    desk.enter("work", "a", "b");
    assertThat(outbox.isWorthWriting(true)).as("nothing").isFalse();

    outbox.started(desk.entry("a"));
    assertThat(outbox.isWorthWriting(false)).isFalse();
    assertThat(outbox.isWorthWriting(true)).isTrue();
    outbox.add(result("b"));
    assertThat(outbox.isWorthWriting(false)).isTrue();

    assertThat(outbox.take().started()).extracting(Job::id).containsExactly("a");
    assertThat(outbox.isWorthWriting(true)).as("after all was taken").isFalse();
  }
}
