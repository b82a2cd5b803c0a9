package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.MemoryRunFile;
import dev.jorb.time.TimeSource;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A run at rest that is changed by hand.
class RestingEngineTest {
  private final Workflow<String, String, String> workflow =
      Workflow.named("w", String.class, String.class, String.class)
          .state("new", s -> s.exec((app, overall, job) -> Outcome.to("done", job)))
          .terminal("done")
          .build();
  private final MemoryRunFile file = new MemoryRunFile();
  private final TimeSource time = TimeSource.system();
  private final Run<String, String> run = workflow.run("resting", "");
  private RestingEngine<String, String> engine;

  @BeforeEach
  void begin() {
    run.put(Job.create("a", "new", "", time.instant()));
    run.put(Job.create("b", "new", "", time.instant()).copy().parked("look").build());
    run.put(Job.create("c", "done", "", time.instant()));
    engine = new RestingEngine<>(workflow, run, file.open(workflow, time), time);
  }

  /// The job as its file has it.
  private Job<String> stored(String id) {
    engine.close();
    try (var serializer = file.open(workflow, time)) {
      return serializer.load().orElseThrow().job(id).orElseThrow();
    }
  }

  @Test
  void jobsAreParkedButThoseThatHaveEnded() {
    assertThat(engine.park(job -> true, "wait for me")).isEqualTo(2);

    assertThat(run.job("a").orElseThrow().parked()).contains("wait for me");
    assertThat(stored("a").parked()).contains("wait for me");
    assertThat(stored("c").parked()).isEmpty();
  }

  @Test
  void parkedJobsAreReleased() {
    assertThat(engine.release(job -> true)).isEqualTo(1);

    assertThat(stored("b").parked()).isEmpty();
  }

  @Test
  void jobsAreCancelled() {
    assertThat(engine.cancel(job -> job.id().equals("b"))).isEqualTo(1);
    assertThat(engine.cancel(job -> job.id().equals("b"))).isZero();

    assertThat(stored("b").state()).isEqualTo(Job.CANCELLED);
    assertThat(stored("a").state()).isEqualTo("new");
  }

  @Test
  void jobsAreGivenAPriority() {
    assertThat(engine.prioritize(job -> job.id().equals("a"), 7)).isEqualTo(1);
    assertThat(engine.prioritize(job -> true, 7)).isEqualTo(1);

    assertThat(stored("a").priority()).isEqualTo(7);
  }

  @Test
  void manyJobsAreChangedInBatches() {
    engine.close();
    Run<String, String> many = workflow.run("many", "");
    many.addAll(IntStream.range(0, 4_096 + 1).mapToObj(Integer::toString));
    MemoryRunFile large = new MemoryRunFile();
    engine = new RestingEngine<>(workflow, many, large.open(workflow, time), time);

    assertThat(engine.cancel(job -> true)).isEqualTo(4_097);
    engine.close();
    try (var serializer = large.open(workflow, time)) {
      assertThat(serializer.load().orElseThrow().jobs())
          .allMatch(job -> job.state().equals(Job.CANCELLED));
    }
  }

  @Test
  void fullBatchesAreKeptIfWhoChoosesFails() {
    engine.close();
    Run<String, String> many = workflow.run("many", "");
    many.addAll(IntStream.range(0, 5_000).mapToObj(Integer::toString));
    MemoryRunFile large = new MemoryRunFile();
    engine = new RestingEngine<>(workflow, many, large.open(workflow, time), time);
    AtomicInteger asked = new AtomicInteger();

    assertThatThrownBy(() ->
            engine.cancel(job -> {
              if (asked.incrementAndGet() > 4_500) {
                throw new IllegalArgumentException("which?");
              }
              return true;
            }))
        .hasMessage("which?");
    engine.close();
    try (var serializer = large.open(workflow, time)) {
      assertThat(serializer.load().orElseThrow().jobs())
          .filteredOn(job -> job.state().equals(Job.CANCELLED))
          .hasSize(4_096);
    }
  }

  @Test
  void runThatCannotBeginGivesItsFileBack() {
    engine.close();
    Run<String, String> other = workflow.run("other", "");
    var serializer = file.open(workflow, time);
    assertThatThrownBy(() -> new RestingEngine<>(workflow, other, serializer, time))
        .isInstanceOf(RuntimeException.class);

    assertThat(stored("a").state()).isEqualTo("new");
  }
}
