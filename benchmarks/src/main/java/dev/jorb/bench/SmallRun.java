package dev.jorb.bench;

import dev.jorb.processor.Processor;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/// A user's small program: opens a run file, runs ten jobs, and says when the first step begins.
final class SmallRun {
  private SmallRun() {}

  public static void main(String[] args) {
    AtomicBoolean said = new AtomicBoolean();
    var workflow = workflow(said);
    try (var journal = JournalSerializer.at(Path.of(args[0]), workflow)) {
      Run<Campaign, Change> run = journal.load().orElseThrow();
      Processor.of(workflow, said).serializer(journal).exec(run);
    }
  }

  /// Makes the file: ten jobs, none of them begun.
  static void create(Path file) {
    var workflow = workflow(new AtomicBoolean());
    Run<Campaign, Change> run = workflow.run("small", new Campaign("small"));
    for (int i = 0; i < 10; i++) {
      run.add(Change.first(i));
    }
    try (var journal = JournalSerializer.at(file, workflow)) {
      journal.begin(run);
    }
  }

  private static Workflow<AtomicBoolean, Campaign, Change> workflow(AtomicBoolean said) {
    return Workflow.named("small", AtomicBoolean.class, Campaign.class, Change.class)
        .state("work", s -> s.exec((app, all, change) -> work(said, change)))
        .terminal("done")
        .build();
  }

  private static Outcome<Change> work(AtomicBoolean said, Change change) {
    if (!said.getAndSet(true)) {
      System.out.println("here");
    }
    return Outcome.to("done", change.next());
  }
}
