package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.measure.LimitedBy;
import dev.jorb.run.HoldNote;
import dev.jorb.run.HoldNotes;
import dev.jorb.run.Run;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a run file says of what held the states.
class HoldNotesInFilesTest {
  private static final Instant AT = Instant.parse("2026-11-24T10:00:00.125Z");

  private final SimDisk disk = new SimDisk(new Random(20261124L));
  private final List<LiveCompaction> begun = new ArrayList<>();
  private final Recorder recorder =
      new Recorder(3).compacting(new LiveCompaction.Policy(2_500, 2, 0, begun::add));

  private static HoldNote note(String state, LimitedBy by, int second, int seconds) {
    Instant since = AT.plusSeconds(second);
    Duration held = Duration.ofSeconds(seconds);
    return new HoldNote(state, by, since, since.plus(held), held);
  }

  private void move(String id, String to) {
    recorder.commit(
        List.of(Sample.move(recorder.run().job(id).orElseThrow(), to, recorder.clock())));
  }

  private List<HoldNote> stored() {
    disk.releaseLocks();
    try (var journal = Sample.journal(disk)) {
      return journal.load().orElseThrow().holdNotes();
    }
  }

  private String text() {
    return Sample.utf8(disk.content(Sample.PATH));
  }

  @ParameterizedTest
  @EnumSource(LimitedBy.class)
  void everyReasonComesBack(LimitedBy by) {
    HoldNote note = note("a \"state\"", by, 0, 7);
    recorder.open(disk);
    recorder.journal().noteHolds(List.of(note));
    recorder.close();
    assertThat(stored()).containsExactly(note);
  }

  @Test
  void lineIsAsTheDocsSay() {
    recorder.open(disk);
    recorder
        .journal()
        .noteHolds(
            List.of(
                new HoldNote(
                    "new", LimitedBy.DISK, AT, AT.plusSeconds(9), Duration.ofMillis(8_500))));
    assertThat(text())
        .contains(
            "{\"hold\":\"new\",\"by\":\"disk\",\"since\":\"2026-11-24T10:00:00.125Z\","
                + "\"until\":\"2026-11-24T10:00:09.125Z\",\"for\":\"PT8.5S\",\"crc\":\"");
  }

  @Test
  void longerVersionTakesThePlaceOfTheOneBefore() {
    recorder.open(disk);
    recorder.journal().noteHolds(List.of(note("new", LimitedBy.PAUSED, 0, 2)));
    move("0", "edit");
    recorder.journal().noteHolds(List.of(note("new", LimitedBy.PAUSED, 0, 5)));
    move("1", "edit");
    assertThat(stored()).containsExactly(note("new", LimitedBy.PAUSED, 0, 5));
  }

  @Test
  void killLeavesWhatWasNoted() {
    recorder.open(disk);
    recorder.journal().noteHolds(List.of(note("new", LimitedBy.GATE, 0, 2)));
    disk.releaseLocks();
    recorder.open(disk); // It is compacted, because it was not closed.
    recorder.journal().noteHolds(List.of(note("new", LimitedBy.GATE, 100, 3)));
    disk.releaseLocks();
    assertThat(text()).containsOnlyOnce("{\"jorb\"");
    assertThat(stored())
        .containsExactly(note("new", LimitedBy.GATE, 0, 2), note("new", LimitedBy.GATE, 100, 3));
  }

  @Test
  void compactionWhileTheRunGoesOnKeepsThem() {
    recorder.open(disk);
    recorder.journal().noteHolds(List.of(note("new", LimitedBy.DISK, 0, 2)));
    for (int i = 0; begun.isEmpty(); i++) {
      move("0", i % 2 == 0 ? "edit" : "push");
    }
    recorder.journal().noteHolds(List.of(note("new", LimitedBy.DISK, 50, 2)));
    begun.getFirst().run();
    move("1", "edit"); // Here the compacted file takes the name.
    assertThat(text()).containsOnlyOnce("\"since\":\"2026-11-24T10:00:00.125Z\"");
    assertThat(stored())
        .containsExactly(note("new", LimitedBy.DISK, 0, 2), note("new", LimitedBy.DISK, 50, 2));
  }

  @Test
  void compactionAtRestKeepsThem() {
    recorder.open(disk);
    recorder.journal().noteHolds(List.of(note("new", LimitedBy.CLOSED, 0, 2)));
    move("0", "edit");
    recorder.close();
    new RunFiles(disk, recorder.clock()).compactFile(Sample.PATH);
    assertThat(stored()).containsExactly(note("new", LimitedBy.CLOSED, 0, 2));
  }

  @Test
  void repairKeepsThemAndFindsNothingWrongWithThem() {
    Path target = Path.of("/disk/repaired.jorb");
    recorder.open(disk);
    recorder.journal().noteHolds(List.of(note("new", LimitedBy.DISK, 0, 2)));
    move("0", "edit");
    recorder.close();
    Repair repair = new RunFiles(disk, recorder.clock()).repairFile(Sample.PATH, target);
    assertThat(repair.dropped()).isEmpty();
    try (var journal = new JournalSerializer<>(disk, recorder.clock(), target, Sample.SCHEMA)) {
      Run<?, ?> run = journal.load().orElseThrow();
      assertThat(run.holdNotes()).containsExactly(note("new", LimitedBy.DISK, 0, 2));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"hold\":\"new\",\"by\":\"moonlight\",\"since\":\"2026-11-24T10:00:00Z\",\"until\":\"2026-11-24T10:00:01Z\"",
        "{\"hold\":\"new\",\"by\":\"disk\",\"since\":\"2026-11-24T10:00:00Z\"",
        "{\"hold\":\"new\",\"by\":\"disk\",\"since\":\"2026-11-24T10:00:02Z\",\"until\":\"2026-11-24T10:00:01Z\"",
        "{\"hold\":\"new\",\"by\":\"disk\",\"since\":\"2026-11-24T10:00:00Z\",\"until\":\"2026-11-24T10:00:01Z\",\"for\":\"PT2S\"",
        "{\"hold\":\"new\",\"by\":\"disk\",\"since\":\"then\",\"until\":\"2026-11-24T10:00:01Z\"",
      })
  void noteThatMakesNoSenseIsRefused(String fields) {
    byte[] bytes = fields.getBytes(StandardCharsets.UTF_8);
    String line =
        fields + ",\"crc\":\"%08x\"}\n".formatted(LineWriter.checksum(bytes, 0, bytes.length));
    assertThatThrownBy(() -> load(line))
        .isInstanceOf(RunFileException.Damaged.class)
        .hasMessageContaining("line ")
        .hasMessageContaining("Nothing was changed");
  }

  @Test
  void damagedNoteIsRefused() {
    recorder.open(disk);
    recorder.journal().noteHolds(List.of(note("new", LimitedBy.DISK, 0, 2)));
    move("0", "edit");
    recorder.close();
    disk.put(Sample.PATH, Sample.utf8(text().replace("\"by\":\"disk\"", "\"by\":\"gate\"")));
    assertThatThrownBy(this::stored)
        .isInstanceOf(RunFileException.Damaged.class)
        .hasMessageContaining("its checksum does not match");
  }

  private void load(String line) {
    recorder.open(disk);
    move("0", "edit");
    disk.releaseLocks();
    disk.put(Sample.PATH, Sample.utf8(text() + line));
    stored();
  }

  @Tag("slow")
  @Test
  void thereAreNeverMoreThanAFewHundred() {
    recorder.open(disk);
    Duration sum = Duration.ZERO;
    for (int i = 0; i < 5_000; i++) {
      HoldNote note = note(i % 2 == 0 ? "new" : "edit", LimitedBy.GATE, 10 * i, 1 + i % 5);
      sum = sum.plus(note.held());
      recorder.journal().noteHolds(List.of(note));
    }
    recorder.close();
    assertThat(stored()).hasSizeBetween(HoldNotes.MOST / 4, HoldNotes.MOST);
    assertThat(stored().stream().map(HoldNote::held).reduce(Duration.ZERO, Duration::plus))
        .isEqualTo(sum);
    assertThat(stored().getLast()).isEqualTo(note("edit", LimitedBy.GATE, 49_990, 5));
  }
}
