package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.serial.SimDisk.Fault;
import dev.jorb.serial.SimDisk.Stopped;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Ends the process, cuts the power and fails calls at every call of a run's life.
///
/// A failure names its seed; `-Djorb.seed=…` plays it again.
class JournalCrashTest {
  private static final long SEED = Long.getLong("jorb.seed", 20261124L);

  /// Of the calls of a run's life every so many-th is tried.
  private static final int LIFE_STRIDE = Integer.getInteger("jorb.stride", 1);

  /// Of the calls of a recovery every so many-th is one where it fails; 1 for all.
  private static final int STRIDE = Integer.getInteger("jorb.stride", 8);

  /// Plays the life with every call as the one where `event` happens, and hands what is then there
  /// to the check.
  private static void atEveryCall(String what, EventAt event, BiConsumer<SimDisk, Recorder> check) {
    SimDisk whole = new SimDisk(new Random(SEED));
    Life.play(whole, new Recorder(3), new Random(SEED));
    assertThat(whole.openFiles()).as("files that were left open").isEqualTo(1);
    for (int call = 1; call <= whole.calls(); call += LIFE_STRIDE) {
      SimDisk disk = new SimDisk(new Random(SEED + call));
      event.at(disk, call);
      Recorder recorder = new Recorder(3);
      try {
        Life.play(disk, recorder, new Random(SEED));
      } catch (Stopped | RunFileException ended) {
        // What it left behind is what counts.
      }
      try {
        check.accept(disk, recorder);
      } catch (Throwable e) {
        throw new AssertionError(
            what
                + " at call "
                + call
                + " ("
                + at(disk, call)
                + "), seed "
                + SEED
                + "\n"
                + Life.tail(disk),
            e);
      }
    }
  }

  private static String at(SimDisk disk, int call) {
    return call <= disk.calls() ? disk.log().get(call - 1) : "after the end";
  }

  private interface EventAt {
    void at(SimDisk disk, int call);
  }

  private static void goOn(SimDisk disk, Recorder recorder) {
    Life.goOn(disk, recorder, SEED);
  }

  private static void goOnFromEach(List<SimDisk> states, Recorder recorder) {
    Life.goOnFromEach(states, recorder, SEED);
  }

  @Nested
  class EndedAtEveryCall {
    @Test
    void recoversAfterAKill() {
      atEveryCall("kill", SimDisk::stopAt, (disk, r) -> goOn(disk.afterKill(), r.copy()));
    }

    @Test
    void recoversAfterAPowerCut() {
      atEveryCall(
          "power cut", SimDisk::stopAt, (disk, r) -> goOnFromEach(disk.afterPowerCut(64), r));
    }

    @Test
    void recoversWhenTheRecoveryEndsToo() {
      Random random = new Random(SEED);
      atEveryCall(
          "power cut",
          SimDisk::stopAt,
          (disk, recorder) -> {
            for (SimDisk first : Life.statesAfter(disk, 4)) {
              for (int call = 1 + random.nextInt(STRIDE); ; call += STRIDE) {
                SimDisk second = first.afterKill().stopAt(call);
                Recorder knows = recorder.copy();
                try {
                  goOn(second, knows);
                  break;
                } catch (Stopped | RunFileException ended) {
                  goOnFromEach(Life.statesAfter(second, 3), knows);
                }
              }
            }
          });
    }
  }

  @Nested
  class FailedCalls {
    /// The sectors of the half-written batch may still be on the platter when the next process
    /// writes another one over them, of which not all can be flushed.
    @Test
    void aHalfWrittenBatchDoesNotShineThroughTheNextOne() {
      for (long seed = SEED; seed < SEED + 200; seed += LIFE_STRIDE) {
        SimDisk disk = new SimDisk(new Random(seed));
        Recorder recorder = new Recorder(3).open(disk);
        recorder.commitRandom(new Random(seed));
        recorder.close();
        String append = "WRITE " + Sample.PATH + " " + disk.content(Sample.PATH).length;
        disk.whenCalled(append, () -> disk.failAt(disk.calls(), Fault.SHORT_WRITE, false));
        assertThatThrownBy(() -> recorder.open(disk)).isInstanceOf(RunFileException.class);

        SimDisk after = disk.afterKill();
        Recorder next = recorder.copy();
        after.whenCalled("SYNC", () -> after.failAt(after.calls(), Fault.EIO, false));
        assertThatThrownBy(() -> next.open(after)).isInstanceOf(RunFileException.class);

        List<SimDisk> left = Life.statesAfter(after.heal(), 2);
        assertThatCode(() -> goOnFromEach(left, next))
            .as("seed %d", seed)
            .doesNotThrowAnyException();
      }
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void oneFailedCallLosesNothing(Fault fault) {
      atEveryCall(
          fault + " once",
          (disk, call) -> disk.failAt(call, fault, false),
          (disk, recorder) -> goOnFromEach(Life.statesAfter(disk.heal(), 16), recorder));
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void aDiskThatFailsForEverLosesNothing(Fault fault) {
      atEveryCall(
          fault + " for ever",
          (disk, call) -> disk.failAt(call, fault, true),
          (disk, recorder) -> goOnFromEach(Life.statesAfter(disk.heal(), 16), recorder));
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void aFailedCallInTheRecoveryLosesNothing(Fault fault) {
      Random random = new Random(SEED);
      atEveryCall(
          "kill, then " + fault,
          SimDisk::stopAt,
          (disk, recorder) -> {
            for (SimDisk first : Life.statesAfter(disk, 2)) {
              for (int call = 1 + random.nextInt(STRIDE); ; call += STRIDE) {
                SimDisk second = first.afterKill().failAt(call, fault, false);
                Recorder knows = recorder.copy();
                try {
                  goOn(second, knows);
                } catch (RunFileException refused) {
                  goOnFromEach(Life.statesAfter(second.heal(), 2), knows);
                }
                if (call > second.calls()) {
                  break;
                }
              }
            }
          });
    }
  }

  @Nested
  class NoRoomAtTheStart {
    @Test
    void evenForTheLockIsSaidAndTheFileIsAsItWas() {
      SimDisk disk = new SimDisk(new Random(SEED));
      Recorder recorder = new Recorder(3).open(disk);
      recorder.close();
      byte[] before = disk.content(Sample.PATH);
      disk.failNow(Fault.ENOSPC, true);

      try (var journal = Sample.journal(disk)) {
        assertThatThrownBy(journal::load)
            .isInstanceOf(DiskFullException.class)
            .hasMessageContaining("no space left on the device, not even for its lock")
            .hasMessageContaining("Make room and start again");
      }
      assertThat(disk.heal().content(Sample.PATH)).isEqualTo(before);
      Life.goOn(disk, recorder, SEED);
    }
  }

  @Nested
  class NoRoomThenPowerCut {
    /// Else the power cut could leave the end of one write in the middle of the other.
    @Test
    void aWriteThatFoundNoRoomIsGoneBeforeTheNext() {
      for (long seed = SEED; seed < SEED + 200; seed += LIFE_STRIDE) {
        SimDisk disk = new SimDisk(new Random(seed));
        Recorder recorder = new Recorder(3);
        recorder.open(disk);
        disk.failNow(Fault.SHORT_WRITE_ENOSPC, true);
        assertThatThrownBy(() -> recorder.note("0", "1", "2"))
            .isInstanceOf(DiskFullException.class);
        Random random = new Random(seed);
        assertThatThrownBy(() -> recorder.commitRandom(random))
            .isInstanceOf(DiskFullException.class);
        Life.goOnFromEach(Life.statesAfter(disk.heal(), 64), recorder, seed);
      }
    }
  }

  @Nested
  class FailedThenPowerCutAfterARestart {
    /// What one process saw in the page cache after a failed sync, and the next one built upon.
    @Test
    void aFailedSyncIsNotBuiltUpon() {
      atEveryCall(
          "failed sync, restart, power cut",
          (disk, call) -> disk.failAt(call, Fault.EIO, false),
          (disk, recorder) -> {
            SimDisk again = disk.heal().afterKill();
            Recorder knows = recorder.copy();
            knows.open(again);
            knows.commitRandom(new Random(SEED));
            goOnFromEach(Life.statesAfter(again, 32), knows);
            knows.close();
            goOnFromEach(Life.statesAfter(again, 32), knows);
          });
    }
  }
}
