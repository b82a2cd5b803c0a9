package dev.jorb.bench;

import dev.jorb.processor.Processor;
import dev.jorb.run.Run;
import dev.jorb.workflow.Kick;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What a kicked job costs beside one that was there from the start. Each passes one step.
final class KicksRow {
  private KicksRow() {}

  static List<Figure> measure(Scale scale, Path directory) throws Exception {
    int jobs = scale.pick(10_000, 100_000);
    int each = scale.pick(100, 100);
    Workload work = new Workload(jobs, 1, 16);
    List<Figure> figures = new ArrayList<>();
    for (boolean journal : new boolean[] {false, true}) {
      Contender plain = journal ? JorbEngine.withJournal() : JorbEngine.withoutSerializer();
      List<Entrant> entrants =
          List.of(
              new Entrant(plain, work),
              new Entrant(new Kicker(1, journal), work),
              new Entrant(new Kicker(jobs / each, journal), work));
      Rounds rounds = Rounds.of(entrants, scale.pick(1, 5), scale.rounds(), directory);
      for (int i = 1; i < entrants.size(); i++) {
        figures.add(
            new Figure(
                "%s: time per child ÷ per plain job".formatted(entrants.get(i).name()),
                Target.atMost(2),
                rounds.ratios(i, 0, Timing::nanosPerTransition),
                rounds.speeds(i, 0)));
      }
    }
    return figures;
  }

  /// Parents that kick all the jobs of the work between them.
  private record Kicker(int parents, boolean journal) implements Contender {
    @Override
    public String name() {
      return "%,d that kick all the others%s"
          .formatted(parents, journal ? ", journal" : ", no serializer");
    }

    @Override
    public Timing run(Workload work, Path directory) {
      Workflow<Stopwatch, Campaign, Change> workflow = workflow(work);
      Run<Campaign, Change> run = JorbEngine.newRun(workflow, parents);
      Stopwatch watch = new Stopwatch();
      watch.start();
      Processor.of(workflow, watch)
          .serializer(JorbEngine.serializer(journal, workflow, directory))
          .exec(run);
      Timing timing = watch.stop(work.jobs());
      work.requireAllPassed(
          run.jobs().stream()
              .filter(job -> job.parent().isPresent() && JorbEngine.passedAll(job, work))
              .count());
      return timing;
    }

    private Workflow<Stopwatch, Campaign, Change> workflow(Workload work) {
      return Workflow.named("kicks", Stopwatch.class, Campaign.class, Change.class)
          .state("parent", s -> s.exec((watch, all, c) -> kick(work, c)).concurrency(16))
          .state(
              "child",
              s -> s.exec((watch, all, c) -> child(watch, c)).concurrency(work.concurrency()))
          .terminal("done")
          .build();
    }

    private Outcome<Change> kick(Workload work, Change change) {
      int children = work.jobs() / parents;
      List<Kick<Change>> kicks = new ArrayList<>(children);
      for (int i = 0; i < children; i++) {
        kicks.add(new Kick<>("child", Change.first(i)));
      }
      return Outcome.to("done", change).kickAll(kicks);
    }

    private static Outcome<Change> child(Stopwatch watch, Change change) {
      watch.step();
      return Outcome.to("done", change.next());
    }
  }
}
