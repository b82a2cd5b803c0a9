package dev.jorb.serial;

import java.util.Arrays;
import java.util.zip.CRC32C;

/// The sum over a batch that its commit line carries: CRC32C over the last eight checksum digits of
/// each of its lines, in their order. Those digits stay when a person changes a state, so the sum
/// does too. Not thread-safe.
final class BatchSum {
  /// The digits stand before `"}`.
  private static final int DIGITS_FROM_END = 10;

  private static final int DIGITS = 8;

  private final CRC32C crc = new CRC32C();

  /// Takes in the line of `bytes` that ends before `lineEnd`, which has no line break.
  void add(byte[] bytes, int lineEnd) {
    crc.update(bytes, lineEnd - DIGITS_FROM_END, DIGITS);
  }

  /// Takes in the digits of a line; see [#digits].
  void add(byte[] digits) {
    crc.update(digits, 0, digits.length);
  }

  /// The digits that the sum is over, of the line of `bytes` that ends before `lineEnd`.
  static byte[] digits(byte[] bytes, int lineEnd) {
    return Arrays.copyOfRange(bytes, lineEnd - DIGITS_FROM_END, lineEnd - DIGITS_FROM_END + DIGITS);
  }

  int value() {
    return (int) crc.getValue();
  }

  void clear() {
    crc.reset();
  }
}
