package dev.jorb.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.event.StatusCount;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.NilSerializer;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.State;
import dev.jorb.workflow.Workflow;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SimulationTest {
  private final Simulation simulation = Simulation.seeded(1);

  /// What the steps work with: a clock to look at, and a log.
  private record World(Simulation simulation, List<String> log) {
    static World of(Simulation simulation) {
      return new World(simulation, new ArrayList<>());
    }
  }

  private record Item(String name, int polls) {}

  private static Outcome<Item> work(World world, String overall, Item item) {
    world.log.add(item.name);
    return Outcome.to("done", item);
  }

  private static Workflow<World, String, Item> workflow(
      Consumer<State.Builder<World, String, Item>> work) {
    return Workflow.named("w", World.class, String.class, Item.class)
        .state("work", work)
        .terminal("done")
        .build();
  }

  private static Run<String, Item> run(Workflow<World, String, Item> workflow, int items) {
    return workflow
        .run("r", "o")
        .addAll(IntStream.range(0, items).mapToObj(i -> new Item("item " + i, 0)).toList());
  }

  @Nested
  class Hours {
    @Test
    void eightHoursPassWhileStepsTakeWhatTheyWereTold() {
      var workflow = workflow(s -> s.exec(SimulationTest::work).concurrency(5));
      simulation.takes("work", Duration.ofMinutes(30));

      TestRun<String, Item> test =
          simulation.run(workflow, World.of(simulation), run(workflow, 80));

      assertThat(test.elapsed()).isEqualTo(Duration.ofHours(8));
      assertThat(test.jobsIn("done")).hasSize(80);
      assertThat(test.executions())
          .extracting(Execution::took)
          .containsOnly(Duration.ofMinutes(30));
      assertThat(test.summary().isComplete()).isTrue();
      assertThat(test.summary().took()).isEqualTo(Duration.ofHours(8));
    }

    @Test
    void callForSeveralJobsTakesItsTimeOnce() {
      var workflow =
          workflow(s ->
              s.execBatch(
                  50,
                  (world, overall, jobs) ->
                      jobs.stream().map(job -> work(world, overall, job.context())).toList()));
      simulation.takes("work", Duration.ofMinutes(1));

      TestRun<String, Item> test =
          simulation.run(workflow, World.of(simulation), run(workflow, 120));

      assertThat(test.elapsed()).isEqualTo(Duration.ofMinutes(3));
      assertThat(test.jobsIn("done")).hasSize(120);
      assertThat(test.executions()).hasSize(120);
    }

    @Test
    void passesAsFarAsItIsToldTo() {
      var workflow = workflow(s -> s.exec(Hours::poll));
      TestRun<String, Item> test =
          simulation.start(workflow, World.of(simulation), run(workflow, 1), new NilSerializer<>());

      test.advance(Duration.ofMinutes(61));
      assertThat(test.job("0").context().polls()).isEqualTo(2);
      assertThat(simulation.now()).isEqualTo(Simulation.START.plus(Duration.ofMinutes(61)));

      test.pause("work").advance(Duration.ofDays(1));
      assertThat(test.job("0").context().polls()).isEqualTo(2);

      test.resume("work").toRest();
      assertThat(test.job("0").context().polls()).isEqualTo(5);
    }

    private static Outcome<Item> poll(World world, String overall, Item item) {
      return item.polls < 5
          ? Outcome.stay(new Item(item.name, item.polls + 1)).after(Duration.ofHours(1))
          : Outcome.to("done", item);
    }

    @Test
    void isToldToTheWorldAndPassesWhenAServiceTakesTime() {
      List<Instant> seen = new ArrayList<>();
      var workflow =
          workflow(s ->
              s.exec((world, overall, item) -> {
                seen.add(world.simulation.clock().instant());
                world.simulation.sleep(Duration.ofHours(1));
                seen.add(world.simulation.clock().instant());
                return Outcome.to("done", item);
              }));
      simulation.takes("work", Duration.ZERO);

      simulation.run(workflow, World.of(simulation), run(workflow, 1));

      assertThat(seen)
          .containsExactly(Simulation.START, Simulation.START.plus(Duration.ofHours(1)));
    }

    @Test
    void timeoutHitsAServiceThatTakesTooLong() {
      var workflow =
          workflow(s ->
              s.exec(
                      (world, overall, item) -> {
                        world.simulation.sleep(Duration.ofHours(1));
                        return Outcome.to("done", item);
                      })
                  .timeout(Duration.ofMinutes(5))
                  .retry(Retry.never()));

      TestRun<String, Item> test = simulation.run(workflow, World.of(simulation), run(workflow, 1));

      assertThat(test.job("0").parked()).contains("failed: timed out after PT5M");
      assertThat(test.elapsed()).isEqualTo(Duration.ofMinutes(5));
      assertThat(test.executions())
          .singleElement()
          .satisfies(each -> assertThat(each.error().orElse("")).contains("InterruptedException"));
    }

    @Test
    void hasNoPlaceForARunThatNeverRests() {
      var workflow =
          workflow(
              s -> s.exec((world, overall, item) -> Outcome.stay(item).after(Duration.ofDays(30))));

      assertThatThrownBy(() -> simulation.run(workflow, World.of(simulation), run(workflow, 2)))
          .isInstanceOf(AssertionError.class)
          .hasMessage(
              "under seed 1, run \"r\" has not come to rest by 2036-01-02T00:00:00Z: 2 in work");
    }
  }

  @Nested
  class Recording {
    @Test
    void everyExecutionAndEveryCount() {
      var workflow =
          workflow(s ->
              s.execJob(
                      (world, overall, job) -> {
                        if (job.attempt() == 0) {
                          throw new IOException("down");
                        }
                        return Outcome.to("done", job.context());
                      })
                  .concurrency(2));

      TestRun<String, Item> test = simulation.run(workflow, World.of(simulation), run(workflow, 4));

      assertThat(test.executions()).extracting(Execution::state).containsOnly("work").hasSize(8);
      assertThat(test.executions())
          .filteredOn(each -> each.attempt() == 0)
          .extracting(each -> each.error().orElse(""))
          .containsOnly("java.io.IOException: down")
          .hasSize(4);
      assertThat(test.executions())
          .filteredOn(each -> each.attempt() == 1)
          .extracting(each -> each.to().orElse(""))
          .containsOnly("done");
      assertThat(test.statuses().mostExecuting("work")).isEqualTo(2);
      assertThat(test.statuses().last("done").completed()).isEqualTo(4);
      assertThat(test.statuses().of("done"))
          .extracting(StatusCount::completed)
          .containsExactly(0L, 1L, 2L, 3L, 4L);
      assertThat(test.jobs()).extracting(Job::errorCount).containsOnly(1);
    }

    @Test
    void saysWhatItDoesNotKnow() {
      RecordingListener listener = new RecordingListener();
      assertThatThrownBy(listener::last).hasMessage("the listener was told nothing yet");

      var workflow = workflow(s -> s.exec(SimulationTest::work));
      TestRun<String, Item> test = simulation.run(workflow, World.of(simulation), run(workflow, 1));
      assertThatThrownBy(() -> test.job("7")).hasMessage("run \"r\" has no job 7");
      assertThatThrownBy(() -> test.statuses().last("gone"))
          .hasMessage("there is no state \"gone\"; known are [work, done]");
    }
  }

  @Nested
  class Seeds {
    private final Workflow<World, String, Item> workflow =
        workflow(s -> s.exec(SimulationTest::work).concurrency(3));

    private List<String> orderUnder(long seed) {
      Simulation seeded = Simulation.seeded(seed);
      World world = World.of(seeded);
      seeded.run(workflow, world, run(workflow, 6));
      return world.log;
    }

    @Test
    void makeOtherOrders() {
      assertThat(orderUnder(7)).isEqualTo(orderUnder(7));
      assertThat(IntStream.range(0, 50).mapToObj(this::orderUnder).distinct().count())
          .isGreaterThan(10);
    }

    @Test
    void thatFailAreTold() {
      assertThatThrownBy(() -> Simulation.underSeeds(50, this::lastComesLast))
          .isInstanceOf(AssertionError.class)
          .hasMessageMatching(
              "(?s)fails under \\d+ of 50 seeds: .*Again with -Djorb.seed=\\d+. .*item 5.*")
          .hasCauseInstanceOf(AssertionError.class);
    }

    private void lastComesLast(Simulation seeded) {
      World world = World.of(seeded);
      seeded.run(workflow, world, run(workflow, 6));
      assertThat(world.log).last().isEqualTo("item 5");
    }

    @Test
    void allRunIfNoneFails() {
      List<Long> seeds = new ArrayList<>();

      Simulation.underSeeds(20, seeded -> seeds.add(seeded.seed()));

      assertThat(seeds).hasSize(20).doesNotHaveDuplicates();
      assertThatThrownBy(() -> Simulation.underSeeds(0, seeded -> {}))
          .hasMessage("seeds must be at least 1 but was 0");
    }

    private final List<Long> given = new ArrayList<>();

    @SimulatedTest(seeds = 3)
    void comeAsAnArgument(Simulation seeded) {
      given.add(seeded.seed());

      assertThat(orderUnder(seeded.seed())).hasSize(6);
    }
  }

  @Nested
  class Durations {
    @Test
    void areRefusedIfTheyMeanNothing() {
      assertThatThrownBy(
              () -> simulation.takes("work", Duration.ofSeconds(2), Duration.ofSeconds(1)))
          .hasMessage(
              "state \"work\": its duration must be between zero and more but was PT2S to PT1S");
      assertThatThrownBy(() -> simulation.takes("work", Duration.ofSeconds(-1)))
          .isInstanceOf(IllegalArgumentException.class);

      simulation.takes("wrok", Duration.ofSeconds(1));
      var workflow = workflow(s -> s.exec(SimulationTest::work));
      assertThatThrownBy(() -> simulation.run(workflow, World.of(simulation), run(workflow, 1)))
          .hasMessage("a duration was told for the unknown state \"wrok\"; known are [work, done]");
    }

    @Test
    void areDrawnBetweenTheirBoundsAndBelowTheTimeoutIfNoneWereTold() {
      var workflow =
          workflow(s -> s.exec(SimulationTest::work).concurrency(9).timeout(Duration.ofMillis(20)));

      TestRun<String, Item> test =
          simulation.run(workflow, World.of(simulation), run(workflow, 99));

      assertThat(test.executions())
          .extracting(Execution::took)
          .allSatisfy(
              took -> assertThat(took).isBetween(Duration.ofMillis(1), Duration.ofMillis(10)));
      assertThat(test.jobsIn("done")).hasSize(99);
    }
  }
}
