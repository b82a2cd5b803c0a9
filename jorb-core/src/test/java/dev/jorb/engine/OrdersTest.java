package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What is done to jobs by hand, by plain calls.
class OrdersTest {
  private static final Order.Act CANCEL = new Order.Cancel();
  private static final Order.Act PARK = new Order.Park("wait for me");
  private static final Order.Act RELEASE = new Order.Release();

  private final Desk desk =
      Desk.of(w ->
          w.state("work", s -> s.exec(Desk::step))
              .state("gather", s -> s.exec(Desk::step))
              .terminal("done"));

  private static Order.Act priority(int priority) {
    return new Order.Prioritize(priority);
  }

  /// The job is ordered something, and that is recorded.
  private List<String> change(Order.Act act, String id) {
    assertThat(desk.orders(act, id)).containsExactly("order for " + id);
    desk.carriesOut(id);
    return desk.commits(id);
  }

  @Nested
  class AWaitingJob {
    @Test
    void orderForAJobWhoseStepCannotBeRecordedIsCarriedOutAllTheSame() {
      Desk desk = Desk.of(w -> w.state("work", s -> s.exec(Desk::step)).terminal("done"));
      desk.enter("work", "a");
      desk.orders(new Order.Cancel(), "a");

      assertThat(desk.cannotRecord("a")).containsExactly("order for a");
    }

    @Test
    void isParkedInMemoryIfWhatWasOrderedCannotBeRecorded() {
      desk.enter("work", "a", "b");
      desk.orders(CANCEL, "b");

      assertThat(desk.cannotRecordOrder("b")).isEmpty();
      assertThat(desk.count("work").parked()).isEqualTo(1);
      assertThat(change(RELEASE, "b")).isEmpty();
      assertThat(desk.returns("a", "done")).containsExactly("b");
    }

    @Test
    void isCancelledWithoutASlotAndItsPlaceIsPassedOver() {
      desk.enter("work", "a", "b", "c");

      change(CANCEL, "b");
      assertThat(desk.count("work").waiting()).isEqualTo(1);
      assertThat(desk.count("cancelled").completed()).isEqualTo(1);
      assertThat(desk.returns("a", "done")).containsExactly("c");
    }

    @Test
    void isParkedAndComesBackAtTheEnd() {
      desk.enter("work", "a", "b", "c");
      change(PARK, "b");

      assertThat(desk.count("work").parked()).isEqualTo(1);
      change(RELEASE, "b");
      assertThat(desk.returns("a", "done")).containsExactly("c");
      assertThat(desk.returns("c", "done")).containsExactly("b");
    }

    @Test
    void isCountedWhileItsOrderIsOnTheWay() {
      desk.enter("work", "a", "b");
      desk.orders(CANCEL, "b");

      assertThat(desk.count("work").executing()).isEqualTo(2);
      assertThat(desk.board().isIdle()).isFalse();
    }
  }

  @Nested
  class AnyOther {
    @Test
    void delayedOneLeavesItsTimer() {
      desk.enterAfter(Duration.ofHours(1), "work", "a");
      change(CANCEL, "a");

      assertThat(desk.untilNextDue()).isNull();
      assertThat(desk.board().isResting()).isTrue();
    }

    @Test
    void parkedOneRunsAgain() {
      desk.enterParked("work", "a");
      assertThat(desk.board().isResting()).isTrue();

      assertThat(change(RELEASE, "a")).containsExactly("a");
    }

    @Test
    void executingOneComesToItAfterItsStep() {
      desk.enter("work", "a");
      assertThat(desk.orders(CANCEL, "a")).isEmpty();
      desk.returns("a", "work");

      assertThat(desk.commits("a")).containsExactly("order for a");
      desk.carriesOut("a");
      assertThat(desk.commits("a")).isEmpty();
      assertThat(desk.count("cancelled").completed()).isEqualTo(1);
    }

    @Test
    void executingOneThatEndsHasEnded() {
      desk.enter("work", "a");
      desk.orders(CANCEL, "a");
      desk.returns("a", "done");

      assertThat(desk.commits("a")).isEmpty();
      assertThat(desk.board().isResting()).isTrue();
    }

    @Test
    void whatABusyOneKicksIsOrderedToo() {
      desk.enter("work", "a");
      desk.orders(CANCEL, "a");
      desk.returns("a", "done", "work", "gather");

      assertThat(desk.commits("a")).containsExactly("order for a->0", "order for a->1");
    }

    @Test
    void joiningOneLeavesItsKicksAlone() {
      desk.enter("work", "a");
      desk.returnsToJoin("a", "gather", "work");
      desk.commits("a");
      change(CANCEL, "a");

      assertThat(desk.board().joining()).isZero();
      desk.returns("a->0", "done");
      assertThat(desk.commits("a->0")).isEmpty();
    }

    @Test
    void joiningOneGoesOnWaitingAfterAnother() {
      desk.enter("work", "a");
      desk.returnsToJoin("a", "gather", "work");
      desk.commits("a");
      change(priority(5), "a");

      assertThat(desk.board().joining()).isEqualTo(1);
      desk.returns("a->0", "done");
      assertThat(desk.commits("a->0")).containsExactly("a");
    }

    @Test
    void lastKickThatIsCancelledLetsItsParentGoOn() {
      desk.enter("work", "a");
      desk.returnsToJoin("a", "gather", "work", "work");
      desk.commits("a");
      desk.returns("a->0", "done");
      desk.commits("a->0");
      desk.orders(CANCEL, "a->1");
      desk.returns("a->1", "work");
      desk.commits("a->1");
      desk.carriesOut("a->1");

      assertThat(desk.commits("a->1")).containsExactly("a");
    }

    @Test
    void lastOrderCounts() {
      desk.enter("work", "a");
      desk.orders(PARK, "a");
      desk.orders(CANCEL, "a");
      desk.returns("a", "work");
      desk.commits("a");
      desk.carriesOut("a");
      desk.commits("a");

      assertThat(desk.count("cancelled").completed()).isEqualTo(1);
    }

    @Test
    void orderForOneThatIsBeingOrderedComesNext() {
      desk.enterParked("work", "a");
      desk.orders(RELEASE, "a");
      desk.orders(PARK, "a");
      desk.carriesOut("a");

      assertThat(desk.commits("a")).containsExactly("order for a");
    }
  }

  @Nested
  class Priorities {
    @Test
    void higherGoesFirstAndAmongEqualsTheFirstToCome() {
      desk.enter("work", "a", "b", "c", "d", "e");
      change(priority(1), "d");
      change(priority(2), "e");
      change(priority(1), "c");
      change(priority(-1), "b");
      desk.enter("work", "f");

      assertThat(desk.returns("a", "done")).containsExactly("e");
      assertThat(desk.returns("e", "done")).containsExactly("d");
      assertThat(desk.returns("d", "done")).containsExactly("c");
      assertThat(desk.returns("c", "done")).containsExactly("f");
      assertThat(desk.returns("f", "done")).containsExactly("b");
    }

    @Test
    void comesWithTheJob() {
      desk.enter("gather", "a");
      desk.enter("work", "b");
      desk.enterJobs(
          List.of(
              Desk.arrival(Desk.job("c", "gather"), Duration.ZERO),
              Desk.arrival(Desk.job("d", "gather").copy().priority(7).build(), Duration.ZERO)));

      assertThat(desk.returns("a", "done")).containsExactly("d");
    }

    @Test
    void thatIsTakenBackKeepsThePlace() {
      desk.enter("work", "a", "b", "c");
      change(priority(3), "c");
      change(priority(3), "b");
      desk.returns("a", "done");

      assertThat(desk.withdraws("c")).containsExactly("c");
    }
  }

  @Nested
  class Orders {
    @Test
    void areCarriedOutAFewAtATime() {
      String[] ids = IntStream.range(0, 100).mapToObj(i -> "p" + i).toArray(String[]::new);
      for (String id : ids) {
        desk.enterParked("work", id);
      }

      assertThat(desk.orders(CANCEL, ids)).hasSize(16);
      assertThat(desk.carriesOut("p0")).containsExactly("order for p16");
    }

    @Test
    void waitWhileTheRunIsHeld() {
      desk.enterParked("work", "a");
      desk.holds();

      assertThat(desk.orders(RELEASE, "a")).isEmpty();
      assertThat(desk.unholds()).containsExactly("order for a");
    }

    @Test
    void thatChangeNothingLeaveTheJobWhereItStood() {
      desk.enterAfter(Duration.ofMinutes(5), "work", "a");
      desk.orders(RELEASE, "a");

      assertThat(desk.leavesUnchanged("a", Duration.ofMinutes(5))).isEmpty();
      assertThat(desk.untilNextDue()).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void areForgottenAtAStop() {
      desk.enterParked("work", "a");
      desk.holds();
      desk.orders(RELEASE, "a");
      desk.stops();

      assertThat(desk.unholds()).isEmpty();
      assertThat(desk.count("work").parked()).isEqualTo(1);
      assertThat(desk.board().isResting()).isTrue();
    }
  }
}
