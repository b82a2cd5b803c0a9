package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.event.RunEvent;
import dev.jorb.limit.Feedback;
import dev.jorb.run.Job;
import dev.jorb.run.Transition;
import dev.jorb.serial.Serializer.Encoded;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What listeners are told of a result.
class TalesTest {
  private static final Instant AT = Instant.parse("2026-11-24T10:00:00Z");
  private static final Duration TOOK = Duration.ofMillis(5);
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Job<String> before = Desk.job("a", "work");

  /// The job after an execution that took it to this state.
  private Job<String> executed(String to, UnaryOperator<Job.Builder<String>> more) {
    return more.apply(before.next().state(to).transition("work", to, AT, TOOK)).build();
  }

  private static List<RunEvent> told(
      Job<String> before, Job<String> after, Duration delay, boolean failed) {
    Lane<String> lane = new Lane<>(0, before.state(), false, 1, 0, true, null);
    List<Job<String>> kicked = after.kicks() == 0 ? List.of() : List.of(Desk.job("a->0", "work"));
    return Tales.of(
        new Result<>(
            new Entry<>(before, lane),
            new Encoded<>(new Transition<>(after, kicked), new byte[0]),
            delay,
            Feedback.SUCCEEDED,
            failed));
  }

  private List<RunEvent> told(Job<String> after, Duration delay, boolean failed) {
    return told(before, after, delay, failed);
  }

  @Nested
  class AnExecution {
    @Test
    void thatMovedItsJobSaysHowLongItTookAndWhatItKicked() {
      Job<String> after = executed("done", job -> job.kicks(1));

      assertThat(told(after, Duration.ZERO, false))
          .containsExactly(new RunEvent.Moved(after, "work", TOOK, 1));
    }

    @Test
    void thatFailedSaysWhenItsJobIsTriedAgain() {
      Job<String> after = executed("work", job -> job.attempt(1));

      assertThat(told(after, SECOND, true))
          .containsExactly(new RunEvent.Failed(after, "work", Optional.of(SECOND)));
    }

    @Test
    void thatFailedAndIsNotRetriedSaysSo() {
      Job<String> after = executed("rejected", job -> job);

      assertThat(told(after, SECOND, true))
          .containsExactly(new RunEvent.Failed(after, "work", Optional.empty()));
    }

    @Test
    void thatFailedForGoodIsFollowedByTheParking() {
      Job<String> after = executed("work", job -> job.attempt(3).parked("3 times in a row"));

      assertThat(told(after, SECOND, true))
          .containsExactly(
              new RunEvent.Failed(after, "work", Optional.empty()),
              new RunEvent.Parked(after, "3 times in a row"));
    }

    @Test
    void thatParkedItsJobSaysBoth() {
      Job<String> after = executed("work", job -> job.parked("look"));

      assertThat(told(after, Duration.ZERO, false))
          .containsExactly(
              new RunEvent.Moved(after, "work", TOOK, 0), new RunEvent.Parked(after, "look"));
    }
  }

  @Nested
  class AJobThatGoesInCircles {
    @Test
    void isToldOfAtEachHundredLaps() {
      for (int laps : new int[] {100, 200}) {
        Job<String> after = executed("work", job -> job.laps(laps));

        assertThat(told(after, SECOND, false))
            .containsExactly(
                new RunEvent.Moved(after, "work", TOOK, 0), new RunEvent.Looped("a", "work", laps));
      }
    }

    @Test
    void isNotToldOfInBetweenNorIfItGoesOn() {
      for (int laps : new int[] {0, 1, 99, 101}) {
        assertThat(told(executed("work", job -> job.laps(laps)), SECOND, false)).hasSize(1);
      }
      assertThat(told(executed("work", job -> job.laps(100)), Duration.ZERO, false)).hasSize(1);
    }
  }

  @Nested
  class AnOrder {
    private List<RunEvent> ordered(Job<String> from, UnaryOperator<Job.Builder<String>> to) {
      return told(from, to.apply(from.next()).build(), Duration.ZERO, false);
    }

    private final Job<String> parked = before.copy().parked("look").build();

    @Test
    void thatCancelsSaysFromWhere() {
      Job<String> after =
          before
              .next()
              .state(Job.CANCELLED)
              .transition("work", Job.CANCELLED, AT, Duration.ZERO)
              .build();

      assertThat(told(after, Duration.ZERO, false))
          .containsExactly(new RunEvent.Cancelled(after, "work"));
    }

    @Test
    void thatPrioritizesSaysThePriorityBefore() {
      assertThat(ordered(before, job -> job.priority(5)))
          .singleElement()
          .isInstanceOfSatisfying(
              RunEvent.Prioritized.class,
              told -> {
                assertThat(told.before()).isZero();
                assertThat(told.job().priority()).isEqualTo(5);
              });
    }

    @Test
    void thatParksSaysWhy() {
      assertThat(ordered(before, job -> job.parked("wait for me")))
          .singleElement()
          .isInstanceOfSatisfying(
              RunEvent.Parked.class, told -> assertThat(told.reason()).isEqualTo("wait for me"));
      assertThat(ordered(parked, job -> job.parked("wait for her")))
          .singleElement()
          .isInstanceOf(RunEvent.Parked.class);
    }

    @Test
    void thatReleasesSaysSo() {
      assertThat(ordered(parked, Job.Builder::released))
          .singleElement()
          .isInstanceOf(RunEvent.Released.class);
    }

    @Test
    void thatChangesNothingOfThisSaysNothing() {
      assertThat(ordered(before, job -> job)).isEmpty();
      assertThat(ordered(parked, job -> job)).isEmpty();
    }
  }
}
