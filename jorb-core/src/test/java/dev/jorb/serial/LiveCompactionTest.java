package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.measure.LimitedBy;
import dev.jorb.run.HoldNote;
import dev.jorb.run.LimitNote;
import dev.jorb.run.Run;
import dev.jorb.serial.Sample.Box;
import dev.jorb.serial.Sample.Clock;
import dev.jorb.serial.Sample.Plan;
import dev.jorb.serial.SimDisk.Fault;
import dev.jorb.serial.SimDisk.Stopped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Compaction of a run file while the run goes on.
class LiveCompactionTest {
  private static final long SEED = Long.getLong("jorb.seed", 20261124L);

  /// Of the calls at which something happens every so many-th is tried.
  private static final int STRIDE = Integer.getInteger("jorb.stride", 1);

  private static final Path TEMPORARY = Path.of("/disk/sample.jorb.tmp");

  private final SimDisk disk = new SimDisk(new Random(SEED));

  /// Those that have begun; they go on when the test says so.
  private final List<LiveCompaction> begun = new ArrayList<>();

  private final Recorder recorder = new Recorder(3).compacting(policy(begun));

  private static LiveCompaction.Policy policy(List<LiveCompaction> begun) {
    return new LiveCompaction.Policy(2_500, 2, 0, begun::add);
  }

  private void move(String id, String to) {
    move(recorder, id, to);
  }

  private static void move(Recorder by, String id, String to) {
    by.commit(List.of(Sample.move(by.run().job(id).orElseThrow(), to, by.clock())));
  }

  private void untilBegun() {
    for (int i = 0; begun.isEmpty(); i++) {
      move("0", i % 2 == 0 ? "edit" : "push");
    }
  }

  private int size() {
    return disk.content(Sample.PATH).length;
  }

  private static String picture(SimDisk on) {
    try (JournalSerializer<Plan, Box> journal = Sample.journal(on)) {
      return Sample.picture(journal.load().orElseThrow());
    }
  }

  @Nested
  class OnASimulatedDisk {
    @Test
    void theRunGoesOnInTheSmallFile() {
      recorder.open(disk);
      untilBegun();
      int before = size();
      begun.getFirst().advance();
      begun.getFirst().advance();
      move("1", "edit"); // What is appended meanwhile is taken over.
      begun.getFirst().run();
      move("2", "push"); // Here it takes the name.
      assertThat(size()).isLessThan(before);
      move("0", "merged");
      recorder.close();
      assertThat(disk.exists(TEMPORARY)).isFalse();
      assertThat(picture(disk)).isEqualTo(Sample.picture(recorder.run()));
      recorder.open(disk);
      assertThat(recorder.journal().opening().sentences()).isEmpty();
    }

    @Test
    void aSecondOneStartsFromTheFirst() {
      recorder.open(disk);
      for (int round = 1; round <= 3; round++) {
        while (begun.size() < round) {
          move("1", "edit");
        }
        begun.getLast().run();
        move("1", "push");
      }
      recorder.close();
      assertThat(picture(disk)).isEqualTo(Sample.picture(recorder.run()));
    }

    @Test
    void oneJobThatStaysForEverKeepsTheFileBounded() {
      Recorder hot =
          new Recorder(1)
              .compacting(new LiveCompaction.Policy(20_000, 4, 0, LiveCompaction::run))
              .open(disk);
      int largest = 0;
      for (int i = 0; i < 3_000; i++) {
        move(hot, "0", "edit");
        largest = Math.max(largest, size());
      }
      assertThat(largest).isLessThan(100_000);
      hot.close();
      assertThat(picture(disk)).isEqualTo(Sample.picture(hot.run()));
    }

    @Tag("slow")
    @Test
    void beforeTheStartOnlyWhatIsFarTooLongIsCompacted() {
      Recorder many =
          new Recorder(1_200)
              .compacting(new LiveCompaction.Policy(Long.MAX_VALUE, 4, 0, begun::add))
              .open(disk);
      moveAll(many, 6);
      many.close();
      int sevenLinesEach = size();
      many.open(disk);
      assertThat(size()).isGreaterThan(sevenLinesEach);

      moveAll(many, 6);
      many.close();
      int thirteenLinesEach = size();
      many.open(disk);
      assertThat(size()).isLessThan(thirteenLinesEach * 3 / 4);
      many.close();
      assertThat(picture(disk)).isEqualTo(Sample.picture(many.run()));
    }

    private static void moveAll(Recorder by, int times) {
      for (int i = 0; i < times; i++) {
        String to = i % 2 == 0 ? "edit" : "push";
        by.commit(by.run().jobs().stream().map(job -> Sample.move(job, to, by.clock())).toList());
      }
    }

    @Test
    void winningLinesAreKeptByteForByte() {
      recorder.open(disk);
      untilBegun();
      List<String> before = Sample.utf8(disk.content(Sample.PATH)).lines().toList();
      begun.getFirst().run();
      move("0", "merged");
      List<String> jobs =
          Sample.utf8(disk.content(Sample.PATH))
              .lines()
              .filter(line -> line.startsWith("{\"id\""))
              .toList();
      assertThat(before).containsAll(jobs.subList(0, 3));
      assertThat(jobs).hasSize(4);
    }

    @Test
    void whatHasStartedIsStillKnown() {
      recorder.open(disk);
      recorder.note("1");
      disk.releaseLocks();
      recorder.open(disk); // Job 1 is in doubt.
      recorder.note("2");
      untilBegun();
      begun.getFirst().run();
      move("0", "merged");
      disk.releaseLocks();
      Run<Plan, Box> run = Sample.journal(disk).load().orElseThrow();
      assertThat(run.job("0").orElseThrow().inDoubt()).isFalse();
      assertThat(run.job("1").orElseThrow().crashes()).isEqualTo(1);
      assertThat(run.job("2").orElseThrow().crashes()).isEqualTo(1);
    }

    @Test
    void whatIsAppendedMeanwhileIsTakenOverPieceByPiece() {
      recorder.open(disk);
      untilBegun();
      LiveCompaction piecewise = begun.getFirst();
      assertThat(piecewise.advance()).as("it opens").isTrue();
      assertThat(piecewise.advance()).as("it copies the lines").isTrue();
      move("1", "edit");
      assertThat(piecewise.advance()).as("it copies what was appended").isTrue();
      assertThat(piecewise.isReady()).isFalse();
      assertThat(piecewise.advance()).as("nothing is left").isFalse();
      assertThat(piecewise.isReady()).isTrue();
      assertThat(piecewise.failure()).isNull();
      assertThat(disk.log().getLast())
          .as("flushed before the run waits for it")
          .isEqualTo("SYNC " + TEMPORARY);
      move("2", "push");
      assertThat(disk.openFiles()).isEqualTo(1);
    }

    @Test
    void aShortRestIsLeftToWhoCommits() {
      recorder.compacting(new LiveCompaction.Policy(2_500, 2, 10_000, begun::add)).open(disk);
      untilBegun();
      begun.getFirst().advance();
      begun.getFirst().advance();
      move("1", "edit");
      move("1", "push");
      assertThat(begun.getFirst().advance()).isFalse();
      assertThat(begun.getFirst().isReady()).isTrue();
      int before = size();
      move("2", "push");
      assertThat(size()).isLessThan(before);
      recorder.close();
      assertThat(picture(disk)).isEqualTo(Sample.picture(recorder.run()));
    }

    @Test
    void theNextOneFindsTheLinesWhereTheyAreNow() {
      Recorder sixteen =
          new Recorder(16).compacting(new LiveCompaction.Policy(1, 2, 0, begun::add));
      sixteen.open(disk);
      while (begun.isEmpty()) {
        move(sixteen, "0", "edit");
      }
      begun.getFirst().advance();
      begun.getFirst().advance();
      int compacted = disk.content(TEMPORARY).length;
      move(
          sixteen, "2", "edit"); // The first line behind those that were copied, and the last of 2.
      move(sixteen, "3", "edit");
      begun.getFirst().run();
      while (begun.size() < 2) {
        move(sixteen, "0", "push");
      }
      assertThat(size()).as("twice what was left the last time").isGreaterThan(2 * compacted);
      begun.getLast().run();
      assertThat(begun.getLast().failure()).isNull();
      int before = size();
      move(sixteen, "0", "merged");
      assertThat(size()).isLessThan(before);
      sixteen.close();
      assertThat(picture(disk)).isEqualTo(Sample.picture(sixteen.run()));
    }

    @Test
    void aFileThatHasBecomeShortIsLeftAloneAgain() {
      recorder.compacting(new LiveCompaction.Policy(10_000, 2, 0, begun::add)).open(disk);
      untilBegun();
      assertThat(size()).isGreaterThanOrEqualTo(10_000);
      begun.getFirst().run();
      while (begun.size() < 2) {
        move("1", "edit");
      }
      assertThat(size()).isGreaterThanOrEqualTo(10_000);
    }

    @Test
    void aRunThatGoesOnInItsFileIsCompactedWhole() {
      recorder.open(disk);
      Instant now = recorder.clock().instant();
      LimitNote limit = new LimitNote("new#0", "", now, null);
      HoldNote hold =
          new HoldNote("new", LimitedBy.PAUSED, now, now.plusSeconds(3), Duration.ofSeconds(2));
      recorder.journal().note(List.of(limit));
      recorder.journal().noteHolds(List.of(hold));
      recorder.close();
      recorder.open(disk);
      untilBegun();
      begun.getFirst().run();
      move("0", "merged");
      recorder.close();
      Run<Plan, Box> run = Sample.journal(disk).load().orElseThrow();
      assertThat(Sample.picture(run)).isEqualTo(Sample.picture(recorder.run()));
      assertThat(run.limitNotes()).containsExactly(limit);
      assertThat(run.holdNotes()).containsExactly(hold);
    }

    @Test
    void aCloseWaitsForItsThreadEvenIfInterrupted() throws InterruptedException {
      AtomicReference<Thread> thread = new AtomicReference<>();
      AtomicBoolean isClosed = new AtomicBoolean();
      AtomicBoolean wasLeftAlone = new AtomicBoolean();
      Thread closing = Thread.currentThread();
      recorder
          .compacting(
              new LiveCompaction.Policy(2_500, 2, 0, LiveCompaction.Policy.DEFAULT.starter()))
          .open(disk);
      disk.whenCalled(
          "OPEN_READ_ONLY",
          () -> {
            thread.set(Thread.currentThread());
            while (closing.getState() != Thread.State.WAITING && !isClosed.get()) {
              Thread.onSpinWait();
            }
            wasLeftAlone.set(isClosed.get());
          });
      while (size() < 2_500) {
        move("0", "edit");
      }
      while (thread.get() == null) {
        Thread.onSpinWait();
      }
      closing.interrupt();
      recorder.close();
      isClosed.set(true);
      assertThat(Thread.interrupted()).isTrue();
      thread.get().join();
      assertThat(wasLeftAlone).isFalse();
      assertThat(disk.exists(TEMPORARY)).isFalse();
      assertThat(disk.openFiles()).isZero();
    }

    @Test
    void aCloseInTheMiddleLeavesNothingBehind() {
      recorder.open(disk);
      untilBegun();
      begun.getFirst().advance();
      begun.getFirst().advance();
      recorder.close();
      assertThat(disk.exists(TEMPORARY)).isFalse();
      assertThat(disk.openFiles()).isZero();
      assertThat(picture(disk)).isEqualTo(Sample.picture(recorder.run()));
    }
  }

  @Nested
  class Failures {
    private void failsAndGoesOn(Runnable breaking) {
      recorder.open(disk);
      untilBegun();
      breaking.run();
      begun.getFirst().run();
      int failed = size();
      move("1", "edit");
      disk.heal();
      assertThat(disk.exists(TEMPORARY)).isFalse();
      assertThat(disk.openFiles()).isEqualTo(1);
      int before = size();
      move("1", "push");
      assertThat(size()).as("the old file goes on").isGreaterThan(before);
      while (begun.size() < 2) {
        move("2", "edit");
      }
      assertThat(size()).as("not at once").isGreaterThanOrEqualTo(failed + 2_500);
      begun.getLast().run();
      move("1", "merged");
      assertThat(size()).as("a later try").isLessThan(before);
      recorder.close();
      assertThat(picture(disk)).isEqualTo(Sample.picture(recorder.run()));
    }

    @Test
    void aFullDiskInTheBackgroundIsNoTroubleForTheRun() {
      failsAndGoesOn(() -> disk.failNow(Fault.ENOSPC, false));
    }

    @Test
    void aBrokenReadInTheBackgroundIsNoTroubleForTheRun() {
      failsAndGoesOn(() -> disk.failNow(Fault.EIO, false));
    }

    @Test
    void aRenameThatFailsIsNoTroubleForTheRun() {
      failsAndGoesOn(
          () -> disk.whenCalled("RENAME", () -> disk.failAt(disk.calls(), Fault.EIO, false)));
    }

    @Test
    void aFailureIsTheEndOfItsOwnThread() {
      recorder.open(disk);
      untilBegun();
      disk.failNow(Fault.EIO, false);
      assertThat(begun.getFirst().advance()).isFalse();
      assertThat(begun.getFirst().failure()).hasMessage("Input/output error");
      assertThat(begun.getFirst().isReady()).isFalse();
    }

    @Test
    void aRenameThatFailsOnAFileThatSomebodyReplacedIsTheEnd() {
      recorder.open(disk);
      untilBegun();
      begun.getFirst().run();
      disk.whenCalled(
          "RENAME",
          () -> {
            disk.put(Sample.PATH, Sample.utf8("somebody's\n"));
            disk.failAt(disk.calls(), Fault.EIO, false);
          });
      assertThatThrownBy(() -> move("1", "edit"))
          .isInstanceOf(RunFileException.class)
          .hasMessageContaining("was replaced by another one");
    }

    @Test
    void aNameThatCannotBeFlushedIsTheEnd() {
      recorder.open(disk);
      untilBegun();
      begun.getFirst().run();
      disk.whenCalled("SYNC_DIRECTORY", () -> disk.failAt(disk.calls(), Fault.EIO, false));
      assertThatThrownBy(() -> move("1", "edit"))
          .isInstanceOf(RunFileException.class)
          .hasMessageContaining("cannot flush the name of the compacted file");
      assertThatThrownBy(() -> move("1", "edit")).isInstanceOf(RunFileException.class);
    }

    @Test
    void aFileThatSomebodyReplacedIsNotReplaced() {
      recorder.open(disk);
      untilBegun();
      begun.getFirst().run();
      // Once the copy is complete and before it gets the name.
      disk.whenCalled(
          "STAT " + TEMPORARY, () -> disk.put(Sample.PATH, Sample.utf8("somebody's\n")));
      assertThatThrownBy(() -> move("1", "edit"))
          .isInstanceOf(RunFileException.class)
          .hasMessageContaining("was replaced by another one")
          .hasMessageContaining(".rescue");
      assertThat(Sample.utf8(disk.content(Sample.PATH))).isEqualTo("somebody's\n");
      assertThat(disk.exists(TEMPORARY)).isFalse();
      assertThat(disk.openFiles()).isEqualTo(1);
    }
  }

  @Nested
  class AtEveryCall {
    /// A run with two compactions, of which pieces are done between the commits.
    private static void life(SimDisk disk, Recorder recorder, List<LiveCompaction> begun) {
      Random random = new Random(SEED);
      recorder.open(disk);
      for (int i = 0; i < 40; i++) {
        move(recorder, Integer.toString(i % 3), i % 2 == 0 ? "edit" : "push");
        for (int pieces = random.nextInt(3); pieces > 0 && !begun.isEmpty(); pieces--) {
          if (!begun.getLast().isReady() && begun.getLast().failure() == null) {
            begun.getLast().advance();
          }
        }
      }
      recorder.close();
    }

    private interface EventAt {
      void at(SimDisk disk, int call);
    }

    private static void atEveryCall(
        int stride, EventAt event, BiConsumer<SimDisk, Recorder> check) {
      SimDisk whole = new SimDisk(new Random(SEED));
      List<LiveCompaction> all = new ArrayList<>();
      life(whole, new Recorder(3).compacting(policy(all)), all);
      assertThat(all).hasSizeGreaterThan(1);
      assertThat(whole.log()).filteredOn(call -> call.startsWith("RENAME")).hasSizeGreaterThan(2);
      for (int call = 1; call <= whole.calls(); call += stride) {
        SimDisk disk = new SimDisk(new Random(SEED + call));
        event.at(disk, call);
        List<LiveCompaction> begun = new ArrayList<>();
        Recorder recorder = new Recorder(3).compacting(policy(begun));
        try {
          life(disk, recorder, begun);
        } catch (Stopped | RunFileException ended) {
          // What it left behind is what counts.
        }
        try {
          check.accept(disk, recorder);
        } catch (Throwable e) {
          throw new AssertionError("call " + call + ": " + whole.log().get(call - 1), e);
        }
      }
    }

    private static void goOn(SimDisk disk, Recorder recorder) {
      recorder.open(disk);
      move(recorder, "0", "merged");
      recorder.close();
      recorder.open(disk);
      recorder.close();
    }

    @Test
    void aKillLosesNothing() {
      atEveryCall(STRIDE, SimDisk::stopAt, (disk, r) -> goOn(disk.afterKill(), r.copy()));
    }

    @Test
    void aPowerCutLosesNothing() {
      atEveryCall(
          STRIDE,
          SimDisk::stopAt,
          (disk, r) -> disk.afterPowerCut(24).forEach(state -> goOn(state, r.copy())));
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void oneFailedCallLosesNothing(Fault fault) {
      atEveryCall(
          3 * STRIDE,
          (disk, call) -> disk.failAt(call, fault, false),
          (disk, r) -> {
            disk.heal();
            disk.afterPowerCut(6).forEach(state -> goOn(state, r.copy()));
            goOn(disk.afterKill(), r.copy());
          });
    }
  }

  @Tag("slow")
  @Test
  void aRealFileIsCompactedByItsOwnThreadAndStaysPrivate(@TempDir Path folder) throws IOException {
    Path path = folder.resolve("hot.jorb");
    Run<Plan, Box> run = Sample.freshRun(2);
    Clock clock = new Clock();
    long largest = 0;
    try (var journal = JournalSerializer.at(path, Sample.SCHEMA).durability(Durability.RELAXED)) {
      journal.begin(run);
      for (int i = 0; i < 2_000; i++) {
        for (int j = 0; j < 50; j++) {
          var moved = List.of(Sample.move(run.job("0").orElseThrow(), "edit", clock));
          journal.commit(Sample.encoded(journal, moved));
          run.apply(moved);
        }
        largest = Math.max(largest, Files.size(path));
      }
    }
    assertThat(largest).isLessThan(24L << 20);
    assertThat(Files.size(path)).isLessThan(16L << 20);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
    try (var journal = JournalSerializer.at(path, Sample.SCHEMA)) {
      assertThat(Sample.picture(journal.load().orElseThrow())).isEqualTo(Sample.picture(run));
      assertThat(journal.opening().isClean()).isTrue();
    }
  }
}
