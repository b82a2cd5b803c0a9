package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.serial.Disk.DiskFile;
import dev.jorb.serial.LineReader.BadLineException;
import dev.jorb.serial.RunFileException.Damaged;
import dev.jorb.serial.Sample.Box;
import dev.jorb.serial.Sample.Plan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A large file is read ahead by several threads, and is the same as if it were read line by line.
class JournalLinesTest {
  private static final long SEED = Long.getLong("jorb.seed", 20261124L);

  /// More than what is not worth reading ahead.
  private static final int LARGE = 5 << 20;

  private static DiskFile file(byte[] content) throws IOException {
    return new SimDisk(new Random(SEED)).put(Sample.PATH, content).openReadOnly(Sample.PATH);
  }

  /// All that is read of a line.
  private record Read(long number, long offset, long nextOffset, boolean whole, Object says) {}

  private static List<Read> read(JournalLines lines) throws IOException {
    List<Read> all = new ArrayList<>();
    while (lines.next()) {
      LineSource source = lines.source();
      all.add(
          new Read(
              source.number(),
              source.offset(),
              source.nextOffset(),
              source.isTerminated(),
              says(lines)));
    }
    return all;
  }

  private static Object says(JournalLines lines) {
    try {
      return lines.line();
    } catch (BadLineException e) {
      return e.problem();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 100, 250, 1_000, 10_000, 1_000_000})
  void linesAheadAreTheLinesOfTheFile(int pieceBytes) throws IOException {
    byte[] file = History.record(32 << 10, true, SEED).file();

    List<Read> ahead = read(new JournalLines(file(file), pieceBytes, true));

    assertThat(ahead)
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(read(new JournalLines(file(file), pieceBytes, false)));
    assertThat(ahead).noneMatch(each -> each.says() instanceof String);
  }

  /// What comes of a file: all that is known of the run, or why it is refused.
  private static Object scan(byte[] content, JournalLines lines) throws IOException {
    try {
      return JournalScan.read(Sample.PATH, file(content), lines);
    } catch (Damaged refused) {
      return refused.line() + " " + refused.getMessage();
    }
  }

  @Test
  @Tag("slow")
  void whatComesOfADamagedFileIsTheSame() throws IOException {
    List<byte[]> files = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      byte[] file = History.record(3 << 10, i % 2 == 0, SEED + i).file();
      files.add(file);
      files.add(withoutStates(file));
    }
    Random random = new Random(SEED);
    int read = 0;
    int refused = 0;
    for (int round = 0; round < 300; round++) {
      byte[] content = damaged(files.get(random.nextInt(files.size())), random);
      int pieceBytes = 1 << random.nextInt(4, 14);

      Object ahead = scan(content, new JournalLines(file(content), pieceBytes, true));

      Object byLine = scan(content, new JournalLines(file(content), pieceBytes, false));
      assertThat(ahead).as("round %d", round).usingRecursiveComparison().isEqualTo(byLine);
      if (ahead instanceof RunImage) {
        read++;
      } else {
        refused++;
      }
    }
    assertThat(read).isGreaterThan(30);
    assertThat(refused).isGreaterThan(30);
  }

  /// The file with a first line that names no states, so that they are known from the lines alone.
  private static byte[] withoutStates(byte[] file) {
    String text = Sample.utf8(file);
    String head =
        text.substring(0, text.indexOf(",\"crc\""))
            .replaceAll(",\"(states|terminal|others)\":\\[[^]]*]", "");
    int checksum = LineWriter.checksum(Sample.utf8(head), 0, Sample.utf8(head).length);
    String rest = text.substring(text.indexOf('\n'));
    return Sample.utf8("%s,\"crc\":\"%08x\"}%s".formatted(head, checksum, rest));
  }

  /// A file after what a crash, a bad disk or a person may do to it, once or several times.
  private static byte[] damaged(byte[] whole, Random random) {
    byte[] file = whole.clone();
    for (int i = random.nextInt(3); i >= 0 && file.length > 0; i--) {
      int at = random.nextInt(file.length);
      switch (random.nextInt(7)) {
        case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> file = Arrays.copyOf(file, at);
        case 2 -> Arrays.fill(file, at, file.length, (byte) 0);
        case 3 -> file = Arrays.copyOf(file, file.length + random.nextInt(2_000));
        case 4 ->
            file = replaced(file, "\"state\":\"" + anyState(random) + '"', "\"state\":\"edit\"");
        case 5 ->
            file = replaced(file, "\"state\":\"" + anyState(random) + '"', "\"state\":\"odd\"");
        default -> file = replaced(file, ",\"crc\":\"" + random.nextInt(10), "\"}\n{\"crc\":\"");
      }
    }
    return file.length == 0 ? whole : file;
  }

  private static String anyState(Random random) {
    return Sample.STATES.get(random.nextInt(Sample.STATES.size()));
  }

  private static byte[] replaced(byte[] file, String old, String by) {
    return Sample.utf8(Sample.utf8(file).replace(old, by));
  }

  private static Loaded load(byte[] file) {
    SimDisk disk = new SimDisk(new Random(SEED)).put(Sample.PATH, file);
    try (JournalSerializer<Plan, Box> journal = Sample.journal(disk)) {
      return new Loaded(Sample.picture(journal.load().orElseThrow()), journal.opening());
    }
  }

  private record Loaded(String picture, Opening opening) {}

  @Test
  @Tag("slow")
  void largeFileIsTheRunThatWasWritten() {
    History history = History.record(LARGE, true, SEED, 60_000);

    assertThat(load(history.file()).picture()).isEqualTo(history.last());
  }

  @Test
  @Tag("slow")
  void damageFarBehindTheBeginningIsRefusedByLineAndJob() {
    byte[] file = History.record(LARGE, true, SEED, 60_000).file();
    String text = Sample.utf8(file);
    int at = text.lastIndexOf("xxx");
    int start = text.lastIndexOf("\n{\"id\":\"", at) + 1;
    String job = text.substring(start + 7, text.indexOf('"', start + 7));
    file[at] = 'y';
    long line = 1 + text.substring(0, start).chars().filter(c -> c == '\n').count();

    assertThatThrownBy(() -> load(file))
        .isInstanceOfSatisfying(
            Damaged.class, refused -> assertThat(refused.line()).isEqualTo(line))
        .hasMessageContaining("job " + job + ": its checksum does not match");
  }

  @Test
  void errorOfTheDiskIsToldWhenAllBeforeItWasRead() throws IOException {
    byte[] file = History.record(32 << 10, true, SEED).file();
    int bad = 20 << 10;
    JournalLines lines = new JournalLines(new BadSector(file(file), bad), 1_000, true);
    List<Line> before = new ArrayList<>();

    assertThatThrownBy(
            () -> {
              while (lines.next()) {
                before.add(lines.line());
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessage("bad sector");

    assertThat(lines.source().offset()).isBetween(bad - 2_000L, (long) bad);
    assertThat(before).hasSizeGreaterThan(50);
  }

  /// A file that cannot be read from some place on.
  private record BadSector(DiskFile file, long from) implements DiskFile {
    @Override
    public int read(long position, byte[] into, int offset, int length) throws IOException {
      if (position + length > from) {
        throw new IOException("bad sector");
      }
      return file.read(position, into, offset, length);
    }

    @Override
    public void write(long position, byte[] bytes, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void truncate(long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void sync() {}

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  @Test
  void busyPoolKeepsNobodyWaiting() throws IOException {
    byte[] file = History.record(32 << 10, true, SEED).file();
    CountDownLatch read = new CountDownLatch(1);
    for (int i = 0; i < ForkJoinPool.getCommonPoolParallelism(); i++) {
      ForkJoinPool.commonPool().execute(() -> awaitUninterruptibly(read));
    }
    try {
      assertThat(read(new JournalLines(file(file), 1_000, true)))
          .noneMatch(each -> each.says() instanceof String);
    } finally {
      read.countDown();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void interruptIsKept() throws IOException {
    byte[] file = History.record(32 << 10, true, SEED).file();
    Thread.currentThread().interrupt();

    List<Read> read = read(new JournalLines(file(file), 1_000, true));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(read).noneMatch(each -> each.says() instanceof String);
  }
}
