package dev.jorb.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.measure.LimitedBy;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A bounded number of notes of what held states.
class HoldNotesTest {
  private static final Instant AT = Instant.parse("2026-11-24T10:00:00Z");

  private static HoldNote note(String state, long second, long seconds) {
    Instant since = AT.plusSeconds(second);
    Duration held = Duration.ofSeconds(seconds);
    return new HoldNote(state, LimitedBy.GATE, since, since.plus(held), held);
  }

  @Test
  void longerVersionReplacesTheOneBefore() {
    HoldNotes notes = new HoldNotes();
    notes.add(note("a", 0, 5));
    notes.add(note("b", 0, 5));
    notes.add(note("a", 0, 9));
    assertThat(notes.all()).containsExactlyInAnyOrder(note("a", 0, 9), note("b", 0, 5));
  }

  @Test
  void theNewestMayStillGrowWhenThereAreTooMany() {
    HoldNotes notes = new HoldNotes();
    for (int i = 0; i < 1_000; i++) {
      notes.add(note("a", 10 * i, 1));
      notes.add(note("a", 10 * i, 2));
    }
    assertThat(notes.all()).hasSizeLessThanOrEqualTo(HoldNotes.MOST);
    assertThat(notes.all().stream().mapToLong(each -> each.held().toSeconds()).sum())
        .isEqualTo(2_000);
    assertThat(notes.all().getLast()).isEqualTo(note("a", 9_990, 2));
  }

  @Tag("slow")
  @Test
  void statesAreKeptApartHoweverMany() {
    HoldNotes notes = new HoldNotes();
    for (int i = 0; i < 1_000; i++) {
      notes.add(note("s" + i, i, 1));
    }
    assertThat(notes.all()).hasSize(1_000);
  }

  @Test
  void shareIsOfItsTime() {
    HoldNote half =
        new HoldNote("a", LimitedBy.DISK, AT, AT.plusSeconds(10), Duration.ofSeconds(5));
    assertThat(half.share()).isEqualTo(0.5);
    assertThat(new HoldNote("a", LimitedBy.DISK, AT, AT, Duration.ZERO).share()).isZero();
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(
            () -> new HoldNote("a", LimitedBy.DISK, AT, AT.minusSeconds(1), Duration.ZERO))
        .hasMessageContaining("before it begins");
    assertThatThrownBy(
            () -> new HoldNote("a", LimitedBy.DISK, AT, AT.plusSeconds(1), Duration.ofSeconds(2)))
        .hasMessageContaining("do not fit");
  }
}
