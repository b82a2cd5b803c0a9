package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByIdTest {
  private final ById<String> byId = new ById<>();

  @Test
  void keepsTheOrderInWhichJobsCame() {
    for (String id : List.of("0", "1", "1->0", "2", "10", "0->0")) {
      byId.put(id, "job " + id);
    }
    assertThat(byId.keySet()).containsExactly("0", "1", "1->0", "2", "10", "0->0");
    assertThat(byId.values()).startsWith("job 0", "job 1", "job 1->0");
  }

  @Test
  void takesOtherSpellingsOfANumberForOtherIds() {
    for (String id : List.of("0", "1", "00", "01", "+1", "", "1 ", "4294967297", "٣")) {
      assertThat(byId.put(id, id)).isNull();
    }
    assertThat(byId).hasSize(9).containsEntry("01", "01").containsEntry("1", "1");
    assertThat(byId.get("2")).isNull();
    assertThat(byId.get(null)).isNull();
  }

  @Test
  void losesWhatIsRemovedThroughItsViews() {
    for (String id : List.of("0", "1", "2", "x", "y")) {
      byId.put(id, id);
    }
    byId.values().removeIf(value -> value.equals("1") || value.equals("x"));
    assertThat(byId.keySet()).containsExactly("0", "2", "y");
    assertThat(byId).hasSize(3).doesNotContainKey("1");
  }

  @Test
  void doesWhatAMapDoes() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      Map<String, String> expected = new LinkedHashMap<>();
      Map<String, String> actual = new ById<>();
      for (int i = 0; i < 60; i++) {
        String id = random.nextInt(12) + (random.nextInt(3) == 0 ? "->" + random.nextInt(2) : "");
        if (random.nextInt(3) == 0) {
          assertThat(actual.remove(id)).isEqualTo(expected.remove(id));
        } else {
          assertThat(actual.put(id, "v" + i)).isEqualTo(expected.put(id, "v" + i));
        }
        assertThat(actual).as("seed %d", seed).isEqualTo(expected);
        assertThat(actual.containsKey(id)).isEqualTo(expected.containsKey(id));
      }
    }
  }
}
