package dev.jorb.serial;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.run.Schema;
import dev.jorb.run.Transition;
import dev.jorb.serial.Codec.DecodeException;
import dev.jorb.serial.Disk.DiskFile;
import dev.jorb.serial.GoRunReader.Found;
import dev.jorb.serial.RunImage.Winner;
import dev.jorb.time.TimeSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Remembers a run in one JSON file of the form that the Go version of Jorb reads and writes.
///
/// Every batch of transitions writes the whole file: to a temporary file, which is flushed and then
/// takes the name. So a batch costs the size of the run, and the file is complete at any moment.
/// For runs beyond some ten thousand jobs [JournalSerializer] is the better choice.
///
/// What only Jorb knows, such as parked jobs and transitions, is in a field `Jorb` of its own, on
/// the job or the run, which Go passes over, and drops when it saves. A file that was loaded and
/// saved with nothing changed stays as Go wrote it. Fields that nobody knows are kept.
///
/// A second process, or a second serializer in this one, is refused while this one is open; the Go
/// version knows no lock, so see that it has ended.
///
/// @param <O> the overall context
/// @param <J> the job context
public final class JsonSerializer<O, J> implements Serializer<O, J> {
  private final Disk disk;
  private Path path;
  private final Schema<O, J> schema;
  private final Codec<O> overallCodec;
  private final Codec<J> contextCodec;
  private final Claim claim;

  /// What [#load()] found, until [#begin]: it holds a second copy of all contexts.
  private @Nullable Found found;

  /// The file since [#begin]. Workers read what [#encode] needs of it; all else is for the thread
  /// that commits.
  private volatile @Nullable GoRunFile content;

  private @Nullable WholeFile file;
  private Opening opening = Opening.ofNew();

  JsonSerializer(Disk disk, TimeSource time, Path path, Schema<O, J> schema) {
    this.disk = disk;
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
  public static <O, J> JsonSerializer<O, J> at(Path path, Schema<O, J> schema) {
    return new JsonSerializer<>(RealDisk.INSTANCE, TimeSource.system(), path, schema);
  }

  /// The run file.
  public Path path() {
    return path;
  }

  /// What [#load()] found. This form has no checksums: an edit by hand is only noticed if it
  /// changed the state of a job that Jorb has executed.
  public Opening opening() {
    return opening;
  }

  /// Takes the lock and reads the file; changes nothing in it.
  ///
  /// @throws RunFileException.Locked if somebody else has it
  /// @throws RunFileException.Damaged if it is not a run in this form; also if it is empty, because
  ///   the Go version leaves an empty file when it dies while saving
  @Override
  public Optional<Run<O, J>> load() {
    try {
      path = claim.take();
      if (claim.look().isEmpty()) {
        return Optional.empty();
      }
      try (DiskFile stored = disk.openReadOnly(path)) {
        found = GoRunReader.read(path, stored);
      }
      RunImageReader<O, J> reader = new RunImageReader<>(path, schema, overallCodec, contextCodec);
      Run<O, J> run = reader.toRun(found.image());
      opening = reader.opening(found.image());
      return Optional.of(run);
    } catch (IOException e) {
      throw JournalFile.isDiskFull(e)
          ? DiskFullException.ofLock(path, e)
          : new RunFileException(path, "cannot be read (" + e.getMessage() + ")", e);
    }
  }

  /// Makes the run durable as it stands: writes the whole file, also if nothing in it changed.
  @Override
  public void begin(Run<O, J> run) {
    if (content != null) {
      throw new IllegalStateException(path + ": begin was called already");
    }
    try {
      path = claim.take();
      GoRunFile prepared = found == null ? create(run) : resume(run, found);
      WholeFile whole = new WholeFile(disk, path, claim.look());
      whole.replace(prepared);
      file = whole;
      content = prepared;
      found = null;
    } catch (IOException e) {
      throw new RunFileException(
          path, "cannot be written (" + e.getMessage() + "); nothing was changed", e);
    }
  }

  private GoRunFile create(Run<O, J> run) throws IOException {
    claim.requireNothingStored(run);
    if (claim.look().isPresent()) {
      throw new RunFileException(
          path,
          "it is there and empty, as the Go version leaves it when it dies while saving; restore it"
              + " from a copy, or delete it to begin anew");
    }
    GoRunFile created = GoRunFile.create(run.name(), encodeOverall(run));
    created.describe(run, schema);
    for (Job<J> job : run.jobs()) {
      created.put(job, encodeFirst(job));
    }
    return created;
  }

  private GoRunFile resume(Run<O, J> run, Found loaded) throws IOException {
    claim.requireUnchanged();
    claim.requireSame(run, loaded.image());
    GoRunFile resumed = loaded.file();
    resumed.describe(run, schema);
    for (Job<J> job : run.jobs()) {
      Winner winner = loaded.image().jobs.get(job.id());
      if (winner == null || winner.job().version() < job.version()) {
        resumed.put(job, job.isReadable() || winner == null ? encodeFirst(job) : winner.context());
      }
    }
    return resumed;
  }

  private byte[] encodeOverall(Run<O, J> run) {
    try {
      byte[] bytes = overallCodec.encode(run.overall());
      overallCodec.decode(bytes);
      return GoText.escaped(bytes);
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
      return GoText.escaped(bytes);
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

  /// The texts of the jobs, each behind its length in four bytes.
  @Override
  public Encoded<J> encode(Transition<J> transition) throws EncodeException {
    List<byte[]> texts = new ArrayList<>(transition.size());
    texts.add(text(transition.job()));
    for (Job<J> kicked : transition.kicked()) {
      texts.add(text(kicked));
    }
    int size =
        texts.stream().mapToInt(each -> Integer.BYTES + each.length).reduce(0, Math::addExact);
    ByteBuffer bytes = ByteBuffer.allocate(size);
    texts.forEach(each -> bytes.putInt(each.length).put(each));
    return new Encoded<>(transition, bytes.array());
  }

  private byte[] text(Job<J> job) throws EncodeException {
    GoRunFile known = content;
    byte[] context = GoText.escaped(contextCodec.encode(job.context()));
    return GoJob.write(job, context, known == null ? GoJob.Rest.NONE : known.rest(job.id()));
  }

  @Override
  public void commit(List<Encoded<J>> batch) {
    GoRunFile target = content;
    if (target == null || file == null) {
      throw new IllegalStateException(path + ": commit before begin");
    }
    if (batch.isEmpty()) {
      return;
    }
    GoRunFile.Mark mark = target.mark();
    try {
      batch.forEach(each -> take(target, each, mark));
      file.replace(target);
    } catch (DiskFullException full) {
      target.undo(mark);
      throw full;
    }
  }

  private void take(GoRunFile target, Encoded<J> encoded, GoRunFile.Mark mark) {
    ByteBuffer bytes = ByteBuffer.wrap(encoded.bytes());
    take(target, encoded.transition().job(), bytes, mark);
    encoded.transition().kicked().forEach(kicked -> take(target, kicked, bytes, mark));
  }

  private void take(GoRunFile target, Job<J> job, ByteBuffer bytes, GoRunFile.Mark mark) {
    byte[] text = new byte[bytes.getInt()];
    bytes.get(text);
    target.put(job.id(), text, mark);
  }

  @Override
  public boolean isRecording() {
    return true;
  }

  /// Sees that the file is still the one that was written, and gives up the lock.
  @Override
  public void close() {
    GoRunFile last = content;
    try (claim) {
      if (file != null && last != null) {
        file.close(last);
      }
    } finally {
      file = null;
      content = null;
      found = null;
    }
  }
}
