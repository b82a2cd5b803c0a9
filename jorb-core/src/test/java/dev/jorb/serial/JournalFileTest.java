package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.run.Job;
import dev.jorb.run.LimitNote;
import dev.jorb.serial.SimDisk.Fault;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The end of a run file that grows: what is written there, when it is flushed, and what is said to
/// be safe.
class JournalFileTest {
  private static final Instant AT = Instant.parse("2026-11-24T10:42:07.113Z");
  private static final Header HEADER =
      new Header(
          "a",
          "b",
          1,
          0,
          0,
          AT,
          null,
          "new",
          List.of("new"),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          Sample.utf8("{}"));
  private static final List<LimitNote> NOTES = List.of(new LimitNote("new#0", "", AT, null));

  private final SimDisk disk = new SimDisk(new Random(20261124L));
  private final List<LiveCompaction> begun = new ArrayList<>();
  private JournalFile file;

  @BeforeEach
  void begin() throws IOException {
    LineWriter first = new LineWriter(1_000);
    first.header(HEADER);
    disk.put(Sample.PATH, first.toBytes());
    file =
        new JournalFile(
            disk,
            Sample.PATH,
            disk.open(Sample.PATH),
            disk.stat(Sample.PATH).orElseThrow().key(),
            HEADER,
            new JournalFile.End(first.size(), 0, 1),
            new LiveLines());
  }

  private static Job<String> job(String id) {
    return Job.<String>builder(id, "new").updated(AT).build();
  }

  private void commit(String... ids) {
    List<Job<String>> jobs = List.of(ids).stream().map(JournalFileTest::job).toList();
    file.commitStart(HEADER, jobs, jobs.stream().map(job -> Sample.utf8("{}")).toList());
  }

  private int length() {
    return disk.content(Sample.PATH).length;
  }

  private RunImage scan() throws IOException {
    return JournalScan.read(Sample.PATH, disk.openReadOnly(Sample.PATH));
  }

  /// The flushes and writes from this call on.
  private List<String> callsFrom(int call) {
    return disk.log().subList(call, disk.calls()).stream()
        .map(each -> each.substring(0, each.indexOf(' ')))
        .filter(each -> each.equals("SYNC") || each.equals("WRITE"))
        .toList();
  }

  @Test
  void itsSizeIsThatOfTheFile() {
    assertThat(file.size()).isEqualTo(length());
    file.note(NOTES);
    assertThat(file.size()).isEqualTo(length());
    commit("0", "1");
    assertThat(file.size()).isEqualTo(length());
    file.commit(List.of(), List.of(job("0")), false);
    assertThat(file.size()).isEqualTo(length());
  }

  @Test
  void itsLastLineCountsWhatIsBeforeIt() throws IOException {
    commit("0", "1");
    file.note(NOTES);
    commit("2");
    file.close();

    RunImage image = scan(); // Refused if the lines or the batches were others.
    assertThat(image.closed).isTrue();
    assertThat(image.commit).isEqualTo(2);
    assertThat(image.size).isEqualTo(length());
    assertThat(disk.openFiles()).isEqualTo(1); // The one that was read just now.
  }

  @Test
  void itsLastLineIsFlushedButNothingBeforeItIfAllIsOnTheDisk() {
    file.note(NOTES);
    commit("0");
    int before = disk.calls();
    file.close();
    assertThat(callsFrom(before)).containsExactly("WRITE", "SYNC");
  }

  @Test
  void noteIsFlushedBeforeTheLastLine() {
    file.note(NOTES);
    int before = disk.calls();
    file.close();
    assertThat(callsFrom(before)).containsExactly("SYNC", "WRITE", "SYNC");
  }

  @Test
  void noteOfWhatHasStartedIsFlushedBeforeTheLastLine() {
    file.commit(List.of(), List.of(job("0")), false);
    int before = disk.calls();
    file.close();
    assertThat(callsFrom(before)).containsExactly("SYNC", "WRITE", "SYNC");
  }

  @Test
  void fileThatIsLeftIsAsItWas() throws IOException {
    commit("0");
    int before = length();
    file.leave();
    assertThat(length()).isEqualTo(before);
    assertThat(disk.openFiles()).isZero();
  }

  @Test
  void failureSaysWhatIsSafeAndIsTheEnd() throws IOException {
    commit("0");
    int whole = length();
    disk.failNow(Fault.SHORT_WRITE, false);
    assertThatThrownBy(() -> commit("1"))
        .isInstanceOf(RunFileException.class)
        .isNotInstanceOf(DiskFullException.class)
        .hasMessageContaining("cannot append (Input/output error); all up to commit 1 is safe");
    assertThat(length()).isEqualTo(whole);

    assertThatThrownBy(() -> commit("1")).hasMessageContaining("all up to commit 1 is safe");
    assertThatThrownBy(() -> file.note(NOTES)).hasMessageContaining("all up to commit 1 is safe");
    int before = disk.calls();
    file.close();
    assertThat(callsFrom(before)).isEmpty();
    assertThat(disk.openFiles()).isZero();
    assertThat(scan().closed).isFalse();
  }

  @Test
  void failureThatIsNotTheDisksIsTheEndToo() {
    assertThatThrownBy(() -> file.commitStart(HEADER, List.of(job("0")), List.<byte[]>of()))
        .isInstanceOf(RunFileException.class)
        .hasMessageContaining("cannot append (")
        .hasMessageContaining("all up to commit 0 is safe");
    assertThatThrownBy(() -> commit("0")).hasMessageContaining("cannot append (");
  }

  @Test
  void whatCannotBeTakenBackIsSaid() {
    disk.whenCalled("WRITE", () -> disk.failAt(disk.calls(), Fault.EIO, true));
    assertThatThrownBy(() -> commit("0"))
        .isInstanceOf(RunFileException.class)
        .hasMessageContaining("cannot append, and cannot take back what was half written (")
        .hasMessageContaining("all up to commit 0 is safe");
  }

  @Test
  void fullDiskTakesNothingAndAnotherTryMayBeMade() throws IOException {
    int before = length();
    disk.capacity(disk.used() + 10);
    assertThatThrownBy(() -> commit("0"))
        .isInstanceOf(DiskFullException.class)
        .hasMessageContaining("no space left on the device; all up to commit 0 is safe");
    assertThat(length()).isEqualTo(before);

    disk.capacity(Long.MAX_VALUE);
    commit("0");
    file.close();
    assertThat(scan().jobs.keySet()).containsExactly("0");
    assertThat(scan().lines).isEqualTo(Sample.utf8(disk.content(Sample.PATH)).lines().count());
  }

  @Test
  void whatCannotBeTakenBackIsTheSecondOfTwoFailures() {
    disk.whenCalled("WRITE", () -> disk.failAt(disk.calls(), Fault.EIO, true));
    assertThatThrownBy(() -> commit("0"))
        .hasRootCauseMessage("Input/output error")
        .cause()
        .satisfies(cause -> assertThat(cause.getSuppressed()).hasSize(1));
  }

  private LiveCompaction.Policy policy(long minBytes, int factor) {
    return new LiveCompaction.Policy(minBytes, factor, 0, begun::add);
  }

  @Test
  void itIsCompactedFromTheLengthOnThatIsWanted() {
    file.note(NOTES);
    int before = length();
    file.note(NOTES);
    int note = length() - before;
    file.compactWhenWorthIt(policy(length() + 2 * note, 1), Map.of());
    file.note(NOTES);
    assertThat(begun).isEmpty();
    file.note(NOTES);
    assertThat(begun).hasSize(1);
  }

  @Test
  void itIsNotCompactedBeforeItIsSoManyTimesAsLongAsWhatCounts() {
    commit("0");
    file.compactWhenWorthIt(policy(0, 1_000), Map.of());
    file.note(NOTES);
    commit("0");
    assertThat(begun).isEmpty();
  }

  @Test
  void whatIsKnownOfLimitsIsInTheCompactedFile() throws IOException {
    file.note(NOTES);
    commit("0");
    file.compactWhenWorthIt(policy(0, 1), Map.of());
    commit("0");
    begun.getFirst().run();
    commit("0");
    assertThat(scan().limits.values()).containsExactlyElementsOf(NOTES);
  }

  @Test
  void fileThatGrowsFasterThanItIsCopiedIsNotFollowedForEver() {
    commit("0");
    file.compactWhenWorthIt(policy(0, 1), Map.of());
    file.note(NOTES);
    LiveCompaction compaction = begun.getFirst();
    compaction.advance();
    compaction.advance();
    int pieces = 0;
    do {
      file.note(NOTES);
      pieces++;
    } while (compaction.advance() && pieces < 20_000);
    assertThat(pieces).isEqualTo(10_001);
    assertThat(compaction.isReady()).isTrue();
    int before = length();
    file.note(NOTES);
    assertThat(length()).as("no less is in the new one").isGreaterThan(before - 1_000);
  }

  @ParameterizedTest
  @CsvSource({
    "No space left on device, true",
    "write failed: No space left on device, true",
    "Disk quota exceeded, true",
    "Quota Exceeded, true",
    "Input/output error, false",
    "no space, false",
    ", false"
  })
  void diskIsFullIfTheSystemSaysSo(String message, boolean isFull) {
    assertThat(JournalFile.isDiskFull(new IOException(message))).isEqualTo(isFull);
    assertThat(JournalFile.isDiskFull(new IllegalStateException(message))).isFalse();
  }
}
