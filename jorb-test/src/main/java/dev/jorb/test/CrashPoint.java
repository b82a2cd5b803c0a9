package dev.jorb.test;

import java.util.List;

/// A place in a simulated run where its process can be killed.
///
/// @param number from 0, in the order in which the run comes by them; the same for the same seed
/// @param where the place, such as `after push of job 3, before its record`
/// @param inDoubt the steps that have done work, or a part of it, of which nothing is recorded when
///   the process is killed there: they run again
public record CrashPoint(int number, String where, List<InDoubt> inDoubt) {
  /// Copies the list.
  public CrashPoint {
    inDoubt = List.copyOf(inDoubt);
  }

  /// A step whose outcome a crash loses.
  ///
  /// @param job the job's id
  /// @param state the state whose step it is
  /// @param done whether it has done all its work; if not, it is in the middle of it
  public record InDoubt(String job, String state, boolean done) {
    /// Where it is, in words: `after push, before its record`, or `inside push`.
    public String place() {
      return done ? "after " + state + ", before its record" : "inside " + state;
    }
  }

  @Override
  public String toString() {
    return "point " + number + ", " + where;
  }
}
