package dev.jorb.serial;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/// A disk in memory that fails and loses power when it is told to.
///
/// What programs see and what survives a power cut are two things. A write reaches the page cache;
/// until the file is synced, each 512-byte sector of it may survive or not, in any order, and so
/// may the new size. A creation, a rename or a deletion may be lost until its directory is synced.
/// After a failed sync the pages count as clean, so that the next sync succeeds without having
/// written them.
///
/// Every call has a number, from 1. Not thread-safe.
final class SimDisk implements Disk {
  /// What a call does, so far as faults care.
  enum Kind {
    OPEN,
    OPEN_READ_ONLY,
    CREATE,
    RENAME,
    DELETE,
    SYNC_DIRECTORY,
    STAT,
    LOCK,
    READ,
    WRITE,
    TRUNCATE,
    SYNC,
    SIZE,
    CLOSE
  }

  /// How a call fails.
  enum Fault {
    EIO("Input/output error", EnumSet.allOf(Kind.class)),
    ENOSPC(
        "No space left on device",
        EnumSet.of(Kind.CREATE, Kind.WRITE, Kind.LOCK, Kind.RENAME, Kind.SYNC)),
    EROFS(
        "Read-only file system",
        EnumSet.of(
            Kind.OPEN,
            Kind.CREATE,
            Kind.RENAME,
            Kind.DELETE,
            Kind.LOCK,
            Kind.WRITE,
            Kind.TRUNCATE)),
    EMFILE(
        "Too many open files",
        EnumSet.of(Kind.OPEN, Kind.OPEN_READ_ONLY, Kind.CREATE, Kind.LOCK, Kind.SYNC_DIRECTORY)),
    /// A part is written before the error comes.
    SHORT_WRITE("Input/output error", EnumSet.of(Kind.WRITE)),
    /// A part is written before the disk is full.
    SHORT_WRITE_ENOSPC("No space left on device", EnumSet.of(Kind.WRITE));

    private final String message;
    private final Set<Kind> hits;

    Fault(String message, Set<Kind> hits) {
      this.message = message;
      this.hits = hits;
    }
  }

  /// The process ended at this call.
  static final class Stopped extends Error {
    private static final long serialVersionUID = 1L;

    Stopped(int call) {
      super("stopped at call " + call);
    }
  }

  /// A creation, rename or deletion that a power cut may undo.
  private record NameChange(Path from, Path to, SimFile file) {
    void applyTo(Map<Path, SimFile> names) {
      if (from != null) {
        names.remove(from, file);
      }
      if (to != null) {
        names.put(to, file);
      }
    }
  }

  private Map<Path, SimFile> names = new HashMap<>();
  private Map<Path, SimFile> durableNames = new HashMap<>();
  private List<NameChange> unsyncedNames = new ArrayList<>();
  private final Map<Path, String> locks = new HashMap<>();
  private final List<String> calls = new ArrayList<>();
  private final RandomGenerator random;
  private final boolean failedSyncDropsCache;
  private long nextKey = 1;
  private long capacity = Long.MAX_VALUE;

  private Fault fault = Fault.EIO;
  private int failAt = Integer.MAX_VALUE;
  private boolean failForEver;
  private int stopAt = Integer.MAX_VALUE;
  private int openFiles;
  private String actionAt;
  private Runnable action;

  SimDisk(RandomGenerator random) {
    this.random = random;
    this.failedSyncDropsCache = random.nextBoolean();
  }

  // ---- what a test tells it

  /// From the call with this number on, the first that can fail like this does.
  SimDisk failAt(int call, Fault fault, boolean forEver) {
    this.failAt = call;
    this.fault = fault;
    this.failForEver = forEver;
    return this;
  }

  /// From the next call on.
  SimDisk failNow(Fault fault, boolean forEver) {
    return failAt(calls.size() + 1, fault, forEver);
  }

  SimDisk heal() {
    failAt = Integer.MAX_VALUE;
    return this;
  }

  /// The process ends at the call with this number; a write gets a part done.
  SimDisk stopAt(int call) {
    this.stopAt = call;
    return this;
  }

  /// Does something right before the next call that begins like this.
  void whenCalled(String start, Runnable action) {
    this.actionAt = start;
    this.action = action;
  }

  /// How many bytes all files may have together.
  SimDisk capacity(long bytes) {
    this.capacity = bytes;
    return this;
  }

  /// A file that was there all the time.
  SimDisk put(Path path, byte[] content) {
    SimFile file = SimFile.durable(nextKey++, content);
    names.put(path, file);
    durableNames.put(path, file);
    return this;
  }

  /// Another program writes behind the file's end.
  void append(Path path, byte[] more) {
    SimFile file = names.get(path);
    file.write(file.size(), more, 0, more.length);
  }

  /// Another program renames or removes it.
  void remove(Path path) {
    names.remove(path);
    durableNames.remove(path);
  }

  /// The system gives up the locks of a process that ended.
  void releaseLocks() {
    locks.clear();
  }

  // ---- what a test asks it

  int calls() {
    return calls.size();
  }

  List<String> log() {
    return Collections.unmodifiableList(calls);
  }

  byte[] content(Path path) {
    return names.get(path).content();
  }

  boolean exists(Path path) {
    return names.containsKey(path);
  }

  Set<Path> paths() {
    return Set.copyOf(names.keySet());
  }

  int openFiles() {
    return openFiles;
  }

  long used() {
    return names.values().stream().mapToLong(SimFile::size).sum();
  }

  // ---- the end of a process and of power

  /// The disk after the process was killed: nothing that was written is lost.
  SimDisk afterKill() {
    Map<SimFile, SimFile> copies = new IdentityHashMap<>();
    SimDisk after = new SimDisk(random, failedSyncDropsCache, nextKey, capacity);
    names.forEach((path, file) -> after.names.put(path, copied(copies, file)));
    durableNames.forEach((path, file) -> after.durableNames.put(path, copied(copies, file)));
    for (NameChange each : unsyncedNames) {
      after.unsyncedNames.add(new NameChange(each.from(), each.to(), copied(copies, each.file())));
    }
    return after;
  }

  private static SimFile copied(Map<SimFile, SimFile> copies, SimFile file) {
    return copies.computeIfAbsent(file, SimFile::copy);
  }

  private SimDisk(RandomGenerator random, boolean dropsCache, long nextKey, long capacity) {
    this.random = random;
    this.failedSyncDropsCache = dropsCache;
    this.nextKey = nextKey;
    this.capacity = capacity;
  }

  /// What may be on the disk after a power cut now: all of it if that is at most `atMost` states,
  /// else so many samples, of which one has lost everything and one nothing.
  List<SimDisk> afterPowerCut(int atMost) {
    List<SimFile> files = filesInSight();
    List<Integer> choices = new ArrayList<>();
    unsyncedNames.forEach(change -> choices.add(2));
    files.forEach(file -> choices.addAll(file.choices()));
    List<SimDisk> states = new ArrayList<>();
    for (List<Integer> decisions : decisions(choices, atMost)) {
      states.add(afterPowerCut(files, decisions));
    }
    return states;
  }

  private List<SimFile> filesInSight() {
    Map<SimFile, Boolean> seen = new IdentityHashMap<>();
    List<SimFile> files = new ArrayList<>();
    List<SimFile> candidates = new ArrayList<>(durableNames.values());
    unsyncedNames.forEach(change -> candidates.add(change.file()));
    candidates.sort((a, b) -> Long.compare(a.key, b.key));
    for (SimFile each : candidates) {
      if (seen.put(each, true) == null) {
        files.add(each);
      }
    }
    return files;
  }

  private List<List<Integer>> decisions(List<Integer> choices, int atMost) {
    long product = 1;
    for (int each : choices) {
      product = Math.min(product * each, Integer.MAX_VALUE);
    }
    List<List<Integer>> all = new ArrayList<>();
    if (product <= atMost) {
      for (long number = 0; number < product; number++) {
        all.add(digits(number, choices));
      }
      return all;
    }
    all.add(choices.stream().map(each -> 0).toList());
    all.add(choices.stream().map(each -> each - 1).toList());
    while (all.size() < atMost) {
      all.add(choices.stream().map(random::nextInt).toList());
    }
    return all;
  }

  private static List<Integer> digits(long number, List<Integer> choices) {
    List<Integer> digits = new ArrayList<>();
    long rest = number;
    for (int each : choices) {
      digits.add((int) (rest % each));
      rest /= each;
    }
    return digits;
  }

  private SimDisk afterPowerCut(List<SimFile> files, List<Integer> decisions) {
    Map<Path, SimFile> survived = new HashMap<>(durableNames);
    int next = 0;
    for (NameChange change : unsyncedNames) {
      if (decisions.get(next++) == 1) {
        change.applyTo(survived);
      }
    }
    Map<SimFile, SimFile> after = new IdentityHashMap<>();
    for (SimFile file : files) {
      int count = file.choices().size();
      after.put(file, file.afterPowerCut(decisions.subList(next, next + count)));
      next += count;
    }
    SimDisk disk = new SimDisk(random, failedSyncDropsCache, nextKey, capacity);
    survived.forEach((path, file) -> disk.names.put(path, after.get(file)));
    disk.durableNames.putAll(disk.names);
    return disk;
  }

  // ---- the calls

  private boolean shortWrite(Kind kind, String what) throws IOException {
    if (calls.size() + 1 > stopAt) {
      throw new Stopped(stopAt);
    }
    calls.add(kind + " " + what);
    if (action != null && calls.getLast().startsWith(actionAt)) {
      Runnable now = action;
      action = null;
      now.run();
    }
    int call = calls.size();
    if (call == stopAt) {
      if (kind == Kind.WRITE) {
        return true;
      }
      throw new Stopped(call);
    }
    if (call < failAt || !fault.hits.contains(kind)) {
      return false;
    }
    failAt = failForEver ? failAt : Integer.MAX_VALUE;
    if (fault == Fault.SHORT_WRITE || fault == Fault.SHORT_WRITE_ENOSPC) {
      return true;
    }
    throw new IOException(fault.message);
  }

  private void call(Kind kind, Path path) throws IOException {
    shortWrite(kind, path.toString());
  }

  private SimFile existing(Path path) throws NoSuchFileException {
    SimFile file = names.get(path);
    if (file == null) {
      throw new NoSuchFileException(path.toString());
    }
    return file;
  }

  @Override
  public DiskFile open(Path path) throws IOException {
    call(Kind.OPEN, path);
    return new OpenFile(path, existing(path));
  }

  @Override
  public DiskFile openReadOnly(Path path) throws IOException {
    call(Kind.OPEN_READ_ONLY, path);
    return new OpenFile(path, existing(path));
  }

  @Override
  public DiskFile create(Path path) throws IOException {
    call(Kind.CREATE, path);
    if (names.containsKey(path)) {
      throw new FileAlreadyExistsException(path.toString());
    }
    SimFile file = new SimFile(nextKey++);
    change(new NameChange(null, path, file));
    return new OpenFile(path, file);
  }

  private void change(NameChange change) {
    change.applyTo(names);
    unsyncedNames.add(change);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    call(Kind.RENAME, from);
    change(new NameChange(from, to, existing(from)));
  }

  @Override
  public void delete(Path path) throws IOException {
    call(Kind.DELETE, path);
    SimFile file = names.get(path);
    if (file != null) {
      change(new NameChange(path, null, file));
    }
  }

  @Override
  public void syncDirectoryOf(Path path) throws IOException {
    call(Kind.SYNC_DIRECTORY, path);
    unsyncedNames.forEach(each -> each.applyTo(durableNames));
    unsyncedNames.clear();
  }

  @Override
  public Optional<Stat> stat(Path path) throws IOException {
    call(Kind.STAT, path);
    return Optional.ofNullable(names.get(path)).map(file -> new Stat(file.key, file.size()));
  }

  @Override
  public Path real(Path path) {
    return path;
  }

  @Override
  public RunLock lock(Path path, String owner) throws IOException {
    call(Kind.LOCK, path);
    String holder = locks.putIfAbsent(path, owner);
    if (holder != null) {
      throw new LockHeldException(holder);
    }
    return () -> locks.remove(path);
  }

  /// An open file; a kill leaves it behind.
  private final class OpenFile implements DiskFile {
    private final Path path;
    private final SimFile file;
    private boolean closed;

    OpenFile(Path path, SimFile file) {
      this.path = path;
      this.file = file;
      openFiles++;
    }

    private boolean shortWrite(Kind kind, String where) throws IOException {
      if (closed) {
        throw new IOException("Stream Closed");
      }
      return SimDisk.this.shortWrite(kind, path + where);
    }

    private void call(Kind kind) throws IOException {
      shortWrite(kind, "");
    }

    @Override
    public int read(long position, byte[] into, int offset, int length) throws IOException {
      shortWrite(Kind.READ, " " + position);
      return file.read(position, into, offset, length);
    }

    @Override
    public void write(long position, byte[] from, int offset, int length) throws IOException {
      boolean isShort = shortWrite(Kind.WRITE, " " + position + "+" + length);
      long room = capacity - used() + Math.max(0, file.size() - position);
      boolean isFull = length > room;
      int count = isShort ? random.nextInt(length + 1) : (int) Math.min(length, room);
      file.write(position, from, offset, count);
      if (calls.size() == stopAt) {
        throw new Stopped(stopAt);
      }
      if (isShort) {
        throw new IOException(fault.message);
      }
      if (isFull) {
        throw new IOException(Fault.ENOSPC.message);
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      shortWrite(Kind.TRUNCATE, " " + size);
      file.truncate((int) size);
    }

    @Override
    public void sync() throws IOException {
      try {
        call(Kind.SYNC);
      } catch (IOException failed) {
        file.failSync(random, failedSyncDropsCache);
        throw failed;
      }
      file.sync();
    }

    @Override
    public long size() throws IOException {
      call(Kind.SIZE);
      return file.size();
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        openFiles--;
        SimDisk.this.shortWrite(Kind.CLOSE, path.toString());
      }
    }
  }
}
