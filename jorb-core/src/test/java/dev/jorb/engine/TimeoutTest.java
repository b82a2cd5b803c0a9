package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.run.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Executions that take longer than their state allows, by plain calls.
class TimeoutTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Desk desk =
      Desk.of(w ->
          w.state("build", s -> s.exec(Desk::step).concurrency(2).timeout(MINUTE))
              .state("free", s -> s.exec(Desk::step).concurrency(2))
              .terminal("done"));

  @Test
  void executionIsOverdueWhenItsTimeIsOver() {
    desk.enter("build", "a");
    desk.begins("a");

    desk.passes(MINUTE.minusNanos(1));
    assertThat(desk.overdue()).isEmpty();
    desk.passes(Duration.ofNanos(1));
    assertThat(desk.overdue()).containsExactly("a");
  }

  @Test
  void stepMayBeInterruptedIfItsStateHasATimeoutOrItsJobADeadline() {
    Desk desk =
        Desk.of(w ->
            w.state("timed", s -> s.exec(Desk::step).timeout(MINUTE))
                .state("free", s -> s.exec(Desk::step).concurrency(2))
                .terminal("done"));
    Job<String> late = Desk.job("c", "free").copy().deadline(Instant.EPOCH.plusSeconds(60)).build();
    desk.enter("timed", "a");
    desk.enter("free", "b");
    desk.enterJobs(List.of(Desk.arrival(late, Duration.ZERO)));

    assertThat(desk.entry("a").hasTimeLimit()).isTrue();
    assertThat(desk.entry("b").hasTimeLimit()).isFalse();
    assertThat(desk.entry("c").hasTimeLimit()).isTrue();
  }

  @Test
  void timeCountsFromWhenTheStepBegins() {
    desk.enter("build", "a");
    desk.passes(MINUTE);
    desk.begins("a");

    assertThat(desk.untilNextDue()).isEqualTo(MINUTE);
    desk.passes(MINUTE.minusNanos(1));
    assertThat(desk.overdue()).isEmpty();
  }

  @Test
  void isSaidOnce() {
    desk.enter("build", "a");
    desk.begins("a");
    desk.passes(MINUTE);
    desk.overdue();

    desk.passes(MINUTE);
    assertThat(desk.overdue()).isEmpty();
    assertThat(desk.untilNextDue()).isNull();
  }

  @Test
  void overdueExecutionKeepsItsSlot() {
    desk.enter("build", "a", "b", "c");
    desk.begins("a");
    desk.begins("b");

    assertThat(desk.passes(MINUTE)).isEmpty();
    assertThat(desk.overdue()).containsExactly("a", "b");
    assertThat(desk.returns("a", "done")).containsExactly("c");
  }

  @Test
  void executionThatReturnedIsNotOverdue() {
    desk.enter("build", "a", "b");
    desk.begins("a");
    desk.begins("b");
    desk.returns("a", "done");

    desk.passes(MINUTE);
    assertThat(desk.overdue()).containsExactly("b");
  }

  @Test
  void laterExecutionIsDueLater() {
    desk.enter("build", "a", "b");
    desk.begins("a");
    desk.passes(Duration.ofSeconds(10));
    desk.begins("b");

    desk.passes(Duration.ofSeconds(50));
    assertThat(desk.overdue()).containsExactly("a");
    assertThat(desk.untilNextDue()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void stateWithoutTimeoutHasNoDeadline() {
    desk.enter("free", "a");
    desk.begins("a");

    assertThat(desk.untilNextDue()).isNull();
  }

  @Test
  void timeoutsAreToldWhileTheRunIsHeld() {
    desk.enter("build", "a");
    desk.begins("a");
    desk.holds();

    assertThat(desk.untilNextDue()).isEqualTo(MINUTE);
    desk.passes(MINUTE);
    assertThat(desk.overdue()).containsExactly("a");
  }
}
