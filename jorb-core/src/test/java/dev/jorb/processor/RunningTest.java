package dev.jorb.processor;

import static dev.jorb.processor.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import dev.jorb.event.StatusCount;
import dev.jorb.limit.Concurrency;
import dev.jorb.limit.Gate;
import dev.jorb.limit.Limit;
import dev.jorb.limit.Rate;
import dev.jorb.limit.SharedLimits;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.serial.NilSerializer;
import dev.jorb.serial.Serializer;
import dev.jorb.workflow.Exec;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Real threads, real time, real files: runs come to their end.
class RunningTest {
  @TempDir Path folder;

  /// Where a run is remembered.
  enum Memory {
    NONE,
    JOURNAL
  }

  private Serializer<String, Note> serializer(
      Memory memory, Workflow<Object, String, Note> workflow) {
    return switch (memory) {
      case NONE -> new NilSerializer<>();
      case JOURNAL -> JournalSerializer.at(folder.resolve("run.jorb"), workflow);
    };
  }

  private RunSummary run(
      Memory memory, Workflow<Object, String, Note> workflow, Run<String, Note> run) {
    return Processor.of(workflow, new Object()).serializer(serializer(memory, workflow)).exec(run);
  }

  private static Run<String, Note> jobs(Workflow<Object, String, Note> workflow, int count) {
    return workflow
        .run("test", "overall")
        .addAll(IntStream.range(0, count).mapToObj(i -> new Note("note " + i)));
  }

  private static Workflow.Builder<Object, String, Note> workflow() {
    return Workflow.named("running", Object.class, String.class, Note.class);
  }

  private static Exec<Object, String, Note> goTo(String state) {
    return (app, overall, note) -> Outcome.to(state, note);
  }

  @ParameterizedTest
  @EnumSource
  void everyJobReachesATerminalState(Memory memory) {
    var workflow =
        workflow()
            .state("a", s -> s.exec(goTo("b")).concurrency(3))
            .state("b", s -> s.exec(goTo("c")).concurrency(2))
            .state("c", s -> s.exec(goTo("done")).concurrency(4))
            .terminal("done")
            .build();
    Run<String, Note> run = jobs(workflow, 500);

    RunSummary summary = run(memory, workflow, run);

    assertThat(summary.isComplete()).isTrue();
    assertThat(summary.wasStopped()).isFalse();
    assertThat(summary.overdue()).isEmpty();
    assertThat(summary.counts())
        .containsExactly(
            new StatusCount("a", 0, 0, 0, 0, 500, false),
            new StatusCount("b", 0, 0, 0, 0, 500, false),
            new StatusCount("c", 0, 0, 0, 0, 500, false),
            new StatusCount("done", 0, 0, 0, 0, 500, true));
    assertThat(run.jobs()).allMatch(job -> job.state().equals("done") && job.version() == 4);
  }

  @ParameterizedTest
  @EnumSource
  void asManyStepsAtATimeAsTheConcurrencyAndNeverMore(Memory memory) {
    int concurrency = 5;
    CyclicBarrier together = new CyclicBarrier(concurrency);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Exec<Object, String, Note> step =
        (app, overall, note) -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          together.await();
          running.decrementAndGet();
          return Outcome.to("done", note);
        };
    var workflow =
        workflow().state("a", s -> s.exec(step).concurrency(concurrency)).terminal("done").build();

    RunSummary summary = run(memory, workflow, jobs(workflow, 40 * concurrency));

    assertThat(summary.isComplete()).isTrue();
    assertThat(most).hasValue(concurrency);
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource
  void noJobIsExecutedTwiceAtATime(Memory memory) {
    var running = ConcurrentHashMap.newKeySet();
    var twice = new CopyOnWriteArrayList<String>();
    var workflow =
        workflow()
            .state(
                "a",
                s ->
                    s.concurrency(8)
                        .execJob((app, overall, job) -> {
                          if (!running.add(job.id())) {
                            twice.add(job.id());
                          }
                          Thread.yield();
                          running.remove(job.id());
                          return job.version() < 20
                              ? Outcome.stay(job.context())
                              : Outcome.to("done", job.context());
                        }))
            .terminal("done")
            .build();

    run(memory, workflow, jobs(workflow, 50));

    assertThat(twice).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void kickedJobsRunToo(Memory memory) {
    var workflow =
        workflow()
            .state(
                "split",
                s ->
                    s.exec((app, overall, note) ->
                        note.text.length() > 9
                            ? Outcome.to("done", note)
                            : Outcome.to("done", note)
                                .kick("split", new Note(note.text + "x"))
                                .kick("split", new Note(note.text + "y"))))
            .terminal("done")
            .build();
    Run<String, Note> run = workflow.run("tree", "overall").add(new Note("leaf "));

    assertThat(run(memory, workflow, run).ended()).isEqualTo(63);
    assertThat(run.job("0->1->0->1->0->1").orElseThrow().context()).hasToString("leaf yxyxy");
  }

  @ParameterizedTest
  @EnumSource
  void jobsWaitForTheirDelaysAndTheirPermits(Memory memory) {
    var workflow =
        workflow()
            .state("poll", s -> s.execJob((app, overall, job) -> polled(job)).concurrency(4))
            .state("call", s -> s.exec(goTo("done")).concurrency(4).rate(Rate.perSecond(200)))
            .terminal("done")
            .build();

    assertThat(run(memory, workflow, jobs(workflow, 40)).isComplete()).isTrue();
  }

  private static Outcome<Note> polled(Job<Note> job) {
    return job.version() < 4
        ? Outcome.stay(job.context()).after(Duration.ofMillis(10L * job.version()))
        : Outcome.to("call", job.context());
  }

  @ParameterizedTest
  @EnumSource
  void runWithoutJobsEnds(Memory memory) {
    var workflow = workflow().state("a", s -> s.exec(goTo("done"))).terminal("done").build();

    assertThat(run(memory, workflow, jobs(workflow, 0)).isComplete()).isTrue();
  }

  @Test
  void jobThatStaysForAWhileDoesNotKeepOthersFromTheirTurn() {
    CountDownLatch othersDone = new CountDownLatch(20);
    var workflow =
        workflow()
            .state(
                "a",
                s ->
                    s.execJob((app, overall, job) -> {
                      if (job.id().equals("0") && othersDone.getCount() > 0) {
                        return Outcome.stay(job.context());
                      }
                      othersDone.countDown();
                      return Outcome.to("done", job.context());
                    }))
            .terminal("done")
            .build();

    assertThat(run(Memory.NONE, workflow, jobs(workflow, 21)).isComplete()).isTrue();
  }

  @Test
  void listenerHearsHowTheRunEnded() {
    var workflow = workflow().state("a", s -> s.exec(goTo("done"))).terminal("done").build();
    var heard = new CopyOnWriteArrayList<List<StatusCount>>();

    RunSummary summary =
        Processor.of(workflow, new Object()).listener(heard::add).exec(jobs(workflow, 30));

    assertThat(heard.getLast()).isEqualTo(summary.counts());
  }

  @Test
  void delayedJobHoldsNoThread() throws IOException {
    int jobs = 10_000;
    CountDownLatch release = new CountDownLatch(1);
    var workflow =
        workflow()
            .state(
                "a",
                s ->
                    s.concurrency(100)
                        .execJob((app, overall, job) -> {
                          if (job.id().equals("0")) {
                            Eventually.isOpen(release);
                          }
                          return Outcome.stay(job.context()).after(Duration.ofDays(1));
                        }))
            .terminal("done")
            .build();
    try (RunHandle handle = Processor.of(workflow, new Object()).start(jobs(workflow, jobs))) {
      eventually("all but one are delayed", () -> handle.status().getFirst().delayed() == jobs - 1);
      eventually("one thread is left", () -> workerThreads() == 1);
      release.countDown();
      eventually("all are delayed", () -> handle.status().getFirst().delayed() == jobs);
      eventually("no thread is left", () -> workerThreads() == 0);
    }
  }

  /// Counts the threads that execute steps, the virtual ones too, as a thread dump names them.
  private long workerThreads() {
    Path dump = folder.resolve("threads-" + System.nanoTime() + ".txt");
    try {
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
      try (var lines = Files.lines(dump)) {
        return lines.filter(line -> line.contains("\"jorb-worker")).count();
      }
    } catch (IOException e) {
      throw new AssertionError("no thread dump", e);
    }
  }

  @Test
  void noThreadButTheCallersIsLeftAtTheEnd() {
    var workflow =
        workflow()
            .state("a", s -> s.exec(goTo("done")).limit(Gate.atMost("load", 1, () -> 0)))
            .terminal("done")
            .build();
    Run<String, Note> run = workflow.run("a run without heirs", "").add(new Note());
    Processor.of(workflow, new Object()).listener(counts -> {}).onEvent(event -> {}).exec(run);

    eventually(
        "its threads are gone",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().endsWith(" a run without heirs")));
  }

  @Test
  void stepWhoseStartIsToBeNotedFirstRunsWhereNothingIsNoted() {
    var workflow =
        workflow().state("a", s -> s.exec(goTo("done")).parkInDoubt()).terminal("done").build();

    assertThat(run(Memory.NONE, workflow, jobs(workflow, 1)).isComplete()).isTrue();
  }

  @Test
  void moreSlotsLetMoreStepsRun() throws Exception {
    CountDownLatch two = new CountDownLatch(2);
    var workflow = workflow().state("a", s -> s.exec(togetherWith(two))).terminal("done").build();
    try (RunHandle handle = Processor.of(workflow, new Object()).start(jobs(workflow, 2))) {
      handle.setConcurrency("a", 2);

      assertThat(handle.await().isComplete()).isTrue();
    }
  }

  @Test
  void moreRoomInAGroupLetsMoreStepsRun() throws Exception {
    CountDownLatch two = new CountDownLatch(2);
    var workflow =
        workflow()
            .state("a", s -> s.exec(togetherWith(two)).concurrency(2))
            .terminal("done")
            .group("inside", 1, "a")
            .build();
    try (RunHandle handle = Processor.of(workflow, new Object()).start(jobs(workflow, 2))) {
      handle.setGroup("inside", 2);

      assertThat(handle.await().isComplete()).isTrue();
    }
  }

  /// A step that returns when so many have begun.
  private static Exec<Object, String, Note> togetherWith(CountDownLatch all) {
    return (app, overall, note) -> {
      all.countDown();
      Eventually.isOpen(all);
      return Outcome.to("done", note);
    };
  }

  @Test
  void permitThatAnotherRunGivesBackIsTaken() throws Exception {
    Limit one = Concurrency.of(1);
    SharedLimits shared = new SharedLimits();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    var first =
        workflow()
            .state(
                "a",
                s ->
                    s.limit(one)
                        .exec((app, overall, note) -> {
                          inside.countDown();
                          Eventually.isOpen(release);
                          return Outcome.to("done", note);
                        }))
            .terminal("done")
            .build();
    var second =
        workflow().state("b", s -> s.limit(one).exec(goTo("done"))).terminal("done").build();
    try (RunHandle holding =
        Processor.of(first, new Object()).limits(shared).start(jobs(first, 1))) {
      inside.await();
      try (RunHandle waiting =
          Processor.of(second, new Object()).limits(shared).start(jobs(second, 1))) {
        eventually("it waits", () -> waiting.status().getFirst().waiting() == 1);
        release.countDown();

        assertThat(waiting.await().isComplete()).isTrue();
      }
      assertThat(holding.await().isComplete()).isTrue();
    }
  }

  @Tag("slow")
  @Test
  void hundredThousandJobsOfThreeStepsAreExecuted() {
    var workflow =
        workflow()
            .state("a", s -> s.exec(goTo("b")).concurrency(8))
            .state("b", s -> s.exec(goTo("c")).concurrency(8))
            .state("c", s -> s.exec(goTo("done")).concurrency(8))
            .terminal("done")
            .build();

    assertThat(run(Memory.JOURNAL, workflow, jobs(workflow, 100_000)).ended()).isEqualTo(100_000);
  }
}
