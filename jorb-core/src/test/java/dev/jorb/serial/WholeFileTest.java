package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.serial.SimDisk.Fault;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A file that is replaced as a whole, on a disk that fails and loses its power.
class WholeFileTest {
  private static final Path TEMPORARY = Path.of("/disk/sample.jorb.tmp");
  private static final int CUTS = 50;

  private final SimDisk disk = new SimDisk(new Random(20261124L));
  private final WholeFile file = new WholeFile(disk, Sample.PATH, Optional.empty());

  private static GoRunFile run(String name) {
    return GoRunFile.create(name, Sample.utf8("null"));
  }

  private static String name(SimDisk disk, Path path) {
    String text = Sample.utf8(disk.content(path));
    return text.replaceAll("(?s).*\"Name\": \"(.*?)\".*", "$1");
  }

  private void assertRefused(String problem) {
    assertThatThrownBy(() -> file.replace(run("late")))
        .isInstanceOf(RunFileException.class)
        .isNotInstanceOf(DiskFullException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void whatItHoldsIsOnTheDisk() {
    file.replace(run("one"));
    file.replace(run("two"));

    assertThat(disk.openFiles()).isZero();
    assertThat(disk.paths()).containsExactly(Sample.PATH);
    for (SimDisk after : disk.afterPowerCut(CUTS)) {
      assertThat(name(after, Sample.PATH)).isEqualTo("two");
    }
    file.close(run("two"));
    assertThat(disk.paths()).containsExactly(Sample.PATH);
  }

  @Test
  void whateverCallFailsTheFileIsTheOldOneOrTheNew() {
    file.replace(run("one"));
    int before = disk.calls();
    file.replace(run("two"));
    int calls = disk.calls() - before;
    assertThat(calls).isGreaterThan(4);
    for (int call = 1; call <= calls; call++) {
      SimDisk bad = new SimDisk(new Random(call));
      WholeFile whole = new WholeFile(bad, Sample.PATH, Optional.empty());
      whole.replace(run("one"));
      bad.failAt(bad.calls() + call, Fault.EIO, false);
      try {
        whole.replace(run("two"));
      } catch (RunFileException failed) {
        assertThat(failed).hasMessageContaining("all that was acknowledged is safe");
        assertThatThrownBy(() -> whole.replace(run("late"))).hasMessage(failed.getMessage());
        whole.close(run("late"));
      }
      assertThat(bad.openFiles()).as("call %d", call).isZero();
      assertThat(name(bad, Sample.PATH)).as("call %d", call).isIn("one", "two");
      for (SimDisk after : bad.heal().afterPowerCut(CUTS)) {
        assertThat(name(after, Sample.PATH)).as("call %d", call).isIn("one", "two");
      }
    }
  }

  @Test
  void fullDiskLeavesNothingAndAnotherTryMayBeMade() {
    file.replace(run("one"));
    disk.capacity(disk.used() + 10);
    assertThatThrownBy(() -> file.replace(run("two")))
        .isInstanceOf(DiskFullException.class)
        .hasMessageContaining("no space left on the device; all that was acknowledged is safe");
    assertThat(disk.paths()).containsExactly(Sample.PATH);
    assertThat(name(disk, Sample.PATH)).isEqualTo("one");

    disk.capacity(Long.MAX_VALUE);
    file.replace(run("three"));
    assertThat(name(disk, Sample.PATH)).isEqualTo("three");
  }

  @Test
  void newNameThatCannotBeFlushedIsTheEnd() {
    file.replace(run("one"));
    disk.whenCalled("RENAME", () -> disk.failNow(Fault.EMFILE, false));
    assertRefused("its new name cannot be flushed to the disk");
    assertRefused("the last batch may be lost in a power cut");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatSomebodyElsePutThereStaysAndOursIsBesideIt(boolean atTheEnd) {
    file.replace(run("one"));
    file.replace(run("two"));
    disk.put(Sample.PATH, Sample.utf8("theirs"));

    assertThatThrownBy(
            () -> {
              if (atTheEnd) {
                file.close(run("ours"));
              } else {
                file.replace(run("ours"));
              }
            })
        .isInstanceOf(RunFileException.class)
        .hasMessageContaining("the file was replaced or changed while the run was going")
        .hasMessageContaining("sample.jorb.rescue-2");

    assertRefused("the file was replaced or changed");
    file.close(run("late"));
    for (SimDisk after : disk.afterPowerCut(CUTS)) {
      assertThat(Sample.utf8(after.content(Sample.PATH))).isEqualTo("theirs");
      assertThat(name(after, Path.of("/disk/sample.jorb.rescue-2"))).isEqualTo("ours");
    }
    assertThat(disk.exists(TEMPORARY)).isFalse();
  }

  @Test
  void fileThatIsGoneIsRescued() {
    file.replace(run("one"));
    disk.remove(Sample.PATH);
    assertRefused("the file was removed or renamed while the run was going");
    assertThat(name(disk, Path.of("/disk/sample.jorb.rescue-1"))).isEqualTo("late");
    assertThat(disk.exists(Sample.PATH)).isFalse();
  }

  @Test
  void fileThatIsThereAlreadyIsNotReplacedByANewOne() {
    disk.put(Sample.PATH, Sample.utf8("theirs"));
    assertRefused("the file was replaced or changed");
    assertThat(Sample.utf8(disk.content(Sample.PATH))).isEqualTo("theirs");
  }

  @Test
  void whatAnInterruptedReplacementLeftIsInNobodysWay() {
    disk.put(TEMPORARY, Sample.utf8("x".repeat(10_000)));
    file.replace(run("one"));
    assertThat(name(disk, Sample.PATH)).isEqualTo("one");
    assertThat(disk.content(Sample.PATH)).hasSizeLessThan(1_000);
    assertThat(disk.exists(TEMPORARY)).isFalse();
  }
}
