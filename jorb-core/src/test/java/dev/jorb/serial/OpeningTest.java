package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.serial.Opening.Doubt;
import dev.jorb.serial.Opening.Edit;
import dev.jorb.serial.Opening.Stray;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What is said of an opening.
class OpeningTest {
  private static Opening closed(
      List<Edit> edits, List<Stray> unknownStates, List<Stray> unreadable, List<Doubt> inDoubt) {
    return new Opening(false, true, 0, edits, unknownStates, unreadable, inDoubt);
  }

  private static Opening unclean(long tornBytes) {
    return new Opening(false, false, tornBytes, List.of(), List.of(), List.of(), List.of());
  }

  @Test
  void nothingIsSaidOfANewFileOrOneThatWasClosedInOrder() {
    assertThat(Opening.ofNew().sentences()).isEmpty();
    assertThat(closed(List.of(), List.of(), List.of(), List.of()).sentences()).isEmpty();
  }

  @Test
  void uncleanEndIsSaidWithWhatIsCut() {
    assertThat(unclean(0).sentences())
        .containsExactly("the last process ended without closing the file");
    assertThat(unclean(17).sentences())
        .containsExactly(
            "the last process ended without closing the file; 17 bytes of an unfinished batch are"
                + " cut");
  }

  @Test
  void eachKindOfJobHasItsSentence() {
    Opening opening =
        closed(
            List.of(new Edit("1", "old", "new")),
            List.of(new Stray("2", "lost", "")),
            List.of(new Stray("3", "new", "no number"), new Stray("4", "new", "no name")),
            List.of(new Doubt("5", "push", 1), new Doubt("6", "push", 2)));

    assertThat(opening.sentences())
        .containsExactly(
            "1 job edited by hand: 1 from \"old\" to \"new\"",
            "1 job parked in states that the workflow does not have: 2 in \"lost\"",
            "2 jobs parked because their context cannot be read: 3 (no number), 4 (no name)",
            "2 jobs in doubt, running when the process died: 5 in \"push\", 6 in \"push\" (2 times"
                + " in a row); the next start runs their steps again, or does what their states say"
                + " of doubts");
  }

  @Test
  void fiveJobsAreNamedAndTheOthersCounted() {
    assertThat(closed(List.of(), strays(5), List.of(), List.of()).sentences())
        .singleElement()
        .asString()
        .endsWith(": 0 in \"lost\", 1 in \"lost\", 2 in \"lost\", 3 in \"lost\", 4 in \"lost\"");
    assertThat(closed(List.of(), strays(7), List.of(), List.of()).sentences())
        .singleElement()
        .asString()
        .startsWith("7 jobs parked in states")
        .endsWith(", 4 in \"lost\" and 2 more");
  }

  private static List<Stray> strays(int count) {
    return IntStream.range(0, count).mapToObj(i -> new Stray("" + i, "lost", "")).toList();
  }
}
