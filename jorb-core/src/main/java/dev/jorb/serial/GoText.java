package dev.jorb.serial;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// JSON text laid out as Go's `encoding/json` lays it out with an indentation of two blanks: one
/// field or element a line, a blank behind the colon, empty objects and lists in one piece, and
/// `<`, `>`, `&`, U+2028 and U+2029 escaped. Not thread-safe.
///
/// Values come as well-formed JSON and keep their tokens: only the blanks between them change.
final class GoText {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes;
  private int size;

  GoText(int capacity) {
    this.bytes = new byte[capacity];
  }

  /// What was written so far. A copy.
  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  /// What was written so far, without a copy: valid until the next call, [#size()] bytes long.
  byte[] buffer() {
    return bytes;
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  /// ASCII text as it stands.
  GoText append(String ascii) {
    ensure(ascii.length());
    for (int i = 0; i < ascii.length(); i++) {
      bytes[size++] = (byte) ascii.charAt(i);
    }
    return this;
  }

  /// Bytes as they stand.
  GoText raw(byte[] more) {
    ensure(more.length);
    System.arraycopy(more, 0, bytes, size, more.length);
    size += more.length;
    return this;
  }

  /// A line break and the indentation of the next line.
  GoText line(int depth) {
    ensure(1 + 2 * depth);
    bytes[size++] = '\n';
    Arrays.fill(bytes, size, size + 2 * depth, (byte) ' ');
    size += 2 * depth;
    return this;
  }

  /// A string with its quotes. A half of a surrogate pair, which UTF-8 cannot say, is escaped.
  GoText string(String text) {
    ensure(text.length() + 2);
    bytes[size++] = '"';
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        ascii(c);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        raw(text.substring(i, i + 2).getBytes(StandardCharsets.UTF_8));
        i++;
      } else if (Character.isSurrogate(c) || c == 0x2028 || c == 0x2029) {
        escape(c);
      } else {
        raw(Character.toString(c).getBytes(StandardCharsets.UTF_8));
      }
    }
    return append("\"");
  }

  private void ascii(char c) {
    switch (c) {
      case '"', '\\' -> append("\\").append(Character.toString(c));
      case '\n' -> append("\\n");
      case '\r' -> append("\\r");
      case '\t' -> append("\\t");
      case '\b' -> append("\\b");
      case '\f' -> append("\\f");
      case '<', '>', '&' -> escape(c);
      default -> {
        if (c < 0x20) {
          escape(c);
        } else {
          ensure(1);
          bytes[size++] = (byte) c;
        }
      }
    }
  }

  private void escape(int c) {
    append("\\u");
    ensure(4);
    for (int shift = 12; shift >= 0; shift -= 4) {
      bytes[size++] = HEX[(c >>> shift) & 15];
    }
  }

  /// A value with its inner lines indented from `depth` on.
  GoText indented(byte[] json, int depth) {
    int level = depth;
    for (int i = 0; i < json.length; i++) {
      byte b = json[i];
      switch (b) {
        case ' ', '\n', '\r', '\t' -> {}
        case '"' -> i = token(json, i, JsonText.stringEnd(json, i));
        case ':' -> append(": ");
        case ',' -> append(",").line(level);
        case '{', '[' -> {
          int next = JsonText.skipBlanks(json, i + 1);
          token(json, i, i + 1);
          if (json[next] == b + 2) { // The closing one: it stands two behind in ASCII.
            i = token(json, next, next + 1);
          } else {
            line(++level);
          }
        }
        case '}', ']' -> {
          line(--level);
          token(json, i, i + 1);
        }
        default -> token(json, i, i + 1);
      }
    }
    return this;
  }

  /// Copies `json[from, to)`; returns the position of its last byte.
  private int token(byte[] json, int from, int to) {
    ensure(to - from);
    System.arraycopy(json, from, bytes, size, to - from);
    size += to - from;
    return to - 1;
  }

  /// The same value with the characters escaped that Go escapes. They stand in strings only, and
  /// none of their bytes is part of another character.
  static byte[] escaped(byte[] json) {
    GoText text = new GoText(json.length + 16);
    int copied = 0;
    for (int i = 0; i < json.length; i++) {
      int c = escapable(json, i);
      if (c >= 0) {
        text.token(json, copied, i);
        text.escape(c);
        copied = i + (c < 0x80 ? 1 : 3);
      }
    }
    text.token(json, copied, json.length);
    return text.size == json.length ? json : text.toBytes();
  }

  private static int escapable(byte[] json, int i) {
    byte b = json[i];
    if (b == '<' || b == '>' || b == '&') {
      return b;
    }
    boolean separator =
        b == (byte) 0xE2
            && i + 2 < json.length
            && json[i + 1] == (byte) 0x80
            && (json[i + 2] & 0xFE) == 0xA8;
    return separator ? 0x2000 | (json[i + 2] & 0x3F) : -1;
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      int wanted = (int) Math.min(bytes.length * 2L, Integer.MAX_VALUE - 8);
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), wanted));
    }
  }
}
