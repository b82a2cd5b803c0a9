package dev.jorb.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.limit.Rate;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class WorkflowTest {
  private static Outcome<String> step(Object app, String overall, String context) {
    return Outcome.to("done", context);
  }

  private static Workflow.Builder<Object, String, String> named(String name) {
    return Workflow.named(name, Object.class, String.class, String.class);
  }

  @Nested
  class Groups {
    private Workflow.Builder<Object, String, String> pullRequests() {
      return named("code-change")
          .state("push", s -> s.exec(WorkflowTest::step))
          .state("watch", s -> s.exec(WorkflowTest::step))
          .terminal("done");
    }

    @Test
    void areKnown() {
      Workflow<Object, String, String> workflow =
          pullRequests().group("open", 20, "push", "watch").build();

      assertThat(workflow.groups())
          .singleElement()
          .hasToString("group \"open\" of [push, watch]")
          .matches(group -> group.most() == 20);
      assertThat(workflow.withTerminal(List.of("watch")).groups()).isEqualTo(workflow.groups());
    }

    @Test
    void thatCannotBeMeantAreRefusedAllAtOnce() {
      assertThatThrownBy(() ->
              pullRequests()
                  .group("open", 0, "push", "done")
                  .group("open", 1)
                  .group(" ", 2, "push", "pusch")
                  .build())
          .hasMessageContaining("group \"open\": it must let at least 1 job in but was 0")
          .hasMessageContaining(
              "group \"open\": jobs end in \"done\", so their places would never be free again")
          .hasMessageContaining("group \"open\": it is defined more than once")
          .hasMessageContaining("group \"open\": it needs at least one state")
          .hasMessageContaining("a group's name must not be blank")
          .hasMessageContaining("group \" \": state \"push\" is in group \"open\" already")
          .hasMessageContaining(
              "group \" \": names the unknown state \"pusch\"; known are [push, watch, done]");
    }
  }

  @Nested
  class Definitions {
    private final Rate rate = Rate.perMinute(80);

    private final Workflow<Object, String, String> workflow =
        named("code-change")
            .state("new", s -> s.exec(WorkflowTest::step).concurrency(8).next("push"))
            .state(
                "push",
                s ->
                    s.exec(WorkflowTest::step)
                        .rate(rate)
                        .retry(Retry.times(5))
                        .onFailure("abandoned"))
            .terminal("done")
            .terminal("abandoned")
            .build();

    @Test
    void statesKeepTheirOrder() {
      assertThat(workflow.stateNames()).containsExactly("new", "push", "done", "abandoned");
      assertThat(workflow.terminalStateNames()).containsExactly("done", "abandoned");
      assertThat(workflow.start().name()).isEqualTo("new");
    }

    @Test
    void statesKnowTheirRules() {
      State<Object, String, String> push = workflow.state("push").orElseThrow();

      assertThat(push.limits()).singleElement().matches(each -> each.limit() == rate);
      assertThat(push.retry()).isEqualTo(Retry.times(5));
      assertThat(push.onFailure()).contains("abandoned");
      assertThat(push.concurrency()).isEqualTo(1);
      assertThat(push.next()).isEmpty();
      assertThat(workflow.state("new").orElseThrow().concurrency()).isEqualTo(8);
      assertThat(workflow.state("new").orElseThrow().retry()).isEqualTo(Retry.DEFAULT);
      assertThat(workflow.state("nowhere")).isEmpty();
    }

    @Test
    void stateWithoutDeclaredNextLeadsAnywhereOneWithOnlyThere() {
      State<Object, String, String> open = workflow.state("push").orElseThrow();
      State<Object, String, String> narrow = workflow.state("new").orElseThrow();

      assertThat(open.leadsTo("done")).isTrue();
      assertThat(narrow.leadsTo("push")).isTrue();
      assertThat(narrow.leadsTo("new")).isTrue();
      assertThat(narrow.leadsTo("done")).isFalse();
    }

    @Test
    void somethingAroundEachStepChangesNothingElse() throws Exception {
      List<String> log = new ArrayList<>();
      Workflow<Object, String, String> logged =
          workflow.around(step ->
              (app, overall, job) -> {
                log.add(job.id() + " in " + job.state());
                return step.exec(app, overall, job);
              });
      State<Object, String, String> push = logged.state("push").orElseThrow();

      Job<String> job = Job.create("17", "push", "c", Instant.EPOCH);
      Outcome<String> outcome = push.exec().orElseThrow().exec("app", "overall", job);

      assertThat(outcome.state()).contains("done");
      assertThat(log).containsExactly("17 in push");
      assertThat(logged.states())
          .usingRecursiveComparison()
          .ignoringFields("exec", "wantsJob")
          .isEqualTo(workflow.states());
      assertThat(push.limits()).hasSize(1);
      assertThat(logged.toString()).isEqualTo(workflow.toString());
    }

    @Test
    void runsStartInTheFirstState() {
      Run<String, String> run = workflow.run("upgrade", "ticket").add("a");

      assertThat(run.jobs())
          .singleElement()
          .satisfies(job -> assertThat(job.state()).isEqualTo("new"));
    }

    @Test
    void terminalStateMayHaveAStepThatIsHeldBack() {
      Workflow<Object, String, String> dry =
          named("dry").state("merge", s -> s.exec(WorkflowTest::step).terminal(true)).build();

      assertThat(dry.state("merge").orElseThrow().isTerminal()).isTrue();
    }

    @Test
    void buildingTwiceGivesTheSameStates() {
      var builder = named("twice").state("new", s -> s.exec(WorkflowTest::step)).terminal("done");

      Workflow<Object, String, String> first = builder.build();
      builder.terminal("more");

      assertThat(first.stateNames()).containsExactly("new", "done");
      assertThat(builder.build().stateNames()).containsExactly("new", "done", "more");
    }
  }

  @Nested
  class Mistakes {
    @Test
    void allOfThemComeInOneMessage() {
      var mistaken =
          named("code-change")
              .state("new", s -> s.exec(WorkflowTest::step).concurrency(0))
              .state("edit", s -> s.concurrency(2))
              .state("push", s -> s.exec(WorkflowTest::step).next("wacth"))
              .state("watch", s -> s.exec(WorkflowTest::step).onFailure("abandonned"))
              .terminal("merged")
              .terminal("merged");

      assertThatThrownBy(mistaken::build)
          .isInstanceOf(WorkflowException.class)
          .hasMessage(
              """
              workflow "code-change" has 5 problems:
                - state "merged" is defined more than once
                - state "new": concurrency must be at least 1 but was 0
                - state "edit": it needs an exec, or must be terminal
                - state "push": next names the unknown state "wacth"; known are [new, edit, push, watch, merged]
                - state "watch": onFailure names the unknown state "abandonned"; known are [new, edit, push, watch, merged]\
              """)
          .satisfies(thrown -> assertThat(((WorkflowException) thrown).problems()).hasSize(5));
    }

    @Test
    void oneIsCalledOne() {
      refuses(
          named("w"),
          """
          workflow "w" has one problem:
            - there must be at least one state but there is none\
          """);
    }

    @Test
    void blankName() {
      refuses(
          named(" ").state("new", s -> s.exec(WorkflowTest::step)).terminal("done"),
          """
          workflow " " has one problem:
            - the workflow's name must not be blank\
          """);
    }

    @Test
    void blankState() {
      refuses(
          withState("", s -> s.exec(WorkflowTest::step)),
          """
          workflow "w" has one problem:
            - a state's name must not be blank\
          """);
    }

    @Test
    void controlCharacterInAStatesName() {
      refuses(
          withState("a\tb", s -> s.exec(WorkflowTest::step)),
          """
          workflow "w" has one problem:
            - state "a\tb": its name must not have control characters\
          """);
    }

    @Test
    void noTerminalState() {
      refuses(
          named("w").state("new", s -> s.exec(WorkflowTest::step)),
          """
          workflow "w" has one problem:
            - there must be at least one terminal state, or no job ever ends\
          """);
    }

    @Test
    void stateDefinedThreeTimesIsOneProblem() {
      refuses(
          named("w").terminal("done").terminal("done").terminal("done"),
          """
          workflow "w" has one problem:
            - state "done" is defined more than once\
          """);
    }

    @Test
    void negativeConcurrency() {
      refuses(
          withState("new", s -> s.exec(WorkflowTest::step).concurrency(-2)),
          """
          workflow "w" has one problem:
            - state "new": concurrency must be at least 1 but was -2\
          """);
    }

    @Test
    void stateWithoutAStep() {
      refuses(
          withState("new", s -> {}),
          """
          workflow "w" has one problem:
            - state "new": it needs an exec, or must be terminal\
          """);
    }

    @Test
    void boundsThatCannotBeMeant() {
      refuses(
          withState("new", s -> s.exec(WorkflowTest::step).maxKicks(-1).timeout(Duration.ZERO))
              .maxJobs(0)
              .deadline(Duration.ZERO),
          """
          workflow "w" has 4 problems:
            - maxJobs must be between 1 and 100000000 but was 0
            - the jobs' deadline must be above zero but was PT0S
            - state "new": timeout must be above zero but was PT0S
            - state "new": maxKicks must be between 0 and 1000000 but was -1\
          """);
    }

    @Test
    void contradictionsAboutBatches() {
      refuses(
          withState(
              "new", s -> s.exec(WorkflowTest::step).execBatch(0, (app, all, jobs) -> List.of())),
          """
          workflow "w" has 2 problems:
            - state "new": exec and execBatch contradict each other: a step takes one job or several
            - state "new": execBatch must take between 1 and 4096 jobs at a time but was told 0\
          """);
    }

    @Test
    void contradictionsAboutFailures() {
      refuses(
          withState(
              "new",
              s ->
                  s.exec(WorkflowTest::step)
                      .parkInDoubt()
                      .verify((app, overall, job) -> java.util.Optional.empty())
                      .circuit(Failures.moreThan(1), Duration.ZERO)),
          """
          workflow "w" has 2 problems:
            - state "new": verify and parkInDoubt contradict each other: what is in doubt is one or the other
            - state "new": a circuit's probe must come after a time above zero but was PT0S\
          """);
    }

    @Test
    void failuresThatCanNeverBeTooMany() {
      assertThatThrownBy(() -> Failures.moreThan(5).ofLast(5))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("failures: more than 5 of the last 5 can never be");
      assertThatThrownBy(() -> Failures.morePercent(100))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("failures: moreThan must be at least 0 and at most 99 percent but was 100");
      assertThat(Failures.morePercent(30).ofLast(50).most()).isEqualTo(15);
    }

    @Test
    void onFailureThatLeadsBack() {
      refuses(
          withState("new", s -> s.exec(WorkflowTest::step).onFailure("new")),
          """
          workflow "w" has one problem:
            - state "new": onFailure must lead to another state; for more attempts raise its retry\
          """);
    }

    @Test
    void eachUnknownNextStateIsNamed() {
      refuses(
          withState("new", s -> s.exec(WorkflowTest::step).next("done", "x", "y")),
          """
          workflow "w" has 2 problems:
            - state "new": next names the unknown state "x"; known are [new, done]
            - state "new": next names the unknown state "y"; known are [new, done]\
          """);
    }

    private Workflow.Builder<Object, String, String> withState(
        String name, Consumer<State.Builder<Object, String, String>> description) {
      return named("w").state(name, description).terminal("done");
    }

    private void refuses(Workflow.Builder<Object, String, String> mistaken, String message) {
      assertThatThrownBy(mistaken::build).isInstanceOf(WorkflowException.class).hasMessage(message);
    }
  }

  @Nested
  class Outcomes {
    @Test
    void eachWordMakesANewOutcome() {
      Outcome<String> stay = Outcome.stay("x");

      Outcome<String> more = stay.error("e").after(Duration.ofSeconds(1)).kick("new", "k");

      assertThat(stay.error()).isEmpty();
      assertThat(stay.delay()).isEmpty();
      assertThat(stay.kicks()).isEmpty();
      assertThat(more.error()).contains("e");
      assertThat(more.delay()).contains(Duration.ofSeconds(1));
      assertThat(more.kicks()).containsExactly(new Kick<>("new", "k"));
    }

    @Test
    void kicksKeepTheirOrder() {
      Outcome<String> outcome = Outcome.stay("x").kick("new", "a");
      outcome = outcome.kickAll(List.of(new Kick<>("new", "b"), new Kick<>("new", "c")));

      assertThat(outcome.kicks()).extracting(Kick::context).containsExactly("a", "b", "c");
    }

    @Test
    void negativeDelayIsRefused() {
      assertThatThrownBy(() -> Outcome.stay("x").after(Duration.ofSeconds(-1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("outcome: a delay must not be negative but was PT-1S");
    }
  }
}
