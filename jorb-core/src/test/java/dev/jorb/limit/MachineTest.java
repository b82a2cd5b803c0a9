package dev.jorb.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is read from Linux, with a folder in the place of its root.
class MachineTest {
  private static final double KIB = 1024;

  @TempDir Path root;

  @BeforeEach
  void machine() throws IOException {
    write(
        "proc/meminfo",
        """
        MemTotal:       24683620 kB
        MemFree:            1000 kB
        MemAvailable:       9000 kB
        """);
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private double free() {
    return new Machine(root).freeMemory();
  }

  @Test
  void whatTheSystemKeepsOfFilesIsFree() {
    assertThat(free()).isEqualTo(9_000 * KIB);
  }

  @Test
  void controlGroupLeavesLess() throws IOException {
    write("proc/self/cgroup", "0::/batch/jobs\n");
    write("sys/fs/cgroup/batch/jobs/memory.max", "6144000\n");
    write("sys/fs/cgroup/batch/jobs/memory.current", "5120000\n");
    write("sys/fs/cgroup/batch/jobs/memory.stat", "anon 1\ninactive_file 2048000\n");

    assertThat(free()).isEqualTo(3_000 * KIB);
  }

  @Test
  void controlGroupOfTheFirstVersionLeavesLess() throws IOException {
    write("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/inside/of/a/container\n0::/\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "6144000\n");
    write("sys/fs/cgroup/memory/memory.usage_in_bytes", "5120000\n");
    write("sys/fs/cgroup/memory/memory.stat", "inactive_file 1\ntotal_inactive_file 1024000\n");

    assertThat(free()).isEqualTo(2_000 * KIB);
  }

  @Test
  void controlGroupWithoutALimitLeavesWhatThereIs() throws IOException {
    write("proc/self/cgroup", "0::/\n");
    write("sys/fs/cgroup/memory.max", "max\n");
    write("sys/fs/cgroup/memory.current", "5120000\n");

    assertThat(free()).isEqualTo(9_000 * KIB);
  }

  @Test
  void controlGroupThatUsesMoreThanItMayLeavesNothing() throws IOException {
    write("proc/self/cgroup", "0::/\n");
    write("sys/fs/cgroup/memory.max", "1024\n");
    write("sys/fs/cgroup/memory.current", "5120000\n");

    assertThat(free()).isZero();
  }

  @Test
  void thisMachineTellsSomethingThatCanBeMeant() {
    assertThat(Machine.HERE.cpuLoad()).isBetween(0.0, 1.0);
    assertThat(Machine.HERE.openFiles()).isBetween(0.0, 1.0);
    assertThat(Machine.HERE.freeMemory()).isPositive();
    assertThat(Machine.HERE.freeDisk(root)).isPositive();
  }

  @Test
  void diskThatIsNotThereIsSaid() {
    assertThatThrownBy(() -> Machine.HERE.freeDisk(root.resolve("gone")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("gone");
  }
}
