package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.run.Job;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Jobs that wait for the jobs that they kicked, by plain calls.
class JoinTest {
  private final Desk desk =
      Desk.of(w ->
          w.state("split", s -> s.exec(Desk::step).concurrency(10))
              .state("part", s -> s.exec(Desk::step).concurrency(200_000))
              .state("gather", s -> s.exec(Desk::step).concurrency(10))
              .terminal("done"));

  @Nested
  class WhileKicksAreOut {
    @Test
    void parentStartsWhenTheLastKickIsDurablyAtItsEnd() {
      desk.enter("split", "a");
      desk.returnsToJoin("a", "gather", "part", "part");

      assertThat(desk.commits("a")).containsExactly("a->0", "a->1");
      desk.returns("a->0", "done");
      assertThat(desk.commits("a->0")).isEmpty();
      assertThat(desk.returns("a->1", "done")).isEmpty();
      assertThat(desk.commits("a->1")).containsExactly("a");
    }

    @Test
    void parentIsCountedAsDelayed() {
      desk.enter("split", "a");
      desk.returnsToJoin("a", "gather", "part");
      desk.commits("a");

      assertThat(desk.count("gather").delayed()).isEqualTo(1);
      assertThat(desk.untilNextDue()).isNull();
    }

    @Test
    void kicksOfEarlierReturnsCountToo() {
      desk.enter("split", "a");
      desk.returns("a", "split", "part");
      desk.commits("a");
      desk.returnsToJoin("a", "gather");

      assertThat(desk.commits("a")).isEmpty();
      desk.returns("a->0", "done");
      assertThat(desk.commits("a->0")).containsExactly("a");
    }

    @Test
    void kickThatMovesOnIsStillOut() {
      desk.enter("split", "a");
      desk.returnsToJoin("a", "gather", "part");
      desk.commits("a");
      desk.returns("a->0", "part");

      assertThat(desk.commits("a->0")).containsExactly("a->0");
    }

    @Test
    void parkedKickKeepsItsParentWaitingAndTheRunRests() {
      desk.enter("split", "a");
      desk.returnsToJoin("a", "gather", "part");
      desk.commits("a");
      desk.returnsParked("a->0");

      assertThat(desk.commits("a->0")).isEmpty();
      assertThat(desk.board().isResting()).isTrue();
    }

    @Test
    void grandchildrenHoldTheirParentOnly() {
      desk.enter("split", "a");
      desk.returnsToJoin("a", "gather", "split");
      desk.commits("a");
      desk.returnsToJoin("a->0", "gather", "part");
      desk.commits("a->0");
      desk.returns("a->0->0", "done");

      assertThat(desk.commits("a->0->0")).containsExactly("a->0");
      desk.returns("a->0", "done");
      assertThat(desk.commits("a->0")).containsExactly("a");
    }
  }

  @Nested
  class WhenNothingIsOut {
    @Test
    void parentGoesOnAtOnce() {
      desk.enter("split", "a");
      desk.returnsToJoin("a", "gather");

      assertThat(desk.commits("a")).containsExactly("a");
    }

    @Test
    void kicksThatAreBornAtTheirEndHoldNobody() {
      desk.enter("split", "a");
      desk.returnsToJoin("a", "gather", "done", "done");

      assertThat(desk.commits("a")).containsExactly("a");
    }
  }

  @Nested
  class AfterARestart {
    private Job<String> parent() {
      return Desk.job("a", "gather").copy().kicks(2).awaitsKicks(true).build();
    }

    private Job<String> child(int n, String state) {
      return Desk.job("a->" + n, state).copy().parent("a").build();
    }

    private List<String> enter(List<Job<String>> jobs) {
      return desk.enterJobs(jobs.stream().map(job -> Desk.arrival(job, Duration.ZERO)).toList());
    }

    @Test
    void parentWaitsForThoseThatAreStillOut() {
      assertThat(enter(List.of(parent(), child(0, "done"), child(1, "part"))))
          .containsExactly("a->1");
      desk.returns("a->1", "done");
      assertThat(desk.commits("a->1")).containsExactly("a");
    }

    @Test
    void parentStartsIfAllHaveEnded() {
      assertThat(enter(List.of(parent(), child(0, "done"), child(1, "done")))).containsExactly("a");
    }
  }

  @Tag("slow")
  @Test
  void kicksAreCounted() {
    int count = 100_000;
    desk.enter("split", "a");
    String[] states = new String[count];
    java.util.Arrays.fill(states, "part");
    desk.returnsToJoin("a", "gather", states);
    assertThat(desk.commits("a")).isNotEmpty();
    List<String> started = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      started.addAll(desk.finishes("a->" + i, "done"));
    }
    assertThat(started).doesNotContain("a");
  }
}
