package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.Opening.Doubt;
import dev.jorb.serial.Sample.Box;
import dev.jorb.serial.Sample.Plan;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which jobs were running when a process died, as the run file knows it.
class StartNotesTest {
  private final SimDisk disk = new SimDisk(new Random(20261124L));
  private final Recorder recorder = new Recorder(3);

  private void move(String id, String to) {
    recorder.commit(
        List.of(Sample.move(recorder.run().job(id).orElseThrow(), to, recorder.clock())));
  }

  private void killAndOpen() {
    disk.releaseLocks();
    recorder.open(disk);
  }

  private Job<Box> job(String id) {
    return recorder.run().job(id).orElseThrow();
  }

  @Nested
  class AfterACrash {
    @Test
    void aStartedJobIsInDoubt() {
      recorder.open(disk);
      recorder.note("1");
      killAndOpen();
      assertThat(job("1").inDoubt()).isTrue();
      assertThat(job("1").crashes()).isEqualTo(1);
      assertThat(job("0").inDoubt()).isFalse();
      assertThat(job("0").crashes()).isZero();
    }

    @Test
    void theOpeningSaysSo() {
      recorder.open(disk);
      recorder.note("1", "2");
      killAndOpen();
      recorder.note("2");
      killAndOpen();
      assertThat(recorder.journal().opening().inDoubt())
          .containsExactly(new Doubt("1", "new", 1), new Doubt("2", "new", 2));
      assertThat(recorder.journal().opening().sentences())
          .contains(
              "2 jobs in doubt, running when the process died: 1 in \"new\", 2 in \"new\" (2 times in"
                  + " a row); the next start runs their steps again, or does what their states say of doubts");
    }

    @Test
    void aJobWithAnOutcomeIsNotInDoubt() {
      recorder.open(disk);
      recorder.note("1");
      move("1", "edit");
      killAndOpen();
      assertThat(job("1").inDoubt()).isFalse();
      assertThat(job("1").crashes()).isZero();
    }

    @Test
    void aStartInTheSameAppendAsAnotherJobsOutcomeIsKnown() {
      recorder.open(disk);
      var moved = List.of(Sample.move(job("0"), "edit", recorder.clock()));
      recorder.journal().commit(Sample.encoded(recorder.journal(), moved), List.of(job("1")));
      disk.releaseLocks();
      Run<Plan, Box> run = Sample.journal(disk).load().orElseThrow();
      assertThat(run.job("0").orElseThrow().state()).isEqualTo("edit");
      assertThat(run.job("1").orElseThrow().inDoubt()).isTrue();
    }

    @Test
    void aStartInTheSameAppendAsTheVersionThatItIsGivenIsKnown() {
      recorder.open(disk);
      var moved = List.of(Sample.move(job("1"), "edit", recorder.clock()));
      recorder
          .journal()
          .commit(Sample.encoded(recorder.journal(), moved), List.of(moved.getFirst().job()));
      disk.releaseLocks();
      Run<Plan, Box> run = Sample.journal(disk).load().orElseThrow();
      assertThat(run.job("1").orElseThrow().state()).isEqualTo("edit");
      assertThat(run.job("1").orElseThrow().inDoubt()).isTrue();
    }

    @Test
    void crashesAreCountedWhileTheJobIsRunningInEach() {
      recorder.open(disk);
      for (int crashes = 1; crashes <= 3; crashes++) {
        recorder.note("1");
        killAndOpen();
        assertThat(job("1").crashes()).isEqualTo(crashes);
      }
    }

    @Test
    void aCrashBeforeTheJobStartsAgainIsNotCounted() {
      recorder.open(disk);
      recorder.note("1");
      killAndOpen();
      killAndOpen();
      assertThat(job("1").inDoubt()).isTrue();
      assertThat(job("1").crashes()).isEqualTo(1);
    }

    @Test
    void anOutcomeSetsTheCountBack() {
      recorder.open(disk);
      recorder.note("1");
      killAndOpen();
      move("1", "edit");
      recorder.note("1");
      killAndOpen();
      assertThat(job("1").crashes()).isEqualTo(1);
    }

    @Test
    void aCountThatIsRecordedWithTheJobGoesOn() {
      recorder.open(disk);
      recorder.note("1");
      killAndOpen();
      recorder.commit(
          List.of(
              new dev.jorb.run.Transition<>(
                  job("1").next().parked("in doubt").crashes(1).build(), List.of())));
      recorder.close();
      recorder.open(disk);
      assertThat(job("1").inDoubt()).isFalse();
      assertThat(job("1").crashes()).isEqualTo(1);
      recorder.note("1");
      killAndOpen();
      assertThat(job("1").crashes()).isEqualTo(2);
      killAndOpen();
      assertThat(job("1").crashes()).isEqualTo(2);
    }

    @Test
    void aPersonsEditEndsTheDoubt() {
      recorder.open(disk);
      recorder.note("1");
      disk.releaseLocks();
      String text = Sample.utf8(disk.content(Sample.PATH));
      disk.put(
          Sample.PATH,
          Sample.utf8(
              text.replace("{\"id\":\"1\",\"state\":\"new\"", "{\"id\":\"1\",\"state\":\"edit\"")));
      Run<Plan, Box> run = Sample.journal(disk).load().orElseThrow();
      assertThat(run.job("1").orElseThrow().state()).isEqualTo("edit");
      assertThat(run.job("1").orElseThrow().inDoubt()).isFalse();
    }
  }

  @Nested
  class AfterACloseInOrder {
    @Test
    void noJobIsInDoubt() {
      recorder.open(disk);
      recorder.note("1");
      recorder.close();
      recorder.open(disk);
      assertThat(job("1").inDoubt()).isFalse();
      assertThat(recorder.journal().opening().sentences()).isEmpty();
    }

    @Test
    void anEarlierDoubtStaysUntilThereIsAnOutcome() {
      recorder.open(disk);
      recorder.note("1");
      killAndOpen();
      recorder.close();
      recorder.open(disk);
      assertThat(job("1").inDoubt()).isTrue();
      move("1", "edit");
      recorder.close();
      recorder.open(disk);
      assertThat(job("1").inDoubt()).isFalse();
    }
  }

  @Nested
  class Cost {
    private List<String> callsOf(Runnable act) {
      int before = disk.calls();
      act.run();
      return disk.log().subList(before, disk.calls()).stream()
          .map(call -> call.split(" ")[0])
          .toList();
    }

    @Test
    void aNoteAloneIsNotFlushed() {
      recorder.open(disk);
      assertThat(callsOf(() -> recorder.note("1", "2"))).containsExactly("STAT", "WRITE");
    }

    @Test
    void aNoteBeforeABatchIsWrittenWithIt() {
      recorder.open(disk);
      var batch =
          Sample.encoded(
              recorder.journal(), List.of(Sample.move(job("0"), "edit", recorder.clock())));
      assertThat(callsOf(() -> recorder.journal().commit(batch, List.of(job("1")))))
          .containsExactly("STAT", "WRITE", "SYNC");
    }
  }

  @Nested
  class WithoutRoom {
    @Test
    void aNoteIsRefused() {
      recorder.open(disk);
      disk.capacity(disk.used() + 10);
      assertThatThrownBy(() -> recorder.note("1")).isInstanceOf(DiskFullException.class);
      disk.capacity(Long.MAX_VALUE);
      killAndOpen();
      assertThat(job("1").inDoubt()).isFalse();
    }

    @Test
    void itIsNotedOnceWhenThereIsRoomAgain() {
      recorder.compacting(new LiveCompaction.Policy(1, 0, 0, Runnable::run)).open(disk);
      disk.capacity(disk.used() + 10);
      assertThatThrownBy(() -> recorder.note("1")).isInstanceOf(DiskFullException.class);
      disk.capacity(Long.MAX_VALUE);
      recorder.note("1");
      move("0", "edit");
      move("0", "push");
      assertThat(Sample.utf8(disk.content(Sample.PATH)))
          .contains("{\"started\":{\"1\":1},")
          .doesNotContain("{\"1\":1,\"1\":1}");
      killAndOpen();
      assertThat(job("1").inDoubt()).isTrue();
      assertThat(job("1").crashes()).isEqualTo(1);
    }
  }

  @Test
  void aCompactionKeepsTheDoubtAndDropsTheNotes() {
    recorder.open(disk);
    recorder.note("0", "1");
    move("0", "edit");
    killAndOpen();
    assertThat(Sample.utf8(disk.content(Sample.PATH)))
        .containsOnlyOnce("\"started\"")
        .contains("{\"started\":{\"1\":1},\"crashes\":1,");
  }

  @Test
  void aReaderOfALiveFileSeesWhatIsExecuting(@TempDir Path folder) {
    Path path = folder.resolve("live.jorb");
    try (var journal = JournalSerializer.at(path, Sample.SCHEMA)) {
      Run<Plan, Box> run = Sample.freshRun(3);
      journal.begin(run);
      journal.commit(List.of(), List.of(run.job("1").orElseThrow(), run.job("2").orElseThrow()));
      var moved = List.of(Sample.move(run.job("2").orElseThrow(), "edit", recorder.clock()));
      journal.commit(Sample.encoded(journal, moved));
      RunFile read = RunFile.read(path);
      assertThat(read.executing()).containsExactly("1");
      assertThat(read.opening().inDoubt()).isEmpty();
    }
    assertThat(RunFile.read(path).executing()).isEmpty();
  }
}
