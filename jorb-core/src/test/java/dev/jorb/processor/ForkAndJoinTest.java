package dev.jorb.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.workflow.Kick;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real runs whose jobs kick others and wait for them.
class ForkAndJoinTest {
  @TempDir Path folder;

  private static Workflow.Builder<Object, String, Note> named(String name) {
    return Workflow.named(name, Object.class, String.class, Note.class);
  }

  private RunSummary exec(Workflow<Object, String, Note> workflow, Run<String, Note> run) {
    return Processor.of(workflow, new Object())
        .serializer(JournalSerializer.at(folder.resolve("run.jorb"), workflow))
        .exec(run);
  }

  /// Kicks two shorter ones until nothing is left.
  private static Outcome<Note> split(Note note) {
    if (note.text.length() == 1) {
      return Outcome.to("done", note);
    }
    int half = note.text.length() / 2;
    return Outcome.to("join", note)
        .kick("split", new Note(note.text.substring(0, half)))
        .kick("split", new Note(note.text.substring(half)))
        .awaitKicks();
  }

  private static Outcome<Note> join(Job<Note> job) {
    String both = job.kicked().map(kid -> kid.context().text).collect(Collectors.joining("+"));
    return Outcome.to("done", new Note("(" + both + ")"));
  }

  @Test
  void joinsAreNestedToAnyDepth() {
    var workflow =
        named("nested")
            .state("split", s -> s.exec((app, overall, note) -> split(note)).concurrency(4))
            .state("join", s -> s.execJob((app, overall, job) -> join(job)).concurrency(4))
            .terminal("done")
            .build();
    Run<String, Note> run = workflow.run("nested", "overall").add(new Note("abcdefgh"));

    assertThat(exec(workflow, run).ended()).isEqualTo(15);
    assertThat(run.job("0").orElseThrow().context()).hasToString("(((a+b)+(c+d))+((e+f)+(g+h)))");
  }

  @Tag("slow")
  @Test
  void hundredThousandKicksAreJoinedOnce() {
    int count = 100_000;
    var kicks = IntStream.range(0, count).mapToObj(i -> new Kick<>("part", new Note("1"))).toList();
    var workflow =
        named("wide")
            .state(
                "split",
                s ->
                    s.exec((app, overall, note) ->
                        Outcome.to("join", note).kickAll(kicks).awaitKicks()))
            .state(
                "part",
                s -> s.exec((app, overall, note) -> Outcome.to("done", note)).concurrency(8))
            .state(
                "join",
                s ->
                    s.execJob((app, overall, job) ->
                        Outcome.to(
                            "done",
                            new Note(
                                ""
                                    + job.kicked()
                                        .filter(kid -> kid.state().equals("done"))
                                        .count()))))
            .terminal("done")
            .build();
    Run<String, Note> run = workflow.run("wide", "overall").add(new Note());

    assertThat(exec(workflow, run).isComplete()).isTrue();
    assertThat(run.job("0").orElseThrow().context()).hasToString("" + count);
    assertThat(run.job("0").orElseThrow().transitionCount()).isEqualTo(2);
  }

  @Test
  void parkedKickKeepsItsParentWaitingUntilANewStartBringsItHome() {
    AtomicBoolean mended = new AtomicBoolean();
    var workflow =
        named("parked")
            .state(
                "split",
                s ->
                    s.exec((app, overall, note) ->
                        Outcome.to("join", note)
                            .kick("part", note)
                            .kick("part", note)
                            .awaitKicks()))
            .state(
                "part",
                s ->
                    s.retry(Retry.never())
                        .execJob((app, overall, job) -> {
                          if (job.id().equals("0->1") && !mended.get()) {
                            throw new IllegalStateException("broken");
                          }
                          return Outcome.to("done", job.context());
                        }))
            .state("join", s -> s.execJob((app, overall, job) -> join(job)))
            .terminal("done")
            .build();
    RunSummary first = exec(workflow, workflow.run("parked", "overall").add(new Note("x")));

    assertThat(first.isComplete()).isFalse();
    assertThat(first.parked()).isEqualTo(1);
    assertThat(first.wasStopped()).isFalse();

    mended.set(true);
    try (var journal = JournalSerializer.at(folder.resolve("run.jorb"), workflow)) {
      Run<String, Note> run = journal.load().orElseThrow();
      assertThat(run.job("0").orElseThrow().awaitsKicks()).isTrue();
      assertThat(Processor.of(workflow, new Object()).serializer(journal).exec(run).isComplete())
          .isTrue();
      assertThat(run.job("0").orElseThrow().context()).hasToString("(x+x)");
    }
  }

  @Nested
  class Bounds {
    @Test
    void stepThatKicksMoreThanItsStateAllowsHasFailed() {
      var workflow =
          named("bound")
              .state(
                  "split",
                  s ->
                      s.maxKicks(2)
                          .retry(Retry.never())
                          .exec((app, overall, note) ->
                              Outcome.to("done", note)
                                  .kick("split", note)
                                  .kick("split", note)
                                  .kick("split", note)))
              .terminal("done")
              .build();
      Run<String, Note> run = workflow.run("bound", "overall").add(new Note());

      assertThat(exec(workflow, run).jobs()).isEqualTo(1);
      assertThat(run.job("0").orElseThrow().parked())
          .contains("failed: the step kicked 3 jobs; its state allows 2");
    }

    @Test
    void forkThatForksItselfEndsAtTheMostJobs() {
      var workflow =
          named("bomb")
              .maxJobs(100)
              .state(
                  "fork",
                  s ->
                      s.concurrency(4)
                          .retry(Retry.never())
                          .exec((app, overall, note) ->
                              Outcome.to("done", note).kick("fork", note).kick("fork", note)))
              .terminal("done")
              .build();
      Run<String, Note> run = workflow.run("bomb", "overall").add(new Note());

      RunSummary summary = exec(workflow, run);

      assertThat(summary.jobs()).isEqualTo(99);
      assertThat(summary.parked()).isEqualTo(50);
      assertThat(run.jobs().getLast().parked())
          .contains("failed: the step kicked 2 jobs; the run would have more than 100");
    }
  }

  @Test
  void joinWhereJobsEndIsAFailure() {
    Workflow<Object, String, Note> workflow =
        Workflow.named("wrong", Object.class, String.class, Note.class)
            .state(
                "fork",
                s ->
                    s.exec((app, overall, note) ->
                            Outcome.to("done", note).kick("done", note).awaitKicks())
                        .retry(Retry.never()))
            .terminal("done")
            .build();
    Run<String, Note> run = workflow.run("test", "overall").add(new Note());

    assertThat(Processor.of(workflow, new Object()).exec(run).parked()).isEqualTo(1);

    assertThat(run.size()).isEqualTo(1);
    assertThat(run.job("0").orElseThrow().parked().orElse(""))
        .contains("awaits its kicks in the terminal state");
  }
}
