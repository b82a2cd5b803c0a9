package dev.jorb.bench;

import dev.jorb.event.StatusCount;
import dev.jorb.event.StatusListener;
import dev.jorb.processor.Processor;
import dev.jorb.processor.RunHandle;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.serial.NilSerializer;
import dev.jorb.serial.Serializer;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Jorb itself, by its public API, in its defaults.
final class JorbEngine implements Contender {
  /// The name of its run file in the directory that it is given.
  static final String FILE = "bench.jorb";

  private final String name;
  private final boolean journal;
  private final @Nullable Watcher watcher;

  /// Somebody who is told how a run stands, and may ask it.
  interface Watcher {
    void status(List<StatusCount> counts, RunHandle handle);
  }

  private JorbEngine(String name, boolean journal, @Nullable Watcher watcher) {
    this.name = name;
    this.journal = journal;
    this.watcher = watcher;
  }

  /// Jorb without a run file.
  static JorbEngine withoutSerializer() {
    return new JorbEngine("jorb, no serializer", false, null);
  }

  /// Jorb with a journal at full durability.
  static JorbEngine withJournal() {
    return new JorbEngine("jorb, journal", true, null);
  }

  /// The same with somebody who watches.
  JorbEngine observed(Watcher other) {
    return new JorbEngine(name + ", observed", journal, other);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Timing run(Workload work, Path directory) throws InterruptedException {
    Workflow<Stopwatch, Campaign, Change> workflow = workflow(work);
    Run<Campaign, Change> run = newRun(workflow, work.jobs());
    Stopwatch watch = new Stopwatch();
    watch.start();
    CompletableFuture<RunHandle> started = new CompletableFuture<>();
    RunHandle handle =
        Processor.of(workflow, watch)
            .serializer(serializer(workflow, directory))
            .listener(listener(started))
            .start(run);
    started.complete(handle);
    handle.await();
    Timing timing = watch.stop(work.transitions());
    work.requireAllPassed(run.jobs().stream().filter(job -> passedAll(job, work)).count());
    return timing;
  }

  private StatusListener listener(CompletableFuture<RunHandle> started) {
    Watcher who = watcher;
    return who == null
        ? StatusListener.none()
        : counts -> who.status(counts, started.join());
  }

  private Serializer<Campaign, Change> serializer(
      Workflow<Stopwatch, Campaign, Change> workflow, Path directory) {
    return serializer(journal, workflow, directory);
  }

  /// A journal in the directory, or none.
  static Serializer<Campaign, Change> serializer(
      boolean journal, Workflow<Stopwatch, Campaign, Change> workflow, Path directory) {
    return journal
        ? JournalSerializer.at(directory.resolve(FILE), workflow)
        : new NilSerializer<>();
  }

  /// A run with jobs that have not passed anything.
  static Run<Campaign, Change> newRun(Workflow<Stopwatch, Campaign, Change> workflow, int jobs) {
    Run<Campaign, Change> run = workflow.run("bench", new Campaign("upgrade"));
    for (int i = 0; i < jobs; i++) {
      run.add(Change.first(i));
    }
    return run;
  }

  static boolean passedAll(Job<Change> job, Workload work) {
    return job.state().equals("done") && job.context().passed() == work.steps();
  }

  /// A chain of empty steps.
  static Workflow<Stopwatch, Campaign, Change> workflow(Workload work) {
    Workflow.Builder<Stopwatch, Campaign, Change> builder =
        Workflow.named("chain", Stopwatch.class, Campaign.class, Change.class);
    for (int i = 0; i < work.steps(); i++) {
      String next = Names.after(i, work.steps());
      builder.state(
          Names.STEPS.get(i),
          s ->
              s.exec((watch, all, change) -> step(watch, change, next))
                  .concurrency(work.concurrency()));
    }
    return builder.terminal("done").build();
  }

  private static Outcome<Change> step(Stopwatch watch, Change change, String next) {
    watch.step();
    return Outcome.to(next, change.next());
  }
}
