package dev.jorb.test;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The job context of the runs in [SerializerConformance].
///
/// @param text any text
/// @param count any number
/// @param ratio any number
/// @param notes more texts
/// @param inner another one, as deep as one likes
public record Item(
    String text, long count, double ratio, Map<String, String> notes, @Nullable Item inner) {
  /// One with nothing but a text.
  public static Item of(String text) {
    return new Item(text, 0, 0, Map.of(), null);
  }

  /// One of this number.
  static Item numbered(int number) {
    return new Item("item " + number, number, number / 7.0, Map.of("n", "#" + number), null);
  }

  Item withRatio(double other) {
    return new Item(text, count, other, notes, inner);
  }

  /// One with `levels` others inside of each other.
  static Item nested(int levels) {
    Item item = of("innermost");
    for (int i = 0; i < levels; i++) {
      item = new Item("level", i, 0, Map.of(), item);
    }
    return item;
  }
}
