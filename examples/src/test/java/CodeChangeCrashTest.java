import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.test.CrashPoints;
import dev.jorb.test.CrashReport;
import dev.jorb.test.Simulation;
import dev.jorb.workflow.Exec;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills the campaign wherever it makes a difference, with real repositories.
class CodeChangeCrashTest {
  private static final List<String> MERGED_ONCE =
      List.of("Merge jorb/greet", "Run greet", "Add a.txt");

  @TempDir Path folder;
  private Git template;
  private final AtomicInteger worlds = new AtomicInteger();

  @BeforeEach
  void makeARepositoryAndTheScriptThatChangesIt() throws Exception {
    template = Git.origin(folder.resolve("template/greetings.git"), "a.txt", "Hello, you\n");
    Path script = Files.writeString(folder.resolve("greet.sh"), "#!/bin/sh\necho Bye > a.txt\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
  }

  /// What outlives the process: the origins, and the folder that the program works in.
  private record World(Path work, Path script, List<Git> origins) {
    CodeChange.Tools process() throws Exception {
      return CodeChange.Tools.open(work);
    }

    Run<CodeChange.Campaign, CodeChange.Change> run() {
      var run =
          CodeChange.WORKFLOW.run(
              "greet",
              new CodeChange.Campaign("Run greet", "jorb/greet", script.toString(), "true"));
      for (Git origin : origins) {
        String name = origin.folder().getFileName().toString();
        run.add(new CodeChange.Change(name, origin.folder().toString()));
      }
      return run;
    }

    List<List<String>> histories() throws Exception {
      List<List<String>> histories = new ArrayList<>();
      for (Git origin : origins) {
        histories.add(origin.history());
      }
      return histories;
    }

    List<String> pullRequests() throws Exception {
      return origins.getFirst().lines("for-each-ref", "--format=%(refname)", "refs/pull/");
    }
  }

  private World oneRepository(Simulation simulation) throws Exception {
    return world(1);
  }

  private World twoRepositories(Simulation simulation) throws Exception {
    return world(2);
  }

  private World world(int repositories) throws Exception {
    Path place = Files.createDirectory(folder.resolve("world " + worlds.incrementAndGet()));
    List<Git> origins = new ArrayList<>();
    for (int i = 0; i < repositories; i++) {
      Git origin = new Git(place.resolve("origin-" + i));
      template.lines("clone", "--quiet", "--bare", ".", origin.folder().toString());
      origins.add(origin);
    }
    return new World(
        Files.createDirectory(place.resolve("work")), folder.resolve("greet.sh"), origins);
  }

  // tag::crash-points[]
  @Test
  void mergesEveryChangeOnceWhereverItIsKilled() {
    CrashPoints.of(CodeChange.WORKFLOW, this::twoRepositories, World::process, World::run)
        .invariant("oneMerge", world -> assertThat(world.histories()).containsOnly(MERGED_ONCE))
        .runInvariant("allMerged", run -> assertThat(states(run)).containsOnly("merged"))
        .parallel(2) // Git takes its time.
        .check();
  }

  // end::crash-points[]

  private static List<String> states(Run<?, ?> run) {
    return run.jobs().stream().map(Job::state).toList();
  }

  @Nested
  class WithAStepThatOpensAPullRequest {
    // tag::mistake[]
    /// Opens a pull request under the next free number.
    static Outcome<CodeChange.Change> open(
        CodeChange.Tools tools, CodeChange.Campaign campaign, CodeChange.Change change)
        throws Exception {
      String open = tools.gitIn(change, "ls-remote", "origin", "refs/pull/*");
      String ref = "refs/pull/" + (1 + open.lines().count());
      tools.gitIn(change, "push", "--quiet", "origin", change.commit() + ":" + ref);
      return Outcome.to("watch", change);
    }

    // end::mistake[]

    static Outcome<CodeChange.Change> openOnce(
        CodeChange.Tools tools, CodeChange.Campaign campaign, CodeChange.Change change)
        throws Exception {
      // tag::mended[]
      String open = tools.gitIn(change, "ls-remote", "origin", "refs/pull/*");
      if (open.contains(change.commit())) {
        return Outcome.to("watch", change);
      }
      // end::mended[]
      return open(tools, campaign, change);
    }

    /// The campaign with another step in `push`.
    private static Workflow<CodeChange.Tools, CodeChange.Campaign, CodeChange.Change> with(
        Exec<CodeChange.Tools, CodeChange.Campaign, CodeChange.Change> push) {
      return CodeChange.WORKFLOW.around(step ->
          (tools, campaign, job) ->
              job.state().equals("push")
                  ? push.exec(tools, campaign, job.context())
                  : step.exec(tools, campaign, job));
    }

    // tag::found[]
    @Test
    void isFoundIfItDoesNotLookFirst() {
      var points =
          CrashPoints.of(
                  with(WithAStepThatOpensAPullRequest::open),
                  CodeChangeCrashTest.this::oneRepository,
                  World::process,
                  World::run)
              .invariant("onePullRequest", world -> assertThat(world.pullRequests()).hasSize(1))
              .parallel(2);

      assertThatThrownBy(points::check)
          .hasMessageStartingWith(
              "40 crash points, 2 break onePullRequest: after push, before its record")
          .hasMessageContaining("point 29, after push of job 0, before its record: ")
          .hasMessageContaining("point 30, in the middle of the record of push of job 0: ")
          .hasMessageEndingWith("try one again: .only(1, 29)");
    }

    // end::found[]

    @Test
    void passesIfItDoes() {
      CrashReport report =
          CrashPoints.of(
                  with(WithAStepThatOpensAPullRequest::openOnce),
                  CodeChangeCrashTest.this::oneRepository,
                  World::process,
                  World::run)
              .invariant("onePullRequest", world -> assertThat(world.pullRequests()).hasSize(1))
              .parallel(2)
              .check();

      assertThat(report.points()).isEqualTo(40);
    }
  }
}
