package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.jorb.run.Run;
import dev.jorb.serial.RunFileException.Damaged;
import dev.jorb.serial.Sample.Box;
import dev.jorb.serial.Sample.Plan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Cuts, blots and flips what is in a run file. What is found is refused by line, or is the state
/// after a prefix of the commits; and damage that an unfinished batch cannot look like is always
/// refused.
///
/// `-Djorb.damageStride=N` damages every N-th place only.
class JournalDamageTest {
  private static final long SEED = Long.getLong("jorb.seed", 20261124L);
  private static final int STRIDE = Integer.getInteger("jorb.damageStride", 1);

  /// What is found in a file: the picture of the run, or nothing if it is refused by line.
  private static Optional<String> found(byte[] file) {
    SimDisk disk = new SimDisk(new Random(SEED)).put(Sample.PATH, file);
    try (JournalSerializer<Plan, Box> journal = Sample.journal(disk)) {
      return journal.load().map(Sample::picture);
    } catch (Damaged refused) {
      assertThat(refused.line()).isPositive();
      assertThat(disk.content(Sample.PATH)).isEqualTo(file);
      return Optional.empty();
    }
  }

  /// Opens a file, goes on, closes, and opens it again.
  private static void goOn(byte[] file) {
    SimDisk disk = new SimDisk(new Random(SEED)).put(Sample.PATH, file);
    Recorder recorder = new Recorder(3);
    recorder.open(disk);
    recorder.commitRandom(new Random(SEED));
    recorder.close();
    recorder.open(disk);
    recorder.close();
  }

  @Nested
  class CutAtEveryByte {
    @Test
    void ofAFileThatWasNotClosed() {
      cutAtEveryByte(History.record(16 << 10, false, SEED));
    }

    @Test
    void ofAClosedFile() {
      cutAtEveryByte(History.record(16 << 10, true, SEED));
    }

    private static void cutAtEveryByte(History history) {
      int seen = 0;
      for (int size = 1; size < history.file().length; size += STRIDE) {
        byte[] cut = Arrays.copyOf(history.file(), size);
        Optional<String> found = found(cut);
        if (found.isPresent()) {
          int at = history.pictures().indexOf(found.get());
          assertThat(at).as("a file cut to %d bytes", size).isGreaterThanOrEqualTo(seen);
          seen = at;
          if (size > history.file().length - 300) {
            goOn(cut);
          }
        } else {
          assertThat(seen).as("a file cut to %d bytes is refused", size).isZero();
        }
        if (size >= history.beforeLastBatch()) {
          assertThat(found).as("a file cut to %d bytes", size).isPresent();
        }
      }
      assertThat(seen).isGreaterThanOrEqualTo(history.pictures().size() - 1 - STRIDE);
    }

    @Test
    void noJobOfANewRunIsLost() {
      SimDisk disk = new SimDisk(new Random(SEED));
      Recorder recorder = new Recorder(50).open(disk);
      byte[] file = disk.content(Sample.PATH);
      for (int size = 1; size < file.length - 1; size += STRIDE) {
        assertThat(found(Arrays.copyOf(file, size))).as("cut to %d bytes", size).isEmpty();
      }
      recorder.close();
    }
  }

  @Nested
  class ZerosFromEveryByte {
    @Test
    void ofAFileThatWasNotClosed() {
      zerosFromEveryByte(History.record(16 << 10, false, SEED));
    }

    @Test
    void ofAClosedFile() {
      zerosFromEveryByte(History.record(16 << 10, true, SEED));
    }

    private static void zerosFromEveryByte(History history) {
      for (int from = 0; from < history.file().length; from += STRIDE) {
        byte[] blotted = history.file().clone();
        Arrays.fill(blotted, from, blotted.length, (byte) 0);
        Optional<String> found = found(blotted);
        if (found.isPresent()) {
          assertThat(found.get()).as("zeros from byte %d", from).isIn(history.pictures());
        }
        if (from >= history.beforeLastBatch()) {
          assertThat(found).as("zeros from byte %d", from).isPresent();
        }
      }
    }
  }

  @Nested
  class LostSectors {
    @Tag("slow")
    @Test
    void everySubsetOfTheLastBatchLeavesTheStateBeforeOrAfterIt() {
      Random random = new Random(SEED);
      for (int round = 0; round < 6; round++) {
        SimDisk disk = new SimDisk(new Random(SEED + round));
        Recorder recorder = new Recorder(12).open(disk);
        for (int i = 0; i < round; i++) {
          recorder.commitRandom(random);
        }
        disk.stopAt(disk.calls() + 3);
        try {
          recorder.commit(Sample.randomBatch(recorder.run(), recorder.clock(), random, 12));
        } catch (SimDisk.Stopped | RunFileException ended) {
          // The batch is in the page cache, as far as it came.
        }
        List<SimDisk> states = disk.afterPowerCut(4_096);
        for (SimDisk state : states) {
          recorder.copy().open(state).close();
        }
      }
    }
  }

  @Nested
  class EveryFlippedBit {
    @Test
    void ofAFileThatWasNotClosed() {
      flipEveryBit(History.record(4 << 10, false, SEED));
    }

    @Test
    void ofAClosedFile() {
      flipEveryBit(History.record(4 << 10, true, SEED));
    }

    @Test
    void ofACompactedFile() {
      History history = History.record(4 << 10, false, SEED);
      SimDisk disk = new SimDisk(new Random(SEED)).put(Sample.PATH, history.file());
      new Recorder(3).open(disk).close();
      flipEveryBit(new History(disk.content(Sample.PATH), history.pictures(), history.ends()));
    }

    private static void flipEveryBit(History history) {
      for (int bit = 0; bit < history.file().length * 8; bit += STRIDE) {
        byte[] flipped = history.file().clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        Optional<String> found = found(flipped);
        if (found.isPresent() && !found.get().equals(history.last())) {
          fail(
              "bit %d of byte %d, in «%s», gives another state",
              bit % 8, bit / 8, around(flipped, bit / 8));
        }
      }
    }

    private static String around(byte[] file, int at) {
      return Sample.utf8(
          Arrays.copyOfRange(file, Math.max(0, at - 30), Math.min(file.length, at + 30)));
    }
  }

  @Nested
  class Lines {
    private final History history = History.record(4 << 10, true, SEED);
    private final List<String> lines = List.of(Sample.utf8(history.file()).split("(?<=\n)"));

    private void assertRefused(List<String> changed, String what) {
      assertThat(found(Sample.utf8(String.join("", changed)))).as(what).isEmpty();
    }

    /// A note of what has started belongs to no batch, and the run is the same without it.
    private void assertNoticed(int line, List<String> changed, String what) {
      if (lines.get(line).startsWith("{\"started\":")) {
        assertThat(found(Sample.utf8(String.join("", changed)))).as(what).contains(history.last());
      } else {
        assertRefused(changed, what);
      }
    }

    @Test
    void aMissingOneIsRefused() {
      for (int i = 0; i < lines.size() - 1; i++) {
        List<String> changed = new ArrayList<>(lines);
        changed.remove(i);
        assertNoticed(i, changed, "without line " + (i + 1));
      }
    }

    @Test
    void aDoubledOneIsRefused() {
      for (int i = 0; i < lines.size(); i++) {
        List<String> changed = new ArrayList<>(lines);
        changed.add(i, lines.get(i));
        assertNoticed(i, changed, "line " + (i + 1) + " twice");
      }
    }

    @Test
    void swappedOnesAreRefused() {
      for (int i = 0; i < lines.size(); i++) {
        for (int k = i + 1; k < lines.size(); k += STRIDE) {
          List<String> changed = new ArrayList<>(lines);
          changed.set(i, lines.get(k));
          changed.set(k, lines.get(i));
          assertRefused(changed, "lines " + (i + 1) + " and " + (k + 1) + " swapped");
        }
      }
    }

    @Test
    void damageNamesItsLineAndJob() {
      int at = lines.size() - 4;
      while (!lines.get(at).startsWith("{\"id\":")) {
        at--;
      }
      List<String> changed = new ArrayList<>(lines);
      changed.set(at, lines.get(at).replace("\"count\":", "\"caunt\":"));
      String id = lines.get(at).split("\"")[3];
      byte[] file = Sample.utf8(String.join("", changed));
      SimDisk disk = new SimDisk(new Random(SEED)).put(Sample.PATH, file);
      try (JournalSerializer<Plan, Box> journal = Sample.journal(disk)) {
        assertThatThrownBy(journal::load)
            .isInstanceOf(Damaged.class)
            .hasMessageContaining("line " + (at + 1) + ": job " + id + ":");
      }
    }
  }

  /// The first half of the digits is right for the whole line.
  @Test
  void aJobsLineWithoutItsSecondChecksumIsRefusedThere() {
    String file = Sample.utf8(History.record(1 << 10, true, SEED).file());
    String cut = file.replaceFirst("(\"crc\":\"[0-9a-f]{8})[0-9a-f]{8}", "$1");
    SimDisk disk = new SimDisk(new Random(SEED)).put(Sample.PATH, Sample.utf8(cut));
    try (JournalSerializer<Plan, Box> journal = Sample.journal(disk)) {
      assertThatThrownBy(journal::load)
          .isInstanceOf(Damaged.class)
          .hasMessageContaining("line 2: job 0: its second checksum is missing");
    }
  }

  @Nested
  class RandomDamage {
    @Test
    void elsewhereThanInAStateIsRefused() {
      History history = History.record(4 << 10, true, SEED);
      Random random = new Random(SEED);
      for (int trial = 0; trial < 5_000; trial += STRIDE) {
        byte[] damaged = history.file().clone();
        int at = random.nextInt(damaged.length - 60);
        int length = 1 + random.nextInt(8);
        boolean inState = false;
        String before = Sample.utf8(Arrays.copyOfRange(damaged, Math.max(0, at - 30), at));
        inState = before.contains("\"state\":") || before.contains("\"id\":");
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, damaged, at, length);
        if (!inState && !Arrays.equals(damaged, history.file())) {
          Optional<String> found = found(damaged);
          assertThat(found.isEmpty() || found.get().equals(history.last()))
              .as("seed %d, trial %d, byte %d", SEED, trial, at)
              .isTrue();
        }
      }
    }
  }

  @Nested
  class RelaxedDurability {
    @Tag("slow")
    @Test
    void aPowerCutTakesOnlyWhatCameSinceTheLastFlush() {
      Random random = new Random(SEED);
      for (int round = 0; round < 20; round++) {
        SimDisk disk = new SimDisk(new Random(SEED + round));
        Sample.Clock clock = new Sample.Clock();
        JournalSerializer<Plan, Box> journal =
            Sample.journal(disk, clock).durability(Durability.RELAXED);
        Run<Plan, Box> run = Sample.freshRun(5);
        journal.begin(run);
        List<String> pictures = new ArrayList<>(List.of(Sample.picture(run)));
        for (int i = 0; i < 6; i++) {
          var batch = Sample.randomBatch(run, clock, random, 3);
          journal.commit(Sample.encoded(journal, batch));
          run.apply(batch);
          pictures.add(Sample.picture(run));
        }
        for (SimDisk state : disk.afterPowerCut(200)) {
          try (JournalSerializer<Plan, Box> again = Sample.journal(state)) {
            assertThat(Sample.picture(again.load().orElseThrow())).isIn(pictures);
          }
        }
        disk.stopAt(disk.calls() + 4 + round % 4);
        try {
          journal.close();
        } catch (SimDisk.Stopped | RunFileException ended) {
          // Somewhere in the close.
        }
        for (SimDisk state : disk.afterPowerCut(200)) {
          try (JournalSerializer<Plan, Box> again = Sample.journal(state)) {
            assertThat(Sample.picture(again.load().orElseThrow())).isIn(pictures);
          }
        }
      }
    }
  }
}
