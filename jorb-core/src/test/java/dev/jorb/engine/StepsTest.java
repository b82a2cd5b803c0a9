package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.limit.ThrottledException;
import dev.jorb.measure.Ending;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.run.Transition;
import dev.jorb.serial.EncodeException;
import dev.jorb.serial.ForwardingSerializer;
import dev.jorb.serial.NilSerializer;
import dev.jorb.serial.Serializer;
import dev.jorb.time.TimeSource;
import dev.jorb.workflow.BatchExec;
import dev.jorb.workflow.Exec;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.State;
import dev.jorb.workflow.Workflow;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What becomes of what a step does, before the board hears of it.
class StepsTest {
  private static final int MOST_JOBS = 3;

  private Run<String, String> run;
  private Steps<Object, String, String> steps;

  /// Jobs whose steps are to be executed: of a call, its first.
  private List<Entry<String>> entries;

  /// Jobs with these contexts have come to a state.
  private void begins(Consumer<State.Builder<Object, String, String>> work, String... contexts) {
    var workflow =
        Workflow.named("w", Object.class, String.class, String.class)
            .state("work", s -> work.accept(s.concurrency(9)))
            .terminal("done")
            .maxJobs(MOST_JOBS)
            .build();
    run = workflow.run("r", "");
    List.of(contexts).forEach(run::add);
    steps =
        new Steps<>(
            workflow,
            new Object(),
            run,
            new Picky(new NilSerializer<>()),
            TimeSource.system(),
            new SplittableRandom(1));
    var board =
        new Board<>(
            workflow.states(),
            workflow.groups(),
            workflow.pauseWhen(),
            Board.Limits.DEFAULT,
            LimitOwner.alone());
    entries = List.copyOf(board.apply(new Message.Enter<>(steps.arrivals(run.jobs())), 0));
  }

  private void begins(Exec<Object, String, String> step, String... contexts) {
    begins(s -> s.exec(step), contexts);
  }

  private void beginsTogether(BatchExec<Object, String, String> step, String... contexts) {
    begins(s -> s.execBatch(contexts.length, step), contexts);
    assertThat(entries).hasSize(1);
  }

  private Steps.Answer<String> executes(int job) {
    return steps.execute(entries.get(job), 0);
  }

  /// The job as its step left it.
  private static Job<String> recorded(Steps.Answer<String> answer) {
    return ((Steps.Recordable<String>) answer).result().encoded().transition().job();
  }

  /// What came of the jobs of a call.
  private static List<Steps.Answer<String>> several(Steps.Answer<String> answer) {
    return ((Steps.Several<String>) answer).answers();
  }

  /// Cannot write what is unspeakable.
  private static final class Picky extends ForwardingSerializer<String, String> {
    Picky(Serializer<String, String> other) {
      super(other);
    }

    @Override
    public Encoded<String> encode(Transition<String> transition) throws EncodeException {
      if (transition.job().context().equals("unspeakable")) {
        throw new IllegalArgumentException("on purpose");
      }
      return super.encode(transition);
    }
  }

  @Nested
  class AnEnding {
    @Test
    void ofAStepThatAServiceRefusedIsARefusal() {
      begins(
          (app, overall, context) -> {
            throw new ThrottledException();
          },
          "a");

      assertThat(executes(0)).isInstanceOf(Steps.Throttled.class);
      assertThat(entries.getFirst().ending()).isEqualTo(Ending.REFUSED);
    }

    @Test
    void ofACallThatAServiceRefusedIsARefusalForEachOfItsJobs() {
      beginsTogether(
          (app, overall, jobs) -> {
            throw new ThrottledException();
          },
          "a",
          "b");

      assertThat(several(executes(0))).hasSize(2).hasOnlyElementsOfType(Steps.Throttled.class);
      assertThat(entries.getFirst().together())
          .hasSize(2)
          .allSatisfy(entry -> assertThat(entry.ending()).isEqualTo(Ending.REFUSED));
    }

    @Test
    void ofAnExecutionIsNotThatOfAnOrderAfterIt() {
      begins((app, overall, context) -> Outcome.to("done", context), "a");
      Entry<String> entry = entries.getFirst();
      executes(0);
      assertThat(entry.ending()).isEqualTo(Ending.SUCCEEDED);

      steps.carryOut(entry, Order.of(new Order.Park("wait")));

      assertThat(entry.ending()).isNull();
    }
  }

  @Nested
  class ACall {
    @Test
    void thatIsInterruptedIsHandedBackTheLastJobFirst() {
      beginsTogether(
          (app, overall, jobs) -> {
            throw new InterruptedException("on purpose");
          },
          "a",
          "b");

      assertThat(jobsOfInterrupted()).containsExactly("1", "0");
    }

    @Test
    void thatFailsWithTheInterruptSetIsHandedBackToo() {
      beginsTogether(
          (app, overall, jobs) -> {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("on purpose");
          },
          "a",
          "b");

      assertThat(jobsOfInterrupted()).containsExactly("1", "0");
      assertThat(Thread.interrupted()).isFalse();
    }

    private List<String> jobsOfInterrupted() {
      return several(executes(0)).stream()
          .map(answer -> ((Steps.Interrupted<String>) answer).entry().job.id())
          .toList();
    }

    @Test
    void thatFailsHasFailedForEachOfItsJobs() {
      beginsTogether(
          (app, overall, jobs) -> {
            throw new IllegalStateException("on purpose");
          },
          "a",
          "b");

      assertThat(several(executes(0)))
          .extracting(answer -> recorded(answer).attempt())
          .containsExactly(1, 1);
    }
  }

  /// Of a run with as many jobs as it may have, or nearly.
  @Nested
  class Kicks {
    private static Outcome<String> kicking(String context, int kicks) {
      Outcome<String> outcome = Outcome.to("done", context);
      for (int i = 0; i < kicks; i++) {
        outcome = outcome.kick("work", "kicked");
      }
      return outcome;
    }

    @Test
    void thatAreTooManyFailTheirStepAndLeaveRoomForThoseOfOthers() {
      begins(
          (app, overall, context) -> kicking(context, context.equals("many") ? 2 : 1), "many", "a");

      assertThat(recorded(executes(0)).lastError().orElseThrow().message())
          .isEqualTo("the step kicked 2 jobs; the run would have more than 3");
      assertThat(entries.getFirst().ending()).isEqualTo(Ending.OUTCOME);
      assertThat(recorded(executes(1)).state()).isEqualTo("done");
    }

    @Test
    void thatCannotBeWrittenLeaveRoomForThoseOfOthers() {
      begins(
          (app, overall, context) -> kicking(context.equals("proud") ? "unspeakable" : context, 1),
          "proud",
          "a");

      assertThat(recorded(executes(0)).lastError().orElseThrow().message())
          .startsWith("the context that the step returned cannot be stored");
      assertThat(entries.getFirst().ending()).isEqualTo(Ending.CONTEXT);
      assertThat(recorded(executes(1)).state()).isEqualTo("done");
    }

    @Test
    void areNotMissedInARunThatHasMoreJobsThanItMay() {
      begins((app, overall, context) -> kicking(context, 0), "a", "b", "c", "d");

      assertThat(recorded(executes(0)).state()).isEqualTo("done");
    }
  }

  @Nested
  class AtAStart {
    @Test
    void jobInAStateThatIsGoneIsParkedUnlessItIs() {
      begins((app, overall, context) -> Outcome.to("done", context), "a");
      Job<String> lost = Job.<String>builder("9", "gone").context("c").build();

      assertThat(steps.released(lost).parked()).contains("the workflow has no state \"gone\"");
      assertThat(steps.released(lost.copy().parked("for a person").build()).parked())
          .contains("for a person");
    }
  }
}
