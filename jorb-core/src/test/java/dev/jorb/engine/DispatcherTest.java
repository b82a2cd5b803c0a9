package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.limit.SharedLimits;
import dev.jorb.run.Run;
import dev.jorb.serial.NilSerializer;
import dev.jorb.time.TimeSource;
import dev.jorb.workflow.Workflow;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DispatcherTest {
  private final Workflow<Object, String, String> workflow =
      Workflow.named("desk", Object.class, String.class, String.class)
          .state("work", s -> s.exec(Desk::step).concurrency(2))
          .terminal("done")
          .build();

  private final Run<String, String> run = workflow.run("run", "").add("a").add("b");

  /// Its workers do not come by themselves.
  private final Dispatcher<String> dispatcher =
      new Dispatcher<>(
          new Board<>(
              workflow.states(),
              workflow.groups(),
              workflow.pauseWhen(),
              Board.Limits.DEFAULT,
              new LimitOwner(new SharedLimits(), RememberedLimits.NONE, () -> {})),
          run,
          true,
          TimeSource.system(),
          new Workers(),
          new EventFeed(List.of()),
          new FlightEvents("run"),
          () -> {});

  private void enter() {
    var steps =
        new Steps<>(
            workflow,
            new Object(),
            run,
            new NilSerializer<>(),
            TimeSource.system(),
            new SplittableRandom(1));
    dispatcher.tell(new Message.Enter<>(steps.arrivals(run.jobs())));
  }

  @Test
  void workerThatComesTakesTheFirstJob() {
    enter();

    assertThat(dispatcher.takeFirst().job.id()).isEqualTo("0");
  }

  @Test
  void workerThatComesAfterAFailureBeginsNothing() {
    enter();
    dispatcher.fail(new IllegalStateException("the disk is gone"));

    assertThat(dispatcher.takeFirst()).isNull();
  }
}
