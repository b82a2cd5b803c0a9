package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.jorb.engine.Verdict.Decision;
import dev.jorb.run.Job;
import dev.jorb.run.JobError;
import dev.jorb.run.JobTransition;
import dev.jorb.run.Transition;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What an execution means for its job.
class VerdictTest {
  private static final Instant AT = Instant.parse("2026-11-24T10:42:07.113Z");
  private static final Duration TOOK = Duration.ofMillis(532);
  private static final Retry TWICE = new Retry(2, Duration.ofSeconds(1), Duration.ofSeconds(10));

  private static final Workflow<Object, String, String> WORKFLOW =
      Workflow.named("verdicts", Object.class, String.class, String.class)
          .state("new", s -> s.exec(Desk::step).retry(TWICE))
          .state("push", s -> s.exec(Desk::step).retry(TWICE).onFailure("abandoned"))
          .state("once", s -> s.exec(Desk::step).retry(Retry.never()))
          .state("narrow", s -> s.exec(Desk::step).next("push", "done").onFailure("abandoned"))
          .terminal("done")
          .terminal("abandoned")
          .build();

  private final Verdict<String> verdict = new Verdict<>(WORKFLOW, new SplittableRandom(7));

  private static Job<String> job(String state) {
    return Job.create("17", state, "old", Instant.EPOCH);
  }

  private Decision<String> returned(Job<String> job, Outcome<String> outcome) {
    return verdict.returned(job, outcome, AT, TOOK);
  }

  private Job<String> after(Job<String> job, Outcome<String> outcome) {
    return returned(job, outcome).transition().job();
  }

  private Job<String> afterFailures(Job<String> job, int failures) {
    for (int i = 0; i < failures; i++) {
      job = verdict.failed(job, "boom", AT, TOOK).transition().job();
    }
    return job;
  }

  @Test
  void cancelledJobThatWasInDoubtInsideOfAGroupMakesOneTransition() {
    var workflow =
        Workflow.named("grouped", Object.class, String.class, String.class)
            .state("open", s -> s.exec(Desk::step))
            .terminal("done")
            .group("places", 1, "open")
            .build();

    Job<String> cancelled =
        new Verdict<>(workflow, new SplittableRandom(7))
            .ordered(job("open").copy().inDoubt(true).build(), new Order.Cancel(), AT)
            .orElseThrow()
            .transition()
            .job();

    // Its line in the run file says one; a second one would be gone after a restart.
    assertThat(cancelled.transitions())
        .extracting(JobTransition::from, JobTransition::to)
        .containsExactly(tuple("open", "cancelled"));
  }

  @Test
  void ruleForRetriesThatThrowsIsLoggedAndTheAttemptRepeated() {
    Retry broken =
        Retry.times(1)
            .onlyIf(failure -> {
              throw new IllegalStateException("no rule");
            });
    var workflow =
        Workflow.named("broken", Object.class, String.class, String.class)
            .state("new", s -> s.exec(Desk::step).retry(broken))
            .terminal("done")
            .build();

    Job<String> next =
        new Verdict<>(workflow, new SplittableRandom(7))
            .failed(job("new"), new java.io.IOException("503"), AT, TOOK)
            .transition()
            .job();

    assertThat(next.parked()).isEmpty();
    assertThat(next.lastError().orElseThrow().message())
        .startsWith("java.io.IOException: 503")
        .contains("the state's rule for retries failed: java.lang.IllegalStateException: no rule");
  }

  @Test
  void whoWaitsForKicksOrAPersonWhereJobsEndHasFailed() {
    assertThat(after(job("once"), Outcome.to("done", "x").awaitKicks()).parked())
        .contains(
            "failed: the step awaits its kicks in the terminal state \"done\", where jobs end");
    assertThat(after(job("once"), Outcome.to("done", "x").park("look")).parked())
        .contains("failed: the step parks its job in the terminal state \"done\", where jobs end");
  }

  @Test
  void laterStateThatIsNotADeclaredNextIsRefusedToo() {
    var workflow =
        Workflow.named("strict", Object.class, String.class, String.class)
            .state("first", s -> s.exec(Desk::step).next("done").retry(Retry.never()))
            .state("second", s -> s.exec(Desk::step))
            .terminal("done")
            .build();

    Job<String> job =
        new Verdict<>(workflow, new SplittableRandom(7))
            .returned(job("first"), Outcome.to("second", "x"), AT, TOOK)
            .transition()
            .job();

    assertThat(job.state()).isEqualTo("first");
    assertThat(job.parked().orElseThrow()).contains("not among its declared next states [done]");
  }

  @Test
  void jobInAStateThatTheWorkflowDoesNotHaveIsAMistakeOfTheEngine() {
    assertThatThrownBy(() -> returned(job("lost"), Outcome.stay("x")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("job 17 is in no state of the workflow");
  }

  @Nested
  class Circles {
    private Decision<String> laps(int laps, String... states) {
      Decision<String> last = null;
      Job<String> job = job("push");
      for (int i = 0; i < laps; i++) {
        for (String state : states) {
          last = returned(job, Outcome.to(state, "old"));
          job = last.transition().job();
        }
      }
      return last;
    }

    @Test
    void hundredLapsOfOneStateAreFreeAndEachFurtherWaits() {
      assertThat(laps(99, "push").delay()).isZero();
      assertThat(laps(100, "push").delay()).isEqualTo(Duration.ofSeconds(1));
      Job<String> job = laps(150, "push").transition().job();
      assertThat(job.laps()).isEqualTo(150);
      assertThat(job.due()).contains(AT.plusSeconds(1));
    }

    @Test
    void lapsOverSeveralStatesCountOnceEach() {
      assertThat(laps(99, "narrow", "push").transition().job().laps()).isEqualTo(99);
      assertThat(laps(99, "narrow", "push").delay()).isZero();
      assertThat(laps(100, "narrow", "push").delay()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void changeOfTheContextBeginsAnew() {
      Job<String> job = laps(99, "push").transition().job();

      assertThat(after(job, Outcome.stay("new")).laps()).isZero();
    }

    @Test
    void whoWaitsOrForksOrFailsDoesNotGoInCircles() {
      Job<String> job = laps(99, "push").transition().job();

      assertThat(after(job, Outcome.stay("old").after(Duration.ofMillis(1))).laps()).isZero();
      assertThat(after(job, Outcome.stay("old").kick("new", "child")).laps()).isZero();
      assertThat(after(job, Outcome.stay("old").error("no")).laps()).isZero();
      assertThat(after(job, Outcome.to("push", "old").park("wait")).laps()).isZero();
    }

    @Test
    void wayForwardIsNoLap() {
      assertThat(after(job("new"), Outcome.to("push", "old")).laps()).isZero();
    }
  }

  @Nested
  class Deadlines {
    private final Job<String> late = job("push").copy().deadline(AT.minusSeconds(1)).build();

    @Test
    void jobIsLateFromTheMomentOfItsDeadlineOn() {
      Job<String> job = job("push").copy().deadline(AT).build();

      assertThat(Verdict.isExpired(job, AT.minusNanos(1))).isFalse();
      assertThat(Verdict.isExpired(job, AT)).isTrue();
      assertThat(Verdict.isExpired(job("push"), AT)).as("without a deadline").isFalse();
    }

    @Test
    void stepGivesItsJobADeadlineThatIsKept() {
      Job<String> job = after(job("new"), Outcome.to("push", "x").deadline(AT.plusSeconds(9)));

      assertThat(job.deadline()).contains(AT.plusSeconds(9));
      assertThat(after(job, Outcome.stay("y")).deadline()).contains(AT.plusSeconds(9));
    }

    @Test
    void lateJobGoesWhereItsStateSaysAndHasTimeAgain() {
      Decision<String> decision = verdict.expired(late, AT, TOOK);

      Job<String> job = decision.transition().job();
      assertThat(decision.failed()).isTrue();
      assertThat(job.state()).isEqualTo("abandoned");
      assertThat(job.context()).isEqualTo("old");
      assertThat(job.deadline()).isEmpty();
      assertThat(job.errors())
          .extracting(JobError::state, JobError::message)
          .containsExactly(tuple("push", "its deadline, 2026-11-24T10:42:06.113Z, has passed"));
    }

    @Test
    void lateJobIsParkedIfItsStateSaysNothing() {
      Job<String> once = job("once").copy().deadline(AT).build();

      Job<String> job = verdict.expired(once, AT, TOOK).transition().job();

      assertThat(job.state()).isEqualTo("once");
      assertThat(job.parked()).contains("its deadline, " + AT + ", has passed");
    }

    @Test
    void releasedJobHasAllTheTimeThatItNeeds() {
      Job<String> parked = late.copy().parked("late").build();

      assertThat(verdict.ordered(parked, new Order.Release(), AT).orElseThrow())
          .satisfies(decision -> assertThat(decision.transition().job().deadline()).isEmpty());
    }

    @Test
    void orderOfAnOlderDeadlineChangesNothing() {
      assertThat(verdict.ordered(late, new Order.Expire(AT.minusSeconds(99)), AT)).isEmpty();
      assertThat(verdict.ordered(late, new Order.Expire(AT.minusSeconds(1)), AT)).isPresent();
    }
  }

  @Nested
  class Moves {
    @Test
    void jobGoesWhereTheStepSaysWithItsNewContext() {
      Decision<String> decision = returned(job("new"), Outcome.to("push", "fresh"));

      Job<String> next = decision.transition().job();
      assertThat(next.id()).isEqualTo("17");
      assertThat(next.state()).isEqualTo("push");
      assertThat(next.context()).isEqualTo("fresh");
      assertThat(next.version()).isEqualTo(2);
      assertThat(next.updated()).isEqualTo(AT);
      assertThat(next.due()).isEmpty();
      assertThat(next.errors()).isEmpty();
      assertThat(decision.delay()).isZero();
      assertThat(decision.transition().kicked()).isEmpty();
    }

    @Test
    void transitionIsLoggedWithItsTimes() {
      Job<String> next = after(job("new"), Outcome.to("push", "fresh"));

      assertThat(next.lastTransition())
          .hasValueSatisfying(transition -> {
            assertThat(transition.from()).isEqualTo("new");
            assertThat(transition.to()).isEqualTo("push");
            assertThat(transition.at()).isEqualTo(AT);
            assertThat(transition.took()).isEqualTo(TOOK);
            assertThat(transition.ordinal()).isEqualTo(1);
          });
    }

    @Test
    void jobThatStaysRunsAgainAtOnceAndHasNotFailed() {
      Decision<String> decision = returned(job("new"), Outcome.stay("fresh"));

      Job<String> next = decision.transition().job();
      assertThat(next.state()).isEqualTo("new");
      assertThat(next.context()).isEqualTo("fresh");
      assertThat(next.attempt()).isZero();
      assertThat(next.errors()).isEmpty();
      assertThat(decision.delay()).isZero();
    }

    @Test
    void jobMayStayAsOftenAsItLikes() {
      Job<String> job = job("once");
      for (int i = 0; i < 100; i++) {
        job = after(job, Outcome.stay("again " + i));
      }

      assertThat(job.parked()).isEmpty();
      assertThat(job.version()).isEqualTo(101);
      assertThat(job.transitionCount()).isEqualTo(100);
    }

    @Test
    void moveWithADelayIsMadeAtOnceAndDueLater() {
      Duration delay = Duration.ofSeconds(30);

      Decision<String> decision = returned(job("new"), Outcome.to("push", "fresh").after(delay));

      assertThat(decision.delay()).isEqualTo(delay);
      assertThat(decision.transition().job().state()).isEqualTo("push");
      assertThat(decision.transition().job().due()).contains(AT.plus(delay));
    }

    @Test
    void earlierDelayIsForgotten() {
      Job<String> job = after(job("new"), Outcome.stay("a").after(Duration.ofSeconds(30)));

      assertThat(after(job, Outcome.stay("b")).due()).isEmpty();
    }

    @Test
    void errorOfAJobThatMovesIsLoggedUnderTheStateItRanIn() {
      Job<String> next = after(job("new"), Outcome.to("push", "fresh").error("build 17 failed"));

      assertThat(next.state()).isEqualTo("push");
      assertThat(next.attempt()).isZero();
      assertThat(next.errors())
          .singleElement()
          .satisfies(error -> {
            assertThat(error.state()).isEqualTo("new");
            assertThat(error.at()).isEqualTo(AT);
            assertThat(error.message()).isEqualTo("build 17 failed");
          });
    }

    @Test
    void declaredNextStatesItselfAndOnFailureAreAllowed() {
      for (String state : List.of("push", "done", "narrow", "abandoned")) {
        Job<String> next = after(job("narrow"), Outcome.to(state, "fresh"));

        assertThat(next.state()).isEqualTo(state);
        assertThat(next.errors()).isEmpty();
      }
    }
  }

  @Nested
  class FailedAttempts {
    @Test
    void thrownFailureKeepsTheOldContextAndIsTriedAgain() {
      Decision<String> decision =
          verdict.failed(job("new"), new IllegalStateException("no route"), AT, TOOK);

      Job<String> next = decision.transition().job();
      assertThat(next.state()).isEqualTo("new");
      assertThat(next.context()).isEqualTo("old");
      assertThat(next.attempt()).isEqualTo(1);
      assertThat(next.parked()).isEmpty();
      assertThat(next.lastError())
          .map(JobError::message)
          .hasValueSatisfying(message ->
              assertThat(message)
                  .startsWith("java.lang.IllegalStateException: no route\n  at ")
                  .contains("VerdictTest"));
      assertThat(next.due()).contains(AT.plus(decision.delay()).truncatedTo(ChronoUnit.MILLIS));
    }

    @Test
    void stayingWithAnErrorIsAFailedAttemptWithTheNewContext() {
      Job<String> next = after(job("new"), Outcome.stay("fresh").error("HTTP 502"));

      assertThat(next.context()).isEqualTo("fresh");
      assertThat(next.attempt()).isEqualTo(1);
      assertThat(next.lastError()).map(JobError::message).contains("HTTP 502");
    }

    @Test
    void goingToTheOwnStateWithAnErrorIsStaying() {
      assertThat(after(job("new"), Outcome.to("new", "fresh").error("HTTP 502")).attempt())
          .isEqualTo(1);
    }

    @Test
    void delayThatTheStepChoseGoesBeforeTheBackoff() {
      Duration delay = Duration.ofMinutes(7);

      assertThat(returned(job("new"), Outcome.stay("fresh").error("later").after(delay)).delay())
          .isEqualTo(delay);
      assertThat(
              returned(job("new"), Outcome.stay("fresh").error("now").after(Duration.ZERO)).delay())
          .isZero();
    }

    @Test
    void backoffDoublesUpToItsMostAndIsDrawnEvenly() {
      Retry retry = new Retry(9, Duration.ofSeconds(1), Duration.ofSeconds(5));
      Workflow<Object, String, String> workflow =
          Workflow.named("backoff", Object.class, String.class, String.class)
              .state("new", s -> s.exec(Desk::step).retry(retry))
              .terminal("done")
              .build();
      Verdict<String> drawing = new Verdict<>(workflow, new SplittableRandom(42));
      int[] mostSeconds = {1, 2, 4, 5, 5};
      for (int failures = 0; failures < mostSeconds.length; failures++) {
        Job<String> job = job("new").copy().attempt(failures).build();
        List<Duration> drawn = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
          drawn.add(drawing.failed(job, "boom", AT, TOOK).delay());
        }
        Duration most = Duration.ofSeconds(mostSeconds[failures]);
        assertThat(drawn).allMatch(d -> !d.isNegative() && d.compareTo(most) <= 0);
        assertThat(drawn).anyMatch(d -> d.compareTo(most.dividedBy(10)) < 0);
        assertThat(drawn).anyMatch(d -> d.compareTo(most.multipliedBy(9).dividedBy(10)) > 0);
      }
    }

    @Test
    void sameSeedDrawsTheSameDelays() {
      Verdict<String> one = new Verdict<>(WORKFLOW, new SplittableRandom(3));
      Verdict<String> other = new Verdict<>(WORKFLOW, new SplittableRandom(3));

      assertThat(one.failed(job("new"), "boom", AT, TOOK).delay())
          .isEqualTo(other.failed(job("new"), "boom", AT, TOOK).delay());
    }

    @Test
    void nullIsAFailedAttempt() {
      Job<String> next = after(job("new"), null);

      assertThat(next.attempt()).isEqualTo(1);
      assertThat(next.context()).isEqualTo("old");
      assertThat(next.lastError())
          .map(JobError::message)
          .contains("the step returned null; it must return an Outcome");
    }

    @Test
    void unknownStateIsAFailedAttempt() {
      Job<String> next = after(job("new"), Outcome.to("psuh", "fresh"));

      assertThat(next.state()).isEqualTo("new");
      assertThat(next.context()).isEqualTo("old");
      assertThat(next.lastError())
          .map(JobError::message)
          .contains(
              "the step returned the unknown state \"psuh\"; known are "
                  + "[new, push, once, narrow, done, abandoned]");
    }

    @Test
    void stateThatIsNotADeclaredNextIsAFailedAttempt() {
      Job<String> next = after(job("narrow"), Outcome.to("new", "fresh"));

      assertThat(next.state()).isEqualTo("narrow");
      assertThat(next.context()).isEqualTo("old");
      assertThat(next.lastError())
          .map(JobError::message)
          .contains(
              "the step returned the state \"new\", which is not among its declared next states "
                  + "[push, done]");
    }

    @Test
    void kickIntoAnUnknownStateIsAFailedAttemptAndNoneIsMade() {
      Outcome<String> outcome =
          Outcome.to("push", "fresh").kick("new", "child").kick("nowhere", "lost");

      Decision<String> decision = returned(job("new"), outcome);

      assertThat(decision.transition().kicked()).isEmpty();
      assertThat(decision.transition().job().state()).isEqualTo("new");
      assertThat(decision.transition().job().kicks()).isZero();
      assertThat(decision.transition().job().lastError())
          .map(JobError::message)
          .contains(
              "the step kicked a job into the unknown state \"nowhere\"; known are "
                  + "[new, push, once, narrow, done, abandoned]");
    }
  }

  @Nested
  class UsedUpRetries {
    @Test
    void attemptsAreCounted() {
      assertThat(afterFailures(job("new"), 1).attempt()).isEqualTo(1);
      assertThat(afterFailures(job("new"), 2).attempt()).isEqualTo(2);
      assertThat(afterFailures(job("new"), 2).parked()).isEmpty();
    }

    @Test
    void successStartsTheCountAgain() {
      Job<String> job = afterFailures(job("new"), 2);

      assertThat(after(job, Outcome.stay("well")).attempt()).isZero();
      assertThat(after(job, Outcome.to("push", "on")).attempt()).isZero();
      assertThat(after(job, Outcome.to("push", "on").error("but")).attempt()).isZero();
    }

    @Test
    void jobIsParkedWithTheReasonInItsState() {
      Job<String> parked = afterFailures(job("new"), 3);

      assertThat(parked.state()).isEqualTo("new");
      assertThat(parked.parked()).contains("failed 3 times in a row: boom");
      assertThat(parked.attempt()).isEqualTo(3);
      assertThat(parked.due()).isEmpty();
      assertThat(parked.errors()).hasSize(3);
      assertThat(parked.context()).isEqualTo("old");
    }

    @Test
    void reasonIsTheErrorsFirstLine() {
      Job<String> parked =
          verdict
              .failed(job("once"), new IllegalStateException("first\nsecond"), AT, TOOK)
              .transition()
              .job();

      assertThat(parked.parked()).contains("failed: java.lang.IllegalStateException: first");
    }

    @Test
    void jobGoesToOnFailureWithACleanCount() {
      Decision<String> decision = verdict.failed(afterFailures(job("push"), 2), "boom", AT, TOOK);

      Job<String> next = decision.transition().job();
      assertThat(next.state()).isEqualTo("abandoned");
      assertThat(next.attempt()).isZero();
      assertThat(next.parked()).isEmpty();
      assertThat(next.lastError()).map(JobError::state).contains("push");
      assertThat(next.lastTransition().orElseThrow().to()).isEqualTo("abandoned");
      assertThat(decision.delay()).isZero();
    }

    @Test
    void contextOfTheLastAttemptIsKeptIfTheStepReturnedIt() {
      assertThat(after(job("once"), Outcome.stay("learned").error("no")).context())
          .isEqualTo("learned");
    }

    @Test
    void delayOfTheLastAttemptIsOfNoUse() {
      Outcome<String> outcome = Outcome.stay("x").error("no").after(Duration.ofMinutes(1));

      assertThat(returned(job("once"), outcome).delay()).isZero();
    }
  }

  @Nested
  class Kicks {
    @Test
    void childrenAreNewJobsOfThisOne() {
      Outcome<String> outcome =
          Outcome.to("done", "fresh").kick("new", "first").kick("push", "second");

      Decision<String> decision = returned(job("new"), outcome);

      assertThat(decision.transition().job().kicks()).isEqualTo(2);
      assertThat(decision.transition().kicked())
          .extracting(
              Job::id, Job::state, Job::context, Job::version, child -> child.parent().get())
          .containsExactly(
              tuple("17->0", "new", "first", 1, "17"), tuple("17->1", "push", "second", 1, "17"));
    }

    @Test
    void asManyAsTheStateAllowsAreMadeAndNoneOfMore() {
      var workflow =
          Workflow.named("kicks", Object.class, String.class, String.class)
              .state("new", s -> s.exec(Desk::step).maxKicks(2).retry(Retry.never()))
              .terminal("done")
              .build();
      Verdict<String> verdict = new Verdict<>(workflow, new SplittableRandom(7));
      Outcome<String> two = Outcome.to("done", "x").kick("new", "a").kick("new", "b");

      assertThat(verdict.returned(job("new"), two, AT, TOOK).transition().kicked()).hasSize(2);
      Transition<String> refused =
          verdict.returned(job("new"), two.kick("new", "c"), AT, TOOK).transition();
      assertThat(refused.kicked()).isEmpty();
      assertThat(refused.job().parked())
          .contains("failed: the step kicked 3 jobs; its state allows 2");
    }

    @Test
    void idsGoOnOverTheParentsWholeLife() {
      Job<String> job = after(job("new"), Outcome.stay("a").kick("new", "x").kick("new", "y"));
      job = after(job, Outcome.stay("b"));
      job = afterFailures(job, 1);

      assertThat(returned(job, Outcome.stay("c").kick("new", "z")).transition().kicked())
          .extracting(Job::id)
          .containsExactly("17->2");
    }

    @Test
    void grandchildrenAreNamedAfterTheirParents() {
      Job<String> child = Job.<String>builder("17->0", "new").context("x").parent("17").build();

      assertThat(returned(child, Outcome.stay("x").kick("new", "y")).transition().kicked())
          .extracting(Job::id)
          .containsExactly("17->0->0");
    }

    @Test
    void kicksOfAStepThatStaysWithAnErrorAreMade() {
      Decision<String> decision =
          returned(job("new"), Outcome.stay("x").error("half done").kick("new", "rest"));

      assertThat(decision.transition().kicked()).extracting(Job::id).containsExactly("17->0");
    }
  }
}
