package dev.jorb.serial;

import dev.jorb.run.Schema;
import dev.jorb.serial.Check.Condition;
import dev.jorb.serial.Check.Problem;
import dev.jorb.serial.Disk.DiskFile;
import dev.jorb.serial.RunImage.Winner;
import dev.jorb.serial.Salvage.Finding;
import dev.jorb.time.TimeSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Looks after run files at rest: says what is wrong with one, makes it small, and saves what a
/// damaged one still holds.
///
/// All methods block while they read and write. None needs the user's classes.
public final class RunFiles {
  private static final String RESTORE =
      "Restore the file from a copy, or undo the edit that was made to it";

  private final Disk disk;
  private final TimeSource time;

  RunFiles(Disk disk, TimeSource time) {
    this.disk = disk;
    this.time = time;
  }

  private static RunFiles real() {
    return new RunFiles(RealDisk.INSTANCE, TimeSource.system());
  }

  /// Reads the whole file and says what is wrong with it and what the next start would find, judged
  /// by the workflow that it was last written for. Changes nothing, and takes no lock, so that a
  /// live file may be looked at.
  ///
  /// @throws RunFileException if the file cannot be read
  public static Check check(Path file) {
    return real().check(file, RunFile::read);
  }

  /// As [#check(Path)], judged by `schema`, such as a workflow.
  ///
  /// @throws RunFileException if the file cannot be read, or its overall context does not fit
  public static Check check(Path file, Schema<?, ?> schema) {
    return real().check(file, path -> RunFile.read(path, schema));
  }

  /// Writes the file anew with the newest version of each job and nothing else, and closes it in
  /// order. The lines are kept byte for byte; a person's edits are recorded as such, as a start
  /// does it. What the file held is there until the new one is complete and on the disk.
  ///
  /// @throws RunFileException.Locked if a process has the file
  /// @throws RunFileException.Damaged if it is damaged; nothing was changed
  /// @throws RunFileException if it is in the Go version's form, or cannot be read or written
  public static Compaction compact(Path file) {
    return real().compactFile(file);
  }

  /// Saves what a damaged file still holds into a new file, which then opens as if it had been
  /// closed in order: of every job the newest version that was committed and is intact. Changes
  /// nothing in the damaged one.
  ///
  /// @param from the damaged file; one that is not damaged is copied
  /// @param to where nothing is yet
  /// @throws RunFileException.Locked if a process has either of the files
  /// @throws RunFileException if something is at `to`, or nothing can be saved, or a file cannot be
  ///   read or written; then nothing is at `to`
  public static Repair repair(Path from, Path to) {
    return real().repairFile(from, to);
  }

  Check check(Path path, Function<Path, RunFile> reading) {
    try {
      long size = disk.stat(path).orElseThrow(() -> missing(path)).size();
      if (size == 0) {
        return empty(path);
      }
      RunFile file = reading.apply(path);
      return new Check(path, condition(file), Optional.of(file), List.of());
    } catch (RunFileException.Damaged damaged) {
      return damaged(path, damaged);
    } catch (IOException e) {
      throw new RunFileException(path, "cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static RunFileException missing(Path path) {
    return new RunFileException(path, "there is no such file");
  }

  private static Check empty(Path path) {
    Problem problem =
        new Problem(
            0,
            Optional.empty(),
            "the file is empty",
            "If there was a run in it, restore it from a copy; else a start makes a new run in it");
    return new Check(path, Condition.EMPTY, Optional.empty(), List.of(problem));
  }

  private static Condition condition(RunFile file) {
    Opening opening = file.opening();
    if (file.holder().isPresent()) {
      return Condition.LIVE;
    }
    if (!opening.isClean()) {
      return Condition.UNCLEAN;
    }
    return opening.edits().isEmpty() ? Condition.HEALTHY : Condition.EDITED;
  }

  private Check damaged(Path path, RunFileException.Damaged damaged) {
    try (DiskFile file = disk.openReadOnly(path)) {
      Salvage.Found found = Salvage.read(file);
      if (found != null) {
        return new Check(path, Condition.DAMAGED, Optional.empty(), problems(path, damaged, found));
      }
      boolean isGo = !RunFile.isJournal(disk, path) && GoRunReader.looksLikeOne(file);
      boolean isOurs =
          isGo || GoRunReader.startsWith(file, "{\"jorb\":") || Salvage.knowsALineOf(file);
      Problem problem =
          new Problem(
              damaged.line(),
              Optional.empty(),
              isOurs ? damaged.problem() : "this is no run file: " + damaged.problem(),
              isOurs ? RESTORE : "Choose another file");
      Condition condition = isOurs ? Condition.DAMAGED : Condition.FOREIGN;
      return new Check(path, condition, Optional.empty(), List.of(problem));
    } catch (IOException e) {
      throw new RunFileException(path, "cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static List<Problem> problems(
      Path path, RunFileException.Damaged damaged, Salvage.Found found) {
    String next =
        RESTORE + ", or save the rest with: jorb repair " + path + " -o NEW (" + rest(found) + ")";
    List<Problem> problems = new ArrayList<>();
    for (Finding each : found.findings()) {
      problems.add(new Problem(each.line(), optional(each.job()), each.what(), next));
    }
    if (problems.isEmpty()) {
      problems.add(new Problem(damaged.line(), Optional.empty(), damaged.problem(), next));
    }
    return problems;
  }

  private static String rest(Salvage.Found found) {
    int jobs = found.image().jobs.size();
    return jobs
        + (jobs == 1 ? " job, " : " jobs, ")
        + found.setBack().size()
        + " of them at an older version; "
        + found.lost().size()
        + " lost";
  }

  private static Optional<String> optional(String job) {
    return job.isEmpty() ? Optional.empty() : Optional.of(job);
  }

  Compaction compactFile(Path file) {
    try (Claim claim = new Claim(disk, time, file)) {
      Path path = claim.take();
      long before = claim.look().orElseThrow(() -> missing(path)).size();
      if (!RunFile.isJournal(disk, path)) {
        throw new RunFileException(
            path,
            "it is in the Go version's form, of which every save writes the whole; there is nothing"
                + " to compact");
      }
      try (DiskFile old = disk.openReadOnly(path)) {
        RunImage image = JournalScan.read(path, old);
        long after = write(path, image, old, claim::requireUnchanged);
        return new Compaction(path, before, after, image.jobs.size(), image.edits());
      }
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /// Writes what `image` holds of `old` to a new file, closes it in order, and says how long it is.
  private long write(Path path, RunImage image, DiskFile old, NewJournal.Check check)
      throws IOException {
    Header header = image.header.behind(image.commit, otherStates(image));
    NewJournal.create(disk, path, header, target -> target.addAll(image, old), check).close();
    return disk.stat(path).orElseThrow(() -> missing(path)).size();
  }

  /// The states that jobs are in, or were before an edit, and that are not the workflow's.
  private static List<String> otherStates(RunImage image) {
    Set<String> known = new HashSet<>(image.header.states());
    return image.jobs.values().stream()
        .map(winner -> winner.job().state())
        .filter(state -> !known.contains(state))
        .distinct()
        .toList();
  }

  Repair repairFile(Path from, Path to) {
    try (Claim source = new Claim(disk, time, from);
        Claim target = new Claim(disk, time, to)) {
      Path damaged = source.take();
      if (source.look().isEmpty()) {
        throw missing(damaged);
      }
      Path repaired = requireFree(to, target);
      try (DiskFile old = disk.openReadOnly(damaged)) {
        Salvage.Found found = requireSomething(damaged, Salvage.read(old));
        try {
          write(repaired, found.image(), old, () -> requireFree(to, target));
          verify(repaired, found.image());
        } catch (IOException e) {
          throw notMade(to, e);
        }
        return Repair.of(damaged, repaired, found);
      }
    } catch (IOException e) {
      throw failed(from, e);
    }
  }

  private Path requireFree(Path to, Claim target) throws IOException {
    if (disk.stat(to).isPresent()) {
      throw new RunFileException(to, "there is a file already; choose a name that is free");
    }
    try {
      return target.take();
    } catch (IOException e) {
      throw notMade(to, e);
    }
  }

  private static RunFileException notMade(Path to, IOException e) {
    return JournalFile.isDiskFull(e)
        ? new DiskFullException(to, "no space left on the device; it was not made", e)
        : new RunFileException(
            to, "cannot be made (" + e + "); name a file in a folder that can be written", e);
  }

  private static Salvage.Found requireSomething(Path damaged, Salvage.@Nullable Found found) {
    if (found == null) {
      throw new RunFileException(
          damaged,
          "nothing can be repaired: no line of it that is intact says what the run is, with its"
              + " name and its overall context. If it is in the Go version's form, it has no"
              + " checksums that could prove anything. Restore it from a copy");
    }
    return found;
  }

  /// Reads the new file as a start would.
  private void verify(Path path, RunImage written) throws IOException {
    try (DiskFile file = disk.openReadOnly(path)) {
      RunImage image = JournalScan.read(path, file);
      Set<String> jobs = new HashSet<>();
      image.jobs.values().stream().map(Winner::job).forEach(job -> jobs.add(job.id()));
      if (!image.closed || !jobs.equals(written.jobs.keySet())) {
        throw new IOException("what was written cannot be read again");
      }
    }
  }

  private static RunFileException failed(Path path, IOException e) {
    if (JournalFile.isDiskFull(e)) {
      return new DiskFullException(path, "no space left on the device; what it held is safe", e);
    }
    return new RunFileException(
        path, "cannot be written (" + e.getMessage() + "); what it held is safe", e);
  }
}
