package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.event.Standing;
import dev.jorb.event.Standing.Phase;
import dev.jorb.limit.Feedback;
import dev.jorb.limit.Rate;
import dev.jorb.measure.LimitedBy;
import dev.jorb.workflow.Failures;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Where jobs stand, asked of the board.
class InquiryTest {
  private final Desk desk =
      Desk.of(w ->
          w.state("work", s -> s.exec(Desk::step))
              .state("call", s -> s.exec(Desk::step).concurrency(2).rate(Rate.perHour(1)))
              .terminal("done"));

  @Nested
  class AJobThat {
    @Test
    void runsIsToldWithTheOthersOfItsState() {
      desk.enter("work", "a");
      desk.enter("call", "x");

      Standing standing = desk.standing("a");
      assertThat(standing.phase()).isEqualTo(Phase.EXECUTING);
      assertThat(standing.running()).containsExactly("a");
      assertThat(standing.concurrency()).isEqualTo(1);
      assertThat(standing.place()).isZero();
      assertThat(standing.before()).isEmpty();
      assertThat(standing.hold()).isEmpty();
      assertThat(standing.until()).isEmpty();
      assertThat(standing.refused()).isEmpty();
    }

    @Test
    void waitsIsToldWithThoseBeforeIt() {
      desk.enter("work", "a", "b", "c", "d", "e", "f", "g", "h");

      Standing standing = desk.standing("h");
      assertThat(standing.phase()).isEqualTo(Phase.WAITING);
      assertThat(standing.place()).isEqualTo(6);
      assertThat(standing.before()).containsExactly("b", "c", "d", "e", "f");
      assertThat(standing.limitedBy()).isEqualTo(LimitedBy.SLOTS);
      assertThat(desk.standing("b").place()).isZero();
    }

    @Test
    void isOnItsWayToTheDiskIsTold() {
      desk.enter("work", "a");
      desk.returns("a", "work");

      assertThat(desk.standing("a").phase()).isEqualTo(Phase.COMMITTING);
      assertThat(desk.standing("a").limitedBy()).isEqualTo(LimitedBy.DISK);
    }

    @Test
    void waitsForATimeForItsKicksOrForAPersonIsTold() {
      desk.enterAfter(Duration.ofHours(1), "work", "delayed");
      desk.enterParked("work", "parked");
      desk.enter("work", "parent");
      desk.returnsToJoin("parent", "work", "work");
      desk.commits("parent");

      assertThat(desk.standing("delayed").phase()).isEqualTo(Phase.DELAYED);
      assertThat(desk.standing("parked").phase()).isEqualTo(Phase.PARKED);
      assertThat(desk.standing("parent").phase()).isEqualTo(Phase.JOINING);
      assertThat(desk.standing("parent->0").phase()).isEqualTo(Phase.EXECUTING);
    }

    @Test
    void isOrderedSomethingIsTold() {
      desk.enterParked("work", "a");
      desk.orders(new Order.Release(), "a");

      assertThat(desk.standing("a").phase()).isEqualTo(Phase.ORDERED);
    }

    @Test
    void isOnItsWayToTheDiskAfterAnOrderIsTold() {
      desk.enterParked("work", "a");
      desk.orders(new Order.Release(), "a");
      desk.carriesOut("a");

      assertThat(desk.standing("a").phase()).isEqualTo(Phase.COMMITTING);
    }

    @Test
    void hasEndedIsToldToHave() {
      desk.enter("work", "a");
      desk.finishes("a", "done");

      Standing standing = desk.standing("a");
      assertThat(standing.phase()).isEqualTo(Phase.ENDED);
      assertThat(standing.limitedBy()).isEqualTo(LimitedBy.NOTHING);
      assertThat(standing.concurrency()).isZero();
    }
  }

  @Nested
  class WhatHolds {
    @Test
    void isARateUntilItsNextPermit() {
      desk.enter("call", "a", "b");

      Standing standing = desk.standing("b");
      assertThat(standing.limitedBy()).isEqualTo(LimitedBy.RATE);
      assertThat(standing.hold()).contains("1 per 1H");
      assertThat(standing.until()).contains(Instant.EPOCH.plus(Duration.ofHours(1)));
    }

    @Test
    void isAServiceThatRefusedAJob() {
      desk.enter("work", "a", "b");
      desk.refuses("a", Feedback.refused(Duration.ofMinutes(5).toNanos()));

      Standing standing = desk.standing("b");
      assertThat(standing.limitedBy()).isEqualTo(LimitedBy.CLOSED);
      assertThat(standing.refused()).contains("a");
      assertThat(standing.before()).containsExactly("a");
      assertThat(standing.until()).contains(Instant.EPOCH.plus(Duration.ofMinutes(5)));
    }

    @Test
    void isAPauseOfTheStateOrOfTheRun() {
      desk.enter("work", "a", "b");
      desk.pauses("call");
      assertThat(desk.standing("b").hold()).isEmpty();

      desk.pauses("work");
      assertThat(desk.standing("b").limitedBy()).isEqualTo(LimitedBy.PAUSED);
      assertThat(desk.standing("b").hold()).isEqualTo("by hand");
      desk.resumes("work");
      desk.pausesRun();
      assertThat(desk.standing("b").limitedBy()).isEqualTo(LimitedBy.PAUSED);
      assertThat(desk.standing("b").hold()).isEqualTo("by hand");
    }

    @Test
    void isTheReasonOfTheStatesOwnPauseAndNotThatOfAnother() {
      Desk careful =
          Desk.of(w ->
              w.state("work", s -> s.exec(Desk::step).pauseWhen(Failures.moreThan(0)))
                  .state("other", s -> s.exec(Desk::step).pauseWhen(Failures.moreThan(0)))
                  .terminal("done"));
      careful.pauses("other");
      careful.enter("work", "a");
      careful.fails("a");
      careful.commits("a");

      assertThat(careful.standing("a").hold()).isEqualTo("more than 0 failures");
    }

    @Test
    void isTheReasonOfALaterStatesPauseAndNotThatOfAnEarlier() {
      Desk careful =
          Desk.of(w ->
              w.state("first", s -> s.exec(Desk::step))
                  .state("work", s -> s.exec(Desk::step).pauseWhen(Failures.moreThan(0)))
                  .terminal("done"));
      careful.pauses("first");
      careful.enter("work", "a");
      careful.fails("a");
      careful.commits("a");

      assertThat(careful.standing("a").hold()).isEqualTo("more than 0 failures");
    }

    @Test
    void isThePauseAndNotTheGroupThatIsFull() {
      Desk grouped =
          Desk.of(w ->
              w.state("push", s -> s.exec(Desk::step).concurrency(9))
                  .terminal("done")
                  .group("few", 1, "push"));
      grouped.enter("push", "a", "b");
      assertThat(grouped.standing("b").limitedBy()).isEqualTo(LimitedBy.GROUP);

      grouped.pauses("push");
      assertThat(grouped.standing("b").limitedBy()).isEqualTo(LimitedBy.PAUSED);
      grouped.resumes("push");
      grouped.stops();
      assertThat(grouped.standing("b").limitedBy()).isEqualTo(LimitedBy.STOPPED);
    }
  }
}
