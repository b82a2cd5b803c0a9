package dev.jorb.serial;

/// Looks over JSON byte by byte, as cheaply as can be, and says whether it is sure to be read
/// again.
///
/// It knows the grammar of RFC 8259 without blanks, and the well-formed UTF-8 of RFC 3629. So yes
/// means yes; no may also mean that there are blanks, or pairs of escaped surrogates. Pure.
final class CompactJson {
  private static final int NO = -1;

  private CompactJson() {}

  /// Whether `json[from, to)` is exactly one value, without blanks between its tokens, nested at
  /// most `maxDepth` levels deep.
  static boolean isOneValue(byte[] json, int from, int to, int maxDepth) {
    return value(json, from, to, maxDepth) == to;
  }

  // Each of these takes the position of the first byte and gives that behind the last one, or NO.

  private static int value(byte[] json, int at, int to, int depth) {
    if (at >= to) {
      return NO;
    }
    return switch (json[at]) {
      case '"' -> string(json, at + 1, to);
      case '{' -> depth == 0 ? NO : object(json, at + 1, to, depth - 1);
      case '[' -> depth == 0 ? NO : array(json, at + 1, to, depth - 1);
      case 't' -> word("true", json, at, to);
      case 'f' -> word("false", json, at, to);
      case 'n' -> word("null", json, at, to);
      default -> number(json, at, to);
    };
  }

  private static int object(byte[] json, int start, int to, int depth) {
    if (is('}', json, start, to)) {
      return start + 1;
    }
    int at = start;
    while (is('"', json, at, to)) {
      int colon = string(json, at + 1, to);
      int end = is(':', json, colon, to) ? value(json, colon + 1, to, depth) : NO;
      if (is('}', json, end, to)) {
        return end + 1;
      }
      if (!is(',', json, end, to)) {
        return NO;
      }
      at = end + 1;
    }
    return NO;
  }

  private static int array(byte[] json, int start, int to, int depth) {
    if (is(']', json, start, to)) {
      return start + 1;
    }
    int end = value(json, start, to, depth);
    while (is(',', json, end, to)) {
      end = value(json, end + 1, to, depth);
    }
    return is(']', json, end, to) ? end + 1 : NO;
  }

  private static boolean is(char c, byte[] json, int at, int to) {
    return at != NO && at < to && json[at] == c;
  }

  private static int word(String word, byte[] json, int start, int to) {
    for (int i = 0; i < word.length(); i++) {
      if (!is(word.charAt(i), json, start + i, to)) {
        return NO;
      }
    }
    return start + word.length();
  }

  /// What follows the opening quote.
  private static int string(byte[] json, int start, int to) {
    int at = start;
    while (at != NO && at < to) {
      byte b = json[at];
      if (b == '"') {
        return at + 1;
      }
      if (b == '\\') {
        at = escape(json, at + 1, to);
      } else if (b >= ' ') {
        at++;
      } else {
        at = b < 0 ? character(json, at, to) : NO;
      }
    }
    return NO;
  }

  /// What follows the backslash.
  private static int escape(byte[] json, int at, int to) {
    if (at >= to) {
      return NO;
    }
    return switch (json[at]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at + 1;
      case 'u' -> isUnit(json, at + 1, to) ? at + 5 : NO;
      default -> NO;
    };
  }

  /// Whether there are four hexadecimal digits that say no half of a surrogate pair, of which the
  /// other half may be missing.
  private static boolean isUnit(byte[] json, int at, int to) {
    if (at + 4 > to) {
      return false;
    }
    int unit = 0;
    for (int i = at; i < at + 4; i++) {
      int digit = Character.digit(json[i], 16);
      if (digit < 0) {
        return false;
      }
      unit = unit << 4 | digit;
    }
    return unit < Character.MIN_SURROGATE || unit > Character.MAX_SURROGATE;
  }

  /// A character of two to four bytes. The second byte rules out longer forms than need be, halves
  /// of surrogate pairs, and what is beyond U+10FFFF.
  private static int character(byte[] json, int at, int to) {
    int first = json[at] & 0xFF;
    int second = at + 1 < to ? json[at + 1] & 0xFF : 0;
    if (first >= 0xC2 && first <= 0xDF) {
      return tail(json, at + 1, at + 2, to);
    }
    if (first >= 0xE0 && first <= 0xEF) {
      boolean fits = first == 0xE0 ? second >= 0xA0 : first != 0xED || second <= 0x9F;
      return fits ? tail(json, at + 1, at + 3, to) : NO;
    }
    if (first >= 0xF0 && first <= 0xF4) {
      boolean fits = first == 0xF0 ? second >= 0x90 : first != 0xF4 || second <= 0x8F;
      return fits ? tail(json, at + 1, at + 4, to) : NO;
    }
    return NO;
  }

  private static int tail(byte[] json, int start, int end, int to) {
    for (int i = start; i < end; i++) {
      if (i >= to || (json[i] & 0xC0) != 0x80) {
        return NO;
      }
    }
    return end;
  }

  private static int number(byte[] json, int start, int to) {
    int digits = is('-', json, start, to) ? start + 1 : start;
    int end = is('0', json, digits, to) ? digits + 1 : digits(json, digits, to);
    if (is('.', json, end, to)) {
      end = digits(json, end + 1, to);
    }
    if (is('e', json, end, to) || is('E', json, end, to)) {
      boolean signed = is('+', json, end + 1, to) || is('-', json, end + 1, to);
      end = digits(json, end + (signed ? 2 : 1), to);
    }
    return end;
  }

  private static int digits(byte[] json, int start, int to) {
    int end = start;
    while (end < to && json[end] >= '0' && json[end] <= '9') {
      end++;
    }
    return end == start ? NO : end;
  }
}
