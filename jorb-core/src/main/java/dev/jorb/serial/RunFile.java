package dev.jorb.serial;

import dev.jorb.run.Job;
import dev.jorb.run.Json;
import dev.jorb.run.Run;
import dev.jorb.run.Schema;
import dev.jorb.run.StateShape;
import dev.jorb.serial.Disk.DiskFile;
import dev.jorb.serial.Disk.Stat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A run file as it stands, read without its lock and without the user's classes: at rest, or while
/// another process writes it.
///
/// What a process has not acknowledged yet is not in it, so a job whose step is running stands
/// there as it was before the step. Contexts are JSON text. Immutable but for the run, which is a
/// copy of its own and nobody's concern.
public final class RunFile {
  private static final byte[] JOURNAL_START = "{\"jorb\":".getBytes(StandardCharsets.UTF_8);
  private static final int ATTEMPTS = 5;

  /// How a run is written down.
  public enum Form {
    /// One line for each version of a job; see [JournalSerializer].
    JOURNAL,

    /// The Go version's form: one JSON object.
    GO
  }

  private final Path path;
  private final Form form;
  private final Run<Json, Json> run;
  private final Optional<String> workflowName;
  private final List<String> states;
  private final Set<String> terminalStates;
  private final Schema<Json, Json> schema;
  private final List<RedriveEntry> redrives;
  private final Opening opening;
  private final Optional<String> holder;
  private final Set<String> executing;

  private RunFile(
      Path path,
      Form form,
      Run<Json, Json> run,
      Schema<Json, Json> schema,
      List<RedriveEntry> redrives,
      Opening opening,
      Optional<String> holder,
      Set<String> executing) {
    this.path = path;
    this.form = form;
    this.run = run;
    this.schema = schema;
    this.redrives = redrives;
    this.workflowName = schema.workflowName();
    this.states = schema.stateNames();
    this.terminalStates = terminal(schema, run);
    this.opening = opening;
    this.holder = holder;
    this.executing = executing;
  }

  /// Reads the file and judges it by the workflow that it was last written for. Changes nothing.
  ///
  /// @throws RunFileException.Damaged if it is not as it was written
  /// @throws RunFileException if it cannot be read
  public static RunFile read(Path path) {
    return new Reader(path, Optional.empty()).read();
  }

  /// Reads the file and judges it by `schema`: what a start with that workflow would find. Changes
  /// nothing.
  ///
  /// @throws RunFileException.Damaged if it is not as it was written
  /// @throws RunFileException if it cannot be read, or its overall context does not fit
  public static RunFile read(Path path, Schema<?, ?> schema) {
    return new Reader(path, Optional.of(schema)).read();
  }

  /// Where it was read from.
  public Path path() {
    return path;
  }

  /// How it is written.
  public Form form() {
    return form;
  }

  /// The run with all its jobs.
  public Run<Json, Json> run() {
    return run;
  }

  /// The workflow's name, if the file says one.
  public Optional<String> workflowName() {
    return workflowName;
  }

  /// The workflow's states in their order; empty if the file does not say them.
  public List<String> states() {
    return states;
  }

  /// Those of [#states()] where jobs end.
  public Set<String> terminalStates() {
    return terminalStates;
  }

  /// What the workflow that wrote the file declares of its states, in their order; of a file that
  /// does not say it, their names alone.
  public List<StateShape> shapes() {
    return schema.shapes();
  }

  /// The redrives of the run's life, oldest first.
  public List<RedriveEntry> redrives() {
    return redrives;
  }

  /// What the file says of its workflow.
  Schema<Json, Json> schema() {
    return schema;
  }

  /// What the next start would find. While a process has the file open, an unfinished end is not
  /// counted: it is being written.
  public Opening opening() {
    return opening;
  }

  /// The live process that has the file open, as `pid 123 since …`.
  public Optional<String> holder() {
    return holder;
  }

  /// The ids of the jobs whose steps are running, as far as the process that has the file has noted
  /// it: a step that has just begun may be missing. Empty if no process has the file.
  public Set<String> executing() {
    return executing;
  }

  static boolean isJournal(Disk disk, Path path) throws IOException {
    try (DiskFile file = disk.openReadOnly(path)) {
      byte[] start = new byte[JOURNAL_START.length];
      int count = file.read(0, start, 0, start.length);
      // An empty file, or one of another kind, is for the journal's scan to refuse.
      return count < start.length || start[0] != '{' || Arrays.equals(start, JOURNAL_START);
    }
  }

  /// Reads one file once.
  private record Reader(Path path, Optional<Schema<?, ?>> judge) {
    RunFile read() {
      try {
        RealDisk disk = RealDisk.INSTANCE;
        Optional<String> holder = disk.lockHolder(Claim.lockPath(disk.real(path)));
        return isJournal(disk, path) ? readJournal(disk, holder) : readGo(disk, holder);
      } catch (IOException e) {
        throw new RunFileException(path, "cannot be read (" + e.getMessage() + ")", e);
      }
    }

    private RunFile readJournal(Disk disk, Optional<String> holder) throws IOException {
      RunImage image = scan(disk);
      if (holder.isPresent()) {
        image.closed = true;
        image.tornBytes = 0;
      }
      return runFile(image, Form.JOURNAL, holder);
    }

    private RunFile runFile(RunImage image, Form form, Optional<String> holder) {
      Schema<Json, Json> written = written(image.header);
      RunImageReader<Json, Json> reader = reader(written);
      Run<Json, Json> run = reader.toRun(image);
      Opening opening = judge.isPresent() ? judged(judge.get(), image) : reader.opening(image);
      Set<String> executing = holder.isPresent() ? image.runningJobs() : Set.of();
      return new RunFile(
          path, form, run, written, image.header.redrives(), opening, holder, executing);
    }

    /// Scans what the file holds now. If it changes in a way that a batch at its end does not
    /// explain, such as by a compaction or an edit, it is scanned again.
    private RunImage scan(Disk disk) throws IOException {
      for (int attempt = 1; ; attempt++) {
        Optional<Stat> before = disk.stat(path);
        try (DiskFile file = disk.openReadOnly(path)) {
          return JournalScan.read(path, new Frozen(file, file.size()));
        } catch (RunFileException.Damaged damaged) {
          if (attempt == ATTEMPTS || disk.stat(path).equals(before)) {
            throw damaged;
          }
        }
      }
    }

    private RunFile readGo(Disk disk, Optional<String> holder) throws IOException {
      try (DiskFile file = disk.openReadOnly(path)) {
        return runFile(GoRunReader.read(path, file).image(), Form.GO, holder);
      }
    }

    private <O, J> Opening judged(Schema<O, J> schema, RunImage image) {
      RunImageReader<O, J> reader = reader(schema);
      reader.toRun(image);
      return reader.opening(image);
    }

    private <O, J> RunImageReader<O, J> reader(Schema<O, J> schema) {
      return new RunImageReader<>(
          path, schema, new Codec<>(schema.overallType()), new Codec<>(schema.contextType()));
    }

    private static Schema<Json, Json> written(Header header) {
      return new Written(
          Optional.ofNullable(header.workflow()),
          header.states(),
          Set.copyOf(header.terminal()),
          shapes(header));
    }

    private static List<StateShape> shapes(Header header) {
      Set<String> terminal = Set.copyOf(header.terminal());
      if (header.shapes().isEmpty()) {
        return header.states().stream()
            .map(state -> StateShape.unknown(state, terminal.contains(state)))
            .toList();
      }
      return HeaderFields.withTerminal(header.shapes(), terminal);
    }
  }

  /// Those that the schema names, and the one that every workflow has if a job is in it.
  private static Set<String> terminal(Schema<?, ?> schema, Run<Json, Json> run) {
    Set<String> all = new LinkedHashSet<>(schema.terminalStateNames());
    if (run.jobs().stream().anyMatch(job -> job.state().equals(Job.CANCELLED))) {
      all.add(Job.CANCELLED);
    }
    return Collections.unmodifiableSet(all);
  }

  /// What a file says of its workflow.
  private record Written(
      Optional<String> workflowName,
      List<String> stateNames,
      Set<String> terminalStateNames,
      List<StateShape> shapes)
      implements Schema<Json, Json> {
    @Override
    public Class<Json> overallType() {
      return Json.class;
    }

    @Override
    public Class<Json> contextType() {
      return Json.class;
    }
  }

  /// A file that may grow, as it was when it had `size` bytes: what ends there in the middle of a
  /// batch looks torn, and not damaged.
  record Frozen(DiskFile file, long size) implements DiskFile {
    @Override
    public int read(long position, byte[] into, int offset, int length) throws IOException {
      long left = size - position;
      return left <= 0 ? -1 : file.read(position, into, offset, (int) Math.min(length, left));
    }

    @Override
    public void write(long position, byte[] from, int offset, int length) {
      throw new UnsupportedOperationException("read only");
    }

    @Override
    public void truncate(long newSize) {
      throw new UnsupportedOperationException("read only");
    }

    @Override
    public void sync() {
      throw new UnsupportedOperationException("read only");
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
