package dev.jorb.bench;

import dev.jorb.processor.Processor;
import dev.jorb.run.Run;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.nio.file.Path;
import java.util.List;

/// Whether slots that nobody uses cost anything: a few jobs go round and round through many states,
/// once with a thousand slots in each and once with no more than there are jobs.
final class IdleSlotsRow {
  private IdleSlotsRow() {}

  static List<Figure> measure(Scale scale, Path directory) throws Exception {
    Workload work = new Workload(8, scale.pick(10_000, 200_000), 8);
    List<Entrant> entrants =
        List.of(
            new Entrant(new Ring(64, 1_000), work),
            new Entrant(new Ring(64, 8), work),
            new Entrant(new Ring(3, 8), work));
    Rounds rounds = Rounds.of(entrants, 2, scale.rounds(), directory);
    double ofStates = Numbers.median(rounds.ratios(1, 2, Timing::nanosPerTransition));
    return List.of(
        new Figure(
            "64 states × 1,000 slots, 8 jobs: time ÷ the same with 8 slots each",
            Target.atMost(1.1),
            rounds.ratios(0, 1, Timing::nanosPerTransition),
            rounds.speeds(0, 1, 2) + "; 64 states ÷ 3 states " + Numbers.text(ofStates)));
  }

  /// Jobs that go round.
  private record Ring(int states, int slots) implements Contender {
    @Override
    public String name() {
      return "%d states × %,d slots".formatted(states, slots);
    }

    @Override
    public Timing run(Workload work, Path directory) {
      Workflow<Stopwatch, Campaign, Change> workflow = workflow(work.steps());
      Run<Campaign, Change> run = JorbEngine.newRun(workflow, work.jobs());
      Stopwatch watch = new Stopwatch();
      watch.start();
      Processor.of(workflow, watch).exec(run);
      Timing timing = watch.stop(work.transitions());
      work.requireAllPassed(
          run.jobs().stream().filter(job -> JorbEngine.passedAll(job, work)).count());
      return timing;
    }

    private Workflow<Stopwatch, Campaign, Change> workflow(int steps) {
      var builder = Workflow.named("ring", Stopwatch.class, Campaign.class, Change.class);
      for (int i = 0; i < states; i++) {
        String next = Names.STEPS.get((i + 1) % states);
        builder.state(
            Names.STEPS.get(i),
            s -> s.exec((watch, all, c) -> step(watch, c, next, steps)).concurrency(slots));
      }
      return builder.terminal("done").build();
    }

    private static Outcome<Change> step(Stopwatch watch, Change change, String next, int steps) {
      watch.step();
      Change passed = change.next();
      return Outcome.to(passed.passed() == steps ? "done" : next, passed);
    }
  }
}
