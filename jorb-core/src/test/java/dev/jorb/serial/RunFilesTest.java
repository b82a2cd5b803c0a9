package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.Check.Condition;
import dev.jorb.serial.Sample.Box;
import dev.jorb.serial.Sample.Plan;
import dev.jorb.serial.SimDisk.Stopped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Checking and compacting run files at rest.
class RunFilesTest {
  private static final long SEED = Long.getLong("jorb.seed", 20261124L);

  private final SimDisk disk = new SimDisk(new Random(SEED));
  private final Recorder recorder = new Recorder(3);

  private void history(SimDisk on, Recorder by, int commits) {
    by.open(on);
    Random random = new Random(SEED);
    for (int i = 0; i < commits; i++) {
      by.commitRandom(random);
    }
  }

  private static String picture(SimDisk on) {
    try (JournalSerializer<Plan, Box> journal = Sample.journal(on)) {
      return Sample.picture(journal.load().orElseThrow());
    }
  }

  private Compaction compact(SimDisk on) {
    return new RunFiles(on, new Sample.Clock()).compactFile(Sample.PATH);
  }

  @Nested
  class Compact {
    @Test
    void keepsTheRunAndDropsWhatIsOld() {
      history(disk, recorder, 40);
      recorder.close();
      String before = picture(disk);
      int size = disk.content(Sample.PATH).length;
      Compaction done = compact(disk);
      assertThat(picture(disk)).isEqualTo(before);
      assertThat(done.bytesBefore()).isEqualTo(size);
      assertThat(done.bytesAfter()).isEqualTo(disk.content(Sample.PATH).length).isLessThan(size);
      assertThat(done.jobs()).isEqualTo(recorder.run().size());
    }

    @Test
    void theResultIsClosedInOrderAndGoesOn() {
      history(disk, recorder, 10);
      disk.releaseLocks(); // Killed.
      compact(disk);
      recorder.open(disk);
      assertThat(recorder.journal().opening().isClean()).isTrue();
      recorder.commitRandom(new Random(SEED));
      recorder.close();
      recorder.open(disk);
    }

    @Test
    void winningLinesAreKeptByteForByte() {
      history(disk, recorder, 10);
      recorder.close();
      List<String> before = List.of(Sample.utf8(disk.content(Sample.PATH)).split("\n"));
      compact(disk);
      List<String> after =
          Sample.utf8(disk.content(Sample.PATH))
              .lines()
              .filter(line -> line.startsWith("{\"id\""))
              .toList();
      assertThat(after).hasSize(recorder.run().size());
      assertThat(before).containsAll(after);
    }

    @Test
    void nothingIsInDoubtThatWasNot() {
      history(disk, recorder, 10);
      recorder.close();
      compact(disk);
      assertThat(Sample.utf8(disk.content(Sample.PATH))).doesNotContain("{\"started\"");
    }

    @Test
    void largeJobsAreWrittenOneByOne() {
      Run<Plan, Box> run = Sample.freshRun(0);
      for (String id : List.of("0", "1", "2")) {
        run.put(Job.create(id, "new", new Box("x".repeat(1_100_000), 0), Instant.EPOCH));
      }
      try (JournalSerializer<Plan, Box> journal = Sample.journal(disk)) {
        journal.begin(run);
      }
      int before = disk.calls();
      compact(disk);
      assertThat(disk.log().subList(before, disk.calls()))
          .filteredOn(call -> call.matches("WRITE .*\\+11\\d{5}"))
          .hasSize(3);
      assertThat(picture(disk)).isEqualTo(Sample.picture(run));
    }

    @Test
    void allThatHappenedAtOnceIsKept() {
      Instant at = Instant.parse("2026-11-24T10:00:00.250Z");
      Run<Plan, Box> run = Sample.freshRun(0);
      run.put(
          Job.<Box>builder("0", "edit")
              .context(new Box("a", 0))
              .updated(at)
              .error("new", at, "no")
              .error("new", at, "not yet")
              .transition("new", "new", at, Duration.ofMillis(1))
              .transition("new", "edit", at, Duration.ofMillis(2))
              .build());
      try (JournalSerializer<Plan, Box> journal = Sample.journal(disk)) {
        journal.begin(run);
      }
      compact(disk);
      assertThat(picture(disk)).isEqualTo(Sample.picture(run));
    }

    @Test
    void statesThatTheWorkflowDoesNotHaveStayKnown() {
      try (JournalSerializer<Plan, Box> journal = Sample.journal(disk)) {
        Run<Plan, Box> run = Sample.freshRun(1);
        for (String id : List.of("x", "y")) {
          run.put(Job.create(id, "former", new Box(id, 0), Instant.EPOCH));
        }
        journal.begin(run);
      }
      compact(disk);
      assertThat(Sample.utf8(disk.content(Sample.PATH)).lines().findFirst().orElseThrow())
          .contains("[\"former\"]");
    }

    @Test
    void editsAreRecordedAndNamed() {
      history(disk, recorder, 0);
      recorder.close();
      String text = Sample.utf8(disk.content(Sample.PATH));
      disk.put(
          Sample.PATH,
          Sample.utf8(text.replace("\"0\",\"state\":\"new\"", "\"0\",\"state\":\"push\"")));
      assertThat(compact(disk).edits()).containsExactly(new Opening.Edit("0", "new", "push"));
      try (JournalSerializer<Plan, Box> journal = Sample.journal(disk)) {
        Run<Plan, Box> run = journal.load().orElseThrow();
        assertThat(run.job("0").orElseThrow().state()).isEqualTo("push");
        assertThat(run.job("0").orElseThrow().version()).isEqualTo(2);
        assertThat(journal.opening().sentences()).isEmpty();
      }
    }

    @Test
    void aDamagedFileIsRefusedAndLeftAsItIs() {
      history(disk, recorder, 5);
      recorder.close();
      String text = Sample.utf8(disk.content(Sample.PATH)).replaceFirst("\"label\"", "\"lapel\"");
      disk.put(Sample.PATH, Sample.utf8(text));
      assertThatThrownBy(() -> compact(disk)).isInstanceOf(RunFileException.Damaged.class);
      assertThat(Sample.utf8(disk.content(Sample.PATH))).isEqualTo(text);
    }

    @Test
    void aFullDiskLeavesTheFileAsItWas() {
      history(disk, recorder, 40);
      recorder.close();
      byte[] before = disk.content(Sample.PATH);
      disk.capacity(disk.used() + 100);
      assertThatThrownBy(() -> compact(disk))
          .isInstanceOf(DiskFullException.class)
          .hasMessageContaining("no space left on the device; what it held is safe");
      assertThat(disk.content(Sample.PATH)).isEqualTo(before);
    }

    @Test
    void aDiskThatFailsLeavesTheFileAsItWas() {
      history(disk, recorder, 4);
      recorder.close();
      byte[] before = disk.content(Sample.PATH);
      disk.failAt(disk.calls() + 5, SimDisk.Fault.EIO, true);
      assertThatThrownBy(() -> compact(disk))
          .isExactlyInstanceOf(RunFileException.class)
          .hasMessageContaining("cannot be written (Input/output error); what it held is safe");
      assertThat(disk.content(Sample.PATH)).isEqualTo(before);
    }

    @Test
    void aFileThatAProcessHasIsRefused() {
      history(disk, recorder, 5);
      assertThatThrownBy(() -> compact(disk)).isInstanceOf(RunFileException.Locked.class);
    }

    @Test
    void aFileInTheGoFormIsRefused() {
      disk.put(Sample.PATH, Sample.utf8("{\"Name\":\"x\",\"Jobs\":{},\"Overall\":{}}"));
      assertThatThrownBy(() -> compact(disk))
          .isInstanceOf(RunFileException.class)
          .hasMessageContaining("nothing to compact");
    }

    @Tag("slow")
    @Test
    void endedAtAnyCallItLosesNothing() {
      for (int call = 1; ; call++) {
        SimDisk own = new SimDisk(new Random(SEED));
        Recorder history = new Recorder(3);
        history(own, history, 6);
        history.close();
        String before = picture(own);
        int calls = own.calls();
        own.stopAt(calls + call);
        try {
          compact(own);
          return;
        } catch (Stopped | RunFileException ended) {
          for (SimDisk state : own.afterPowerCut(32)) {
            assertThat(picture(state)).as("call " + call).isEqualTo(before);
          }
          assertThat(picture(own.afterKill())).isEqualTo(before);
        }
      }
    }
  }

  @Nested
  class OnARealDisk {
    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void record() {
      file = folder.resolve("real.jorb");
      try (var journal = JournalSerializer.at(file, Sample.SCHEMA)) {
        Run<Plan, Box> run = Sample.freshRun(2);
        journal.begin(run);
        var moved = List.of(Sample.move(run.job("0").orElseThrow(), "edit", new Sample.Clock()));
        journal.commit(Sample.encoded(journal, moved));
      }
    }

    private void replace(String from, String to) throws IOException {
      String text = Files.readString(file);
      assertThat(text).contains(from);
      Files.writeString(file, text.replace(from, to));
    }

    @Test
    void aFileClosedInOrderIsHealthy() {
      Check check = RunFiles.check(file);
      assertThat(check.condition()).isEqualTo(Condition.HEALTHY);
      assertThat(check.isUsable()).isTrue();
      assertThat(check.sentences()).isEmpty();
      assertThat(check.contents().orElseThrow().run().size()).isEqualTo(2);
    }

    @Test
    void aFileThatAProcessHasIsLive() {
      try (var journal = JournalSerializer.at(file, Sample.SCHEMA)) {
        journal.begin(journal.load().orElseThrow());
        assertThat(RunFiles.check(file).condition()).isEqualTo(Condition.LIVE);
      }
    }

    @Test
    void aTornEndIsUncleanAndLosesNothingAcknowledged() throws IOException {
      String text = Files.readString(file);
      Files.writeString(
          file, text.substring(0, text.indexOf("{\"closed\"")) + "{\"id\":\"1\",\"sta");
      Check check = RunFiles.check(file);
      assertThat(check.condition()).isEqualTo(Condition.UNCLEAN);
      assertThat(check.sentences())
          .containsExactly(
              "the last process ended without closing the file; 14 bytes of an unfinished batch"
                  + " are cut");
    }

    @Test
    void anEditIsNamed() throws IOException {
      replace("\"state\":\"edit\"", "\"state\":\"push\"");
      Check check = RunFiles.check(file);
      assertThat(check.condition()).isEqualTo(Condition.EDITED);
      assertThat(check.sentences())
          .containsExactly("1 job edited by hand: 0 from \"edit\" to \"push\"");
    }

    @Test
    void everyDamagedLineIsNamedWithItsJobAndTheWayOn() throws IOException {
      replace("\"label\":", "\"lapel\":");
      Check check = RunFiles.check(file);
      assertThat(check.condition()).isEqualTo(Condition.DAMAGED);
      assertThat(check.isUsable()).isFalse();
      assertThat(check.problems())
          .extracting(each -> each.line() + " " + each.job().orElse("?"))
          .containsExactly("2 0", "3 1", "5 0");
      assertThat(check.sentences().getLast())
          .contains("Restore the file from a copy")
          .contains("jorb repair " + file + " -o NEW")
          .contains("2 lost");
    }

    @Test
    void emptyForeignAndBrokenGoFilesAreToldApart() throws IOException {
      Files.writeString(file, "");
      Check empty = RunFiles.check(file);
      assertThat(empty.condition()).isEqualTo(Condition.EMPTY);
      assertThat(empty.isUsable()).isFalse();
      assertThat(empty.sentences())
          .containsExactly(
              "the file is empty",
              "If there was a run in it, restore it from a copy; else a start makes a new run in it");
      Files.writeString(file, "Dear diary\n");
      Check foreign = RunFiles.check(file);
      assertThat(foreign.condition()).isEqualTo(Condition.FOREIGN);
      assertThat(foreign.problems().getFirst().what()).startsWith("this is no run file: ");
      assertThat(foreign.problems().getFirst().next()).isEqualTo("Choose another file");
      Files.writeString(file, "{\"some\":\"json\"}");
      assertThat(RunFiles.check(file).condition()).isEqualTo(Condition.FOREIGN);
      Files.writeString(file, "{\"id\":\"1\",\"state\":\"new\",\"c\":{}}\n");
      assertThat(RunFiles.check(file).condition()).isEqualTo(Condition.FOREIGN);
      Files.writeString(file, "{\n  \"Name\": \"x\",\n  \"Jobs\": {");
      Check broken = RunFiles.check(file);
      assertThat(broken.condition()).isEqualTo(Condition.DAMAGED);
      assertThat(broken.sentences().getFirst())
          .contains("ends in the middle")
          .doesNotContain("this is no run file");
      assertThat(broken.problems().getFirst().next()).startsWith("Restore the file from a copy");
      Files.writeString(file, "{\"Name\":\"x\",\"Jobs\":{},\"Overall\":{}}");
      assertThat(RunFiles.check(file).condition()).isEqualTo(Condition.HEALTHY);
    }

    @Test
    void aRunFileWhoseBeginningIsOverwrittenIsDamagedAndNotForeign() throws IOException {
      replace("{\"jorb\":1,", "{\"korb\":1,");
      assertThat(RunFiles.check(file).condition()).isEqualTo(Condition.DAMAGED);
      replace("{\"korb\":1,", "Dear diary,");
      assertThat(RunFiles.check(file).condition()).isEqualTo(Condition.DAMAGED);
    }

    @Test
    void aFileThatIsNotThereIsSaid() {
      assertThatThrownBy(() -> RunFiles.check(folder.resolve("none.jorb")))
          .isInstanceOf(RunFileException.class)
          .hasMessageContaining("there is no such file");
    }

    @Test
    void aFileIsJudgedByTheWorkflowThatIsGiven() {
      assertThat(RunFiles.check(file, Sample.SCHEMA).sentences()).isEmpty();
      Check other = RunFiles.check(file, new Sample.Boxes(List.of("new")));
      assertThat(other.condition()).isEqualTo(Condition.HEALTHY);
      assertThat(other.sentences())
          .containsExactly("1 job parked in states that the workflow does not have: 0 in \"edit\"");
    }

    @Test
    void whatIsNotThereIsNeitherCompactedNorRepaired() {
      Path none = folder.resolve("none.jorb");
      assertThatThrownBy(() -> RunFiles.compact(none))
          .isInstanceOf(RunFileException.class)
          .hasMessageContaining("there is no such file");
      assertThatThrownBy(() -> RunFiles.repair(none, folder.resolve("new.jorb")))
          .isInstanceOf(RunFileException.class)
          .hasMessageContaining("there is no such file");
      assertThat(folder.resolve("new.jorb")).doesNotExist();
    }

    @Test
    void aFolderIsNoFile() {
      assertThatThrownBy(() -> RunFiles.check(folder))
          .isInstanceOf(RunFileException.class)
          .hasMessageContaining("cannot be read (");
    }

    @Test
    void aTargetInNoFolderCannotBeMade() {
      assertThatThrownBy(() -> RunFiles.repair(file, folder.resolve("none").resolve("new.jorb")))
          .isInstanceOf(RunFileException.class)
          .hasMessageContaining("cannot be made (")
          .hasMessageContaining("name a file in a folder that can be written");
    }

    @Test
    void aDamagedLineOfManySaysHowMuchIsLeft() throws IOException {
      replace("\"label\":\"job 1\"", "\"label\":\"jab 1\"");
      List<String> sentences = RunFiles.check(file).sentences();
      assertThat(sentences.getFirst()).startsWith("line 3: job 1: its checksum does not match");
      assertThat(sentences.getLast()).contains("(1 job, 0 of them at an older version; 1 lost)");
    }

    @Test
    void whatIsWrittenIsForItsOwnerOnly() throws IOException {
      Path repaired = folder.resolve("repaired.jorb");
      assertThat(RunFiles.compact(file).jobs()).isEqualTo(2);
      assertThat(RunFiles.repair(file, repaired).jobs()).isEqualTo(2);
      for (Path each : List.of(file, repaired)) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
            .isEqualTo("rw-------");
      }
    }
  }
}
