package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.run.Transition;
import dev.jorb.serial.RunFileException.Damaged;
import dev.jorb.serial.Sample.Box;
import dev.jorb.serial.Sample.Plan;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Which ends of a file are a write that was interrupted, and which are damage.
class TornTailTest {
  private static final int SECTOR = 512;

  private final SimDisk disk = new SimDisk(new Random(1));
  private final Recorder recorder = new Recorder(3);

  /// The run before its last batch, and where that batch begins.
  private String before;

  private int start;

  @BeforeEach
  void commitTwoLargeBatches() {
    recorder.open(disk);
    commitLarge("0");
    before = Sample.picture(recorder.run());
    start = file().length;
    commitLarge("1");
  }

  /// A batch of several sectors.
  private void commitLarge(String id) {
    Job<Box> job = recorder.run().job(id).orElseThrow();
    Box large = new Box("x".repeat(3_000), 1);
    recorder.commit(List.of(new Transition<>(job.next().context(large).build(), List.of())));
  }

  private byte[] file() {
    return disk.content(Sample.PATH);
  }

  private byte[] zeros(int from, int to) {
    byte[] file = file();
    Arrays.fill(file, from, to, (byte) 0);
    return file;
  }

  /// Where the first sector begins that is whole in the last of the two batches.
  private int sector() {
    return (start + SECTOR - 1) / SECTOR * SECTOR;
  }

  private static JournalSerializer<Plan, Box> journal(byte[] file) {
    return Sample.journal(new SimDisk(new Random(1)).put(Sample.PATH, file));
  }

  private void assertTorn(byte[] file) {
    try (var journal = journal(file)) {
      assertThat(Sample.picture(journal.load().orElseThrow())).isEqualTo(before);
      assertThat(journal.opening().tornBytes()).isEqualTo(file.length - start);
    }
  }

  private static void assertDamaged(byte[] file) {
    try (var journal = journal(file)) {
      assertThatThrownBy(journal::load).isInstanceOf(Damaged.class);
    }
  }

  @Nested
  class ALostSector {
    private byte[] withoutASector() {
      return zeros(sector(), sector() + SECTOR);
    }

    @Test
    void ofTheLastBatchIsTorn() {
      assertTorn(withoutASector());
    }

    @Test
    void ofTheLastBatchIsTornIfOnlyZerosFollow() {
      byte[] file = withoutASector();
      assertTorn(Arrays.copyOf(file, file.length + 700));
    }

    @Test
    void ofTheLastBatchIsTornIfOnlyAnEmptyLineFollows() {
      byte[] file = withoutASector();
      byte[] longer = Arrays.copyOf(file, file.length + 1);
      longer[file.length] = '\n';

      assertTorn(longer);
    }

    @Test
    void beforeALaterBatchIsDamage() {
      commitLarge("2");

      assertDamaged(withoutASector());
    }

    @Test
    void beforeANoteIsDamage() {
      recorder.note("2");

      assertDamaged(withoutASector());
    }

    @Test
    void beforeTheClosingLineIsDamage() {
      recorder.close();

      assertDamaged(withoutASector());
    }

    /// The commit line that says that the batch was flushed is lost with it.
    @Test
    void overTheEndOfABatchIsDamageIfALaterOneFollows() {
      int lastByte = file().length - 1;
      commitLarge("2");

      assertDamaged(zeros(lastByte / SECTOR * SECTOR, (lastByte / SECTOR + 1) * SECTOR));
    }

    /// Only the closing line proves that such a batch was on the disk.
    @Test
    void ofABatchThatWasNotFlushedIsDamageBeforeTheClosingLine() {
      disk.releaseLocks();
      try (var journal = Sample.journal(disk).durability(Durability.RELAXED)) {
        Run<Plan, Box> run = journal.load().orElseThrow();
        journal.begin(run);
        start = file().length;
        Job<Box> large =
            run.job("2").orElseThrow().next().context(new Box("x".repeat(3_000), 1)).build();
        journal.commit(Sample.encoded(journal, List.of(new Transition<>(large, List.of()))));
        before = Sample.picture(run);
        assertTorn(withoutASector());
      }

      assertDamaged(withoutASector());
    }
  }

  @Nested
  class Zeros {
    @Test
    void fromTheBatchsBeginningToASectorsEndAreTorn() {
      assertTorn(zeros(start, sector()));
    }

    @Test
    void overSeveralSectorsAreTorn() {
      assertTorn(zeros(sector(), sector() + 3 * SECTOR));
    }

    @Test
    void fromAnywhereToTheEndOfTheFileAreTorn() {
      assertTorn(zeros(sector() + 7, file().length));
    }

    @Test
    void thatBeginInsideOfASectorAreDamage() {
      assertDamaged(zeros(sector() + 7, sector() + SECTOR));
      assertDamaged(zeros(start + 1, sector()));
    }

    @Test
    void thatEndInsideOfASectorAreDamage() {
      assertDamaged(zeros(sector(), sector() + SECTOR - 7));
      assertDamaged(zeros(sector(), sector() + 1));
    }
  }

  @Nested
  class TheLastLine {
    @Test
    void isTornWhereverItEnds() {
      byte[] file = file();
      for (int cut = 2; cut < 60; cut++) {
        assertTorn(Arrays.copyOf(file, file.length - cut));
      }
    }

    @Test
    void thatIsWholeWithAnotherByteInPlaceOfItsLineBreakIsDamage() {
      byte[] file = file();
      file[file.length - 1] = 'x';

      assertDamaged(file);
    }

    @Test
    void thatIsWholeWithAZeroInPlaceOfItsLineBreakIsTorn() {
      assertTorn(zeros(file().length - 1, file().length));
    }

    @Test
    void ofOneOddByteIsTorn() {
      before = Sample.picture(recorder.run());
      start = file().length;
      byte[] file = Arrays.copyOf(file(), start + 1);
      file[start] = 'x';

      assertTorn(file);
    }
  }
}
