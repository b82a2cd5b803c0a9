package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.run.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Jobs that must be at their ends by a time, on the board.
class ExpiriesTest {
  private static final Duration TEN = Duration.ofSeconds(10);

  private final Desk desk =
      Desk.of(w -> w.state("work", s -> s.exec(Desk::step)).terminal("done").terminal("late"));

  private List<String> enter(String id, Duration delay) {
    return desk.enterJobs(List.of(Desk.arrival(inTen(id), delay)));
  }

  /// It was made at the epoch, and has ten seconds.
  private static Job<String> inTen(String id) {
    return Desk.job(id, "work").copy().deadline(Instant.EPOCH.plus(TEN)).build();
  }

  @Test
  void waitingJobLeavesItsQueue() {
    desk.enter("work", "a");
    enter("b", Duration.ZERO);
    assertThat(desk.untilNextDue()).isEqualTo(TEN);

    assertThat(desk.passes(TEN)).containsExactly("order for b");

    assertThat(desk.count("work").waiting()).isZero();
    desk.carriesOut("b");
    desk.commits("b");
    assertThat(desk.count("work").parked()).isEqualTo(1);
    assertThat(desk.untilNextDue()).isNull();
  }

  @Test
  void delayedJobDoesNotWaitForItsTime() {
    enter("a", Duration.ofHours(1));

    assertThat(desk.passes(TEN)).containsExactly("order for a");
  }

  @Test
  void jobThatWaitsForItsKicksDoesNotWaitForThem() {
    enter("a", Duration.ZERO);
    desk.returnsToJoin("a", "work", "work");
    assertThat(desk.commits("a")).containsExactly("a->0");

    assertThat(desk.passes(TEN)).containsExactly("order for a");
    desk.carriesOut("a");
    desk.commits("a");
    desk.returns("a->0", "done");
    assertThat(desk.commits("a->0")).isEmpty();
  }

  @Test
  void stepThatRunsIsInterruptedAndKeepsItsSlot() {
    enter("a", Duration.ZERO);

    assertThat(desk.passes(TEN)).isEmpty();

    assertThat(desk.overdue()).containsExactly("a");
    assertThat(desk.enter("work", "b")).isEmpty();
  }

  /// All threads may have been busy when its time was over, so that nobody could be interrupted.
  @Test
  void stepThatHadNotBegunIsInterruptedWhenItBegins() {
    enter("a", Duration.ZERO);
    desk.passes(TEN);
    desk.overdue();

    desk.begins("a");

    assertThat(desk.overdue()).containsExactly("a");
  }

  @Test
  void stepThatBeginsInTimeIsNotInterrupted() {
    enter("a", Duration.ZERO);
    desk.begins("a");
    desk.orders(new Order.Prioritize(3), "a");
    desk.begins("a");

    assertThat(desk.overdue()).isEmpty();
  }

  @Test
  void jobWhoseResultIsOnItsWayGoesNoFurther() {
    enter("a", Duration.ZERO);
    desk.returns("a", "work");
    desk.passes(TEN);

    assertThat(desk.commits("a")).containsExactly("order for a");
  }

  /// What a step says of a deadline counts from when it says so, and not from when the disk has it.
  @Test
  void slowDiskPutsNoDeadlineOff() {
    desk.enter("work", "a");
    desk.returnsInTen("a", "work", "work");
    desk.passes(Duration.ofSeconds(4));
    assertThat(desk.commits("a")).containsExactly("a");

    assertThat(desk.untilNextDue()).isEqualTo(Duration.ofSeconds(6));
    assertThat(desk.passes(Duration.ofSeconds(6))).containsExactly("order for a->0");
    assertThat(desk.overdue()).containsExactly("a");
  }

  @Test
  void jobThatHasEndedInTimeIsLeftAlone() {
    enter("a", Duration.ZERO);
    desk.returns("a", "done");
    desk.commits("a");

    assertThat(desk.untilNextDue()).isNull();
    assertThat(desk.passes(TEN)).isEmpty();
  }

  @Test
  void parkedJobStaysParked() {
    desk.enterJobs(
        List.of(Desk.arrival(inTen("a").copy().parked("look at it").build(), Duration.ZERO)));

    assertThat(desk.passes(TEN)).isEmpty();
    assertThat(desk.board().isResting()).isTrue();
  }

  @Test
  void whatAPersonHasOrderedComesFirst() {
    enter("a", Duration.ZERO);
    desk.orders(new Order.Prioritize(3), "a");
    desk.passes(TEN);
    desk.returns("a", "work");

    assertThat(desk.commits("a")).containsExactly("order for a");
    desk.carriesOut("a");
    assertThat(desk.commits("a")).containsExactly("a");
    assertThat(desk.passes(Duration.ofSeconds(1))).isEmpty();
    assertThat(desk.overdue()).containsExactly("a", "a");
  }

  @Test
  void nothingExpiresOnceTheRunStops() {
    enter("a", Duration.ofHours(1));
    desk.stops();

    assertThat(desk.passes(TEN)).isEmpty();
  }
}
