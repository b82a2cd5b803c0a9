package dev.jorb.cli;

import static dev.jorb.cli.Cli.demo;
import static dev.jorb.cli.Cli.jorb;
import static dev.jorb.cli.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.cli.Cli.Answer;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.serial.RunFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The demo program in a process of its own, with two steps that hold.
class LiveRunTest {
  @TempDir Path folder;

  @Nested
  class WhileAnotherProcessRunsIt {
    @Test
    void statusTellsWhatIsAcknowledgedAndWhoHasIt() throws Exception {
      try (Child child = Child.holding(folder)) {
        eventually("job 0 has ended", () -> ended(jorb("status", child.file(), "--json")) == 1);

        JsonNode json = jorb("status", child.file(), "--json").json();

        assertThat(json.get("jobs").asInt()).isEqualTo(3);
        assertThat(json.get("live").asBoolean()).isTrue();
        assertThat(json.get("holder").asString()).startsWith("pid " + child.process().pid() + " ");
        assertThat(jorb("status", child.file()).out())
            .contains("live: pid " + child.process().pid());
      }
    }

    private static int ended(Answer status) {
      return status.json().get("states").get(3).get("completed").asInt();
    }

    @Test
    void checkFindsItUndamagedAndDoesNotCallItUnclean() throws Exception {
      try (Child child = Child.holding(folder)) {
        Answer answer = jorb("check", child.file());

        assertThat(answer.code()).isZero();
        assertThat(answer.out()).contains(", live: pid ").contains("nothing to remark");
      }
    }

    @Test
    void jobsAndShowWork() throws Exception {
      try (Child child = Child.holding(folder)) {
        assertThat(jorb("jobs", child.file()).out()).hasLineCount(3);
        assertThat(jorb("show", child.file(), "1").out()).contains("\"kind\" : \"hold\"");
      }
    }

    @Test
    void secondProcessIsRefusedWithTheFirstOnesPidAndTheFirstGoesOn() throws Exception {
      try (Child child = Child.holding(folder)) {
        Answer second = demo(folder, "ok");

        assertThat(second.code()).isEqualTo(1);
        assertThat(second.err())
            .contains("another run has it open: pid " + child.process().pid() + " since ")
            .doesNotContain("\tat ");
        child.go();
        assertThat(child.awaitEnd()).isZero();
        assertThat(child.out()).contains("3 of 3 jobs ended");
      }
    }

    @Test
    void lookingAtARunThatThisProcessHasOpenDoesNotGiveItsLockAway() throws Exception {
      Path file = folder.resolve("demo.jorb");
      try (var journal = JournalSerializer.at(file, Demo.workflow())) {
        journal.begin(Demo.run("ok"));
        jorb("status", file);

        try (Child second = Child.start(folder)) {
          assertThat(second.awaitEnd()).isEqualTo(1);
          assertThat(second.err()).contains("another run has it open: pid ");
        }
      }
    }

    @Test
    void lockOfAKilledProcessIsNobodys() throws Exception {
      try (Child child = Child.holding(folder)) {
        child.signal("KILL");
        child.awaitEnd();

        assertThat(jorb("status", child.file()).out()).contains("at rest");
        assertThat(jorb("check", child.file()).out())
            .contains("the last process ended without closing the file");
        child.go();
        assertThat(demo(folder, "").code()).isZero();
      }
    }
  }

  @Nested
  class WhenItIsStopped {
    @Test
    void sigtermDrainsSealsAndExitsWith143() throws Exception {
      try (Child child = Child.holding(folder)) {
        child.signal("TERM");
        child.awaitErr("stopping: 2 steps are still running, up to 30 s; Ctrl-C again to halt");
        child.go();

        assertThat(child.awaitEnd()).isEqualTo(143);
        RunFile file = RunFile.read(child.file());
        assertThat(file.opening().isClean()).isTrue();
        assertThat(file.holder()).isEmpty();
      }
    }

    @Test
    void sigintExitsWith130AndTheNextStartGoesOn() throws Exception {
      try (Child child = Child.holding(folder, "--grace", "100ms")) {
        child.signal("INT");

        assertThat(child.awaitEnd()).isEqualTo(130);
        assertThat(child.out())
            .contains("run \"upgrade\" stopped: 1 of 3 jobs ended")
            .contains("start again to go on with the remaining 2 jobs");
        assertThat(folder.resolve("closed")).exists();
        child.go();
        Answer next = demo(folder, "");
        assertThat(next.code()).isZero();
        assertThat(next.err()).doesNotContain("without closing");
      }
    }

    @Test
    void sighupIsLikeSigterm() throws Exception {
      try (Child child = Child.holding(folder, "--grace", "100ms")) {
        child.signal("HUP");

        assertThat(child.awaitEnd()).isEqualTo(143);
      }
    }

    @Test
    void secondSigintHaltsAtOnceAndLosesNothingAcknowledged() throws Exception {
      try (Child child = Child.holding(folder, "--grace", "1h")) {
        child.signal("INT");
        child.awaitErr("stopping: ");
        child.signal("INT");

        assertThat(child.awaitEnd()).isEqualTo(130);
        assertThat(child.out()).isEmpty();
        child.go();
        assertThat(demo(folder, "").code()).isZero();
      }
    }

    @Test
    void stopThatComesWhenAllIsDoneChangesNoExitCode() throws Exception {
      try (Child child = Child.start(folder, "--kinds", "last")) {
        eventually("it holds", () -> folder.resolve("holding").toFile().exists());
        child.signal("TERM");
        child.awaitErr("stopping: 1 step is still running");
        child.go();

        assertThat(child.awaitEnd()).isZero();
      }
    }

    @Test
    void jsonTellsTheStop() throws Exception {
      try (Child child = Child.holding(folder, "--grace", "100ms", "--json")) {
        child.signal("TERM");

        assertThat(child.awaitEnd()).isEqualTo(143);
        JsonNode json = new Answer(143, child.out(), "").json();
        assertThat(json.get("stopped").asBoolean()).isTrue();
        assertThat(json.get("exit").asInt()).isEqualTo(143);
      }
    }
  }

  @Nested
  class WhatAUserSees {
    @Test
    void standardErrorHasNoLogNoise() throws Exception {
      try (Child child = Child.start(folder, "--kinds", "ok,ok")) {
        assertThat(child.awaitEnd()).isZero();
        assertThat(child.err()).doesNotContain("SLF4J", "INFO", "WARN");
      }
    }
  }
}
