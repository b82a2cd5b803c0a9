package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.serial.Disk.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What is saved of a file that somebody took away.
class RescueTest {
  private static final Path FILE = Path.of("/disk/run.jorb");
  private final SimDisk disk = new SimDisk(new Random(1));

  private String rescue(long size) throws IOException {
    try (DiskFile file = disk.openReadOnly(FILE)) {
      return Rescue.copy(disk, file, size, FILE);
    }
  }

  @Test
  void allOfALargeFileIsCopiedAndFlushedWithItsName() throws IOException {
    byte[] content = new byte[(1 << 20) + 5];
    new Random(1).nextBytes(content);
    disk.put(FILE, content);

    assertThat(rescue(content.length)).isEqualTo(FILE + ".rescue");

    assertThat(disk.content(Path.of(FILE + ".rescue"))).isEqualTo(content);
    assertThat(disk.log().stream().map(call -> call.split(" ")[0]))
        .containsSubsequence("CREATE", "WRITE", "WRITE", "SYNC", "SYNC_DIRECTORY");
  }

  @Test
  void whatIsBehindItsSizeIsLeftOut() throws IOException {
    disk.put(FILE, Sample.utf8("whole\ntorn"));

    rescue(6);

    assertThat(Sample.utf8(disk.content(Path.of(FILE + ".rescue")))).isEqualTo("whole\n");
  }

  @Test
  void whatIsBehindItsSizeIsLeftOutOfALargeFile() throws IOException {
    byte[] content = new byte[(1 << 20) + 9];
    new Random(1).nextBytes(content);
    disk.put(FILE, content);

    rescue((1 << 20) + 5);

    assertThat(disk.content(Path.of(FILE + ".rescue")))
        .isEqualTo(Arrays.copyOf(content, (1 << 20) + 5));
  }

  @Test
  void earlierRescuesAreKept() throws IOException {
    disk.put(FILE, Sample.utf8("third"));
    disk.put(Path.of(FILE + ".rescue"), Sample.utf8("first"));
    disk.put(Path.of(FILE + ".rescue-2"), Sample.utf8("second"));

    assertThat(rescue(5)).isEqualTo(FILE + ".rescue-3");
    assertThat(Sample.utf8(disk.content(Path.of(FILE + ".rescue")))).isEqualTo("first");
  }

  @Test
  void aFileThatIsTooShortIsSaid() throws IOException {
    disk.put(FILE, Arrays.copyOf(Sample.utf8("abc"), 3));

    assertThat(rescue(5))
        .isEqualTo(
            "no file (the rescue to " + FILE + ".rescue failed: only 3 of 5 bytes could be read)");
  }
}
