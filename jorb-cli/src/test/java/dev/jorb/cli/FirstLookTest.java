package dev.jorb.cli;

import static dev.jorb.cli.Cli.demo;
import static dev.jorb.cli.Cli.jorb;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.cli.Cli.Answer;
import dev.jorb.processor.Processor;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What people stumble over who do not know Jorb yet.
class FirstLookTest {
  @TempDir Path folder;

  private Path file() {
    return folder.resolve("demo.jorb");
  }

  private void replace(String what, String with) throws Exception {
    Files.writeString(file(), Files.readString(file()).replace(what, with));
  }

  @Test
  void summaryPutsErrorsTogetherAsTheVerbErrorsDoes() {
    Answer answer = demo(folder, "fail,fail,fail");
    String id = jorb("errors", file(), "--json").json().get("clusters").get(0).get("id").asString();
    assertThat(answer.out()).containsPattern("  " + id + " +3 +work ");
    assertThat(jorb("redrive", file(), "--errors", id, "--to", "new").out())
        .startsWith("would send 3 jobs to new");
  }

  @Test
  void misspeltStateIsNamedWithTheNearestAndTheWayOn() throws Exception {
    demo(folder, "ok,fail");
    replace("\"id\":\"1\",\"state\":\"work\"", "\"id\":\"1\",\"state\":\"wrok\"");
    Answer answer = demo(folder, "");
    assertThat(answer.code()).isEqualTo(3);
    assertThat(answer.out())
        .contains("the workflow has no state \"wrok\"; did you mean \"work\"? Send its 1 job on")
        .contains("redrive " + file() + " --state wrok --to work --yes")
        .doesNotContain("start again");
    assertThat(jorb("redrive", file(), "--state", "wrok", "--to", "work", "--yes").code()).isZero();
    Files.writeString(folder.resolve("repaired"), "");
    assertThat(demo(folder, "").code()).isZero();
  }

  @Test
  void nothingLikeAStateIsNotGuessed() {
    assertThat(Text.nearest("xyz", List.of("new", "work", "review"))).isEmpty();
    assertThat(Text.nearest("reviwe", List.of("new", "work", "review"))).contains("review");
    assertThat(Text.nearest("nw", List.of("new", "work", "review"))).contains("new");
  }

  @Test
  void liveRunIsSinceItWasOpened() throws Exception {
    Instant start = ProcessHandle.current().info().startInstant().orElseThrow();
    Path lock = folder.resolve("demo.jorb.lock");
    try (var journal = JournalSerializer.at(file(), Demo.workflow())) {
      journal.begin(Demo.run("ok"));
      Instant opened = start.plusSeconds(90).truncatedTo(ChronoUnit.MILLIS);
      Files.setLastModifiedTime(lock, FileTime.from(opened));
      assertThat(jorb("status", file()).out())
          .contains("live: pid " + ProcessHandle.current().pid() + " since " + opened + "\n");
    }
    assertThat(jorb("status", file()).out()).contains("at rest");
  }

  @Test
  void statusSaysWhatTheNextStartWillFind() throws Exception {
    demo(folder, "ok,fail");
    String text = Files.readString(file());
    Files.writeString(
        file(),
        text.substring(0, text.lastIndexOf("{\"closed\""))
            .replace("\"id\":\"1\",\"state\":\"work\"", "\"id\":\"1\",\"state\":\"new\""));
    assertThat(jorb("status", file()).out())
        .contains("at rest\nthe last process ended without closing the file\n")
        .contains("1 job edited by hand: 1 from \"work\" to \"new\"");
  }

  @Test
  void jobsThatAwaitTheirKicksAreNamed() {
    var workflow =
        Workflow.named("families", String.class, String.class, String.class)
            .state(
                "start",
                s ->
                    s.exec((app, all, job) ->
                        job.equals("child")
                            ? Outcome.to("stuck", job)
                            : Outcome.to("join", job).kick("start", "child").awaitKicks()))
            .state("join", s -> s.exec((app, all, job) -> Outcome.to("done", job)))
            .state("stuck", s -> s.exec((app, all, job) -> Outcome.stay(job).park("by its step")))
            .terminal("done")
            .build();
    try (var journal = JournalSerializer.at(file(), workflow)) {
      Processor.of(workflow, "").serializer(journal).exec(workflow.run("f", "").add("parent"));
    }
    assertThat(jorb("status", file()).out())
        .contains("1 job counted as waiting or delayed until the jobs that they kicked");
    assertThat(jorb("status", file(), "--json").json().get("awaitingKicks").asInt()).isEqualTo(1);
  }

  @Test
  void whatIsNoTerminalGetsNoEscapes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ProgressBars bars =
        ProgressBars.on(new PrintStream(bytes, true, StandardCharsets.UTF_8))) {
      bars.say("stopping");
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("stopping\n");
  }

  @Test
  void outputNeverGoesOntoTheRunFileOrItsLock() throws Exception {
    demo(folder, "ok");
    byte[] before = Files.readAllBytes(file());
    Path lock = folder.resolve("demo.jorb.lock");
    for (String verb : List.of("export", "report", "graph")) {
      assertThat(jorb(verb, file(), "-o", lock).err()).contains("is the run file's lock");
      assertThat(jorb(verb, file(), "-o", file()).err()).contains("is the run file itself");
    }
    assertThat(file()).hasBinaryContent(before);
  }

  @Test
  void repairBlamesTheFileThatCannotBeMade() {
    demo(folder, "ok");
    Path target = folder.resolve("no/such/folder/new.jorb");
    Answer answer = jorb("repair", file(), "-o", target);
    assertThat(answer.code()).isEqualTo(1);
    assertThat(answer.err()).contains(target + ": cannot be made").doesNotContain(file() + ":");
  }

  @Test
  void graphGoesToAFileAndExplainsItsWords() throws Exception {
    demo(folder, "ok");
    Path picture = folder.resolve("graph.svg");
    assertThat(jorb("graph", file(), "--svg", "-o", picture)).isEqualTo(new Answer(0, "", ""));
    assertThat(picture).content().isEqualTo(jorb("graph", file(), "--svg").out());
    assertThat(jorb("graph", file()).out()).contains("open: always allowed, or the state declares");
  }

  @Test
  void noMatchIsSaid() {
    demo(folder, "ok");
    assertThat(jorb("jobs", file(), "--where", "state = 'new'"))
        .isEqualTo(new Answer(0, "", "none of the 1 job is asked for\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0089PNG\r\n\u001a\n", "id,state\n1,new\n", "hello", "[1]\n"})
  void fileOfAnotherKindIsSaidToBeNoRunFile(String content) throws Exception {
    Files.write(file(), content.getBytes(StandardCharsets.ISO_8859_1));
    Answer answer = jorb("status", file());
    assertThat(answer.code()).isEqualTo(1);
    assertThat(answer.err()).contains("it is not a Jorb run file").doesNotContain("JSON");
  }

  @Test
  void redriveOfEndedJobsIsAWarning() {
    demo(folder, "ok,ok,fail");
    assertThat(jorb("redrive", file(), "--where", "true", "--to", "new").out())
        .contains("2 of them have ended and would be executed again");
    assertThat(jorb("redrive", file(), "--state", "work", "--to", "new").out())
        .doesNotContain("have ended");
  }
}
