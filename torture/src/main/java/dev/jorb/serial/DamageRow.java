package dev.jorb.serial;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.Opening.Edit;
import dev.jorb.serial.Sample.Box;
import dev.jorb.serial.Sample.Plan;
import dev.jorb.torture.Finding;
import dev.jorb.torture.Row;
import dev.jorb.torture.Tally;
import dev.jorb.torture.Turn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.stream.Collectors;

/// Changes files by hand and by bad disks. A changed state is taken and reported; all else is
/// refused by line and job, or says the same as before; and a change whose checksums were made to
/// fit breaks nothing.
public final class DamageRow implements Row {
  private static final int FILES = 24;
  private static final String NOWHERE = "nowhere";

  @Override
  public String name() {
    return "edits-and-damage";
  }

  @Override
  public String what() {
    return "states found and replaced: taken and reported; random damage elsewhere: refused by line"
        + " and job; damage with fitting checksums: refused, or read in the same way for ever";
  }

  @Override
  public Tally run(dev.jorb.torture.Plan plan) {
    List<Original> files = new ArrayList<>();
    for (int i = 0; i < FILES; i++) {
      files.add(Original.of(History.record(600 + 150 * i, i % 2 == 0, plan.seed() + i)));
    }
    return plan.inParallel(
        plan.pick(10_000_000, 100_000),
        turn -> {
          Random random = turn.random();
          Original original = files.get(random.nextInt(FILES));
          switch (random.nextInt(4)) {
            case 0 -> edit(original, random, turn);
            case 1 -> damage(original.history(), random);
            case 2 -> editAndDamage(original.edited(), random);
            default -> damageThatFits(original.edited(), random);
          }
        });
  }

  /// What an opening came to.
  private record Opened(Run<Plan, Box> run, Opening opening) {}

  private static Opened open(byte[] file) {
    SimDisk disk = new SimDisk(new Random(0)).put(Sample.PATH, file);
    try (JournalSerializer<Plan, Box> journal = Sample.journal(disk)) {
      return new Opened(journal.load().orElseThrow(), journal.opening());
    }
  }

  /// A file before it is changed, and what is known of it.
  ///
  /// @param before its jobs as an opening finds them
  /// @param pictures the same, as text, by id
  /// @param newest which line says the newest version of each job
  private record Original(
      History history,
      List<Job<Box>> before,
      Map<String, String> pictures,
      Map<String, Integer> newest) {
    static Original of(History history) {
      List<Job<Box>> before = List.copyOf(open(history.file()).run().jobs());
      Map<String, String> pictures =
          before.stream().collect(Collectors.toUnmodifiableMap(Job::id, Sample::picture));
      Map<String, Integer> newest = Map.copyOf(new EditedFile(history.file()).newest());
      return new Original(history, before, pictures, newest);
    }

    EditedFile edited() {
      return new EditedFile(history.file());
    }
  }

  // Find and replace.

  private static void edit(Original original, Random random, Turn turn) {
    EditedFile file = original.edited();
    List<Integer> jobLines = file.jobLines();
    String from = file.job(jobLines.get(random.nextInt(jobLines.size()))).group(2);
    String to = otherState(from, random);
    boolean all = random.nextBoolean();
    Set<Integer> edited = new HashSet<>();
    for (int index : jobLines) {
      if (file.job(index).group(2).equals(from) && (all || random.nextInt(3) == 0)) {
        edited.add(index);
        file.replaceState(index, to);
      }
    }
    Opened after;
    try {
      after = open(file.bytes());
    } catch (RuntimeException e) {
      throw Finding.lost("\"" + from + "\" replaced by \"" + to + "\" is refused", e);
    }
    List<Edit> expected = new ArrayList<>();
    for (Job<Box> job : original.before()) {
      Job<Box> now = after.run().job(job.id()).orElseThrow();
      if (edited.contains(original.newest().get(job.id()))) {
        expected.add(new Edit(job.id(), from, to));
        require(
            now.state().equals(to) && now.version() == job.version() + 1,
            "job " + job.id() + " does not have the state that it was given");
        require(
            now.transitions().toString().equals(job.transitions().toString())
                && now.errors().toString().equals(job.errors().toString()),
            "job " + job.id() + " has another past");
      } else {
        require(
            Sample.picture(now).equals(original.pictures().get(job.id())),
            "job " + job.id() + " changed, but nobody changed it");
      }
    }
    require(
        Set.copyOf(expected).equals(Set.copyOf(after.opening().edits())),
        "changed were " + expected + ", reported are " + after.opening().edits());
    if (turn.number() % 8 == 0) {
      requireStable(file.bytes(), "an edited file");
    }
  }

  private static String otherState(String from, Random random) {
    String to = from;
    while (to.equals(from)) {
      int choice = random.nextInt(Sample.STATES.size() + 1);
      to = choice == Sample.STATES.size() ? NOWHERE : Sample.STATES.get(choice);
    }
    return to;
  }

  // Damage.

  private static void damage(History history, Random random) {
    byte[] file = history.file();
    int at = random.nextInt(file.length);
    byte[] damaged = damaged(file, at, random);
    int first = Arrays.mismatch(file, damaged);
    if (first < 0 || touchesState(file, first)) {
      return;
    }
    requireRefusedOrSame(history, damaged, first);
  }

  private static byte[] damaged(byte[] file, int at, Random random) {
    int length = Math.min(1 + random.nextInt(8), file.length - at);
    byte[] noise = new byte[length];
    random.nextBytes(noise);
    return switch (random.nextInt(4)) {
      case 0 -> joined(file, at, noise, at); // inserted
      case 1 -> joined(file, at, new byte[0], at + length); // taken out
      case 2 -> { // copied from elsewhere
        int from = random.nextInt(file.length - length + 1);
        yield joined(file, at, Arrays.copyOfRange(file, from, from + length), at + length);
      }
      default -> joined(file, at, noise, at + length);
    };
  }

  private static byte[] joined(byte[] file, int headEnd, byte[] middle, int tailStart) {
    byte[] all = new byte[headEnd + middle.length + file.length - tailStart];
    System.arraycopy(file, 0, all, 0, headEnd);
    System.arraycopy(middle, 0, all, headEnd, middle.length);
    System.arraycopy(file, tailStart, all, headEnd + middle.length, file.length - tailStart);
    return all;
  }

  /// Whether the byte is near the id or the state of a job's line: what is changed there may be an
  /// edit.
  private static boolean touchesState(byte[] file, int at) {
    int lineStart = at;
    while (lineStart > 0 && file[lineStart - 1] != '\n') {
      lineStart--;
    }
    int lineEnd = at;
    while (lineEnd < file.length && file[lineEnd] != '\n') {
      lineEnd++;
    }
    int[] state = LineWriter.findStateValue(file, lineStart, lineEnd);
    return state != null && at < state[1] + 1 && at >= state[0] - 1;
  }

  private static void requireRefusedOrSame(History history, byte[] damaged, int first) {
    String found;
    try {
      found = Sample.picture(open(damaged).run());
    } catch (RunFileException.Damaged refused) {
      requireNamed(history.file(), damaged, first, refused);
      return;
    }
    // In an open file the last batch may look like one that was never finished.
    boolean looksUnfinished =
        first >= history.beforeLastBatch()
            && found.equals(history.pictures().get(history.pictures().size() - 2));
    require(
        found.equals(history.last()) || looksUnfinished,
        "damage at byte " + first + " gives another state, and nobody says so");
  }

  /// The first line that is not as it was written is named, and its job if it has one. If all that
  /// it lost is its checksum, a person may have typed it, and the next one is named.
  private static void requireNamed(
      byte[] file, byte[] damaged, int first, RunFileException.Damaged refused) {
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < first; i++) {
      if (file[i] == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    if (lostItsChecksum(file, damaged, lineStart) && refused.line() == line + 1) {
      return;
    }
    require(
        refused.line() == line,
        "damage in line " + line + " is told as one in line " + refused.line());
    String text = Sample.utf8(Arrays.copyOfRange(file, lineStart, file.length));
    int idEnd = text.startsWith("{\"id\":\"") ? text.indexOf('"', 7) : -1;
    require(
        idEnd < 0
            || first <= lineStart + idEnd
            || String.valueOf(refused.getMessage()).contains("job " + text.substring(7, idEnd)),
        "the damaged line is one of a job, which is not named: " + refused.getMessage());
  }

  private static boolean lostItsChecksum(byte[] file, byte[] damaged, int lineStart) {
    String was = line(file, lineStart);
    int checksum = was.lastIndexOf(",\"crc\":\"");
    return checksum > 0 && line(damaged, lineStart).equals(was.substring(0, checksum) + "}");
  }

  private static String line(byte[] file, int start) {
    int end = start;
    while (end < file.length && file[end] != '\n') {
      end++;
    }
    return Sample.utf8(Arrays.copyOfRange(file, start, end));
  }

  /// A state is changed, and something else in the same line: that is no edit.
  private static void editAndDamage(EditedFile file, Random random) {
    List<Integer> jobLines = file.jobLines();
    int index = jobLines.get(random.nextInt(jobLines.size()));
    Matcher job = file.job(index);
    int behindState = job.start(3) - 4;
    byte[] before = file.line(index);
    file.blot(index, behindState, random);
    if (Arrays.equals(before, file.line(index))) {
      return;
    }
    String damaged = Sample.utf8(file.line(index));
    String to = otherState(job.group(2), random);
    file.set(
        index,
        Sample.utf8(damaged.substring(0, job.start(2)) + to + damaged.substring(job.end(2))));
    try {
      open(file.bytes());
    } catch (RunFileException.Damaged refused) {
      require(refused.line() == index + 1, "line " + (index + 1) + " is told as " + refused.line());
      return;
    }
    throw Finding.silentlyWrong(
        "line " + (index + 1) + " has another state and other damage, and is taken for an edit");
  }

  /// What is changed has checksums that fit, so that it gets to the parts behind them.
  private static void damageThatFits(EditedFile file, Random random) {
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      int index = random.nextInt(file.count());
      if (file.line(index).length > 60) {
        byte[] line = file.line(index).clone();
        int at = 1 + random.nextInt(line.length - 40);
        String pool = "0123456789-{}[]\",:truefalsn\\u.eE é";
        line[at] = (byte) pool.charAt(random.nextInt(pool.length()));
        file.set(index, line);
      }
    }
    file.repair();
    requireStable(file.bytes(), "damage with fitting checksums");
  }

  /// A file is refused, or what is read of it is read in the same way after it was gone on with.
  /// The past is left out: a forged time can make an old error look like one of the newest line.
  private static void requireStable(byte[] file, String what) {
    SimDisk disk = new SimDisk(new Random(0)).put(Sample.PATH, file);
    try {
      String first;
      try (JournalSerializer<Plan, Box> journal = Sample.journal(disk)) {
        Run<Plan, Box> run = journal.load().orElseThrow();
        journal.begin(run);
        first = standing(run);
      } catch (RunFileException refused) {
        return;
      }
      try (JournalSerializer<Plan, Box> journal = Sample.journal(disk)) {
        String second = standing(journal.load().orElseThrow());
        require(second.equals(first), what + " is read in two ways");
        require(journal.opening().edits().isEmpty(), what + " is reported twice");
      }
    } catch (Finding finding) {
      throw finding;
    } catch (RuntimeException e) {
      throw Finding.lost(what + " breaks the reader", e);
    }
  }

  private static String standing(Run<Plan, Box> run) {
    return Sample.picture(run).replaceAll("(?m) transitions=.*$", "");
  }

  private static void require(boolean condition, String finding) {
    if (!condition) {
      throw Finding.silentlyWrong(finding);
    }
  }
}
