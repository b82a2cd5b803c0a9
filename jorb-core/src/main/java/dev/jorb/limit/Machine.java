package dev.jorb.limit;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// What the machine has left, or the container if the process runs in one.
///
/// The JVM's own bean knows containers, but counts as used what the system keeps of files and would
/// give up; on a machine that has run for a while that is nearly all memory. So Linux is asked
/// itself: for `MemAvailable`, and for what the control groups (versions 1 and 2) that the process
/// is in leave, their inactive file pages not counted. The JVM is asked where there is no such
/// thing.
///
/// Each call reads files and may take milliseconds. Thread-safe.
final class Machine {
  static final Machine HERE = new Machine(Path.of("/"));

  private final OperatingSystemMXBean bean =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final Path root;

  /// @param root where `proc` and `sys` are
  Machine(Path root) {
    this.root = root;
  }

  /// How busy all CPUs are, from 0 to 1; 0 if that is not known.
  double cpuLoad() {
    double load = bean.getCpuLoad();
    return load >= 0 ? load : 0;
  }

  /// How many of the files that the process may have open it has open, from 0 to 1; 0 if that is
  /// not known.
  double openFiles() {
    return bean instanceof UnixOperatingSystemMXBean unix && unix.getMaxFileDescriptorCount() > 0
        ? (double) unix.getOpenFileDescriptorCount() / unix.getMaxFileDescriptorCount()
        : 0;
  }

  /// Bytes that this process may still write to the disk of the path.
  ///
  /// @throws UncheckedIOException if there is no such path
  double freeDisk(Path path) {
    try {
      return Files.getFileStore(path).getUsableSpace();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Bytes of memory that programs can have.
  double freeMemory() {
    OptionalLong machine = field(root.resolve("proc/meminfo"), "MemAvailable:");
    long free = machine.isPresent() ? machine.getAsLong() * 1024 : bean.getFreeMemorySize();
    for (String line : lines(root.resolve("proc/self/cgroup"))) {
      String[] parts = line.split(":", 3);
      if (parts.length == 3 && parts[1].isEmpty()) {
        Path group = group("sys/fs/cgroup", parts[2], "memory.max");
        free = Math.min(free, left(group, "memory.max", "memory.current", "inactive_file"));
      } else if (parts.length == 3 && List.of(parts[1].split(",")).contains("memory")) {
        Path group = group("sys/fs/cgroup/memory", parts[2], "memory.limit_in_bytes");
        free =
            Math.min(
                free,
                left(
                    group,
                    "memory.limit_in_bytes",
                    "memory.usage_in_bytes",
                    "total_inactive_file"));
      }
    }
    return Math.max(0, free);
  }

  /// The group's folder; seen from inside of a container it is the root.
  private Path group(String mount, String path, String limit) {
    Path whole = root.resolve(mount + path);
    return Files.exists(whole.resolve(limit)) ? whole : root.resolve(mount);
  }

  /// What a group may still use; without a limit as much as there can be.
  private static long left(Path group, String limit, String usage, String inactiveFile) {
    OptionalLong most = number(lines(group.resolve(limit)).stream());
    OptionalLong used = number(lines(group.resolve(usage)).stream());
    if (most.isEmpty() || used.isEmpty()) {
      return Long.MAX_VALUE; // "max" is no number.
    }
    long givenUp = field(group.resolve("memory.stat"), inactiveFile).orElse(0);
    return most.getAsLong() - Math.max(0, used.getAsLong() - givenUp);
  }

  private static OptionalLong field(Path file, String name) {
    return number(
        lines(file).stream()
            .map(line -> line.strip().split("\\s+"))
            .filter(words -> words.length > 1 && words[0].equals(name))
            .map(words -> words[1]));
  }

  private static OptionalLong number(Stream<String> texts) {
    return texts
        .map(String::strip)
        .filter(text -> text.matches("\\d{1,18}"))
        .mapToLong(Long::parseLong)
        .findFirst();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException notThere) {
      return List.of();
    }
  }
}
