package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.engine.Board.Limits;
import dev.jorb.event.StatusCount;
import dev.jorb.limit.Rate;
import dev.jorb.measure.Ending;
import dev.jorb.measure.LimitedBy;
import dev.jorb.run.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// The board's rules, by plain calls.
class BoardTest {
  private static final Duration NANO = Duration.ofNanos(1);
  private static final Duration SECOND = Duration.ofSeconds(1);

  /// States "new" and "old" with this concurrency, and "done".
  private static Desk twoStates(int concurrency) {
    return Desk.of(w ->
        w.state("new", s -> s.exec(Desk::step).concurrency(concurrency))
            .state("old", s -> s.exec(Desk::step).concurrency(concurrency))
            .terminal("done"));
  }

  private static Desk rated(Rate rate) {
    return Desk.of(w ->
        w.state("call", s -> s.exec(Desk::step).concurrency(1_000).rate(rate))
            .state("free", s -> s.exec(Desk::step).concurrency(1_000))
            .terminal("done"));
  }

  @Nested
  class Order {
    @Test
    void firstToComeIsFirstToStart() {
      Desk desk = twoStates(1);

      assertThat(desk.enter("new", "a", "b", "c")).containsExactly("a");
      assertThat(desk.returns("a", "done")).containsExactly("b");
      assertThat(desk.enter("new", "d")).isEmpty();
      assertThat(desk.returns("b", "done")).containsExactly("c");
      assertThat(desk.returns("c", "done")).containsExactly("d");
    }

    @Test
    void jobThatComesBackGoesToTheEnd() {
      Desk desk = twoStates(1);
      desk.enter("new", "a", "b", "c");

      desk.returns("a", "new");
      desk.commits("a");

      assertThat(desk.returns("b", "done")).containsExactly("c");
      assertThat(desk.returns("c", "done")).containsExactly("a");
    }

    @Test
    void jobsOfOneBatchQueueInItsOrder() {
      Desk desk = twoStates(3);
      desk.enter("new", "a", "b", "c");
      desk.pauses("old");
      desk.returns("c", "old");
      desk.returns("a", "old");
      desk.returns("b", "old");

      desk.commits("a", "c", "b");

      assertThat(desk.resumes("old")).containsExactly("a", "c", "b");
    }

    @Test
    void laterStatesStartFirst() {
      Desk desk = twoStates(1);
      desk.holds();
      desk.enter("new", "a");
      desk.enter("old", "b");

      assertThat(desk.unholds()).containsExactly("b", "a");
    }

    @Test
    void withdrawnJobGoesBackInFront() {
      Desk desk = twoStates(1);
      desk.enter("new", "a", "b");
      desk.holds();

      desk.withdraws("a");

      assertThat(desk.count("new").waiting()).isEqualTo(2);
      assertThat(desk.unholds()).containsExactly("a");
    }
  }

  @Nested
  class Slots {
    @Test
    void noMoreThanTheConcurrencyStart() {
      Desk desk = twoStates(3);

      assertThat(desk.enter("new", "a", "b", "c", "d", "e")).containsExactly("a", "b", "c");
      assertThat(desk.passes(SECOND)).isEmpty();
    }

    @Test
    void statesHaveSlotsOfTheirOwn() {
      Desk desk = twoStates(1);

      assertThat(desk.enter("new", "a", "b")).containsExactly("a");
      assertThat(desk.enter("old", "c", "d")).containsExactly("c");
    }

    @Test
    void slotIsFreeWhenTheStepReturns() {
      Desk desk = twoStates(1);
      desk.enter("new", "a", "b");

      assertThat(desk.returns("a", "old")).containsExactly("b");
      assertThat(desk.board().uncommitted()).isEqualTo(1);
    }

    @Test
    void jobMovesOnWhenItsResultIsDurable() {
      Desk desk = twoStates(1);
      desk.enter("new", "a");

      assertThat(desk.returns("a", "old")).isEmpty();
      assertThat(desk.passes(SECOND)).isEmpty();
      assertThat(desk.commits("a")).containsExactly("a");
      assertThat(desk.entry("a").job.state()).isEqualTo("old");
    }

    @Test
    void inAnUnrecordedRunTheJobMovesOnAtOnce() {
      Desk desk = twoStates(1);
      desk.enter("new", "a", "b");

      assertThat(desk.finishes("a", "old")).containsExactly("a", "b");
    }

    @Test
    void jobThatIsNotExecutingCannotReturn() {
      Desk desk = twoStates(1);
      desk.enter("new", "a");
      Entry<String> entry = desk.entry("a");
      desk.returns("a", "old");

      assertThatThrownBy(() -> desk.board().apply(new Message.Withdrawn<>(entry), 0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("job a COMMITTING in new is not executing");
    }
  }

  @Nested
  class Kicks {
    @Test
    void childrenAppearWhenTheirParentsResultIsDurable() {
      Desk desk = twoStates(5);
      desk.enter("new", "a");

      assertThat(desk.returns("a", "done", "new", "old")).isEmpty();
      assertThat(desk.commits("a")).containsExactly("a->1", "a->0");
    }

    @Test
    void childrenQueueInTheOrderInWhichTheyWereAskedFor() {
      Desk desk = twoStates(1);
      desk.enter("new", "a");
      desk.returns("a", "new", "new", "new");

      assertThat(desk.commits("a")).containsExactly("a");
      assertThat(desk.returns("a", "done")).containsExactly("a->0");
      assertThat(desk.returns("a->0", "done")).containsExactly("a->1");
    }

    @Test
    void childInATerminalStateHasEnded() {
      Desk desk = twoStates(1);
      desk.enter("new", "a");

      assertThat(desk.finishes("a", "done", "done")).isEmpty();

      assertThat(desk.count("done").completed()).isEqualTo(2);
      assertThat(desk.board().isResting()).isTrue();
    }

    @Test
    void childInAnUnknownStateIsParked() {
      Desk desk = twoStates(1);
      desk.enter("new", "a");

      assertThat(desk.finishes("a", "done", "lost")).isEmpty();

      assertThat(desk.count("lost").parked()).isEqualTo(1);
      assertThat(desk.board().isResting()).isTrue();
    }
  }

  @Nested
  class Rates {
    @Test
    void permitsComeOneByOne() {
      Desk desk = rated(Rate.perSecond(2));

      assertThat(desk.enter("call", "a", "b", "c")).containsExactly("a");
      assertThat(desk.passes(Duration.ofMillis(500).minus(NANO))).isEmpty();
      assertThat(desk.passes(NANO)).containsExactly("b");
      assertThat(desk.passes(Duration.ofMillis(500).minus(NANO))).isEmpty();
      assertThat(desk.passes(NANO)).containsExactly("c");
    }

    @Test
    void afterARestABurstStartsAtOnce() {
      Desk desk = rated(Rate.perSecond(1).burst(3));

      assertThat(desk.enter("call", "a", "b", "c", "d", "e")).containsExactly("a", "b", "c");
      assertThat(desk.passes(SECOND)).containsExactly("d");
      assertThat(desk.passes(SECOND)).containsExactly("e");
      desk.passes(Duration.ofHours(1));
      assertThat(desk.enter("call", "f", "g", "h", "i")).containsExactly("f", "g", "h");
    }

    @Test
    void oneRateInTwoStatesIsOneLimit() {
      Rate shared = Rate.perSecond(1);
      Desk desk =
          Desk.of(w ->
              w.state("push", s -> s.exec(Desk::step).concurrency(9).rate(shared))
                  .state("open", s -> s.exec(Desk::step).concurrency(9).rate(shared))
                  .terminal("done"));

      assertThat(desk.enter("push", "a", "b")).containsExactly("a");
      assertThat(desk.enter("open", "c", "d")).isEmpty();
      assertThat(desk.passes(SECOND)).containsExactly("c");
      assertThat(desk.passes(SECOND)).containsExactly("d");
      assertThat(desk.passes(SECOND)).containsExactly("b");
    }

    @Test
    void equalRatesAreTwoLimits() {
      Desk desk =
          Desk.of(w ->
              w.state("push", s -> s.exec(Desk::step).rate(Rate.perSecond(1)))
                  .state("open", s -> s.exec(Desk::step).rate(Rate.perSecond(1)))
                  .terminal("done"));

      assertThat(desk.enter("push", "a")).containsExactly("a");
      assertThat(desk.enter("open", "b")).containsExactly("b");
    }

    @Test
    void permitIsTakenAtTheStartOnly() {
      Desk desk =
          Desk.of(w ->
              w.state("call", s -> s.exec(Desk::step).concurrency(1).rate(Rate.perSecond(1)))
                  .terminal("done"));
      desk.enter("call", "a", "b");
      desk.passes(SECOND.multipliedBy(10)); // The slot is taken: no permit is spent on waiting.

      assertThat(desk.returns("a", "done")).containsExactly("b");
    }

    @Test
    void stateWithoutPermitsHindersNoOther() {
      Desk desk = rated(Rate.perHour(1));
      desk.enter("call", "a", "b");

      assertThat(desk.enter("free", "c", "d")).containsExactly("c", "d");
    }

    @Test
    void sevenPerSecondStaySevenPerSecond() {
      Desk desk = rated(Rate.perSecond(7));
      desk.enter("call", "0");
      int starts = 7 * 600;

      for (int i = 1; i <= starts; i++) {
        desk.finishes(Integer.toString(i - 1), "done");
        desk.enter("call", Integer.toString(i));
        assertThat(desk.passesUntilDue()).hasSize(1);
      }

      assertThat(desk.sinceOrigin()).isEqualTo(Duration.ofMinutes(10));
    }
  }

  @Nested
  class Delays {
    @Test
    void delayedJobStartsWhenItIsDueAndNotEarlier() {
      Desk desk = twoStates(1);
      desk.enterAfter(SECOND, "new", "a");

      assertThat(desk.count("new").delayed()).isEqualTo(1);
      assertThat(desk.passes(SECOND.minus(NANO))).isEmpty();
      assertThat(desk.passes(NANO)).containsExactly("a");
      assertThat(desk.count("new").delayed()).isZero();
    }

    @Test
    void delaysEndInTheOrderOfTime() {
      Desk desk = twoStates(3);
      desk.enterAfter(SECOND.multipliedBy(3), "new", "c");
      desk.enterAfter(SECOND.multipliedBy(1), "new", "a");
      desk.enterAfter(SECOND.multipliedBy(2), "new", "b");

      assertThat(desk.passes(SECOND.multipliedBy(5))).containsExactly("a", "b", "c");
    }

    @Test
    void jobsDueTogetherKeepTheirOrder() {
      Desk desk = twoStates(1);
      desk.enterAfter(SECOND, "new", "a", "b", "c");

      assertThat(desk.passes(SECOND)).containsExactly("a");
      assertThat(desk.returns("a", "done")).containsExactly("b");
      assertThat(desk.returns("b", "done")).containsExactly("c");
    }

    @Test
    void delayOfAResultBeginsWhenItIsDurable() {
      Desk desk = twoStates(1);
      desk.enter("new", "a");
      desk.returnsAfter("a", "old", SECOND);

      desk.passes(SECOND.multipliedBy(9));
      desk.commits("a");

      assertThat(desk.untilNextDue()).isEqualTo(SECOND);
      assertThat(desk.count("old").delayed()).isEqualTo(1);
      assertThat(desk.passes(SECOND)).containsExactly("a");
    }

    @Test
    void jobThatIsDueQueuesBehindThoseThatWait() {
      Desk desk = twoStates(1);
      desk.enter("new", "a");
      desk.enterAfter(SECOND, "new", "late");
      desk.enter("new", "b");
      desk.passes(SECOND);

      assertThat(desk.returns("a", "done")).containsExactly("b");
      assertThat(desk.returns("b", "done")).containsExactly("late");
    }

    @Test
    void anyMessageReleasesWhatIsDue() {
      Desk desk = twoStates(1);
      desk.enterAfter(SECOND, "new", "a");
      desk.lets(SECOND);

      assertThat(desk.unholds()).containsExactly("a");
    }

    @Test
    void delayBeyondTheClockIsAVeryLongOne() {
      Desk desk = twoStates(2);

      assertThat(desk.enterAfter(Duration.ofSeconds(Long.MAX_VALUE), "new", "never")).isEmpty();
      desk.enterAfter(SECOND, "new", "soon");

      assertThat(desk.passes(Duration.ofDays(36_524))).containsExactly("soon");
    }

    @Test
    void jobsThatGoInCirclesAreToldOfWhileTheyWait() {
      Desk desk = twoStates(2);
      desk.enterJobs(
          List.of(
              Desk.arrival(laps(100, "a"), SECOND),
              Desk.arrival(laps(101, "b"), SECOND.multipliedBy(2)),
              Desk.arrival(laps(99, "c"), SECOND)));

      assertThat(desk.count("new").hold()).isEqualTo("2 jobs go in circles, slowed down");
      desk.passes(SECOND);
      assertThat(desk.count("new").hold()).isEqualTo("1 job goes in circles, slowed down");
      desk.passes(SECOND);
      assertThat(desk.count("new").hold()).isEmpty();
    }

    private Job<String> laps(int laps, String id) {
      return Desk.job(id, "new").copy().laps(laps).build();
    }

    @Test
    void delayIntoATerminalStateIsNone() {
      Desk desk = twoStates(1);
      desk.enter("new", "a");
      desk.returnsAfter("a", "done", SECOND);
      desk.commits("a");

      assertThat(desk.board().isResting()).isTrue();
      assertThat(desk.untilNextDue()).isNull();
    }
  }

  @Nested
  class BoundsOnWhatIsNotDurable {
    private Desk bounded(int uncommitted, long bytes) {
      return Desk.of(
          new Limits(uncommitted, bytes),
          w -> w.state("new", s -> s.exec(Desk::step).concurrency(2)).terminal("done"));
    }

    @Test
    void tooManyResultsOnTheirWayHoldTheRun() {
      Desk desk = bounded(3, 1_000);
      desk.enter("new", "a", "b", "c", "d", "e", "f");

      assertThat(desk.returns("a", "done")).containsExactly("c");
      assertThat(desk.returns("b", "done")).containsExactly("d");
      assertThat(desk.returns("c", "done")).isEmpty();
      assertThat(desk.returns("d", "done")).isEmpty();
    }

    @Test
    void theRunGoesOnWhenEnoughAreDurable() {
      Desk desk = bounded(2, 1_000);
      desk.enter("new", "a", "b", "c", "d", "e");
      desk.returns("a", "done");
      desk.returns("b", "done");
      desk.returns("c", "done");

      assertThat(desk.commits("a")).isEmpty();
      assertThat(desk.commits("b")).containsExactly("d", "e");
    }

    @Test
    void tooManyBytesOnTheirWayHoldTheRun() {
      Desk desk = bounded(100, 100);
      desk.enter("new", "a", "b", "c", "d");

      assertThat(desk.returnsBytes("a", "done", 99)).containsExactly("c");
      assertThat(desk.returnsBytes("b", "done", 1)).isEmpty();
      assertThat(desk.commits("b")).containsExactly("d");
    }
  }

  @Nested
  class Holds {
    @Test
    void heldRunStartsNothingUntilTheHoldEnds() {
      Desk desk = twoStates(1);
      desk.holds();

      assertThat(desk.enter("new", "a")).isEmpty();
      assertThat(desk.passes(SECOND)).isEmpty();
      assertThat(desk.unholds()).containsExactly("a");
    }

    @Test
    void resultsAreTakenWhileTheRunIsHeld() {
      Desk desk = twoStates(1);
      desk.enter("new", "a", "b");
      desk.holds();
      desk.returns("a", "done");
      desk.commits("a");

      assertThat(desk.count("done").completed()).isEqualTo(1);
      assertThat(desk.unholds()).containsExactly("b");
    }

    @Test
    void delaysEndWhileTheRunIsHeld() {
      Desk desk = twoStates(1);
      desk.enterAfter(SECOND, "new", "a");
      desk.holds();
      desk.passes(SECOND);

      assertThat(desk.count("new").waiting()).isEqualTo(1);
      assertThat(desk.unholds()).containsExactly("a");
    }
  }

  @Nested
  class Pauses {
    @Test
    void pausedStateStartsNothingUntilItIsResumed() {
      Desk desk = twoStates(1);
      desk.pauses("new");

      assertThat(desk.enter("new", "a")).isEmpty();
      assertThat(desk.passes(SECOND)).isEmpty();
      assertThat(desk.resumes("new")).containsExactly("a");
    }

    @Test
    void otherStatesGoOn() {
      Desk desk = twoStates(1);
      desk.pauses("new");

      assertThat(desk.enter("old", "a", "b")).containsExactly("a");
      assertThat(desk.returns("a", "done")).containsExactly("b");
    }

    @Test
    void pausedStateSpendsNoPermits() {
      Rate shared = Rate.perSecond(1);
      Desk desk =
          Desk.of(w ->
              w.state("new", s -> s.exec(Desk::step).rate(shared))
                  .state("old", s -> s.exec(Desk::step).rate(shared))
                  .terminal("done"));
      desk.pauses("old");
      desk.enter("old", "a");

      assertThat(desk.enter("new", "b")).containsExactly("b");
    }

    @Test
    void isWhatHoldsWhoWaitsThere() {
      Desk desk = twoStates(1);
      desk.enter("new", "a", "b");
      assertThat(desk.limitedBy("new")).isEqualTo(LimitedBy.SLOTS);

      desk.pauses("new");
      assertThat(desk.limitedBy("new")).isEqualTo(LimitedBy.PAUSED);
      assertThat(desk.limitedBy("old")).isEqualTo(LimitedBy.NO_WORK);
      desk.resumes("new");
      assertThat(desk.limitedBy("new")).isEqualTo(LimitedBy.SLOTS);
    }

    @Test
    void stateResumedUnderAHoldGoesOnWhenTheHoldEnds() {
      Desk desk = twoStates(1);
      desk.pauses("new");
      desk.enter("new", "a");
      desk.holds();

      assertThat(desk.resumes("new")).isEmpty();
      assertThat(desk.unholds()).containsExactly("a");
    }

    @Test
    void unknownStateIsRefused() {
      Desk desk = twoStates(1);

      assertThatThrownBy(() -> desk.pauses("nwe"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("unknown state \"nwe\"; known are [")
          .hasMessageContainingAll("new", "old", "done");
    }
  }

  @Nested
  class Stops {
    @Test
    void stoppedRunStartsNothingAnyMore() {
      Desk desk = twoStates(1);
      desk.enter("new", "a", "b");
      desk.stops();

      assertThat(desk.returns("a", "old")).isEmpty();
      assertThat(desk.commits("a")).isEmpty();
      assertThat(desk.passes(SECOND)).isEmpty();
      assertThat(desk.unholds()).isEmpty();
      assertThat(desk.resumes("new")).isEmpty();
      assertThat(desk.board().isResting()).isFalse();
      assertThat(desk.board().isIdle()).isTrue();
    }
  }

  @Nested
  class ParkedAndEnded {
    @Test
    void parkedJobRestsUntilAPersonLooks() {
      Desk desk = twoStates(1);

      assertThat(desk.enterParked("new", "a")).isEmpty();

      assertThat(desk.count("new").parked()).isEqualTo(1);
      assertThat(desk.board().isResting()).isTrue();
      assertThat(desk.untilNextDue()).isNull();
    }

    @Test
    void jobIsParkedWhenItsTransitionSaysSo() {
      Desk desk = twoStates(1);
      desk.enter("new", "a");
      desk.returnsParked("a");

      assertThat(desk.count("new").parked()).isZero();
      desk.commits("a");

      assertThat(desk.count("new").parked()).isEqualTo(1);
      assertThat(desk.board().isResting()).isTrue();
    }

    @Test
    void jobInAnUnknownStateIsParkedThere() {
      Desk desk = twoStates(1);

      assertThat(desk.enter("lost", "a")).isEmpty();

      assertThat(desk.count("lost")).isEqualTo(new StatusCount("lost", 0, 0, 0, 1, 0, false));
      assertThat(desk.board().status()).extracting(StatusCount::state).endsWith("done", "lost");
    }

    @Test
    void jobWhoseResultCannotBeRecordedIsParkedAndItsSlotIsFree() {
      Desk desk = twoStates(1);
      desk.enter("new", "a", "b");
      Entry<String> entry = desk.entry("a");

      assertThat(desk.cannotRecord("a")).containsExactly("b");

      assertThat(desk.count("new").parked()).isEqualTo(1);
      assertThat(entry.job.parked()).contains("cannot be written");
      assertThat(desk.endings("new")).containsEntry(Ending.CONTEXT, 1L);
      assertThat(entry.job.version()).isEqualTo(1);
    }

    @Test
    void jobThatComesInATerminalStateHasEnded() {
      Desk desk = twoStates(1);
      desk.enter("done", "a", "b");

      assertThat(desk.count("done").completed()).isEqualTo(2);
      assertThat(desk.board().isResting()).isTrue();
    }
  }

  @Nested
  class Resting {
    @Test
    void emptyBoardRests() {
      Desk desk = twoStates(1);

      assertThat(desk.board().isResting()).isTrue();
      assertThat(desk.board().isIdle()).isTrue();
    }

    @Test
    void runRestsOnlyWhenItsLastResultIsDurable() {
      Desk desk = twoStates(1);
      desk.enter("new", "a");
      desk.returns("a", "done");

      assertThat(desk.board().isResting()).isFalse();
      assertThat(desk.board().isIdle()).isFalse();
      desk.commits("a");
      assertThat(desk.board().isResting()).isTrue();
      assertThat(desk.board().isIdle()).isTrue();
    }

    @Test
    void runWithADelayedJobIsIdleButDoesNotRest() {
      Desk desk = twoStates(1);
      desk.enterAfter(SECOND, "new", "a");

      assertThat(desk.board().isIdle()).isTrue();
      assertThat(desk.board().isResting()).isFalse();
    }
  }

  @Nested
  class NextDue {
    @Test
    void nothingIsDueWhileStepsRunAndJobsWaitForSlots() {
      Desk desk = twoStates(1);
      desk.enter("new", "a", "b");

      assertThat(desk.untilNextDue()).isNull();
    }

    @Test
    void theFirstDelayIsDueNext() {
      Desk desk = twoStates(1);
      desk.enterAfter(SECOND.multipliedBy(5), "new", "a");
      desk.enterAfter(SECOND.multipliedBy(2), "old", "b");

      assertThat(desk.untilNextDue()).isEqualTo(SECOND.multipliedBy(2));
    }

    @Test
    void delayIsDueUnderAHoldToo() {
      Desk desk = twoStates(1);
      desk.enterAfter(SECOND, "new", "a");
      desk.holds();

      assertThat(desk.untilNextDue()).isEqualTo(SECOND);
    }

    @Test
    void permitIsDueIfAJobWaitsForIt() {
      Desk desk = rated(Rate.perSecond(1));
      desk.enter("call", "a");
      assertThat(desk.untilNextDue()).isNull();

      desk.enter("call", "b");
      assertThat(desk.untilNextDue()).isEqualTo(SECOND);
    }

    @Test
    void theEarlierOfDelayAndPermitIsDueNext() {
      Desk desk = rated(Rate.perSecond(1));
      desk.enter("call", "a", "b");
      desk.enterAfter(SECOND.minus(NANO), "free", "c");

      assertThat(desk.untilNextDue()).isEqualTo(SECOND.minus(NANO));
      assertThat(desk.passesUntilDue()).containsExactly("c");
      assertThat(desk.untilNextDue()).isEqualTo(NANO);
      assertThat(desk.passesUntilDue()).containsExactly("b");
    }

    @Test
    void permitIsNotDueWhileNothingMayStart() {
      Desk desk = rated(Rate.perSecond(1));
      desk.enter("call", "a", "b");

      desk.holds();
      assertThat(desk.untilNextDue()).isNull();
      desk.unholds();
      assertThat(desk.untilNextDue()).isEqualTo(SECOND);
      desk.pauses("call");
      assertThat(desk.untilNextDue()).isNull();
      desk.resumes("call");
      assertThat(desk.untilNextDue()).isEqualTo(SECOND);
      desk.stops();
      assertThat(desk.untilNextDue()).isNull();
    }

    @Test
    void permitIsNotDueWhileAllSlotsAreTaken() {
      Desk desk =
          Desk.of(w ->
              w.state("call", s -> s.exec(Desk::step).concurrency(1).rate(Rate.perHour(1)))
                  .terminal("done"));
      desk.enter("call", "a", "b");
      assertThat(desk.untilNextDue()).isNull();

      desk.returns("a", "done");
      assertThat(desk.untilNextDue()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void permitThatCameUnderAHoldStartsItsJobWhenTheHoldEnds() {
      Desk desk = rated(Rate.perSecond(1));
      desk.enter("call", "a", "b");
      desk.holds();
      desk.passes(SECOND);

      assertThat(desk.unholds()).containsExactly("b");
    }
  }

  @Nested
  class Counts {
    @Test
    void jobIsCountedWhereItStands() {
      Desk desk = twoStates(1);
      desk.enter("new", "a", "b", "c");
      desk.enterAfter(SECOND, "new", "d");
      desk.enterParked("new", "e");
      desk.enter("done", "f");
      desk.returns("a", "old");

      assertThat(desk.board().status())
          .containsExactly(
              new StatusCount("new", 1, 2, 1, 1, 0, false),
              new StatusCount("old", 0, 0, 0, 0, 0, false),
              new StatusCount("done", 0, 0, 0, 0, 1, true));

      desk.commits("a");
      assertThat(desk.board().status())
          .containsExactly(
              new StatusCount("new", 1, 1, 1, 1, 1, false),
              new StatusCount("old", 0, 1, 0, 0, 0, false),
              new StatusCount("done", 0, 0, 0, 0, 1, true));
    }

    @Test
    void recordedExecutionsAreCountedUnderTheStateThatRan() {
      Desk desk = twoStates(1);
      desk.enter("new", "a");
      for (int i = 0; i < 3; i++) {
        desk.returns("a", "new");
        desk.commits("a");
      }
      desk.returns("a", "done");
      desk.commits("a");

      assertThat(desk.count("new").completed()).isEqualTo(4);
      assertThat(desk.count("done").completed()).isEqualTo(1);
    }

    @Test
    void executionsOfEarlierStartsAreCounted() {
      Desk desk = twoStates(1);
      Job<String> job =
          Desk.job("a", "new")
              .next()
              .transition("new", "new", Instant.EPOCH, SECOND)
              .transition("new", "old", Instant.EPOCH, SECOND)
              .transition("gone", "done", Instant.EPOCH, SECOND)
              .state("done")
              .build();

      desk.enterJobs(List.of(Desk.arrival(job, Duration.ZERO)));

      assertThat(desk.count("new").completed()).isEqualTo(2);
      assertThat(desk.count("gone").completed()).isEqualTo(1);
      assertThat(desk.count("done").completed()).isEqualTo(1);
    }

    @Test
    void withdrawnAndUnrecordableExecutionsAreNotCounted() {
      Desk desk = twoStates(1);
      desk.enter("new", "a", "b");
      desk.cannotRecord("a");
      desk.withdraws("b");

      assertThat(desk.count("new").completed()).isZero();
    }
  }
}
