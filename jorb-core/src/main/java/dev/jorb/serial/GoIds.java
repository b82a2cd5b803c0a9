package dev.jorb.serial;

import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the Go version says with ids alone: who kicked a job, as which of its children, and, as far
/// as can be told, in what order jobs came. Pure.
final class GoIds {
  private static final String ARROW = "->";

  /// The order of Go's map keys: by the bytes of their UTF-8.
  static final Comparator<String> BYTEWISE = GoIds::compareBytewise;

  private GoIds() {}

  /// The parent in `parent->n`.
  static Optional<String> parent(String id) {
    int arrow = id.lastIndexOf(ARROW);
    boolean kicked = arrow > 0 && number(id.substring(arrow + ARROW.length())) >= 0;
    return kicked ? Optional.of(id.substring(0, arrow)) : Optional.empty();
  }

  /// The `n` in `parent->n`; -1 if the id is not one of that kind.
  static int childNumber(String id) {
    int arrow = id.lastIndexOf(ARROW);
    return arrow > 0 ? (int) Math.min(number(id.substring(arrow + 2)), Integer.MAX_VALUE - 1) : -1;
  }

  /// The number that these digits say; -1 if they are not digits, or too many.
  private static long number(String digits) {
    boolean all = !digits.isEmpty() && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    return all && digits.length() <= 18 ? Long.parseLong(digits) : -1;
  }

  private static int compareBytewise(String a, String b) {
    int shorter = Math.min(a.length(), b.length());
    for (int i = 0; i < shorter; i++) {
      if (a.charAt(i) != b.charAt(i)) {
        return Integer.compare(rank(a.charAt(i)), rank(b.charAt(i)));
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /// UTF-16 puts what needs two halves before U+E000, UTF-8 behind U+FFFF.
  private static int rank(char c) {
    return Character.isSurrogate(c) ? c + 0x10000 : c;
  }

  /// An id's place in the order that is assumed where none is known: jobs of the run before their
  /// children, and these before theirs; numbers by their value, and before other ids.
  record Place(String id, String[] parts, long[] numbers) implements Comparable<Place> {
    static Place of(String id) {
      String[] parts = id.split(ARROW, -1);
      long[] numbers = new long[parts.length];
      for (int i = 0; i < parts.length; i++) {
        numbers[i] = number(parts[i]);
      }
      return new Place(id, parts, numbers);
    }

    @Override
    public int compareTo(Place other) {
      int order = Integer.compare(parts.length, other.parts.length);
      for (int i = 0; i < parts.length && order == 0; i++) {
        order = compare(numbers[i], parts[i], other.numbers[i], other.parts[i]);
      }
      return order != 0 ? order : BYTEWISE.compare(id, other.id);
    }

    /// What is no number is -1, which is the largest of all without a sign.
    private static int compare(long number, String part, long otherNumber, String otherPart) {
      int order = Long.compareUnsigned(number, otherNumber);
      return order != 0 || number >= 0 ? order : BYTEWISE.compare(part, otherPart);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Place place && place.id.equals(id);
    }

    @Override
    public int hashCode() {
      return id.hashCode();
    }

    @Override
    public String toString() {
      return id;
    }
  }
}
