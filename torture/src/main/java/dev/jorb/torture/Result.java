package dev.jorb.torture;

import dev.jorb.torture.Finding.Kind;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What a row did up to now, as it is kept between two calls.
///
/// @param commits what it was done with
/// @param turns how many turns it has
/// @param done how many of them are done
/// @param broken how often the row itself failed
/// @param messages the first findings, each with its seed and how to see it again
record Result(
    String row,
    String what,
    Set<String> commits,
    long turns,
    long done,
    long trials,
    long lost,
    long repeatedBeyondBound,
    long silentlyWrong,
    long hung,
    long broken,
    long millis,
    List<String> messages) {
  Result {
    commits = Collections.unmodifiableSet(new TreeSet<>(commits));
  }

  static Result nothing(Row row) {
    return new Result(row.name(), row.what(), Set.of(), -1, 0, 0, 0, 0, 0, 0, 0, 0, List.of());
  }

  Result with(String commit, long turns, long done, Tally tally, long moreMillis) {
    Set<String> all = new HashSet<>(commits);
    all.add(commit);
    return new Result(
        row,
        what,
        all,
        turns,
        done,
        tally.trials(),
        tally.count(Kind.LOST),
        tally.count(Kind.REPEATED),
        tally.count(Kind.SILENTLY_WRONG),
        tally.count(Kind.HUNG),
        tally.count(Kind.BROKEN),
        millis + moreMillis,
        tally.messages());
  }

  boolean isDone() {
    return turns >= 0 && done >= turns;
  }

  boolean hasFailed() {
    return lost + repeatedBeyondBound + silentlyWrong + hung + broken > 0;
  }

  boolean isOk() {
    return isDone() && !hasFailed() && trials > 0;
  }

  /// With this confidence of 95 % no more than this part of all such trials fails, if none did.
  double bound95() {
    return trials < 3 ? 1 : 3.0 / trials;
  }
}
