package dev.jorb.workflow;

/// How many failed attempts are too many.
///
/// ```java
/// Failures.moreThan(20)                 // since the start, or since it was last resumed
/// Failures.moreThan(20).ofLast(100)     // of the last 100 attempts
/// Failures.morePercent(30).ofLast(50)   // 16 of the last 50
/// ```
///
/// An attempt has failed when its step throws, times out, or stays with an error. Immutable.
///
/// @param moreThan failures that are still borne, from 0
/// @param ofLast of so many attempts, from 1 to [#MAX_ATTEMPTS]; 0 for all
/// @param isPercent whether `moreThan` is a percentage of `ofLast`
public record Failures(int moreThan, int ofLast, boolean isPercent) {
  /// The most attempts that are looked back on.
  public static final int MAX_ATTEMPTS = 1_000_000;

  /// Refuses what cannot be meant.
  ///
  /// @throws IllegalArgumentException if it could never be exceeded, or a number is out of range
  public Failures {
    if (moreThan < 0 || (isPercent && moreThan > 99)) {
      throw new IllegalArgumentException(
          "failures: moreThan must be at least 0"
              + (isPercent ? " and at most 99 percent" : "")
              + " but was "
              + moreThan);
    }
    if (ofLast < 0 || ofLast > MAX_ATTEMPTS) {
      throw new IllegalArgumentException(
          "failures: ofLast must be between 1 and " + MAX_ATTEMPTS + " but was " + ofLast);
    }
    if (isPercent && ofLast == 0) {
      throw new IllegalArgumentException("failures: a percentage needs ofLast, from 1 on");
    }
    if (!isPercent && ofLast > 0 && moreThan >= ofLast) {
      throw new IllegalArgumentException(
          "failures: more than " + moreThan + " of the last " + ofLast + " can never be");
    }
  }

  /// More than so many.
  public static Failures moreThan(int failures) {
    return new Failures(failures, 0, false);
  }

  /// More than so many percent, from 0 to 99; of the last 100 attempts unless [#ofLast(int)] says
  /// otherwise.
  public static Failures morePercent(int percent) {
    return new Failures(percent, 100, true);
  }

  /// The same, of the last so many attempts.
  public Failures ofLast(int attempts) {
    if (attempts < 1) {
      throw new IllegalArgumentException(
          "failures: ofLast must be between 1 and " + MAX_ATTEMPTS + " but was " + attempts);
    }
    return new Failures(moreThan, attempts, isPercent);
  }

  /// How many failures are still borne.
  public int most() {
    return isPercent ? (int) ((long) moreThan * ofLast / 100) : moreThan;
  }

  @Override
  public String toString() {
    return "more than "
        + moreThan
        + (isPercent ? " percent" : moreThan == 1 ? " failure" : " failures")
        + (ofLast == 0 ? "" : " of the last " + ofLast + " attempts");
  }
}
