package dev.jorb.serial;

import dev.jorb.run.Schema;
import dev.jorb.time.TimeSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// A run file that is in memory only, for tests: as [JournalSerializer] writes and reads it,
/// without a disk.
///
/// ```java
/// MemoryRunFile file = new MemoryRunFile();
/// try (var journal = file.open(workflow, TimeSource.system())) { … }
/// MemoryRunFile torn = file.killedAt(file.size() - 10); // what a process that died left behind
/// ```
///
/// Not thread-safe.
public final class MemoryRunFile {
  private static final Path PATH = Path.of("memory.jorb");

  private final MemoryDisk disk;

  /// A file that does not exist yet.
  public MemoryRunFile() {
    this(new MemoryDisk());
  }

  private MemoryRunFile(MemoryDisk disk) {
    this.disk = disk;
  }

  /// A serializer for it. One at a time can be open.
  ///
  /// @param schema the types, such as a workflow
  /// @param time what the file's times are read from
  public <O, J> JournalSerializer<O, J> open(Schema<O, J> schema, TimeSource time) {
    return new JournalSerializer<>(disk, time, PATH, schema);
  }

  /// How many bytes were written; 0 if it does not exist.
  public long size() {
    return disk.files.containsKey(PATH) ? disk.file(PATH).size() : 0;
  }

  /// What is in it, as a person would read it.
  public String text() {
    return size() == 0 ? "" : disk.file(PATH).text();
  }

  /// A copy as a process leaves it that is killed when so many bytes were written: nobody has it
  /// open.
  ///
  /// @throws IllegalArgumentException if `bytes` is negative or more than [#size()]
  public MemoryRunFile killedAt(long bytes) {
    if (bytes < 0 || bytes > size()) {
      throw new IllegalArgumentException(
          "the file has " + size() + " bytes and cannot end at " + bytes);
    }
    MemoryDisk copy = new MemoryDisk();
    disk.files.forEach((path, content) -> copy.files.put(path, content.copy()));
    if (size() > 0) {
      copy.file(PATH).truncate(bytes);
    }
    return new MemoryRunFile(copy);
  }

  /// Files by path, and who holds the lock.
  private static final class MemoryDisk implements Disk {
    final Map<Path, Content> files = new HashMap<>();
    private Optional<String> holder = Optional.empty();

    Content file(Path path) {
      Content content = files.get(path);
      if (content == null) {
        throw new IllegalStateException(path + " does not exist");
      }
      return content;
    }

    @Override
    public DiskFile open(Path path) throws IOException {
      if (!files.containsKey(path)) {
        throw new NoSuchFileException(path.toString());
      }
      return file(path);
    }

    @Override
    public DiskFile openReadOnly(Path path) throws IOException {
      return open(path);
    }

    @Override
    public DiskFile create(Path path) throws IOException {
      if (files.putIfAbsent(path, new Content()) != null) {
        throw new FileAlreadyExistsException(path.toString());
      }
      return file(path);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      Content moved = files.remove(from);
      if (moved == null) {
        throw new NoSuchFileException(from.toString());
      }
      files.put(to, moved);
    }

    @Override
    public void delete(Path path) {
      files.remove(path);
    }

    @Override
    public void syncDirectoryOf(Path path) {}

    @Override
    public Optional<Stat> stat(Path path) {
      return Optional.ofNullable(files.get(path)).map(file -> new Stat(file, file.size()));
    }

    @Override
    public Path real(Path path) {
      return path;
    }

    @Override
    public RunLock lock(Path path, String owner) throws IOException {
      if (holder.isPresent()) {
        throw new LockHeldException(holder.get());
      }
      holder = Optional.of(owner);
      return () -> holder = Optional.empty();
    }
  }

  /// The bytes of one file.
  private static final class Content implements Disk.DiskFile {
    private byte[] bytes = new byte[1_024];
    private int size;

    Content copy() {
      Content copy = new Content();
      copy.bytes = Arrays.copyOf(bytes, Math.max(size, 1));
      copy.size = size;
      return copy;
    }

    String text() {
      return new String(bytes, 0, size, StandardCharsets.UTF_8);
    }

    @Override
    public int read(long position, byte[] into, int offset, int length) {
      if (position >= size) {
        return -1;
      }
      int count = (int) Math.min(length, size - position);
      System.arraycopy(bytes, (int) position, into, offset, count);
      return count;
    }

    @Override
    public void write(long position, byte[] from, int offset, int length) {
      int end = Math.toIntExact(position + length);
      if (end > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
      }
      System.arraycopy(from, offset, bytes, (int) position, length);
      size = Math.max(size, end);
    }

    @Override
    public void truncate(long newSize) {
      Arrays.fill(bytes, Math.min(size, (int) newSize), size, (byte) 0);
      size = Math.min(size, (int) newSize);
    }

    @Override
    public void sync() {}

    @Override
    public long size() {
      return size;
    }

    @Override
    public void close() {}
  }
}
