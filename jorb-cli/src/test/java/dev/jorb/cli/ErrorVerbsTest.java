package dev.jorb.cli;

import static dev.jorb.cli.Cli.demo;
import static dev.jorb.cli.Cli.jorb;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.cli.Cli.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The verbs about errors on a run file at rest: jobs 1 and 2 are parked with the same error.
class ErrorVerbsTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void runTheDemo() {
    demo(folder, "ok,fail,fail");
    file = folder.resolve("demo.jorb");
  }

  private String cluster() {
    return jorb("errors", file, "--json").json().get("clusters").get(0).get("id").asString();
  }

  @Nested
  class Errors {
    @Test
    void listsCausesWithTheirCounts() {
      Answer answer = jorb("errors", file);

      assertThat(answer.code()).isZero();
      assertThat(answer.out())
          .startsWith("2 errors of 1 cause\n")
          .containsPattern("[0-9a-f]{6} +2 +2 +2 +work .* java.io.IOException: HTTP 502")
          .endsWith("send stuck jobs on: redrive --errors " + cluster() + " --to STATE\n");
    }

    @Test
    void clusterListsItsJobs() {
      Answer answer = jorb("errors", file, cluster().substring(0, 4));

      assertThat(answer.out())
          .startsWith("cluster " + cluster() + ": java.io.IOException: HTTP 502\n")
          .contains("  from the proxy\n", "2 jobs, of which 2 are stuck")
          .containsPattern("1 +work +parked")
          .containsPattern("2 +work +parked");
      assertThat(jorb("errors", file, cluster(), "--json").json().get("jobList")).hasSize(2);
    }

    @Test
    void unknownClusterIsWrongUsage() {
      Answer answer = jorb("errors", file, "zzz");

      assertThat(answer.code()).isEqualTo(2);
      assertThat(answer.err()).contains("there is no cluster \"zzz\"; there is " + cluster());
    }

    @Test
    void runWithoutErrorsSaysSo(@TempDir Path other) {
      demo(other, "ok");

      assertThat(jorb("errors", other.resolve("demo.jorb")).out()).isEqualTo("no errors\n");
    }
  }

  @Nested
  class WhyIsItThere {
    @Test
    void parkedAndEndedJobsSaySo() {
      assertThat(jorb("why", file, "1").out())
          .startsWith("job 1: it is parked in \"work\" since ")
          .contains("HTTP 502", "The next start tries it again");
      assertThat(jorb("why", file, "0", "--json").json().get("reason").asString())
          .isEqualTo("ENDED");
    }

    @Test
    void jobsOfALiveRunSayWhatTheyWaitFor(@TempDir Path live) throws Exception {
      try (Child child = Child.start(live, "--kinds", "hold,hold,hold,hold,hold")) {
        Eventually.eventually("four of five hold", () -> whys(child).containsKey("waits"));

        Map<String, List<String>> whys = whys(child);
        String taken = String.join(", ", whys.get("runs"));
        assertThat(whys.get("runs")).hasSize(4);
        assertThat(jorb("why", child.file(), whys.get("waits").getFirst()).out())
            .contains("all 4 slots are taken by " + taken);
        child.go();
        assertThat(child.awaitEnd()).isZero();
      }
    }

    /// Which jobs run and which wait for a slot; any of them may have come first.
    private static Map<String, List<String>> whys(Child child) {
      Map<String, List<String>> whys = new HashMap<>();
      for (String id : List.of("0", "1", "2", "3", "4")) {
        String why = jorb("why", child.file(), id).out();
        String does =
            why.contains("all 4 slots are taken by ")
                ? "waits"
                : why.equals("job " + id + ": its step \"work\" is running\n") ? "runs" : "moves";
        whys.computeIfAbsent(does, any -> new ArrayList<>()).add(id);
      }
      return whys;
    }

    @Test
    void unknownJobIsWrongUsage() {
      assertThat(jorb("why", file, "99").err()).contains("there is no job \"99\"");
    }
  }

  @Nested
  class RedriveIt {
    @Test
    void withoutYesItIsOnlyShown() throws IOException {
      byte[] before = Files.readAllBytes(file);

      Answer answer = jorb("redrive", file, "--errors", cluster(), "--to", "new");

      assertThat(answer.code()).isZero();
      assertThat(answer.out())
          .startsWith("would send 2 jobs to new\n  2  from work\nsuch as\n")
          .containsPattern("1 +work +failed: java.io.IOException: HTTP 502")
          .endsWith("nothing was changed; add --yes to do it\n");
      assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void withYesTheyGoAndRunFromThere() throws IOException {
      Answer answer = jorb("redrive", file, "--errors", cluster(), "--to", "new", "--yes");
      Files.writeString(folder.resolve("repaired"), "");
      Answer run = demo(folder, "ok");

      assertThat(answer.out()).startsWith("sent 2 jobs to new (redrive 1 by ");
      assertThat(run.code()).isZero();
      assertThat(jorb("show", file, "1").out())
          .contains("job 1 in done")
          .contains("executed 4 times");
    }

    @Test
    void expressionAsksOverStateAttemptsErrorsTimesAndContext() {
      String where =
          "errors = 1 and attempts >= 1 and id in ['2','7'] and context.kind = 'fail'"
              + " and $contains(error, 'HTTP 502') and updated > '2020' and executions > 1";

      JsonNode json =
          jorb("redrive", file, "--state", "work", "--where", where, "--to", "done", "--json")
              .json();

      assertThat(json.get("jobs").asInt()).isEqualTo(1);
      assertThat(json.get("samples").get(0).asString()).isEqualTo("2");
      assertThat(jorb("jobs", file, "--where", where).out()).hasLineCount(1);
    }

    @Test
    void absentFieldIsNotTrue() {
      assertThat(jorb("jobs", file, "--where", "context.nothing > 3").out()).isEmpty();
    }

    @Test
    void mistakeInTheExpressionIsTold() {
      assertThat(jorb("jobs", file, "--where", "id = ").err())
          .contains("--where \"id = \" is no expression");
      assertThat(jorb("jobs", file, "--where", "id").err())
          .contains("must be true or false but is 0 for job 0");
      assertThat(jorb("jobs", file, "--where", "errors > 'x'").err())
          .contains("cannot be asked of job 0");
    }

    @Test
    void expressionThatNeverEndsIsCutShort() {
      String where = "($f := function($n) { $f($n + 1) }; $f(0))";

      assertThat(jorb("jobs", file, "--where", where).err()).contains("cannot be asked of job 0");
    }

    @Test
    void unclearOrImpossibleWishesAreWrongUsage() {
      assertThat(jorb("redrive", file, "--to", "new").err()).contains("which jobs?");
      assertThat(jorb("redrive", file, "--state", "work", "--to", "nwe").err())
          .contains("there is no state \"nwe\"; known are [new, work, review, done]");
      assertThat(jorb("redrive", file, "--state", "wrok", "--to", "new").code()).isEqualTo(2);
    }
  }

  @Nested
  class Undo {
    @Test
    void takesTheLastOneBack() {
      jorb("redrive", file, "--state", "work", "--to", "done", "--yes");

      Answer shown = jorb("undo", file);
      Answer done = jorb("undo", file, "--yes");

      assertThat(shown.out())
          .contains("2 jobs to done  --state work")
          .endsWith("would take back redrive 1; add --yes to do it\n");
      assertThat(done.out()).isEqualTo("took back redrive 1: 2 jobs stand where they stood\n");
      assertThat(jorb("jobs", file, "--parked").out()).hasLineCount(2);
    }

    @Test
    void compactionKeepsWhatCanBeTakenBack() {
      jorb("redrive", file, "--state", "work", "--to", "done", "--yes");
      assertThat(jorb("compact", file).code()).isZero();

      assertThat(jorb("undo", file, "--yes").out())
          .isEqualTo("took back redrive 1: 2 jobs stand where they stood\n");
    }

    @Test
    void nothingToTakeBackIsWrongUsage() {
      Answer answer = jorb("undo", file);

      assertThat(answer.code()).isEqualTo(2);
      assertThat(answer.err()).contains("run \"upgrade\" has no redrive that could be taken back");
    }
  }
}
