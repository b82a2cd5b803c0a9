package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.limit.Aimd;
import dev.jorb.limit.Concurrency;
import dev.jorb.limit.Feedback;
import dev.jorb.limit.TimeWindow;
import dev.jorb.run.LimitNote;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What is remembered of limits from one start to the next.
class RememberedLimitsTest {
  private static final Duration FIVE = Duration.ofMinutes(5);
  private static final Instant IN_FIVE = Instant.EPOCH.plus(FIVE);

  private static LimitNote note(
      String limit, String key, @Nullable Instant until, @Nullable Double learned) {
    return new LimitNote(limit, key, until, learned);
  }

  /// A state without limits, and one that may learn up to eight.
  private static Desk desk(LimitNote... notes) {
    return Desk.remembering(
        List.of(notes),
        w ->
            w.state("call", s -> s.exec(Desk::step).concurrency(9))
                .state("learn", s -> s.exec(Desk::step).concurrency(9).limit(Aimd.of(4, 1, 8)))
                .terminal("done"));
  }

  private static Desk perHost(LimitNote... notes) {
    return Desk.remembering(
        List.of(notes),
        w ->
            w.state(
                    "call",
                    s ->
                        s.exec(Desk::step)
                            .concurrency(9)
                            .limit(Concurrency.of(5))
                            .per(context -> context.charAt("context of ".length())))
                .terminal("done"));
  }

  @Nested
  class AStateThatAServiceClosed {
    @Test
    void isNotedUntilItOpens() {
      Desk desk = desk();
      desk.enter("call", "a");
      assertThat(desk.notes()).extracting(LimitNote::limit).containsExactly("learn#0");
      desk.refuses("a", Feedback.refused(FIVE.toNanos()));

      assertThat(desk.notes()).contains(note("call#", "", IN_FIVE, null));
      desk.passes(FIVE);
      assertThat(desk.notes()).extracting(LimitNote::limit).containsExactly("learn#0");
    }

    @Test
    void staysClosedAfterAStart() {
      Desk desk = desk(note("call#", "", IN_FIVE, null));

      assertThat(desk.enter("call", "a")).isEmpty();
      assertThat(desk.untilNextDue()).isEqualTo(FIVE);
      assertThat(desk.passes(FIVE.minusNanos(1))).isEmpty();
      assertThat(desk.passes(Duration.ofNanos(1))).containsExactly("a");
    }

    @Test
    void isOpenIfItsTimeHasPassedMeanwhile() {
      assertThat(desk(note("call#", "", Instant.EPOCH, null)).enter("call", "a"))
          .containsExactly("a");
      assertThat(desk(note("call#", "", Instant.EPOCH.minusSeconds(1), null)).enter("call", "a"))
          .containsExactly("a");
    }

    @Test
    void closesNoOther() {
      assertThat(desk(note("learn#0", "", IN_FIVE, null)).enter("call", "a")).containsExactly("a");
    }
  }

  @Nested
  class AKeyThatAServiceClosed {
    @Test
    void staysClosedAfterAStartAndTheOthersGoOn() {
      Desk desk = perHost(note("call#0", "a", IN_FIVE, null));

      assertThat(desk.enter("call", "a1", "b1", "a2")).containsExactly("b1");
      assertThat(desk.passes(FIVE)).containsExactly("a1");
    }
  }

  @Nested
  class WhatWasLearned {
    @Test
    void isNoted() {
      assertThat(desk().notes()).containsExactly(note("learn#0", "", null, 4.0));
    }

    @Test
    void isWhereTheNextStartBegins() {
      Desk desk = desk(note("learn#0", "", null, 2.0));

      assertThat(desk.enter("learn", "a", "b", "c")).containsExactly("a", "b");
      assertThat(desk.notes()).containsExactly(note("learn#0", "", null, 2.0));
    }
  }

  @Test
  void newLimiterIsToldTheTimeOfDay() {
    Desk desk =
        Desk.remembering(
            List.of(),
            w ->
                w.state(
                        "call",
                        s ->
                            s.exec(Desk::step)
                                .limit(
                                    TimeWindow.between(
                                        LocalTime.of(8, 0), LocalTime.of(18, 0), ZoneOffset.UTC)))
                    .terminal("done"));

    assertThat(desk.enter("call", "a")).isEmpty();
    assertThat(desk.passes(Duration.ofHours(8))).containsExactly("a");
  }
}
