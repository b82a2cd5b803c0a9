package dev.jorb.cli;

import static dev.jorb.cli.Cli.demo;
import static dev.jorb.cli.Cli.jorb;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.cli.Cli.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Jorb's own command line on a run file at rest: job 0 has ended, job 1 is parked.
class RunFileVerbsTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void runTheDemo() {
    demo(folder, "ok,fail");
    file = folder.resolve("demo.jorb");
  }

  @Nested
  class Status {
    @Test
    void countsJobsByState() {
      Answer answer = jorb("status", file);

      assertThat(answer.code()).isZero();
      assertThat(answer.out())
          .startsWith("run \"upgrade\" of workflow demo: 2 jobs\nat rest\n")
          .containsPattern("work +0 +0 +0 +1 +2\n")
          .containsPattern("done +1\n");
    }

    @Test
    void jsonHasTheDocumentedFieldsInTheirOrder() {
      Answer answer = jorb("status", file, "--json");

      assertThat(answer.out())
          .startsWith(
              """
              {"run":"upgrade","jobs":2,"states":[\
              {"state":"new","waiting":0,"executing":0,"delayed":0,"parked":0,"completed":2,"terminal":false},\
              {"state":"work","waiting":0,"executing":0,"delayed":0,"parked":1,"completed":2,"terminal":false},\
              {"state":"review","waiting":0,"executing":0,"delayed":0,"parked":0,"completed":0,"terminal":false},\
              {"state":"done","waiting":0,"executing":0,"delayed":0,"parked":0,"completed":1,"terminal":true}]\
              """);
      assertThat(answer.json().get("live").asBoolean()).isFalse();
    }

    @Test
    void jsonMayBeAskedForBeforeTheVerb() {
      assertThat(jorb("--json", "status", file).json().get("jobs").asInt()).isEqualTo(2);
    }
  }

  @Nested
  class Jobs {
    @Test
    void listsAllOneALine() {
      assertThat(jorb("jobs", file).out().lines().toList())
          .satisfiesExactly(
              first -> assertThat(first).matches(" +0 +done +ended"),
              second -> assertThat(second).matches(" +1 +work +parked +failed: .*HTTP 502"));
    }

    @Test
    void listsThoseInAState() {
      assertThat(jorb("jobs", file, "--state", "done").out())
          .containsPattern("0 +done")
          .hasLineCount(1);
    }

    @Test
    void listsParkedOnesAndThoseWithErrors() {
      assertThat(jorb("jobs", file, "--parked").out()).containsPattern("1 +work").hasLineCount(1);
      assertThat(jorb("jobs", "--errors", file).out()).containsPattern("1 +work").hasLineCount(1);
    }

    @Test
    void jsonIsOneObjectWithAList() {
      JsonNode json = jorb("jobs", file, "--parked", "--json").json();

      assertThat(json.get("run").asString()).isEqualTo("upgrade");
      assertThat(json.get("jobs")).hasSize(1);
      assertThat(json.get("jobs").get(0).get("id").asString()).isEqualTo("1");
      assertThat(json.get("jobs").get(0).get("parked").asString()).startsWith("failed: ");
    }

    @Test
    void misspeltStateIsWrongUsage() {
      Answer answer = jorb("jobs", file, "--state", "wrok");

      assertThat(answer.code()).isEqualTo(2);
      assertThat(answer.err()).contains("no state \"wrok\"; known are [new, work, review, done]");
    }
  }

  @Nested
  class Show {
    @Test
    void tellsWhereTheJobIsWhatItKnowsAndWhatWentWrong() {
      Answer answer = jorb("show", file, "1");

      assertThat(answer.code()).isZero();
      assertThat(answer.out())
          .startsWith("job 1 in work, parked\nparked because: failed: ")
          .contains("\"kind\" : \"fail\"")
          .contains("executed 2 times")
          .containsPattern("new +to work")
          .containsPattern("work +stayed")
          .contains("1 error\n")
          .contains("    from the proxy\n");
    }

    @Test
    void jsonHasTheContextAsItStands() {
      JsonNode json = jorb("show", file, "1", "--json").json();

      assertThat(json.get("context").get("kind").asString()).isEqualTo("fail");
      assertThat(json.get("transitions")).hasSize(2);
      assertThat(json.get("errors").get(0).get("message").asString()).contains("from the proxy");
    }

    @Test
    void unknownJobIsWrongUsage() {
      Answer answer = jorb("show", file, "99");

      assertThat(answer.code()).isEqualTo(2);
      assertThat(answer.err()).contains("there is no job \"99\" in run \"upgrade\"; it has 2 jobs");
    }

    @Test
    void jobIsNeeded() {
      Answer answer = jorb("show", file);

      assertThat(answer.code()).isEqualTo(2);
      assertThat(answer.err()).contains("JOB");
    }
  }

  @Nested
  class Check {
    @Test
    void undamagedFileIsZero() {
      Answer answer = jorb("check", file);

      assertThat(answer.code()).isZero();
      assertThat(answer.out())
          .isEqualTo(file + ": undamaged, run \"upgrade\" with 2 jobs\n" + "  nothing to remark\n");
    }

    @Test
    void whatTheNextStartWillFindIsTold() throws IOException {
      replaceInFile("\"state\":\"done\"", "\"state\":\"dome\"");

      Answer answer = jorb("check", file);

      assertThat(answer.code()).isZero();
      assertThat(answer.out())
          .contains("1 job edited by hand: 0 from \"done\" to \"dome\"")
          .contains("1 job parked in states that the workflow does not have");
      assertThat(jorb("check", file, "--json").json().get("edited").get(0).asString())
          .isEqualTo("0");
    }

    @Test
    void damageIsToldWithLineJobAndTheWayOn() throws IOException {
      replaceInFile("\"kind\":\"fail\"", "\"kind\":\"fall\"");

      Answer answer = jorb("check", file);

      assertThat(answer.code()).isEqualTo(1);
      assertThat(answer.err())
          .contains("demo.jorb: line 3: job 1: ")
          .contains("Restore the file from a copy");
    }

    @Test
    void damageInJsonHasTheLine() throws IOException {
      replaceInFile("\"kind\":\"fail\"", "\"kind\":\"fall\"");

      Answer answer = jorb("check", file, "--json");

      assertThat(answer.code()).isEqualTo(1);
      assertThat(answer.json().get("damaged").asBoolean()).isTrue();
      assertThat(answer.json().get("line").asInt()).isEqualTo(3);
      assertThat(answer.json().get("condition").asString()).isEqualTo("damaged");
      assertThat(answer.json().get("problems").get(0).get("job").asString()).isEqualTo("1");
    }

    @Test
    void fileOfAnotherKindIsDamaged() throws IOException {
      Files.writeString(file, "Dear diary\n");

      assertThat(jorb("check", file).code()).isEqualTo(1);
    }
  }

  @Nested
  class Compact {
    @Test
    void saysHowLongTheFileWasAndIs() {
      Answer answer = jorb("compact", file);

      assertThat(answer.code()).isZero();
      assertThat(answer.out())
          .matches("\\Q" + file + "\\E: \\d+ bytes before, \\d+ after, with 2 jobs\n");
      assertThat(jorb("check", file).out()).contains("nothing to remark");
    }

    @Test
    void jsonHasTheSizes() throws IOException {
      replaceInFile("\"state\":\"done\"", "\"state\":\"review\"");

      JsonNode json = jorb("compact", file, "--json").json();

      assertThat(json.get("bytesAfter").asLong()).isEqualTo(Files.size(file));
      assertThat(json.get("edited").get(0).asString()).isEqualTo("0");
    }

    @Test
    void damagedFileIsLeftAsItIs() throws IOException {
      replaceInFile("\"kind\":\"fail\"", "\"kind\":\"fall\"");

      Answer answer = jorb("compact", file);

      assertThat(answer.code()).isEqualTo(1);
      assertThat(answer.err()).contains("line 3: job 1: ", "jorb repair");
    }

    @Test
    void programsHaveItToo() {
      assertThat(demo(folder, "ok", "compact").code()).isZero();
    }
  }

  @Nested
  class Repair {
    private Path target;

    @BeforeEach
    void damage() throws IOException {
      target = folder.resolve("new.jorb");
      replaceInFile("\"kind\":\"fail\"", "\"kind\":\"fall\"");
    }

    @Test
    void savesTheRestAndNamesWhatIsLost() {
      Answer answer = jorb("repair", file, "-o", target);

      assertThat(answer.code()).isZero();
      assertThat(answer.out())
          .startsWith(target + ": 1 job saved from " + file + ", 0 at an older version, 1 lost\n")
          .contains("  lost: job 1\n")
          .contains("  not taken over: line 3, job 1: its checksum does not match");
      assertThat(jorb("check", target).out()).contains("nothing to remark");
      assertThat(jorb("check", file).code()).isEqualTo(1);
    }

    @Test
    void jsonListsAll() {
      JsonNode json = jorb("repair", file, "-o", target, "--json").json();

      assertThat(json.get("jobs").asInt()).isEqualTo(1);
      assertThat(json.get("lost").get(0).asString()).isEqualTo("1");
      assertThat(json.get("dropped").get(0).get("line").asInt()).isEqualTo(3);
    }

    @Test
    void targetThatExistsIsRefused() {
      assertThat(jorb("repair", file, "-o", file).code()).isEqualTo(1);
      jorb("repair", file, "-o", target);
      Answer answer = jorb("repair", file, "-o", target);

      assertThat(answer.code()).isEqualTo(1);
      assertThat(answer.err()).contains("there is a file already");
    }

    @Test
    void targetIsNeeded() {
      Answer answer = jorb("repair", file);

      assertThat(answer.code()).isEqualTo(2);
      assertThat(answer.err()).contains("--output");
    }
  }

  @Nested
  class Usage {
    @Test
    void damagedFileEndsEveryVerbWithOne() throws IOException {
      replaceInFile("\"kind\":\"fail\"", "\"kind\":\"fall\"");

      assertThat(jorb("status", file).code()).isEqualTo(1);
      assertThat(jorb("jobs", file).code()).isEqualTo(1);
      assertThat(jorb("show", file, "0").code()).isEqualTo(1);
    }

    @Test
    void fileThatIsNotThereIsWrongUsage() {
      Answer answer = jorb("status", folder.resolve("none.jorb"));

      assertThat(answer.code()).isEqualTo(2);
      assertThat(answer.err()).contains("there is no run file").contains("none.jorb");
    }

    @Test
    void noVerbAndNoFileAreWrongUsage() {
      assertThat(jorb().code()).isEqualTo(2);
      assertThat(jorb("status").code()).isEqualTo(2);
      assertThat(jorb("status", file, "--state", "done").code()).isEqualTo(2);
    }

    @Test
    void helpListsTheExitCodes() {
      Answer answer = jorb("--help");

      assertThat(answer.code()).isZero();
      assertThat(answer.out())
          .contains("jorb VERB FILE")
          .containsPattern("  3 +at rest, with parked");
    }

    @Test
    void everyVerbHasHelp() {
      assertThat(jorb("jobs", "--help").out()).contains("FILE", "--state=STATE", "--parked");
    }
  }

  private void replaceInFile(String from, String to) throws IOException {
    Files.writeString(file, Files.readString(file).replace(from, to));
  }
}
