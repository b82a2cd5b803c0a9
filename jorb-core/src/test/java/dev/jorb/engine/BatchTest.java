package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.limit.Feedback;
import dev.jorb.limit.Rate;
import dev.jorb.workflow.Failures;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.State;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Steps that take several jobs in one call, on the board.
class BatchTest {
  private static Desk desk(Consumer<State.Builder<Object, String, String>> batch) {
    return Desk.of(w -> w.state("batch", s -> batch.accept(s)).terminal("done"));
  }

  private static List<Outcome<String>> step(
      Object app, String overall, List<dev.jorb.run.Job<String>> jobs) {
    throw new AssertionError("the board runs no steps");
  }

  @Test
  void callTakesAllThatWaitButNoMoreThanItMay() {
    Desk desk = desk(s -> s.execBatch(3, BatchTest::step));

    assertThat(desk.enter("batch", "a", "b", "c", "d", "e")).containsExactly("a+b+c");
    assertThat(desk.count("batch").executing()).isEqualTo(3);
    assertThat(desk.count("batch").waiting()).isEqualTo(2);

    assertThat(desk.returnsTogether("done", "a", "b", "c")).containsExactly("d+e");
    desk.commits("a", "b", "c");
    assertThat(desk.count("done").completed()).isEqualTo(3);
  }

  @Test
  void callIsNotedFirstIfOneOfItsJobsComesIntoAGroupByIt() {
    Desk desk =
        Desk.of(w ->
            w.state("batch", s -> s.execBatch(2, BatchTest::step))
                .terminal("done")
                .group("few", 2, "batch"));
    desk.enter("batch", "a");
    assertThat(desk.entry("a").notesFirst()).as("comes in").isTrue();
    assertThat(desk.finishesTogether("batch", "a")).containsExactly("a");
    assertThat(desk.entry("a").notesFirst()).as("is inside").isFalse();

    desk.enter("batch", "b");
    assertThat(desk.finishesTogether("batch", "a")).containsExactly("a+b");
    assertThat(desk.entry("a").notesFirst()).as("goes with one who comes in").isTrue();
  }

  @Test
  void concurrencyCountsCalls() {
    Desk desk = desk(s -> s.execBatch(2, BatchTest::step).concurrency(2));

    assertThat(desk.enter("batch", "a", "b", "c", "d", "e")).containsExactly("a+b", "c+d");
    assertThat(desk.returnsTogether("done", "c", "d")).containsExactly("e");
  }

  @Test
  void slotIsFreeWhenItsCallIsOverInARunThatNobodyRecordsToo() {
    Desk desk =
        Desk.of(w ->
            w.state("batch", s -> s.execBatch(2, BatchTest::step))
                .state("next", s -> s.execBatch(2, BatchTest::step))
                .terminal("done"));
    desk.enter("batch", "a", "b", "c");

    assertThat(desk.finishesTogether("next", "a", "b")).containsExactly("a+b", "c");
    assertThat(desk.count("batch").executing()).isEqualTo(1);
    assertThat(desk.count("next").executing()).isEqualTo(2);
  }

  @Test
  void higherPriorityGoesFirstInACallToo() {
    Desk desk = desk(s -> s.execBatch(2, BatchTest::step));
    desk.pauses("batch");
    desk.enter("batch", "a", "b", "c");
    desk.orders(new Order.Prioritize(1), "c");
    desk.carriesOut("c");
    desk.commits("c");

    assertThat(desk.resumes("batch")).containsExactly("c+a");
  }

  @Test
  void withdrawnCallStandsInTheOrderInWhichItStood() {
    Desk desk = desk(s -> s.execBatch(3, BatchTest::step));
    desk.enter("batch", "a", "b", "c", "d");
    desk.holds();

    desk.withdrawsTogether("a");

    assertThat(desk.unholds()).containsExactly("a+b+c");
  }

  @Test
  void jobThatIsParkedByHandMeanwhileIsParkedAfterItsCall() {
    Desk desk = desk(s -> s.execBatch(2, BatchTest::step));
    desk.enter("batch", "a", "b");

    assertThat(desk.orders(new Order.Park("look at it"), "b")).isEmpty();
    desk.returnsTogether("batch", "a", "b");

    assertThat(desk.commits("a", "b")).containsExactly("order for b", "a");
  }

  @Test
  void circuitTriesWithOneJob() {
    Desk desk =
        desk(s ->
            s.execBatch(2, BatchTest::step).circuit(Failures.moreThan(0), Duration.ofMinutes(1)));
    desk.enter("batch", "a", "b", "c");
    desk.failsTogether("a", "b");
    desk.commits("a", "b");

    assertThat(desk.passes(Duration.ofMinutes(1))).containsExactly("c");
    assertThat(desk.returnsTogether("done", "c")).containsExactly("a+b");
  }

  @Test
  void callTakesNoMoreJobsIntoAGroupThanItHasRoomFor() {
    Desk desk =
        Desk.of(w ->
            w.state("batch", s -> s.execBatch(5, BatchTest::step).concurrency(9))
                .terminal("done")
                .group("few", 3, "batch"));

    assertThat(desk.enter("batch", "a", "b", "c", "d", "e")).containsExactly("a+b+c");
    desk.returnsTogether("batch", "a", "b", "c");
    assertThat(desk.commits("a", "b", "c")).containsExactly("a+b+c");
    desk.returnsTogether("done", "a", "b", "c");
    assertThat(desk.commits("a", "b", "c")).containsExactly("d+e");
  }

  @Test
  void callIsOverdueOnce() {
    Desk desk = desk(s -> s.execBatch(2, BatchTest::step).timeout(Duration.ofSeconds(1)));
    desk.enter("batch", "a", "b");
    desk.begins("a");

    desk.passes(Duration.ofSeconds(1));

    assertThat(desk.overdue()).containsExactly("a");
    desk.returnsTogether("done", "a", "b");
    assertThat(desk.untilNextDue()).isNull();
  }

  @Nested
  class Limited {
    @Test
    void callTakesOnePermit() {
      Desk desk =
          desk(
              s -> s.execBatch(2, BatchTest::step).concurrency(9).rate(Rate.perSecond(1).burst(2)));

      assertThat(desk.enter("batch", "a", "b", "c", "d", "e")).containsExactly("a+b", "c+d");
      assertThat(desk.passes(Duration.ofSeconds(1))).containsExactly("e");
    }

    @Test
    void callCostsWhatItsJobsCost() {
      Desk desk =
          desk(s ->
              s.execBatch(2, BatchTest::step)
                  .concurrency(9)
                  .rate(Rate.perSecond(1).burst(20))
                  .cost(context -> 5));

      assertThat(desk.enter("batch", "a", "b", "c", "d", "e")).containsExactly("a+b", "c+d");
      assertThat(desk.untilNextDue()).isEqualTo(Duration.ofSeconds(5));
      assertThat(desk.passes(Duration.ofSeconds(5))).containsExactly("e");
    }

    @Test
    void callCostsNothingForJobsThatHaveLeftOutOfTurn() {
      Desk desk =
          desk(s ->
              s.execBatch(2, BatchTest::step)
                  .rate(Rate.perSecond(1).burst(20))
                  .cost(context -> context.endsWith("c") || context.endsWith("f") ? 15 : 1));
      desk.enter("batch", "a", "b", "c", "d", "e", "f");
      desk.orders(new Order.Cancel(), "c");
      desk.carriesOut("c");
      desk.commits("c");

      assertThat(desk.returnsTogether("done", "a", "b")).containsExactly("d+e");
      assertThat(desk.returnsTogether("done", "d", "e"))
          .as("16 of 20 are left")
          .containsExactly("f");
    }

    @Test
    void callCostsWhatItsJobsCostThatAreInsideAndThatComeIn() {
      Desk desk =
          Desk.of(w ->
              w.state(
                      "batch",
                      s ->
                          s.execBatch(3, BatchTest::step)
                              .rate(Rate.perSecond(1).burst(4))
                              .cost(context -> 1))
                  .terminal("done")
                  .group("few", 9, "batch"));
      assertThat(desk.enter("batch", "a")).containsExactly("a");
      desk.pauses("batch");
      desk.enter("batch", "b", "c", "d");
      desk.returnsTogether("batch", "a");
      desk.commits("a");

      assertThat(desk.resumes("batch")).as("3 of 4 are left").containsExactly("a+b+c");
    }

    @Test
    void jobsOfOneCallHaveOneKey() {
      Desk desk =
          desk(s ->
              s.execBatch(5, BatchTest::step)
                  .concurrency(9)
                  .rate(Rate.perSecond(1))
                  .per(context -> context.endsWith("a") || context.endsWith("c")));

      assertThat(desk.enter("batch", "a", "b", "c", "d")).containsExactly("a+c", "b+d");
    }

    @Test
    void refusedCallGoesBackInItsOrderAndWaitsForTheService() {
      Desk desk = desk(s -> s.execBatch(3, BatchTest::step).concurrency(2));
      desk.enter("batch", "a", "b", "c", "d");

      assertThat(desk.refusesTogether(Feedback.refused(5_000_000_000L), "a", "b", "c")).isEmpty();

      assertThat(desk.count("batch").waiting()).isEqualTo(3);
      assertThat(desk.untilNextDue()).isEqualTo(Duration.ofSeconds(5));
      desk.returnsTogether("done", "d");
      assertThat(desk.passes(Duration.ofSeconds(5))).containsExactly("a+b+c");
    }
  }
}
