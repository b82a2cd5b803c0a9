package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.serial.GoIds.Place;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What ids alone say.
class GoIdsTest {
  @Nested
  class AParent {
    @ParameterizedTest
    @CsvSource({
      "7->0, 7, 0",
      "7->46, 7, 46",
      "7->2->9, 7->2, 9",
      "a->0, a, 0",
      "7->007, 7, 7",
      "7->999999999999999999, 7, 2147483646"
    })
    void isBeforeTheLastArrowAndTheChildsNumberBehindIt(String id, String parent, int number) {
      assertThat(GoIds.parent(id)).contains(parent);
      assertThat(GoIds.childNumber(id)).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "7",
          "->7",
          "7->",
          "7->x",
          "7->-1",
          "7->1x",
          "7->/",
          "7->:",
          "7->1000000000000000000"
        })
    void isNotInIdsOfOtherKinds(String id) {
      assertThat(GoIds.parent(id)).isEmpty();
      assertThat(GoIds.childNumber(id)).isEqualTo(-1);
    }
  }

  @Nested
  class KeysOfGo {
    @Test
    void areSortedByTheBytesOfTheirUtf8() {
      List<String> sorted =
          List.of("", "1", "10", "2", "a", "a->0", "b", "\uE000", "\uFFFD", "\uD83D\uDE00");

      assertThat(backwards(sorted).sorted(GoIds.BYTEWISE)).containsExactlyElementsOf(sorted);
    }

    @Test
    void areTheSameOnlyIfEveryByteIs() {
      assertThat(GoIds.BYTEWISE.compare("ab", "ab")).isZero();
      assertThat(GoIds.BYTEWISE.compare("ab", "abc")).isNegative();
      assertThat(GoIds.BYTEWISE.compare("abc", "ab")).isPositive();
    }
  }

  @Nested
  class TheOrderInWhichJobsCame {
    @Test
    void isThatOfTheirNumbersGenerationByGeneration() {
      List<String> order =
          List.of(
              "2",
              "10",
              "bump",
              "fix",
              "2->0",
              "2->9",
              "2->10",
              "2->last",
              "10->1",
              "fix->0",
              "2->0->0",
              "10->0->0");

      assertThat(backwards(order).map(Place::of).sorted().map(Place::id))
          .containsExactlyElementsOf(order);
    }

    @Test
    void isThatOfTheFirstNumberThatDiffersHoweverItIsWritten() {
      assertThat(Place.of("0->5")).isLessThan(Place.of("1->3"));
      assertThat(Place.of("1->3")).isGreaterThan(Place.of("0->5"));
      assertThat(Place.of("00->1")).isLessThan(Place.of("0->2"));
      assertThat(Place.of("0->2")).isGreaterThan(Place.of("00->1"));
      assertThat(Place.of("7->0->2")).isGreaterThan(Place.of("7->00->1"));
    }

    @Test
    void isThatOfTheFirstPartThatDiffersAndNumbersComeFirst() {
      assertThat(Place.of("a->5")).isLessThan(Place.of("b->3"));
      assertThat(Place.of("b->3")).isGreaterThan(Place.of("a->5"));
      assertThat(Place.of("#")).isGreaterThan(Place.of("7"));
      assertThat(Place.of("7")).isLessThan(Place.of("#"));
    }

    @Test
    void isThatOfTheTextWhereTheNumbersAreTheSame() {
      assertThat(Place.of("07")).isLessThan(Place.of("7"));
      assertThat(Place.of("7")).isGreaterThan(Place.of("07")).isEqualByComparingTo(Place.of("7"));
    }

    @Test
    void hasOnePlaceForEachId() {
      assertThat(Place.of("7->1")).isEqualTo(Place.of("7->1")).hasSameHashCodeAs(Place.of("7->1"));
      assertThat(Place.of("7->1")).isNotEqualTo(Place.of("7->01")).hasToString("7->1");
      assertThat(Place.of("7->1")).doesNotHaveSameHashCodeAs(Place.of("7->01"));
      assertThat(Place.of("7->1")).isNotEqualTo("7->1");
    }
  }

  private static Stream<String> backwards(List<String> ids) {
    return ids.stream().sorted(Comparator.comparing(ids::indexOf).reversed());
  }
}
