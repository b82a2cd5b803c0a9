package dev.jorb.serial;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The machine's file system.
///
/// It uses `RandomAccessFile`, not `FileChannel`, because a channel is closed for everybody when a
/// thread that is interrupted touches it.
final class RealDisk implements Disk {
  static final RealDisk INSTANCE = new RealDisk();

  /// The lock files that this process holds, and what it wrote in them. It must be static: the
  /// operating system gives POSIX locks to processes and takes them away when the process closes
  /// any descriptor of the file, so a second opening in this process must be refused before it
  /// opens anything.
  private static final Map<Path, String> HELD = new ConcurrentHashMap<>();

  /// What a holder writes: its process id and when that process started.
  private static final Pattern OWNER = Pattern.compile("pid (\\d+) since (\\S+)");

  /// The start of a process is known to a hundredth of a second, from a clock that may be adjusted.
  private static final Duration START_TOLERANCE = Duration.ofSeconds(5);

  /// As many as Linux follows.
  private static final int MAX_LINKS = 40;

  private RealDisk() {}

  @Override
  public DiskFile open(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    return new RealFile(new RandomAccessFile(path.toFile(), "rw"));
  }

  @Override
  public DiskFile openReadOnly(Path path) throws IOException {
    return new RealFile(new RandomAccessFile(path.toFile(), "r"));
  }

  @Override
  public DiskFile create(Path path) throws IOException {
    createPrivate(path);
    return open(path);
  }

  private static void createPrivate(Path path) throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } else {
      Files.createFile(path);
    }
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void delete(Path path) throws IOException {
    Files.deleteIfExists(path);
  }

  @Override
  public void syncDirectoryOf(Path path) throws IOException {
    if (System.getProperty("os.name").startsWith("Windows")) {
      return; // A directory cannot be opened there, and its changes are journaled by the file
      // system.
    }
    boolean interrupted = Thread.interrupted();
    try (FileChannel channel = FileChannel.open(directory(path), StandardOpenOption.READ)) {
      channel.force(true);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Path directory(Path path) {
    Path directory = path.toAbsolutePath().getParent();
    return directory == null ? path.toAbsolutePath() : directory;
  }

  @Override
  public Optional<Stat> stat(Path path) throws IOException {
    try {
      BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
      Object key = found.fileKey();
      return Optional.of(new Stat(key == null ? found.creationTime() : key, found.size()));
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    }
  }

  @Override
  public Path real(Path path) throws IOException {
    Path target = path;
    for (int links = 0; links < MAX_LINKS && Files.isSymbolicLink(target); links++) {
      target = target.resolveSibling(Files.readSymbolicLink(target));
    }
    return directory(target).toRealPath().resolve(target.getFileName());
  }

  @Override
  public RunLock lock(Path path, String owner) throws IOException {
    Path real = real(path);
    if (HELD.putIfAbsent(real, owner) != null) {
      throw new LockHeldException("this process");
    }
    try {
      return lockFile(real, owner);
    } catch (Throwable failed) {
      HELD.remove(real);
      throw failed;
    }
  }

  /// The live process that has the lock, and since when it has it, without touching the lock; empty
  /// if nobody has it. The start of the process, by which it is known again, is that of the shell
  /// if that has become the process; so it is not what is told.
  Optional<String> lockHolder(Path path) throws IOException {
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    AtomicReference<String> owner = new AtomicReference<>("");
    // While the map computes, this process cannot take the lock and then lose it to this reading.
    HELD.compute(
        real(path),
        (file, ours) -> {
          owner.set(ours == null ? holder(file) : ours);
          return ours;
        });
    Optional<String> alive = Optional.ofNullable(owner.get()).filter(RealDisk::isAlive);
    if (alive.isEmpty()) {
      return alive;
    }
    try {
      Instant taken = Files.getLastModifiedTime(path).toInstant().truncatedTo(ChronoUnit.MILLIS);
      return alive.map(holder -> OWNER.matcher(holder).replaceFirst("pid $1 since " + taken));
    } catch (NoSuchFileException removed) {
      return alive;
    }
  }

  private static boolean isAlive(String owner) {
    Matcher said = OWNER.matcher(owner);
    if (!said.matches()) {
      return false;
    }
    try {
      Instant start = Instant.parse(said.group(2));
      return ProcessHandle.of(Long.parseLong(said.group(1)))
          .filter(ProcessHandle::isAlive)
          .filter(process -> process.info().startInstant().map(s -> isNear(s, start)).orElse(true))
          .isPresent();
    } catch (DateTimeParseException | NumberFormatException notOurs) {
      return false;
    }
  }

  private static boolean isNear(Instant one, Instant other) {
    return Duration.between(one, other).abs().compareTo(START_TOLERANCE) <= 0;
  }

  @SuppressWarnings("EmptyCatch") // Whoever created it first, it is there.
  private static RunLock lockFile(Path path, String owner) throws IOException {
    try {
      createPrivate(path);
    } catch (FileAlreadyExistsException there) {
    }
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    try {
      FileLock lock = file.getChannel().tryLock();
      if (lock == null) {
        throw new LockHeldException(holder(path));
      }
      file.setLength(0);
      file.write(owner.getBytes(StandardCharsets.UTF_8));
    } catch (OverlappingFileLockException sameProcess) {
      file.close();
      throw new LockHeldException("this process");
    } catch (Throwable failed) {
      file.close();
      throw failed;
    }
    return () -> release(path, file);
  }

  private static String holder(Path path) {
    try {
      return Files.readString(path).strip();
    } catch (IOException unreadable) {
      return "";
    }
  }

  private static void release(Path path, RandomAccessFile file) throws IOException {
    try (file) {
      file.setLength(0);
    } finally {
      HELD.remove(path);
    }
  }

  /// A file of the machine.
  private static final class RealFile implements DiskFile {
    private final RandomAccessFile file;

    RealFile(RandomAccessFile file) {
      this.file = file;
    }

    @Override
    public int read(long position, byte[] into, int offset, int length) throws IOException {
      file.seek(position);
      int total = 0;
      while (total < length) {
        int count = file.read(into, offset + total, length - total);
        if (count < 0) {
          break;
        }
        total += count;
      }
      return total == 0 && length > 0 ? -1 : total;
    }

    @Override
    public void write(long position, byte[] from, int offset, int length) throws IOException {
      file.seek(position);
      file.write(from, offset, length);
    }

    @Override
    public void truncate(long size) throws IOException {
      file.setLength(size);
    }

    @Override
    public void sync() throws IOException {
      file.getFD().sync();
    }

    @Override
    public long size() throws IOException {
      return file.length();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
