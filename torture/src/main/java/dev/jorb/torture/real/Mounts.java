package dev.jorb.torture.real;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/// File systems that are mounted for a while. Closing it takes them all away, whatever happened.
///
/// `.ci/torture` runs in a mount namespace of its own, so that nothing stays when it is killed.
/// Needs root. Not thread-safe.
final class Mounts implements AutoCloseable {
  private final Path folder;
  private final Deque<Path> mounted = new ArrayDeque<>();

  /// A kind of file system.
  enum Kind {
    EXT4(64, "-qF", "discard"),
    XFS(320, "-q", "nouuid"),
    BTRFS(160, "-q", "noatime");

    private final int mebibytes;
    private final String making;
    private final String mounting;

    Kind(int mebibytes, String making, String mounting) {
      this.mebibytes = mebibytes;
      this.making = making;
      this.mounting = mounting;
    }

    private String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// Refuses with a clear word if this machine cannot mount it.
    void require() throws IOException {
      String known = Files.readString(Path.of("/proc/filesystems"));
      if (!known.lines().map(String::strip).anyMatch(word()::equals)) {
        throw new IOException("this kernel has no " + word() + "; it has " + known);
      }
    }
  }

  /// @param folder where mount points are made
  Mounts(Path folder) {
    this.folder = folder.toAbsolutePath();
  }

  /// Mounts a new file system in memory.
  Path tmpfs(String name, long kibibytes) throws IOException, InterruptedException {
    Path at = Files.createDirectory(folder.resolve(name));
    Shell.run("mount", "-t", "tmpfs", "-o", "size=" + kibibytes + "k", "tmpfs", at.toString());
    mounted.push(at);
    return at;
  }

  /// Gives a file system in memory another size.
  void resize(Path tmpfs, long kibibytes) throws IOException, InterruptedException {
    Shell.run("mount", "-o", "remount,size=" + kibibytes + "k", tmpfs.toString());
  }

  /// Makes a file system of its kind in a sparse file.
  static Path make(Kind kind, Path image) throws IOException, InterruptedException {
    kind.require();
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(kind.mebibytes * 1024L * 1024);
    }
    Shell.run("mkfs." + kind.word(), kind.making, image.toString());
    return image;
  }

  /// Mounts the file system in a file.
  Path loop(Kind kind, Path image, String name) throws IOException, InterruptedException {
    Path at = Files.createDirectories(folder.resolve(name));
    Shell.run(
        "mount", "-t", kind.word(), "-o", "loop," + kind.mounting, image.toString(), at.toString());
    mounted.push(at);
    return at;
  }

  /// Takes the mount away.
  void unmount(Path at) throws IOException, InterruptedException {
    Shell.run("umount", at.toString());
    mounted.remove(at);
  }

  /// What the kernel says is used of a file system, in KiB.
  static long usedKibibytes(Path at) throws IOException {
    var store = Files.getFileStore(at);
    return (store.getTotalSpace() - store.getUnallocatedSpace()) / 1024;
  }

  /// Writes until the file system is full, and returns the file that fills it.
  static Path fill(Path at) throws IOException {
    Path ballast = at.resolve("ballast");
    byte[] block = "ballast ".repeat(512).getBytes(StandardCharsets.UTF_8);
    try (RandomAccessFile file = new RandomAccessFile(ballast.toFile(), "rw")) {
      while (true) {
        file.write(block);
      }
    } catch (IOException full) {
      if (!String.valueOf(full.getMessage()).contains("No space left")) {
        throw full;
      }
      return ballast;
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    while (!mounted.isEmpty()) {
      Shell.run("umount", "-l", mounted.pop().toString());
    }
  }
}
