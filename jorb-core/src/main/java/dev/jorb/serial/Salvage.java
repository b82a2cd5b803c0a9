package dev.jorb.serial;

import dev.jorb.serial.Disk.DiskFile;
import dev.jorb.serial.Line.Seal;
import dev.jorb.serial.LineReader.BadLineException;
import dev.jorb.serial.RunImage.Place;
import dev.jorb.serial.RunImage.Winner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads a damaged run file and keeps of it what is proven: of every job the newest version that
/// was committed and is intact.
///
/// A batch whose commit line fits counts as a whole. Of a batch that has damage in it, but was
/// committed, each transition counts that is intact with all the jobs that it kicked. What no
/// commit line vouches for does not count: neither what stands behind the last one, nor lines that
/// are too many, moved or from elsewhere. If two lines say different things of one version of a
/// job, neither counts.
///
/// Used once.
final class Salvage {
  private static final Pattern VERSION = Pattern.compile("\"v\":(\\d{1,9}),");

  /// What a job's id ends with if another has kicked it.
  private static final Pattern KICKED = Pattern.compile("->(\\d{1,9})$");

  private final DiskFile file;
  private final LineReader reader = new LineReader();
  private final Edits edits = new Edits(reader);
  private final List<Piece> pending = new ArrayList<>();
  private final Set<String> disputed = new HashSet<>();
  private final Map<String, Winner> previous = new HashMap<>();
  private final Map<String, Claim> claims = new LinkedHashMap<>();
  private final List<Rejected> rejected = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();

  /// What was kept; made when the first line that says what the run is was found.
  private @Nullable RunImage image;

  /// The number of the last commit; -1 if it cannot be told.
  private long lastCommit = -1;

  private long firstBatchesLeft;

  /// Something that is not as it was written.
  ///
  /// @param line its number, from 1
  /// @param job the job that it is about; empty if it cannot be told
  /// @param what what is wrong with it
  record Finding(long line, String job, String what) {}

  /// A line between two commits.
  ///
  /// @param line null if it cannot be read
  /// @param digits those that the commit line's sum is over
  /// @param job the job that it seems to be about, or ""
  /// @param version of that job, or 0 if it cannot be told
  private record Piece(
      @Nullable Line line,
      Place place,
      @Nullable String stateBefore,
      byte[] digits,
      String job,
      int version,
      String problem) {
    boolean isDamaged() {
      return line == null;
    }

    boolean isTyped() {
      return line instanceof Line.JobLine each && each.seal() == Seal.TYPED;
    }
  }

  /// A version of a job that there was and that is not proven.
  private record Claim(int version, long line) {}

  /// A transition that is not whole, and those of its lines that are intact.
  private record Rejected(Piece parent, List<Piece> children) {}

  /// A job that is at an older version than it was.
  ///
  /// @param lost the version that it was at; 0 if it cannot be told
  record SetBack(String job, int lost, int now) {}

  /// What came of it.
  ///
  /// @param image what is kept
  /// @param setBack jobs at an older version than they were
  /// @param lost jobs of which nothing is left
  /// @param findings what is wrong, in the order of the file
  record Found(RunImage image, List<SetBack> setBack, List<String> lost, List<Finding> findings) {}

  private Salvage(DiskFile file) {
    this.file = file;
  }

  /// Reads the whole file; null if no intact line of it says what the run is.
  static @Nullable Found read(DiskFile file) throws IOException {
    return new Salvage(file).read();
  }

  /// Whether a line of the file is as a run file's lines are, checksum and all.
  static boolean knowsALineOf(DiskFile file) throws IOException {
    Salvage salvage = new Salvage(file);
    LineSource source = new LineSource(file, 0, 1);
    while (source.next()) {
      Piece piece = salvage.piece(source);
      if (!piece.isDamaged() && !piece.isTyped()) {
        return true;
      }
    }
    return false;
  }

  private @Nullable Found read() throws IOException {
    image = findHeader();
    if (image == null) {
      return null;
    }
    LineSource source = new LineSource(file, 0, 1);
    while (source.next()) {
      take(source, image);
    }
    atEnd(image);
    acceptWhatLaterLinesProve(image);
    settleOrphans(image);
    return found(image);
  }

  /// The first intact line that says what the run is: the file's first, if it is not damaged.
  private @Nullable RunImage findHeader() throws IOException {
    LineSource source = new LineSource(file, 0, 1);
    while (source.next()) {
      if (piece(source).line() instanceof Line.Head head) {
        RunImage begun = new RunImage(head.header());
        edits.learn(head.header());
        if (source.number() == 1) {
          firstBatchesLeft = head.header().batches();
          lastCommit = firstBatchesLeft > 0 ? 0 : head.header().commit();
        }
        return begun;
      }
    }
    return null;
  }

  private Piece piece(LineSource source) {
    Place place = new Place(source.offset(), source.length(), source.number());
    try {
      Line line = reader.read(source.bytes(), source.start(), source.end());
      String before = null;
      if (line instanceof Line.JobLine job) {
        before = edits.stateBefore(source, job);
        return new Piece(line, place, before, digits(source), job.id(), job.version(), "");
      }
      return new Piece(line, place, before, digits(source), source.job(), 0, "");
    } catch (BadLineException e) {
      return new Piece(null, place, null, new byte[0], source.job(), version(source), e.problem());
    }
  }

  private static byte[] digits(LineSource source) {
    return BatchSum.digits(source.bytes(), source.end());
  }

  private static int version(LineSource source) {
    Matcher version = VERSION.matcher(source.head());
    return version.find() ? Integer.parseInt(version.group(1)) : 0;
  }

  private void take(LineSource source, RunImage image) {
    Piece piece = piece(source);
    switch (piece.line()) {
      case Line.Commit commit -> commit(image, commit, piece.place().line());
      case Line.Started started when pending.isEmpty() -> image.take(started);
      case Line.Limit limit when pending.isEmpty() ->
          image.limits.put(limit.note().id(), limit.note());
      case Line.Hold hold when pending.isEmpty() -> image.holds.add(hold.note());
      case Line.Closed closed -> closed(image);
      case Line.Head head when source.number() == 1 -> {}
      case null, default -> pending.add(piece);
    }
    if (piece.line() == null) {
      findings.add(new Finding(piece.place().line(), piece.job(), piece.problem()));
    }
  }

  private void closed(RunImage image) {
    atEnd(image);
    image.closed = true;
    image.running.clear();
  }

  /// What stands behind the last commit: a person typed it, or it was never finished, or the damage
  /// is there.
  private void atEnd(RunImage image) {
    List<Piece> rest = List.copyOf(pending);
    pending.clear();
    if (rest.stream().allMatch(Piece::isTyped)) {
      rest.forEach(each -> apply(image, each));
    } else if (firstBatchesLeft > 0) {
      applyIntact(image, rest);
      endFirstBatches(image);
    } else {
      boolean mayBeDamage = rest.stream().anyMatch(Piece::isDamaged);
      drop(
          rest,
          "no commit line follows, so it was never acknowledged"
              + (mayBeDamage ? ", or that line is damaged" : ""),
          mayBeDamage);
    }
  }

  /// The commits that follow go on behind the one that the file began with.
  private void endFirstBatches(RunImage image) {
    firstBatchesLeft = 0;
    lastCommit = image.header.commit();
    image.commit = Math.max(image.commit, lastCommit);
  }

  private void commit(RunImage image, Line.Commit commit, long atLine) {
    List<Piece> all = List.copyOf(pending);
    pending.clear();
    image.closed = false;
    int excess = Math.max(0, all.size() - commit.lines());
    List<Piece> before = isWhole(all, commit) ? List.of() : all.subList(0, excess);
    List<Piece> batch = all.subList(before.size(), all.size());
    settleLost(image, before, commit);
    settle(image, batch, commit);
    count(image, commit, atLine, before.isEmpty() ? 0 : 1);
  }

  /// Lines before those of a batch: those of the batch before it, if its commit line is damaged. A
  /// batch is written after the one before it is on the disk.
  private void settleLost(RunImage image, List<Piece> before, Line.Commit next) {
    boolean isProven = firstBatchesLeft > 0 || lastCommit < 0 || next.safe() > lastCommit;
    if (isProven && before.stream().anyMatch(Piece::isDamaged)) {
      applyIntact(image, before);
    } else {
      drop(before, "it belongs to no batch", true);
    }
  }

  private void settle(RunImage image, List<Piece> batch, Line.Commit commit) {
    if (isWhole(batch, commit)) {
      batch.forEach(each -> apply(image, each));
    } else if (batch.stream().anyMatch(Piece::isDamaged)) {
      applyIntact(image, batch);
    } else {
      drop(
          batch,
          "its batch is not whole: commit "
              + commit.number()
              + " is about other lines, so one is missing, moved or from elsewhere",
          true);
    }
  }

  /// The same rule as that of [JournalScan].
  private static boolean isWhole(List<Piece> batch, Line.Commit commit) {
    BatchSum sum = new BatchSum();
    int sealed = 0;
    for (Piece each : batch) {
      if (each.line() == null) {
        return false;
      }
      if (!each.isTyped()) {
        sum.add(each.digits());
        sealed++;
      }
    }
    return commit.lines() >= sealed
        && commit.lines() <= batch.size()
        && (commit.lines() > sealed || commit.sum() == sum.value());
  }

  /// Notes batches that are missing or doubled.
  private void count(RunImage image, Line.Commit commit, long atLine, int settled) {
    boolean firstEnded = firstBatchesLeft > 0 && firstBatchesLeft <= settled;
    long expected = firstEnded ? image.header.commit() + 1 : lastCommit + 1 + settled;
    long missing = commit.number() - expected;
    if (lastCommit >= 0 && missing != 0) {
      findings.add(
          new Finding(
              atLine,
              "",
              missing > 0
                  ? missing + " batches before commit " + commit.number() + " are missing"
                  : "commit " + commit.number() + " follows commit " + lastCommit));
    }
    boolean wasFirst = firstBatchesLeft == 1L + settled;
    firstBatchesLeft = Math.max(0, firstBatchesLeft - 1 - settled);
    lastCommit = wasFirst ? image.header.commit() : commit.number();
    image.commit = Math.max(image.commit, lastCommit);
  }

  /// Takes in the transitions that are intact with all that they kicked.
  private void applyIntact(RunImage image, List<Piece> batch) {
    Map<String, Piece> intact = new HashMap<>();
    batch.stream()
        .filter(each -> each.line() != null)
        .forEach(each -> intact.put(each.job(), each));
    Set<Piece> left = new HashSet<>();
    for (Piece each : batch) {
      if (each.line() instanceof Line.JobLine job) {
        List<String> kicks = newKicks(image, job);
        if (!intact.keySet().containsAll(kicks)) {
          List<Piece> children =
              kicks.stream().filter(intact::containsKey).map(intact::get).toList();
          rejected.add(new Rejected(each, children));
          left.add(each);
          left.addAll(children);
        }
      }
    }
    for (Piece each : batch) {
      if (left.contains(each)) {
        claim(each);
        findings.add(
            new Finding(
                each.place().line(), each.job(), "a line of the same transition is damaged"));
      } else if (each.line() != null) {
        apply(image, each);
      } else {
        claim(each);
      }
    }
  }

  /// The ids of the jobs that this transition kicked, as far as the version before it is known.
  private static List<String> newKicks(RunImage image, Line.JobLine job) {
    Winner before = image.jobs.get(job.id());
    List<String> kicks = new ArrayList<>();
    if (before != null && before.job().version() == job.version() - 1) {
      for (int kick = before.job().kicks(); kick < job.kicks(); kick++) {
        kicks.add(job.id() + "->" + kick);
      }
    }
    return kicks;
  }

  private void apply(RunImage image, Piece piece) {
    switch (piece.line()) {
      case Line.JobLine job -> applyJob(image, piece, job);
      case Line.Past past -> image.take(past, piece.place());
      case Line.Head head -> {
        image.header = head.header();
        edits.learn(head.header());
      }
      case Line.Started started -> image.take(started);
      case null, default -> {}
    }
  }

  private void applyJob(RunImage image, Piece piece, Line.JobLine job) {
    Winner before = image.jobs.get(job.id());
    if (disputed.contains(job.id() + " " + job.version())) {
      return;
    }
    try {
      image.take(job, piece.place(), piece.stateBefore());
      if (before != null && image.winner(job.id()).job().version() > before.job().version()) {
        previous.put(job.id(), before);
      }
    } catch (BadLineException conflict) {
      disputed.add(job.id() + " " + job.version());
      findings.add(new Finding(piece.place().line(), job.id(), conflict.problem()));
      claim(piece);
      Winner older = previous.get(job.id());
      if (older == null) {
        image.jobs.remove(job.id());
      } else {
        image.jobs.put(job.id(), older);
      }
    }
  }

  /// @param wasAcknowledged whether the jobs may have been at these versions
  private void drop(List<Piece> pieces, String why, boolean wasAcknowledged) {
    for (Piece each : pieces) {
      if (each.line() != null) {
        findings.add(new Finding(each.place().line(), each.job(), why));
      }
      if (wasAcknowledged) {
        claim(each);
      }
    }
  }

  private void claim(Piece piece) {
    if (!piece.job().isEmpty()) {
      claims.merge(
          piece.job(),
          new Claim(piece.version(), piece.place().line()),
          (a, b) -> a.version() > b.version() ? a : b);
    }
  }

  /// If a kicked job has gone on since, its ids must not be given again: then the transition that
  /// kicked it counts, and what it kicked besides and is damaged is lost.
  private void acceptWhatLaterLinesProve(RunImage image) {
    for (Rejected each : rejected) {
      if (each.parent().line() instanceof Line.JobLine parent && isProven(image, parent)) {
        apply(image, each.parent());
        each.children().forEach(child -> apply(image, child));
      }
    }
  }

  private static boolean isProven(RunImage image, Line.JobLine parent) {
    Winner now = image.jobs.get(parent.id());
    for (int kick = now == null ? 0 : now.job().kicks(); kick < parent.kicks(); kick++) {
      if (image.jobs.containsKey(parent.id() + "->" + kick)) {
        return true;
      }
    }
    return false;
  }

  /// Of a transition whose own line is damaged, what it kicked may be left. Its job runs again, and
  /// kicks again: so what it kicked is left out; but if some of that has gone on since, all of it
  /// stays, and its ids are not given again.
  private void settleOrphans(RunImage image) {
    Map<String, List<Winner>> orphans = new LinkedHashMap<>();
    for (Winner each : image.jobs.values()) {
      String parent = each.job().parent().orElse("");
      if (claims.containsKey(parent)
          && image.jobs.containsKey(parent)
          && kick(each) >= image.winner(parent).job().kicks()) {
        orphans.computeIfAbsent(parent, id -> new ArrayList<>()).add(each);
      }
    }
    orphans.forEach((parent, kicked) -> {
      if (kicked.stream().anyMatch(this::hasGoneOn)) {
        int most = kicked.stream().mapToInt(Salvage::kick).max().orElseThrow();
        image.jobs.put(parent, image.winner(parent).withKicks(most + 1));
      } else {
        kicked.forEach(each -> leaveOut(image, each));
      }
    });
  }

  /// Which of its parent's kicks it is, from 0; -1 if its id does not tell.
  private static int kick(Winner each) {
    Matcher kicked = KICKED.matcher(each.job().id());
    return kicked.find() ? Integer.parseInt(kicked.group(1)) : -1;
  }

  /// Whether there was a later version of it, be it damaged.
  private boolean hasGoneOn(Winner each) {
    return each.job().version() > 1 || claims.containsKey(each.job().id());
  }

  private void leaveOut(RunImage image, Winner kicked) {
    String id = kicked.job().id();
    image.jobs.remove(id);
    claims.put(id, new Claim(kicked.job().version(), kicked.line()));
    findings.add(new Finding(kicked.line(), id, "a line of the same transition is damaged"));
  }

  private Found found(RunImage image) {
    List<SetBack> setBack = new ArrayList<>();
    Set<String> lost = new java.util.LinkedHashSet<>();
    image
        .jobs
        .values()
        .removeIf(winner -> {
          boolean nothing = winner.isPastOnly();
          if (nothing) {
            lost.add(winner.job().id());
          }
          return nothing;
        });
    claims.forEach((id, claim) -> {
      Winner now = image.jobs.get(id);
      if (now == null) {
        lost.add(id);
      } else if (claim.version() > now.job().version()
          || (claim.version() == 0 && claim.line() > now.line())) {
        setBack.add(new SetBack(id, claim.version(), now.job().version()));
      }
    });
    findings.sort((a, b) -> Long.compare(a.line(), b.line()));
    return new Found(image, List.copyOf(setBack), List.copyOf(lost), List.copyOf(findings));
  }
}
