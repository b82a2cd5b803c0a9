package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.limit.Concurrency;
import dev.jorb.limit.Gate;
import dev.jorb.limit.Limit;
import dev.jorb.limit.Rate;
import dev.jorb.workflow.WorkflowException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// States that are held by what the machine has left, by plain calls.
class GatesTest {
  private static final Duration HALF_A_SECOND = Gate.PERIOD;

  /// What the probe answers, one after the other; then the last one again.
  private final ArrayDeque<Double> answers = new ArrayDeque<>();

  private int readings;

  private final Gate gate = Gate.atMost("the queue's length", 10, this::answer);

  private double answer() {
    readings++;
    return answers.size() > 1 ? answers.remove() : answers.element();
  }

  private Desk held(Limit limit) {
    return Desk.of(w ->
        w.state("work", s -> s.exec(Desk::step).concurrency(10_000).limit(limit)).terminal("done"));
  }

  private static String hold(Desk desk) {
    return desk.count("work").hold();
  }

  @Test
  void holdsStartsWithAReasonUntilTheReadingIsGoodAgain() {
    answers.addAll(List.of(11.0, 12.5, 10.0));
    Desk desk = held(gate);

    assertThat(desk.enter("work", "a", "b")).isEmpty();
    assertThat(hold(desk)).isEqualTo("held by its gate: the queue's length: 11, above 10");
    assertThat(desk.untilNextDue()).isEqualTo(HALF_A_SECOND);
    assertThat(desk.passesUntilDue()).isEmpty();
    assertThat(hold(desk)).isEqualTo("held by its gate: the queue's length: 12.5, above 10");
    assertThat(desk.passesUntilDue()).containsExactly("a", "b");
    assertThat(hold(desk)).isEmpty();
  }

  @Test
  void closesForThoseThatComeLater() {
    answers.addAll(List.of(1.0, 11.0));
    Desk desk = held(gate);

    assertThat(desk.enter("work", "a")).containsExactly("a");
    desk.lets(HALF_A_SECOND);
    assertThat(desk.enter("work", "b")).isEmpty();
  }

  @Test
  void isReadTwiceASecondAtMostHoweverManyAsk() {
    answers.add(1.0);
    Desk desk = held(gate);
    for (int i = 0; i < 1_000; i++) {
      desk.enter("work", "job" + i);
      desk.passes(Duration.ofMillis(1));
    }
    assertThat(readings).isEqualTo(2);
  }

  @Test
  void worksWithOtherLimitsAndKeys() {
    answers.addAll(List.of(11.0, 11.0, 1.0)); // Each key asks for itself here.
    Desk desk =
        Desk.of(w ->
            w.state(
                    "work",
                    s ->
                        s.exec(Desk::step)
                            .concurrency(100)
                            .limit(gate.and(Concurrency.of(1)))
                            .per(context -> context.charAt("context of ".length()))
                            .rate(Rate.perHour(2).burst(2)))
                .terminal("done"));

    assertThat(desk.enter("work", "a1", "a2", "b1", "b2")).isEmpty();
    assertThat(hold(desk)).startsWith("held by its gate: ").contains(" for ");
    assertThat(desk.passesUntilDue()).containsExactly("a1", "b1");
  }

  @Test
  void atLeastIsTheOtherWayRound() {
    answers.addAll(List.of(0.0, 1.0));
    Desk desk = held(Gate.atLeast("free licences", 1, this::answer));

    assertThat(desk.enter("work", "a")).isEmpty();
    assertThat(hold(desk)).isEqualTo("held by its gate: free licences: 0, below 1");
    assertThat(desk.passesUntilDue()).containsExactly("a");
  }

  @Nested
  class AProbe {
    @Test
    void thatThrowsHoldsItsStateAloneWhileItDoes() {
      Gate broken =
          Gate.atMost(
              "load",
              1,
              () -> {
                if (answer() > 0) {
                  throw new IllegalStateException("no such file");
                }
                return 0;
              });
      answers.addAll(List.of(1.0, 0.0));
      Desk desk =
          Desk.of(w ->
              w.state("work", s -> s.exec(Desk::step).limit(broken))
                  .state("free", s -> s.exec(Desk::step))
                  .terminal("done"));

      assertThat(desk.enter("work", "a")).isEmpty();
      assertThat(desk.enter("free", "b")).containsExactly("b");
      assertThat(hold(desk))
          .isEqualTo(
              "held by its gate: load: its probe threw java.lang.IllegalStateException: no such file");
      assertThat(desk.passesUntilDue()).containsExactly("a");
    }

    @Test
    void thatAnswersNoNumberHoldsItsState() {
      answers.add(Double.NaN);
      Desk desk = held(gate);

      assertThat(desk.enter("work", "a")).isEmpty();
      assertThat(hold(desk))
          .isEqualTo("held by its gate: the queue's length: its probe answered what is no number");
    }
  }

  @Test
  void settingsThatCannotBeMeantAreRefusedByNameAndValue() {
    Path path = Path.of("disk");
    assertThatThrownBy(() ->
            held(
                Gate.cpuLoadAtMost(90)
                    .and(Gate.freeMemoryAtLeast(0))
                    .and(Gate.freeDiskAtLeast(path, -1))
                    .and(Gate.openFilesAtMost(Double.NaN))
                    .and(Gate.atMost(" ", Double.POSITIVE_INFINITY, () -> 0))))
        .isInstanceOf(WorkflowException.class)
        .hasMessageContaining("gate: CPU load must be above 0 and at most 1 but was 90.0")
        .hasMessageContaining("gate: free memory must be above 0 bytes but was 0")
        .hasMessageContaining("gate: free disk at disk must be above 0 bytes but was -1")
        .hasMessageContaining("gate: open files must be above 0 and at most 1 but was NaN")
        .hasMessageContaining("gate: what its probe tells must not be blank")
        .hasMessageContaining("must be a finite number but was Infinity");
  }
}
