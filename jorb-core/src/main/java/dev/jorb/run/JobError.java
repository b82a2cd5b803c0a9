package dev.jorb.run;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One failure of a job, under the state whose step it happened in.
///
/// A job's errors are a linked list from the newest to the oldest. The last 64 to 128 are kept;
/// [#ordinal()] goes on counting. Immutable and thread-safe.
public final class JobError {
  /// The longest message that is kept, in characters; a longer one is cut and says so.
  public static final int MAX_LENGTH = 8_000;

  private static final int KEPT = 64;

  /// Room for the words at the end of a message that is cut, so that it is not cut again when it is
  /// read from a file.
  private static final int CUT_NOTE = 40;

  private final String state;
  private final long atMillis;
  private final String message;
  private final int ordinal;
  private final int length;
  private final @Nullable JobError before;

  private JobError(
      String state, long atMillis, String message, int ordinal, @Nullable JobError before) {
    this.state = state;
    this.atMillis = atMillis;
    this.message = message;
    this.ordinal = ordinal;
    this.before = before;
    this.length = before == null ? 1 : before.length + 1;
  }

  /// The next error after `before`, or the first.
  static JobError after(
      @Nullable JobError before, String state, Instant at, String message, int ordinal) {
    JobError kept = before != null && before.length >= 2 * KEPT ? newest(before) : before;
    return new JobError(state, at.toEpochMilli(), cut(message), ordinal, kept);
  }

  private static JobError newest(JobError last) {
    JobError copy = null;
    List<JobError> all = oldestFirst(last);
    for (JobError each : all.subList(all.size() - KEPT, all.size())) {
      copy = new JobError(each.state, each.atMillis, each.message, each.ordinal, copy);
    }
    return Objects.requireNonNull(copy);
  }

  /// Shortens the message, and replaces halves of surrogate pairs, which cannot be written as
  /// UTF-8.
  private static String cut(String text) {
    String message = text.codePoints().anyMatch(JobError::isSurrogate) ? repaired(text) : text;
    if (message.length() <= MAX_LENGTH) {
      return message;
    }
    int last = MAX_LENGTH - CUT_NOTE - 1;
    int end = Character.isHighSurrogate(message.charAt(last)) ? last : last + 1;
    return message.substring(0, end) + "… (" + (message.length() - end) + " more characters)";
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  private static String repaired(String text) {
    StringBuilder repaired = new StringBuilder(text.length());
    text.codePoints().map(c -> isSurrogate(c) ? 0xFFFD : c).forEach(repaired::appendCodePoint);
    return repaired.toString();
  }

  static List<JobError> oldestFirst(@Nullable JobError last) {
    List<JobError> all = new ArrayList<>();
    for (JobError each = last; each != null; each = each.before) {
      all.add(each);
    }
    Collections.reverse(all);
    return Collections.unmodifiableList(all);
  }

  /// The state whose step failed.
  public String state() {
    return state;
  }

  /// When it failed, to the millisecond.
  public Instant at() {
    return Instant.ofEpochMilli(atMillis);
  }

  /// What was said, on one or more lines.
  public String message() {
    return message;
  }

  /// The number of this error in the job's life, from 1.
  public int ordinal() {
    return ordinal;
  }

  @Override
  public String toString() {
    return state + " at " + at() + ": " + message;
  }
}
