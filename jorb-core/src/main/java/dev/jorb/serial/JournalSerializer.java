package dev.jorb.serial;

import dev.jorb.run.HoldNote;
import dev.jorb.run.Job;
import dev.jorb.run.LimitNote;
import dev.jorb.run.Run;
import dev.jorb.run.Schema;
import dev.jorb.run.Transition;
import dev.jorb.serial.Codec.DecodeException;
import dev.jorb.serial.Disk.DiskFile;
import dev.jorb.serial.Disk.Stat;
import dev.jorb.serial.RunImage.Winner;
import dev.jorb.time.TimeSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Remembers a run in one append-only file of JSON lines that a person can read, grep and edit.
///
/// A transition is safe when [#commit] returns: it survives `kill -9`, a crash of the JVM or the
/// operating system, and a power cut if the disk honours flush. Many transitions share one flush. A
/// second process, or a second serializer in this one, is refused while this one is open.
///
/// ```java
/// try (var journal = JournalSerializer.at(Path.of("upgrade.jorb"), workflow)) {
///   Run<Campaign, Change> run = journal.load().orElseGet(() -> workflow.run("upgrade", campaign).addAll(changes));
///   Processor.of(workflow, tools).serializer(journal).exec(run);
/// }
/// ```
///
/// @param <O> the overall context
/// @param <J> the job context
public final class JournalSerializer<O, J> implements Serializer<O, J> {
  private static final long RELAXED_FLUSH_NANOS = 1_000_000_000L;

  /// Enough that handing them to threads costs next to nothing beside encoding them.
  private static final int FIRST_AT_ONCE = 1 << 14;

  private static final long WORTH_COMPACTING_BYTES = 1 << 20;

  /// A file that is so many times as long as what counts in it is compacted before the run goes on.
  /// Below that it is compacted while the run goes on, so that its first step need not wait; and
  /// runs that end before that is done cannot let the file grow for ever.
  private static final int COMPACT_FIRST_FACTOR = 8;

  private final Disk disk;
  private final TimeSource time;
  private Path path;
  private final Schema<O, J> schema;
  private final Codec<O> overallCodec;
  private final Codec<J> contextCodec;
  private final Claim claim;
  private Durability durability = Durability.FULL;
  private LiveCompaction.Policy compaction = LiveCompaction.Policy.DEFAULT;

  private @Nullable RunImage image;
  private @Nullable JournalFile journal;
  private Opening opening = Opening.ofNew();
  private long lastFlushNanos;
  private List<RedriveEntry> redrives = List.of();

  JournalSerializer(Disk disk, TimeSource time, Path path, Schema<O, J> schema) {
    this.disk = disk;
    this.time = time;
    this.path = path;
    this.schema = schema;
    this.overallCodec = new Codec<>(schema.overallType());
    this.contextCodec = new Codec<>(schema.contextType());
    this.claim = new Claim(disk, time, path);
  }

  /// A serializer for the run in this file, which need not exist yet. Touches nothing.
  ///
  /// @param path the run file; its lock is beside it in a file with `.lock` at the end of its name
  /// @param schema the types, such as a workflow
  public static <O, J> JournalSerializer<O, J> at(Path path, Schema<O, J> schema) {
    return new JournalSerializer<>(RealDisk.INSTANCE, TimeSource.system(), path, schema);
  }

  /// What a transition waits for before it is acknowledged; [Durability#FULL] if not said.
  public JournalSerializer<O, J> durability(Durability durability) {
    this.durability = durability;
    return this;
  }

  JournalSerializer<O, J> compaction(LiveCompaction.Policy policy) {
    this.compaction = policy;
    return this;
  }

  /// The run file.
  public Path path() {
    return path;
  }

  /// What [#load()] found.
  public Opening opening() {
    return opening;
  }

  /// The redrives of the run's life, oldest first; known after [#load()].
  List<RedriveEntry> redrives() {
    return redrives;
  }

  /// What the next start writes down as the redrives of the run's life.
  void redrives(List<RedriveEntry> redrives) {
    this.redrives = List.copyOf(redrives);
  }

  /// Takes the lock and reads the file; changes nothing in it.
  ///
  /// @throws RunFileException.Locked if somebody else has it
  /// @throws RunFileException.Damaged if it is not as it was written
  /// @throws DiskFullException if there is no room for the lock
  @Override
  public Optional<Run<O, J>> load() {
    try {
      path = claim.take();
      if (claim.look().map(Stat::size).orElse(0L) == 0) {
        return Optional.empty();
      }
      try (DiskFile file = disk.openReadOnly(path)) {
        image = JournalScan.read(path, file);
      }
      redrives = image.header.redrives();
      return Optional.of(toRun(image));
    } catch (IOException e) {
      throw JournalFile.isDiskFull(e)
          ? DiskFullException.ofLock(path, e)
          : new RunFileException(path, "cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private Run<O, J> toRun(RunImage image) throws IOException {
    RunImageReader<O, J> reader = new RunImageReader<>(path, schema, overallCodec, contextCodec);
    Run<O, J> run = reader.toRun(image);
    opening = reader.opening(image);
    return run;
  }

  /// Makes the run durable as it stands. A new run is written to a temporary file that then takes
  /// its name. A loaded one goes on in its file if that was closed in order; else it is compacted
  /// first.
  @Override
  public void begin(Run<O, J> run) {
    try {
      path = claim.take();
      if (image == null) {
        claim.requireNothingStored(run);
        journal = create(run);
      } else {
        claim.requireUnchanged();
        claim.requireSame(run, image);
        journal = resume(run, image);
      }
      journal.compactWhenWorthIt(compaction, image == null ? Map.of() : doubts(run, image));
      journal.know(run.limitNotes());
      journal.knowHolds(run.holdNotes());
      lastFlushNanos = time.nanoTime();
      image = null; // It would hold a second copy of all contexts.
    } catch (IOException e) {
      if (JournalFile.isDiskFull(e)) {
        throw new DiskFullException(path, "no space left on the device; what it held is safe", e);
      }
      throw new RunFileException(
          path, "cannot be written (" + e.getMessage() + "); what it held is safe", e);
    }
  }

  private JournalFile create(Run<O, J> run) throws IOException {
    List<Job<J>> jobs = run.jobs();
    return NewJournal.create(
        disk,
        path,
        header(run, 1, 0, encodeOverall(run)),
        file -> addFirst(jobs, file),
        () -> claim.requireNothingStored(run));
  }

  /// Adds the jobs of a new run. The contexts of many are encoded by as many threads as there are
  /// processors: no step runs yet that could use them.
  private void addFirst(List<Job<J>> jobs, NewJournal file) throws IOException {
    for (int from = 0; from < jobs.size(); from += FIRST_AT_ONCE) {
      List<Job<J>> some = jobs.subList(from, Math.min(jobs.size(), from + FIRST_AT_ONCE));
      byte[] @Nullable [] contexts = new byte[some.size()][];
      IntStream places = IntStream.range(0, contexts.length);
      (contexts.length < Codec.WORTH_SHARING ? places : places.parallel())
          .forEach(i -> contexts[i] = tryEncodeFirst(some.get(i)));
      for (int i = 0; i < contexts.length; i++) {
        file.addNew(some.get(i), contexts[i] == null ? encodeFirst(some.get(i)) : contexts[i]);
      }
    }
  }

  private byte @Nullable [] tryEncodeFirst(Job<J> job) {
    try {
      return encodeFirst(job);
    } catch (RuntimeException toBeThrownWhenItIsItsTurn) {
      return null;
    }
  }

  private JournalFile resume(Run<O, J> run, RunImage image) throws IOException {
    Header header = header(run, image.header.epoch() + 1, image.commit, image.header.overall());
    if (!needsCompaction(image)) {
      return goOn(run, image, header);
    }
    try (DiskFile old = disk.openReadOnly(path)) {
      return NewJournal.create(
          disk, path, header, file -> copy(run, image, old, file), claim::requireUnchanged);
    }
  }

  private static boolean needsCompaction(RunImage image) {
    long dead = image.size - image.liveBytes;
    return !image.closed
        || image.tornBytes > 0
        || image.typedLines > 0
        || !image.edited().isEmpty()
        || (dead > WORTH_COMPACTING_BYTES && image.size > COMPACT_FIRST_FACTOR * image.liveBytes);
  }

  /// Goes on in the same file, with a batch that says what changed since.
  private JournalFile goOn(Run<O, J> run, RunImage image, Header header) throws IOException {
    List<Job<J>> changed = new ArrayList<>();
    List<byte[]> contexts = new ArrayList<>();
    LiveLines live = new LiveLines();
    Winners winners = new Winners(image);
    for (Job<J> job : run.jobs()) {
      Winner winner = winners.of(job);
      if (winner != null) {
        live.put(job, winner.offset(), winner.length());
      }
      if (isNewer(job, winner)) {
        changed.add(job);
        contexts.add(contextOf(job, winner));
      }
    }
    JournalFile file = JournalFile.append(disk, path, image, live);
    try {
      file.commitStart(header, changed, contexts);
      return file;
    } catch (Throwable failed) {
      file.leave();
      throw failed;
    }
  }

  /// The winners of a run's jobs, asked for in the run's order. That is nearly always the file's,
  /// so that no id has to be looked up.
  private static final class Winners {
    private final RunImage image;
    private final Iterator<Winner> inOrder;

    Winners(RunImage image) {
      this.image = image;
      this.inOrder = image.jobs.values().iterator();
    }

    @Nullable Winner of(Job<?> job) {
      Winner next = inOrder.hasNext() ? inOrder.next() : null;
      OptionalInt number = job.number();
      return next != null && number.isPresent() && number.equals(next.job().number())
          ? next
          : image.jobs.get(job.id());
    }
  }

  /// Whether the file does not hold the job at its version: it was edited in the file, or by the
  /// program between load and start.
  private static boolean isNewer(Job<?> job, @Nullable Winner winner) {
    return winner == null || winner.job().version() < job.version();
  }

  private byte[] contextOf(Job<J> job, @Nullable Winner winner) {
    return job.isReadable() || winner == null ? encodeFirst(job) : winner.context();
  }

  /// Copies the winning lines byte for byte, each after what its job did before, and writes anew
  /// what changed.
  private void copy(Run<O, J> run, RunImage image, DiskFile old, NewJournal target)
      throws IOException {
    for (var each : doubts(run, image).entrySet()) {
      target.note(each.getValue(), each.getKey());
    }
    target.note(run.limitNotes(), run.holdNotes());
    Winners winners = new Winners(image);
    for (Job<J> job : run.jobs()) {
      Winner winner = winners.of(job);
      if (winner == null || isNewer(job, winner)) {
        target.addNew(job, contextOf(job, winner));
      } else {
        target.addWhole(job, old, winner.offset(), winner.length());
      }
    }
  }

  /// The jobs that are in doubt and stay so, by the number of crashes that their lines do not know
  /// of.
  private SortedMap<Integer, List<Job<J>>> doubts(Run<O, J> run, RunImage image) {
    SortedMap<Integer, List<Job<J>>> doubts = new TreeMap<>();
    if (!image.hasDoubts()) {
      return doubts;
    }
    for (Job<J> job : run.jobs()) {
      Winner winner = image.jobs.get(job.id());
      int crashes = winner == null || isNewer(job, winner) ? 0 : image.crashes(winner);
      if (crashes > 0) {
        doubts.computeIfAbsent(crashes, count -> new ArrayList<>()).add(job);
      }
    }
    return doubts;
  }

  private Header header(Run<O, J> run, int epoch, long commit, byte[] overall) {
    return new Header(
        run.name(),
        run.id(),
        epoch,
        commit,
        0,
        time.instant(),
        schema.workflowName().orElse(null),
        run.startState(),
        schema.stateNames(),
        List.copyOf(schema.terminalStateNames()),
        otherStates(run),
        schema.shapes(),
        redrives,
        overall);
  }

  private List<String> otherStates(Run<O, J> run) {
    Set<String> known = new HashSet<>(schema.stateNames());
    known.add(Job.CANCELLED);
    return run.jobs().stream().map(Job::state).filter(s -> !known.contains(s)).distinct().toList();
  }

  private byte[] encodeOverall(Run<O, J> run) {
    try {
      byte[] bytes = overallCodec.encode(run.overall());
      overallCodec.decode(bytes);
      return bytes;
    } catch (EncodeException | DecodeException e) {
      throw new RunFileException(
          path, "the overall context cannot be stored: " + e.getMessage(), e);
    }
  }

  /// Encodes a job of a run that is not being executed yet, and sees that it can be read again.
  private byte[] encodeFirst(Job<J> job) {
    try {
      byte[] bytes = contextCodec.encode(job.context());
      contextCodec.decode(bytes);
      return bytes;
    } catch (EncodeException | DecodeException e) {
      throw new RunFileException(
          path,
          "job "
              + job.id()
              + " cannot be stored: its context "
              + e.getMessage()
              + "; nothing was written",
          e);
    }
  }

  @Override
  public Encoded<J> encode(Transition<J> transition) throws EncodeException {
    byte[] lines =
        contextCodec.written(pen -> {
          pen.job(transition.job());
          for (Job<J> child : transition.kicked()) {
            pen.job(child);
          }
        });
    return new Encoded<>(transition, lines);
  }

  @Override
  public void commit(List<Encoded<J>> batch) {
    commit(batch, List.of());
  }

  /// Notes the starts in a line before the batch; if there is no batch, without a flush.
  @Override
  public void commit(List<Encoded<J>> batch, List<Job<J>> started) {
    if (journal == null) {
      throw new IllegalStateException("commit before begin");
    }
    if (!batch.isEmpty() || !started.isEmpty()) {
      journal.commit(batch, started, !batch.isEmpty() && isFlushDue());
    }
  }

  /// Notes it in lines between batches, without a flush, and not at all if the disk is full.
  @Override
  public void note(List<LimitNote> limits) {
    ifThereIsRoom(journal -> journal.note(limits));
  }

  /// As [#note].
  @Override
  public void noteHolds(List<HoldNote> holds) {
    ifThereIsRoom(journal -> journal.noteHolds(holds));
  }

  @SuppressWarnings("EmptyCatch") // Nothing depends on a note; who commits next hears of the disk.
  private void ifThereIsRoom(Consumer<JournalFile> note) {
    if (journal == null) {
      throw new IllegalStateException("note before begin");
    }
    try {
      note.accept(journal);
    } catch (DiskFullException full) {
    }
  }

  private boolean isFlushDue() {
    if (durability == Durability.FULL) {
      return true;
    }
    long now = time.nanoTime();
    boolean due = now - lastFlushNanos >= RELAXED_FLUSH_NANOS;
    if (due) {
      lastFlushNanos = now;
    }
    return due;
  }

  @Override
  public boolean isRecording() {
    return true;
  }

  /// Writes the line that ends the file in order, and gives up the lock.
  @Override
  public void close() {
    try (claim;
        JournalFile sealed = journal) {
      journal = null;
    }
  }
}
