package dev.jorb.serial;

import java.util.Arrays;

/// Works on well-formed JSON, token by token, without changing any. Pure.
final class JsonText {
  private JsonText() {}

  /// The same value on one line, without blanks between its tokens.
  static byte[] compact(byte[] json) {
    byte[] compact = new byte[json.length];
    int size = 0;
    for (int i = 0; i < json.length; ) {
      int end = json[i] == '"' ? stringEnd(json, i) : isBlank(json[i]) ? i : i + 1;
      System.arraycopy(json, i, compact, size, end - i);
      size += end - i;
      i = Math.max(end, i + 1);
    }
    return size == json.length ? json : Arrays.copyOf(compact, size);
  }

  /// The position behind the string that begins with the quote at `quote`.
  static int stringEnd(byte[] json, int quote) {
    int i = quote + 1;
    while (json[i] != '"') {
      i += json[i] == '\\' ? 2 : 1;
    }
    return i + 1;
  }

  /// The first position from `from` on where no blank is.
  static int skipBlanks(byte[] json, int from) {
    int i = from;
    while (isBlank(json[i])) {
      i++;
    }
    return i;
  }

  static boolean isBlank(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  /// Halves of surrogate pairs cannot be written as UTF-8.
  static String withoutHalves(String text) {
    if (text.codePoints().noneMatch(JsonText::isHalf)) {
      return text;
    }
    StringBuilder whole = new StringBuilder(text.length());
    text.codePoints().map(c -> isHalf(c) ? 0xFFFD : c).forEach(whole::appendCodePoint);
    return whole.toString();
  }

  private static boolean isHalf(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  /// Whether it stands in JSON as it is, and in ASCII.
  static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }
}
