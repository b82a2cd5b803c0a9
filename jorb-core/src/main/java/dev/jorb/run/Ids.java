package dev.jorb.run;

import java.util.OptionalInt;

/// The rule for job ids: a plain number for a job of the run, `parent->n` for a kicked one.
final class Ids {
  private Ids() {}

  /// The number that `id` is, if it is one without sign or leading zeros that fits an `int`.
  static OptionalInt number(String id) {
    int length = id.length();
    if (length == 0 || length > 9 || (length > 1 && id.charAt(0) == '0')) {
      return OptionalInt.empty();
    }
    int number = 0;
    for (int i = 0; i < length; i++) {
      char digit = id.charAt(i);
      if (digit < '0' || digit > '9') {
        return OptionalInt.empty();
      }
      number = number * 10 + (digit - '0');
    }
    return OptionalInt.of(number);
  }

  /// The id of the child that `parent` kicks as its `n`th, from 0.
  static String child(String parent, int n) {
    return descendant(parent) + n;
  }

  /// What the ids of all descendants of `ancestor` begin with.
  static String descendant(String ancestor) {
    return ancestor + "->";
  }
}
