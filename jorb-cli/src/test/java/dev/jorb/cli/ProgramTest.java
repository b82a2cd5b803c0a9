package dev.jorb.cli;

import static dev.jorb.cli.Cli.demo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.cli.Cli.Answer;
import dev.jorb.cli.Execution.Program;
import dev.jorb.processor.Processor;
import dev.jorb.processor.RunHandle;
import dev.jorb.run.Jobs;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.serial.RunFile;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ProgramTest {
  @TempDir Path folder;

  @Nested
  class WhenAllGoesWell {
    @Test
    void exitCodeIsZeroAndTheTableCountsTheJobs() {
      Answer answer = demo(folder, "ok,ok,ok");

      assertThat(answer.code()).isZero();
      assertThat(answer.out())
          .startsWith("run \"upgrade\" complete: 3 of 3 jobs ended, in ")
          .containsPattern("work +0 +0 +0 +0 +3\n")
          .containsPattern("done +3\n");
    }

    @Test
    void verbRunIsWhatHappensWithoutAVerb() {
      assertThat(demo(folder, "ok", "run").code()).isZero();
      assertThat(RunFile.read(folder.resolve("demo.jorb")).run().size()).isEqualTo(1);
    }

    @Test
    void applicationContextIsClosedAtTheEnd() {
      demo(folder, "ok");

      assertThat(folder.resolve("closed")).exists();
    }

    @Test
    void folderOfTheRunFileIsMade() {
      Path inside = folder.resolve("a/b");

      assertThat(demo(inside, "fail").code()).isEqualTo(3);
      assertThat(inside.resolve("demo.jorb")).exists();
    }

    @Test
    void secondStartDoesNothingAndMakesNoNewRun() {
      demo(folder, "ok,ok");

      Answer again = demo(folder, "ok,ok,ok,ok,ok");

      assertThat(again.code()).isZero();
      assertThat(again.out()).contains("2 of 2 jobs ended");
    }

    @Test
    void progressOffTheTerminalIsPlainLinesOnStandardError() {
      assertThat(demo(folder, "ok,ok").err())
          .contains("2 of 2 jobs ended")
          .doesNotContain("\u001b");
    }

    @Test
    void statesThatAreSwitchedOffHoldTheirJobsUntilAStartWithoutTheSwitch() {
      Answer off = demo(folder, "ok,ok", "--terminal", "work", "--terminal", "review");
      assertThat(off.code()).isZero();
      assertThat(off.out()).containsPattern("work +2\n");

      Answer on = demo(folder, "");
      assertThat(on.code()).isZero();
      assertThat(on.out()).containsPattern("done +2\n");
    }

    @Test
    void unknownStateCannotBeSwitchedOff() {
      assertThat(demo(folder, "ok", "--terminal", "lost"))
          .satisfies(answer -> assertThat(answer.code()).isEqualTo(2))
          .satisfies(
              answer -> assertThat(answer.err()).contains("--terminal: unknown state \"lost\""));
      assertThat(folder.resolve("demo.jorb")).doesNotExist();
    }

    @Test
    void quietSaysNothing() {
      Answer answer = demo(folder, "ok,ok", "--quiet");

      assertThat(answer).isEqualTo(new Answer(0, "", ""));
    }
  }

  @Nested
  class WithParkedJobs {
    @Test
    void exitCodeIsThreeAndTheReasonsAreTold() {
      Answer answer = demo(folder, "ok,fail,fail");

      assertThat(answer.code()).isEqualTo(3);
      assertThat(answer.out())
          .contains("run \"upgrade\" at rest: 1 of 3 jobs ended")
          .contains("2 parked jobs\n")
          .containsPattern("1 +work +failed: java.io.IOException: HTTP 502\n")
          .contains("2 errors by cause; errors ID tells more of one\n")
          .containsPattern("[0-9a-f]{6} +2 +work +java.io.IOException: HTTP ")
          .endsWith("start again to retry the 2 parked jobs\n");
    }

    @Test
    void whatAStartDoesNotRetryIsSentOnAsItSays() throws Exception {
      parkByHand();
      String sendOn =
          "redrive "
              + folder.resolve("demo.jorb")
              + " --state review --where held --to review --yes";

      Answer answer = demo(folder, "");
      assertThat(answer.code()).isEqualTo(3);
      assertThat(answer.out())
          .endsWith("1 parked job stays so until sent on, as with: " + sendOn + "\n");

      assertThat(Cli.jorb((Object[]) sendOn.split(" ", -1)).code()).isZero();
      assertThat(demo(folder, "").code()).isZero();
    }

    private void parkByHand() throws Exception {
      Path file = folder.resolve("demo.jorb");
      try (var journal = JournalSerializer.at(file, Demo.workflow())) {
        RunHandle handle =
            Processor.of(Demo.workflow(), new Demo.Bench(folder))
                .serializer(journal)
                .start(Demo.run("hold"));
        Eventually.eventually("it holds", () -> Files.exists(folder.resolve("holding")));
        handle.park(Jobs.withId("0"), "somebody must look at it");
        Files.writeString(folder.resolve("go"), "");
        handle.await();
      }
    }

    @Test
    void nextStartRetriesThem() throws IOException {
      demo(folder, "ok,fail,fail");
      Files.writeString(folder.resolve("repaired"), "");

      assertThat(demo(folder, "").code()).isZero();
    }

    @Test
    void ofManyTheFirstFiveAreShown() {
      assertThat(demo(folder, "fail,fail,fail,fail,fail,fail,fail").out())
          .contains("  and 2 more\n");
    }

    @Test
    void quietTellsThemAllTheSame() {
      Answer answer = demo(folder, "ok,fail", "--quiet");

      assertThat(answer.out()).startsWith("1 parked job\n").doesNotContain("jobs ended");
      assertThat(answer.err()).isEmpty();
    }

    @Test
    void jsonIsOneObject() {
      Answer answer = demo(folder, "ok,fail", "--json");

      JsonNode json = answer.json();
      assertThat(json.get("run").asString()).isEqualTo("upgrade");
      assertThat(json.get("exit").asInt()).isEqualTo(3);
      assertThat(json.get("jobs").asInt()).isEqualTo(2);
      assertThat(json.get("ended").asInt()).isEqualTo(1);
      assertThat(json.get("stopped").asBoolean()).isFalse();
      assertThat(json.get("states").get(1).get("parked").asInt()).isEqualTo(1);
      assertThat(json.get("parkedJobs").get(0).get("job").asString()).isEqualTo("1");
      assertThat(json.get("errors").get(0).get("cause").asString())
          .isEqualTo("java.io.IOException: HTTP 502");
    }
  }

  @Nested
  class WhenTheFileWasEdited {
    @Test
    void openingTellsTheEditAndTheEditedJobsRunAgain() throws IOException {
      demo(folder, "ok,ok");
      replaceInFile("\"state\":\"done\"", "\"state\":\"work\"");

      Answer answer = demo(folder, "");

      assertThat(answer.code()).isZero();
      assertThat(answer.err()).contains("2 jobs edited by hand: ", "0 from \"done\" to \"work\"");
      assertThat(answer.out()).containsPattern("work +0 +0 +0 +0 +4\n");
    }

    @Test
    void unknownStateParksTheJobs() throws IOException {
      demo(folder, "ok,ok");
      replaceInFile("\"state\":\"done\"", "\"state\":\"dome\"");

      Answer answer = demo(folder, "");

      assertThat(answer.code()).isEqualTo(3);
      assertThat(answer.err()).contains("2 jobs parked in states that the workflow does not have");
      assertThat(answer.out()).contains("the workflow has no state \"dome\"");
    }

    @Test
    void strictRefusesUnknownStatesAndChangesNothing() throws IOException {
      demo(folder, "ok,ok");
      replaceInFile("\"state\":\"done\"", "\"state\":\"dome\"");
      String before = Files.readString(folder.resolve("demo.jorb"));

      Answer answer = demo(folder, "", "--strict");

      assertThat(answer.code()).isEqualTo(1);
      assertThat(answer.err())
          .contains("0 in \"dome\"")
          .contains("not started, because of --strict");
      assertThat(folder.resolve("demo.jorb")).hasContent(before);
    }

    @Test
    void strictRefusesUnreadableContexts() throws IOException {
      demo(folder, "ok");
      Program<?, ?, ?> other = otherContexts();

      Answer answer = Cli.program(other, "--strict", "--file", folder + "/demo.jorb");

      assertThat(answer.code()).isEqualTo(1);
      assertThat(answer.err()).contains("1 job parked because their context cannot be read");
    }

    @Test
    void strictAcceptsEditsByHand() throws IOException {
      demo(folder, "ok,ok");
      replaceInFile("\"state\":\"done\"", "\"state\":\"work\"");

      assertThat(demo(folder, "", "--strict").code()).isZero();
    }

    @Test
    void quietTellsUnknownStatesButNotEdits() throws IOException {
      demo(folder, "ok");
      replaceInFile("\"state\":\"done\"", "\"state\":\"dome\"");

      assertThat(demo(folder, "", "--quiet").err())
          .contains("1 job parked in states")
          .doesNotContain("edited");
    }

    @Test
    void checkOfAProgramJudgesByItsWorkflow() throws IOException {
      demo(folder, "ok");

      Answer answer = Cli.program(otherContexts(), "check", "--file", folder + "/demo.jorb");

      assertThat(answer.code()).isZero();
      assertThat(answer.out()).contains("1 job parked because their context cannot be read");
    }

    private Program<?, ?, ?> otherContexts() {
      Workflow<Object, Demo.Plan, Integer> numbers =
          Workflow.named("demo", Object.class, Demo.Plan.class, Integer.class)
              .state("new", s -> s.exec((app, plan, n) -> Outcome.to("done", n)))
              .state("work", s -> s.exec((app, plan, n) -> Outcome.to("done", n)))
              .terminal("done")
              .build();
      return new Program<>(numbers, Object::new, () -> numbers.run("n", new Demo.Plan("")));
    }
  }

  @Nested
  class WhenItCannotGoOn {
    @Test
    void damagedFileIsRefusedInOneLine() throws IOException {
      demo(folder, "ok,ok");
      replaceInFile("\"kind\":\"ok\"", "\"kind\":\"ko\"");

      Answer answer = demo(folder, "");

      assertThat(answer.code()).isEqualTo(1);
      assertThat(answer.err()).contains("demo.jorb: line 2: job 0: ").doesNotContain("\tat ");
    }

    @Test
    void newRunThatCannotBeMadeIsToldWithItsStackTrace() {
      Program<?, ?, ?> broken =
          new Program<>(
              Demo.workflow(),
              () -> new Demo.Bench(folder),
              () -> {
                throw new IOException("no list of repositories");
              });

      Answer answer = Cli.program(broken, "--file", folder + "/demo.jorb");

      assertThat(answer.code()).isEqualTo(1);
      assertThat(answer.err()).contains("no list of repositories").contains("\tat ");
    }

    @Test
    void applicationContextThatCannotBeOpenedLeavesNoRunFile() {
      Program<?, ?, ?> broken =
          new Program<>(
              Demo.workflow(),
              () -> {
                throw new IOException("no access");
              },
              () -> Demo.run("ok"));

      assertThat(Cli.program(broken, "--file", folder + "/demo.jorb").code()).isEqualTo(1);
      assertThat(folder.resolve("demo.jorb")).doesNotExist();
    }

    @Test
    void jobThatANewRunPutsInAnUnknownStateIsParkedWithItsReason() {
      Program<?, ?, ?> program =
          new Program<>(
              Demo.workflow(),
              () -> new Demo.Bench(folder),
              () -> Demo.run("ok").add("wrok", new Demo.Task("ok")));

      Answer answer = Cli.program(program, "--file", folder + "/demo.jorb");

      assertThat(answer.code()).isEqualTo(3);
      assertThat(answer.out()).contains("the workflow has no state \"wrok\"");
    }
  }

  @Nested
  class Usage {
    @Test
    void unknownOptionIsRefused() {
      Answer answer = demo(folder, "ok", "--fiel", "x");

      assertThat(answer.code()).isEqualTo(2);
      assertThat(answer.err()).contains("--fiel").contains("try: demo --help");
      assertThat(folder.resolve("demo.jorb")).doesNotExist();
    }

    @Test
    void unknownVerbIsRefused() {
      assertThat(demo(folder, "ok", "stats").code()).isEqualTo(2);
    }

    @Test
    void graceMustBeADuration() {
      Answer answer = demo(folder, "ok", "--grace", "soon");

      assertThat(answer.code()).isEqualTo(2);
      assertThat(answer.err()).contains("write it like 500ms, 30s, 5m or 1h");
    }

    @Test
    void mistakeInTheProgramsOwnOptionsIsRefusedBeforeAnythingIsDone() {
      Arguments arguments = Arguments.of("--file", folder + "/demo.jorb", "--work");
      arguments.take("--work", "DIR", "where it works", "w");
      Program<?, ?, ?> program =
          new Program<>(Demo.workflow(), () -> new Demo.Bench(folder), () -> Demo.run("ok"));

      Answer answer = Cli.program(program, arguments);

      assertThat(answer.code()).isEqualTo(2);
      assertThat(answer.err()).contains("option --work needs a value: --work DIR");
      assertThat(folder).isEmptyDirectory();
    }

    @Test
    void helpListsVerbsOptionsOwnOptionsAndExitCodes() {
      Arguments arguments = Arguments.of("--help");
      arguments.take("--work", "DIR", "where it works", "w");
      arguments.takeFlag("--dry", "pushes nothing");
      Program<?, ?, ?> program =
          new Program<>(Demo.workflow(), () -> new Demo.Bench(folder), () -> Demo.run("ok"));

      Answer answer = Cli.program(program, arguments);

      assertThat(answer.code()).isZero();
      assertThat(answer.out())
          .contains("--file=FILE", "demo.jorb", "--strict", "--quiet", "--json", "--grace")
          .containsPattern("--work=DIR +where it works \\(default: w\\)")
          .containsPattern("--dry +pushes nothing")
          .contains("status", "jobs", "show", "check")
          .containsPattern("  0 +all jobs are in terminal states")
          .containsPattern("  1 +the run could not go on")
          .containsPattern("  2 +wrong usage")
          .containsPattern("  3 +at rest, with parked jobs")
          .containsPattern("  130 +stopped by Ctrl-C")
          .containsPattern("  143 +stopped by SIGTERM");
    }

    @Test
    void fileMayBeNamedBeforeTheVerb() {
      demo(folder, "ok");
      Program<?, ?, ?> program =
          new Program<>(Demo.workflow(), () -> new Demo.Bench(folder), () -> Demo.run("ok"));

      Answer answer = Cli.program(program, "--file", folder + "/demo.jorb", "status", "--json");

      assertThat(answer.json().get("jobs").asInt()).isEqualTo(1);
    }

    @Test
    void verbOnAFileThatIsNotThereYetIsWrongUsage() {
      Answer answer = demo(folder, "ok", "status");

      assertThat(answer.code()).isEqualTo(2);
      assertThat(answer.err()).contains("there is no run file").contains("demo.jorb");
    }
  }

  private void replaceInFile(String from, String to) throws IOException {
    Path file = folder.resolve("demo.jorb");
    Files.writeString(file, Files.readString(file).replace(from, to));
  }
}
