package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.measure.LimitedBy;
import dev.jorb.workflow.Failures;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// States and runs that pause themselves, by plain calls.
class PausesTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Nested
  class AState {
    private final Desk desk =
        Desk.of(w ->
            w.state("work", s -> s.exec(Desk::step).pauseWhen(Failures.moreThan(2)))
                .state("other", s -> s.exec(Desk::step))
                .terminal("done"));

    private void failsAndCommits(String id) {
      desk.fails(id);
      desk.commits(id);
    }

    @Test
    void pausesItselfAfterOneFailureTooMany() {
      desk.enter("work", "a");
      failsAndCommits("a");
      failsAndCommits("a");
      assertThat(desk.notices()).isEmpty();

      desk.fails("a");
      assertThat(desk.notices()).containsExactly("paused work: more than 2 failures");
      assertThat(desk.commits("a")).isEmpty();
      assertThat(desk.count("work").waiting()).isEqualTo(1);
      assertThat(desk.board().isResting()).isFalse();
      assertThat(desk.enter("other", "b")).containsExactly("b");
    }

    @Test
    void goesOnWhenToldAndCountsAnew() {
      desk.enter("work", "a");
      failsAndCommits("a");
      failsAndCommits("a");
      failsAndCommits("a");

      assertThat(desk.resumes("work")).containsExactly("a");
      failsAndCommits("a");
      assertThat(desk.board().paused()).isEmpty();
    }

    @Test
    void successesCountForNothing() {
      desk.enter("work", "a");
      for (int i = 0; i < 50; i++) {
        desk.returns("a", "work");
        desk.commits("a");
      }
      failsAndCommits("a");
      failsAndCommits("a");

      assertThat(desk.board().paused()).isEmpty();
    }

    @Test
    void pausedByHandStaysSo() {
      desk.pauses("work");

      assertThat(desk.enter("work", "a")).isEmpty();
      assertThat(desk.board().paused())
          .singleElement()
          .satisfies(pause -> assertThat(pause.reason()).isEqualTo("by hand"));
    }
  }

  @Test
  void onlyTheLastAttemptsCount() {
    Desk desk =
        Desk.of(w ->
            w.state("work", s -> s.exec(Desk::step).pauseWhen(Failures.moreThan(1).ofLast(3)))
                .terminal("done"));
    desk.enter("work", "a");
    for (int i = 0; i < 5; i++) {
      desk.fails("a");
      desk.commits("a");
      desk.returns("a", "work");
      desk.commits("a");
      desk.returns("a", "work");
      assertThat(desk.commits("a")).containsExactly("a");
    }
    desk.fails("a");
    desk.commits("a");
    desk.fails("a");

    assertThat(desk.commits("a")).isEmpty();
    assertThat(desk.notices())
        .containsExactly("paused work: more than 1 failure of the last 3 attempts");
  }

  @Test
  void runPausesItselfForFailuresInAnyState() {
    Desk desk =
        Desk.of(w ->
            w.state("work", s -> s.exec(Desk::step))
                .state("other", s -> s.exec(Desk::step))
                .terminal("done")
                .pauseWhen(Failures.moreThan(1)));
    desk.enter("work", "a");
    desk.enter("other", "b");
    desk.fails("a");
    desk.fails("b");

    assertThat(desk.commits("a", "b")).isEmpty();
    assertThat(desk.notices()).containsExactly("paused run: more than 1 failure");
    assertThat(desk.resumesRun()).containsExactly("b", "a");
    assertThat(desk.notices()).containsExactly("resumed run");
  }

  @Test
  void runIsPausedByHand() {
    Desk desk = Desk.of(w -> w.state("work", s -> s.exec(Desk::step)).terminal("done"));
    desk.pausesRun();

    assertThat(desk.enter("work", "a")).isEmpty();
    assertThat(desk.resumesRun()).containsExactly("a");
  }

  @Nested
  class ACircuit {
    private final Desk desk =
        Desk.of(w ->
            w.state(
                    "call",
                    s -> s.exec(Desk::step).concurrency(2).circuit(Failures.moreThan(1), MINUTE))
                .terminal("done"));

    private void opens() {
      desk.enter("call", "a", "b", "c", "d");
      desk.fails("a");
      desk.fails("b"); // c and d have started in the place of a and b only if the first left room.
      desk.notices();
    }

    @Test
    void holdsItsQueueAndProbesWithOneJob() {
      opens();
      desk.returns("c", "done");
      desk.commits("a", "b", "c");

      assertThat(desk.untilNextDue()).isEqualTo(MINUTE);
      assertThat(desk.passes(MINUTE.minusNanos(1))).isEmpty();
      assertThat(desk.passes(Duration.ofNanos(1))).containsExactly("d");
      assertThat(desk.notices()).containsExactly("probes call with d");
      assertThat(desk.passes(MINUTE.multipliedBy(10))).isEmpty();
    }

    @Test
    void goesOnWhenTheProbeSucceeds() {
      opens();
      desk.returns("c", "done");
      desk.commits("a", "b", "c");
      desk.passes(MINUTE);

      assertThat(desk.returns("d", "done")).containsExactly("a", "b");
      assertThat(desk.notices()).containsExactly("probes call with d", "resumed call");
      assertThat(desk.board().paused()).isEmpty();
    }

    @Test
    void waitsAsLongAgainWhenItFails() {
      opens();
      desk.returns("c", "done");
      desk.commits("a", "b", "c");
      desk.passes(MINUTE);
      desk.fails("d");
      desk.commits("d");

      assertThat(desk.untilNextDue()).isEqualTo(MINUTE);
      assertThat(desk.passes(MINUTE)).containsExactly("a");
    }

    @Test
    void probeThatIsTakenBackIsTriedAgain() {
      opens();
      desk.returns("c", "done");
      desk.commits("a", "b", "c");
      desk.passes(MINUTE);

      assertThat(desk.withdraws("d")).containsExactly("d");
    }

    @Test
    void whatStillRanWhenItOpenedDecidesNothing() {
      opens();

      assertThat(desk.returns("c", "done")).isEmpty();
      assertThat(desk.board().paused()).hasSize(1);
    }

    @Test
    void isWhatHoldsItsStateUntilAJobMayTry() {
      opens();
      desk.commits("a", "b");
      assertThat(desk.limitedBy("call")).isEqualTo(LimitedBy.PAUSED);

      desk.resumes("call");
      assertThat(desk.limitedBy("call")).isEqualTo(LimitedBy.SLOTS);
    }

    @Test
    void isClosedByHand() {
      opens();

      assertThat(desk.resumes("call")).containsExactly("d");
      assertThat(desk.board().paused()).isEmpty();
    }
  }
}
