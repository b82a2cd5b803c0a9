package dev.jorb.serial;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.serial.Disk.DiskFile;
import dev.jorb.serial.Disk.LockHeldException;
import dev.jorb.serial.Disk.RunLock;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The calls that reach the file system, on a real one.
class RealDiskTest {
  private final RealDisk disk = RealDisk.INSTANCE;
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("file");
  }

  @Nested
  class AFile {
    @Test
    void isMadeForItsOwnerOnlyAndOnce() throws IOException {
      disk.create(file).close();

      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThatThrownBy(() -> disk.create(file)).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void thatIsNotThereIsNotMadeByAnOpening() {
      assertThatThrownBy(() -> disk.open(file)).isInstanceOf(NoSuchFileException.class);
      assertThatThrownBy(() -> disk.openReadOnly(file)).isInstanceOf(IOException.class);
      assertThat(file).doesNotExist();
    }

    @Test
    void isReadAndWrittenAtAnyPlace() throws IOException {
      try (DiskFile open = disk.create(file)) {
        open.write(0, "abcdef".getBytes(UTF_8), 0, 6);
        open.write(2, "xXYx".getBytes(UTF_8), 1, 2);
        open.sync();
        assertThat(open.size()).isEqualTo(6);
        open.truncate(5);

        byte[] into = "........".getBytes(UTF_8);
        assertThat(open.read(1, into, 2, 3)).isEqualTo(3);
        assertThat(into).asString(UTF_8).isEqualTo("..bXY...");
      }
      assertThat(file).hasContent("abXYe");
    }

    @Test
    void givesFewerBytesAtItsEndOnlyAndNoneBehindIt() throws IOException {
      Files.writeString(file, "abc");
      try (DiskFile open = disk.openReadOnly(file)) {
        byte[] into = new byte[8];
        assertThat(open.read(1, into, 0, 8)).isEqualTo(2);
        assertThat(open.read(3, into, 0, 8)).isEqualTo(-1);
        assertThat(open.read(9, into, 0, 1)).isEqualTo(-1);
        assertThat(open.read(0, into, 0, 0)).isZero();
        assertThat(open.read(3, into, 0, 0)).isZero();
      }
    }

    @Test
    void isClosedOnce() throws IOException {
      DiskFile open = disk.create(file);
      open.close();

      assertThatThrownBy(open::size).isInstanceOf(IOException.class);
    }

    @Test
    void takesThePlaceOfAnother() throws IOException {
      Path other = folder.resolve("other");
      Files.writeString(file, "old");
      Files.writeString(other, "new");

      disk.rename(other, file);

      assertThat(other).doesNotExist();
      assertThat(file).hasContent("new");
      disk.delete(file);
      disk.delete(file);
      assertThat(file).doesNotExist();
    }

    @Test
    void isKnownAgainByWhatItIsAndNotByItsName() throws IOException {
      assertThat(disk.stat(file)).isEmpty();
      Files.writeString(file, "abc");
      var before = disk.stat(file);
      assertThat(before.orElseThrow().size()).isEqualTo(3);
      assertThat(before.orElseThrow().key())
          .isEqualTo(Files.readAttributes(file, BasicFileAttributes.class).fileKey());
      assertThat(disk.stat(file)).isEqualTo(before);

      Path other = folder.resolve("other");
      Files.writeString(other, "xyz");
      Files.move(file, folder.resolve("kept"));
      disk.rename(other, file);
      assertThat(disk.stat(file)).isPresent().isNotEqualTo(before);
      assertThat(disk.stat(folder.resolve("kept"))).isEqualTo(before);
    }
  }

  @Nested
  class APath {
    @Test
    void isFollowedThroughItsLinksWhetherThereIsAFileOrNot() throws IOException {
      Path inner = Files.createDirectory(folder.resolve("inner"));
      Files.createSymbolicLink(inner.resolve("second"), Path.of("..", "file"));
      Files.createSymbolicLink(folder.resolve("first"), Path.of("inner", "second"));
      Path real = folder.toRealPath().resolve("file");

      assertThat(disk.real(folder.resolve("first"))).isEqualTo(real);
      Files.writeString(file, "");
      assertThat(disk.real(folder.resolve("first"))).isEqualTo(real);
      assertThat(disk.real(inner.resolve("..").resolve("file"))).isEqualTo(real);
    }

    @Test
    void isFollowedThroughAsManyLinksAsLinuxFollows() throws IOException {
      Path link = file;
      for (int i = 1; i <= 40; i++) {
        link = Files.createSymbolicLink(folder.resolve("link-" + i), link.getFileName());
      }
      Path real = folder.toRealPath();
      assertThat(disk.real(link)).isEqualTo(real.resolve("file"));

      Path tooFar = Files.createSymbolicLink(folder.resolve("link-41"), link.getFileName());
      assertThat(disk.real(tooFar)).isEqualTo(real.resolve("link-1"));
    }

    @Test
    void thatLeadsInACircleLeadsSomewhere() throws IOException {
      Files.createSymbolicLink(file, folder.resolve("other"));
      Files.createSymbolicLink(folder.resolve("other"), file);

      assertThat(disk.real(file).getParent()).isEqualTo(folder.toRealPath());
    }
  }

  @Nested
  class TheDirectory {
    @Test
    void isFlushedByAnInterruptedThreadWhichStaysSo() throws IOException {
      Thread.currentThread().interrupt();
      disk.syncDirectoryOf(file);

      assertThat(Thread.interrupted()).isTrue();
      disk.syncDirectoryOf(file);
      assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void thatIsNotThereCannotBe() {
      assertThatThrownBy(() -> disk.syncDirectoryOf(folder.resolve("none").resolve("file")))
          .isInstanceOf(IOException.class);
    }
  }

  @Nested
  class ALock {
    private final String self =
        "pid %d since %s"
            .formatted(
                ProcessHandle.current().pid(),
                ProcessHandle.current().info().startInstant().orElse(Instant.EPOCH));

    @Test
    void isHeldOnceWhateverNameItsFileHas() throws IOException {
      Path link = Files.createSymbolicLink(folder.resolve("link"), file);
      try (RunLock lock = disk.lock(file, self)) {
        assertThatThrownBy(() -> disk.lock(link, "another"))
            .isInstanceOf(LockHeldException.class)
            .hasMessage("this process");
        assertThat(file).hasContent(self);
      }
      assertThat(file).isEmptyFile();
      disk.lock(link, self).close();
    }

    @Test
    void isForItsOwnerOnly() throws IOException {
      try (RunLock lock = disk.lock(file, self)) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
      }
    }

    @Test
    void saysNothingOfAnEarlierHolder() throws IOException {
      Files.writeString(file, "x".repeat(200));
      try (RunLock lock = disk.lock(file, self)) {
        assertThat(file).hasContent(self);
      }
    }

    @Test
    void namesItsHolderSinceItTookIt() throws IOException {
      assertThat(disk.lockHolder(file)).isEmpty();
      try (RunLock lock = disk.lock(file, self)) {
        Files.setLastModifiedTime(
            file, FileTime.from(Instant.parse("2026-11-24T10:00:00.123456Z")));

        assertThat(disk.lockHolder(file))
            .contains("pid " + ProcessHandle.current().pid() + " since 2026-11-24T10:00:00.123Z");
      }
      assertThat(disk.lockHolder(file)).isEmpty();
    }

    @Test
    void thatWasLeftByALivingProcessIsItsOwn() throws IOException {
      Files.writeString(file, self + "\n");

      assertThat(disk.lockHolder(file)).isPresent();
    }

    @Test
    void thatWasLeftByAnotherProcessWithItsNumberIsNobodys() throws IOException {
      Instant start = ProcessHandle.current().info().startInstant().orElseThrow();
      for (long seconds : new long[] {-6, 6}) {
        Files.writeString(file, self.replace(start.toString(), "" + start.plusSeconds(seconds)));
        assertThat(disk.lockHolder(file)).as("%d s", seconds).isEmpty();
      }
      Files.writeString(file, self.replace(start.toString(), "" + start.plusSeconds(5)));
      assertThat(disk.lockHolder(file)).isPresent();
    }

    @Test
    void withoutASensibleHolderIsNobodys() throws IOException {
      for (String text :
          new String[] {
            "", "somebody", "pid 1 since noon", "pid 99999999999999999999 since " + Instant.EPOCH
          }) {
        Files.writeString(file, text);
        assertThat(disk.lockHolder(file)).as(text).isEmpty();
      }
    }

    @Test
    void thatCannotBeReadIsNobodys() throws IOException {
      assertThat(disk.lockHolder(folder)).isEmpty();
    }

    @Test
    void thatCannotBeTakenIsNotHeld() throws IOException {
      Files.createDirectory(file);
      assertThatThrownBy(() -> disk.lock(file, self)).isInstanceOf(IOException.class);
      Files.delete(file);

      disk.lock(file, self).close();
    }

    @Test
    void thatOthersOfThisProcessTookByThemselvesIsRefused() throws IOException {
      try (var channel =
              java.nio.channels.FileChannel.open(
                  Files.createFile(file), java.nio.file.StandardOpenOption.WRITE);
          var lock = channel.lock()) {
        assertThat(lock.isValid()).isTrue();
        assertThatThrownBy(() -> disk.lock(file, self))
            .isInstanceOf(LockHeldException.class)
            .hasMessage("this process");
        assertThat(timesOpen(file)).isEqualTo(1);
      }
    }

    @Test
    void thatCannotBeWrittenIsNotLeftOpen() throws IOException {
      Path full = Path.of("/dev/full");

      assertThatThrownBy(() -> disk.lock(full, self)).isInstanceOf(IOException.class);

      assertThat(timesOpen(full)).isZero();
    }

    /// How many of this process's descriptors lead to the file.
    private static long timesOpen(Path path) throws IOException {
      Path real = path.toRealPath();
      try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
        return descriptors.filter(each -> leadsTo(each, real)).count();
      }
    }

    private static boolean leadsTo(Path descriptor, Path real) {
      try {
        return Files.readSymbolicLink(descriptor).equals(real);
      } catch (IOException closedSince) {
        return false;
      }
    }
  }
}
