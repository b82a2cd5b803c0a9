package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.measure.LimitedBy;
import dev.jorb.run.HoldNote;
import dev.jorb.run.Job;
import dev.jorb.run.LimitNote;
import dev.jorb.serial.RunFileException.Damaged;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which lines make a run file together. Each line alone is as it must be.
class JournalScanTest {
  private static final Instant AT = Instant.parse("2026-11-24T10:42:07.113Z");
  private static final byte[] CONTEXT = Sample.utf8("{}");

  private final LineWriter file = new LineWriter(1_000);
  private final BatchSum sum = new BatchSum();

  private void header(long commit, long batches) {
    file.header(header("a", commit, batches));
  }

  private static Header header(String run, long commit, long batches) {
    return new Header(
        run,
        "b",
        1,
        commit,
        batches,
        AT,
        null,
        "new",
        List.of("new", "edit"),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        CONTEXT);
  }

  private static Job<String> job(String id, int version) {
    return Job.<String>builder(id, "new").version(version).updated(AT).build();
  }

  private void line(String id, int version) {
    file.job(job(id, version), CONTEXT);
    sum.add(file.buffer(), file.size() - 1);
  }

  private void typed(String id) {
    text("{\"id\":\"" + id + "\",\"state\":\"edit\",\"c\":{}}\n");
  }

  private void text(String text) {
    byte[] bytes = Sample.utf8(text);
    file.raw(bytes, 0, bytes.length);
  }

  private void commit(long number, int lines) {
    file.commit(Line.Commit.flushed(number, lines, sum.value()));
    sum.clear();
  }

  /// The first line and a batch: three lines.
  private void begin() {
    header(0, 0);
    line("0", 1);
    commit(1, 1);
  }

  private RunImage scan() throws IOException {
    SimDisk disk = new SimDisk(new Random(1)).put(Sample.PATH, file.toBytes());
    return JournalScan.read(Sample.PATH, disk.openReadOnly(Sample.PATH));
  }

  private void refuses(int line, String problem) {
    assertThatThrownBy(this::scan)
        .isInstanceOfSatisfying(
            Damaged.class, refused -> assertThat(refused.line()).isEqualTo(line))
        .hasMessageContaining(problem)
        .hasMessageContaining("Nothing was changed");
  }

  @Nested
  class AFile {
    @Test
    void isKnownToItsLastLine() throws IOException {
      begin();
      int second = file.size();
      line("0", 2);
      int end = file.size();
      line("1", 1);
      commit(2, 2);
      int last = file.size();
      file.closed(2, 6);

      RunImage image = scan();

      assertThat(image.commit).isEqualTo(2);
      assertThat(image.lines).isEqualTo(7);
      assertThat(image.typedLines).isZero();
      assertThat(image.size).isEqualTo(file.size());
      assertThat(image.lastLineOffset).isEqualTo(last);
      assertThat(image.tornBytes).isZero();
      assertThat(image.closed).isTrue();
      assertThat(image.jobs.keySet()).containsExactly("0", "1");
      RunImage.Winner winner = image.jobs.get("0");
      assertThat(winner).isNotNull();
      assertThat(winner.offset()).isEqualTo(second);
      assertThat(winner.length()).isEqualTo(end - second - 1);
      assertThat(winner.line()).isEqualTo(4);
    }

    @Test
    void goesOnBehindTheCommitOfItsFirstLine() throws IOException {
      header(7, 0);
      assertThat(scan().commit).isEqualTo(7);
      line("0", 1);
      commit(8, 1);
      assertThat(scan().commit).isEqualTo(8);
    }

    @Test
    void isOfTheRunThatItsLastHeaderSays() throws IOException {
      begin();
      file.header(header("renamed", 1, 0));
      sum.add(file.buffer(), file.size() - 1);
      assertThat(scan().header.run()).isEqualTo("a");
      commit(2, 1);
      assertThat(scan().header.run()).isEqualTo("renamed");
    }

    @Test
    void withAPastButNoLineOfAJobIsRefused() {
      begin();
      file.past("5", List.of(), List.of());
      sum.add(file.buffer(), file.size() - 1);
      commit(2, 1);

      assertThatThrownBy(() -> scan())
          .isInstanceOfSatisfying(Damaged.class, refused -> assertThat(refused.line()).isEqualTo(4))
          .hasMessageContaining("job 5 has a past but no line of its own");
    }

    @Test
    void withAPastButNoLineOfAJobIsRefusedIfItIsTornToo() {
      begin();
      file.past("5", List.of(), List.of());
      sum.add(file.buffer(), file.size() - 1);
      commit(2, 1);
      text("{\"id\":");

      assertThatThrownBy(() -> scan())
          .isInstanceOf(Damaged.class)
          .hasMessageContaining("job 5 has a past but no line of its own");
    }
  }

  @Nested
  class TheFirstLine {
    @Test
    void isThere() {
      assertThatThrownBy(() -> scan())
          .isInstanceOf(Damaged.class)
          .hasMessageContaining("the file is empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"jorb\":", "{\"jorb\":1}", "{\"jorb\":1,\"run\":\"a\"\n"})
    void isDamagedIfItBeginsLikeOne(String text) {
      text(text);
      refuses(1, "its first line is damaged: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"jorb\"", "\n{\"jorb\":1}", "{\"kind\":1}", "\n", "jorb"})
    void isNoneIfItBeginsOtherwise(String text) {
      text(text);
      refuses(1, "it is not a Jorb run file");
    }

    @Test
    void isNoOtherLine() {
      file.closed(0, 0);
      refuses(1, "it is not a Jorb run file");
    }
  }

  @Nested
  class ABatch {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void withAnotherNumberThanTheNextIsRefused(int number) {
      begin();
      line("0", 2);
      commit(number, 1);
      refuses(5, "commit " + number + " follows commit 1: a batch is missing or doubled");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void withAnotherCountOfLinesIsRefused(int lines) {
      begin();
      line("0", 2);
      line("1", 1);
      commit(2, lines);
      refuses(6, "commit 2 counts " + lines + " lines but there are 2");
    }

    @Test
    void ofOtherLinesIsRefused() {
      begin();
      line("0", 2);
      sum.clear();
      commit(2, 1);
      refuses(5, "commit 2 is not about the lines before it");
    }

    @Test
    void withoutItsEndIsTorn() throws IOException {
      begin();
      int whole = file.size();
      line("0", 2);
      typed("1");

      RunImage image = scan();

      assertThat(image.size).isEqualTo(whole);
      assertThat(image.tornBytes).isEqualTo(file.size() - whole);
      assertThat(image.lines).isEqualTo(3);
      assertThat(image.commit).isEqualTo(1);
      assertThat(image.closed).isFalse();
      assertThat(image.jobs.keySet()).containsExactly("0");
    }

    @Test
    void mayHaveTypedLinesInPlaceOfItsOwn() throws IOException {
      begin();
      line("0", 2);
      typed("1");
      sum.clear(); // Nobody knows what was there.
      commit(2, 2);

      RunImage image = scan();

      assertThat(image.lines).isEqualTo(6);
      assertThat(image.typedLines).isEqualTo(1);
      assertThat(image.jobs.keySet()).containsExactly("0", "1");
    }

    @Test
    void mayHaveTypedLinesBesideItsOwn() throws IOException {
      begin();
      line("0", 2);
      typed("1");
      commit(2, 1);
      assertThat(scan().typedLines).isEqualTo(1);
    }

    @Test
    void withTypedLinesBesideOthersThanItsOwnIsRefused() {
      begin();
      line("0", 2);
      typed("1");
      sum.clear();
      commit(2, 1);
      refuses(6, "commit 2 is not about the lines before it");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void withMoreOrFewerLinesThanThereCanBeIsRefused(int lines) {
      begin();
      line("0", 2);
      typed("1");
      commit(2, lines);
      refuses(6, "commit 2 counts " + lines + " lines but there are 2");
    }
  }

  @Nested
  class TypedLinesAtTheEnd {
    @Test
    void areABatch() throws IOException {
      begin();
      typed("1");
      typed("2");

      RunImage image = scan();

      assertThat(image.size).isEqualTo(file.size());
      assertThat(image.tornBytes).isZero();
      assertThat(image.lines).isEqualTo(5);
      assertThat(image.typedLines).isEqualTo(2);
      assertThat(image.commit).isEqualTo(1);
      assertThat(image.jobs.keySet()).containsExactly("0", "1", "2");
    }
  }

  @Nested
  class TheFirstBatches {
    private void twoBatches() {
      header(9, 2);
      line("0", 1);
      commit(1, 1);
      line("1", 1);
      commit(2, 1);
    }

    @Test
    void countFromOneAndCommitsGoOnBehindThem() throws IOException {
      twoBatches();
      assertThat(scan().commit).isEqualTo(9);
      line("0", 2);
      commit(10, 1);
      assertThat(scan().commit).isEqualTo(10);
    }

    @Test
    void areNotMissing() {
      header(9, 2);
      line("0", 1);
      commit(1, 1);
      refuses(3, "the file ends here, but its first line counts 1 more batches");
    }

    @Test
    void areNotMissingInAFileThatWasClosed() {
      header(9, 1);
      file.closed(0, 1);
      refuses(2, "the file ends here, but its first line counts 1 more batches");
    }

    @Test
    void areThereBeforeAFileIsClosed() {
      header(9, 2);
      line("0", 1);
      commit(1, 1);
      file.closed(1, 3);
      line("1", 1);
      commit(2, 1);
      refuses(4, "the file ends here, but its first line counts 1 more batches");
    }

    @Test
    void areNotTorn() {
      header(9, 1);
      line("0", 1);
      text("{\"commit\":1,");
      refuses(3, "it is not well-formed JSON");
    }

    @Test
    void canBeFollowedByATornOne() throws IOException {
      twoBatches();
      text("{\"id\":");
      assertThat(scan().tornBytes).isEqualTo(6);
    }
  }

  @Nested
  class AFileThatWasClosed {
    @ParameterizedTest
    @CsvSource({"0, 3", "2, 3", "1, 2", "1, 4"})
    void withOtherBatchesOrLinesIsRefused(int commit, int lines) {
      begin();
      file.closed(commit, lines);
      refuses(
          4,
          "the file was closed after commit %d and %d lines, but here are commit 1 and 3 lines"
              .formatted(commit, lines));
    }

    @ParameterizedTest
    @CsvSource({"3, false", "4, true", "5, true", "6, false"})
    void mayHaveTypedLinesMoreThanItCounts(int lines, boolean fits) throws IOException {
      header(0, 0);
      line("0", 1);
      line("1", 1);
      typed("2");
      commit(1, 2);
      file.closed(1, lines);
      if (fits) {
        assertThat(scan().closed).isTrue();
      } else {
        refuses(6, "the file was closed after commit 1");
      }
    }

    @Test
    void inTheMiddleOfABatchIsRefused() {
      begin();
      line("0", 2);
      file.closed(1, 3);
      refuses(5, "the file was closed, but the batch before has no commit line");
    }

    @Test
    void mayHaveTypedLinesBeforeItsEnd() throws IOException {
      begin();
      typed("1");
      file.closed(1, 3);

      RunImage image = scan();

      assertThat(image.closed).isTrue();
      assertThat(image.lines).isEqualTo(5);
      assertThat(image.jobs.keySet()).containsExactly("0", "1");
    }

    @Test
    void withoutItsLastLineBreakIsNotClosed() throws IOException {
      begin();
      file.started(List.of(job("0", 1)), 0);
      file.closed(1, 3);
      assertThat(scan().closed).isTrue();
      assertThat(scan().running).isEmpty();

      file.cut(file.size() - 1);
      assertThat(scan().closed).isFalse();
      assertThat(scan().running).containsEntry("0", 1);
    }

    @Test
    void isNoLongerWhenItGoesOn() throws IOException {
      begin();
      file.closed(1, 3);
      int closed = file.size();
      line("0", 2);
      commit(2, 1);
      assertThat(scan().closed).isFalse();

      file.cut(closed);
      file.started(List.of(job("0", 1)), 0);
      assertThat(scan().closed).isFalse();
    }
  }

  @Nested
  class ANote {
    private final HoldNote hold =
        new HoldNote("new", LimitedBy.DISK, AT, AT.plusSeconds(2), Duration.ofSeconds(1));
    private final LimitNote limit = new LimitNote("new#0", "key", AT, 2.5);

    @Test
    void standsBetweenBatches() throws IOException {
      begin();
      file.started(List.of(job("0", 1)), 0);
      file.limit(limit);
      int last = file.size();
      file.hold(hold);

      RunImage image = scan();

      assertThat(image.running).containsEntry("0", 1);
      assertThat(image.limits.values()).containsExactly(limit);
      assertThat(image.holds.all()).containsExactly(hold);
      assertThat(image.lines).isEqualTo(3);
      assertThat(image.size).isEqualTo(file.size());
      assertThat(image.lastLineOffset).isEqualTo(last);
      assertThat(image.tornBytes).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void insideABatchIsRefused(int kind) {
      begin();
      line("0", 2);
      switch (kind) {
        case 0 -> file.started(List.of(job("0", 1)), 0);
        case 1 -> file.limit(limit);
        default -> file.hold(hold);
      }
      commit(2, 1);
      refuses(5, "it is a note between batches, but stands inside one");
    }
  }
}
