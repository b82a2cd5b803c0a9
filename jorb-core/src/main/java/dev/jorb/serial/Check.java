package dev.jorb.serial;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What [RunFiles#check] found.
///
/// @param file what was looked at
/// @param condition the worst of it, in one word
/// @param contents what the file holds; empty if it is damaged, foreign or empty
/// @param problems what is wrong, in the order of the file; empty if there are `contents`, of which
///   [RunFile#opening()] then says what is to be remarked
public record Check(
    Path file, Condition condition, Optional<RunFile> contents, List<Problem> problems) {
  /// Copies the list.
  public Check {
    problems = List.copyOf(problems);
  }

  /// How a run file is.
  public enum Condition {
    /// As it was written, and closed in order.
    HEALTHY,
    /// A process has it.
    LIVE,
    /// The last process ended without closing it. Nothing that was acknowledged is missing.
    UNCLEAN,
    /// A person edited it.
    EDITED,
    /// There is nothing in it.
    EMPTY,
    /// It is another kind of file.
    FOREIGN,
    /// It is not as it was written.
    DAMAGED
  }

  /// Something that is wrong.
  ///
  /// @param line its number, from 1; 0 for the whole file
  /// @param job the job that it is about, if that can be told
  /// @param what what is wrong
  /// @param next what to do about it
  public record Problem(long line, Optional<String> job, String what, String next) {
    private String sentence() {
      return (line == 0 ? "" : "line " + line + ": ")
          + job.map(id -> "job " + id + ": ").orElse("")
          + what;
    }
  }

  /// Whether a start takes the file as it is.
  public boolean isUsable() {
    return contents.isPresent();
  }

  /// One sentence for each thing that a person should know, with the way on at the end; empty if
  /// all is as it should be.
  public List<String> sentences() {
    List<String> all = new ArrayList<>();
    contents.ifPresent(file -> all.addAll(file.opening().sentences()));
    problems.forEach(problem -> all.add(problem.sentence()));
    problems.stream().map(Problem::next).distinct().forEach(all::add);
    return all;
  }
}
