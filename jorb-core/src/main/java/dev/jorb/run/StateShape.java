package dev.jorb.run;

import java.util.List;
import java.util.Objects;

/// What a workflow declares of a state, as plain data: enough for a run file to explain itself to
/// somebody who does not have the program.
///
/// @param name the state
/// @param terminal whether jobs end in it
/// @param concurrency the most executions at a time; 0 if not known
/// @param startsPerSecond the most starts per second in the long run; 0 if there is no such limit,
///   or it is not known
/// @param next the states that its step may go to; empty if any
/// @param onFailure where a job goes when its retries are used up: one state, or none
/// @param group what bounds how many jobs are between it and other states; "" if nothing does
/// @param groupMost at most so many of them; 0 if nothing bounds them
public record StateShape(
    String name,
    boolean terminal,
    int concurrency,
    double startsPerSecond,
    List<String> next,
    List<String> onFailure,
    String group,
    int groupMost) {
  /// Copies the lists.
  public StateShape {
    Objects.requireNonNull(name, "name");
    next = List.copyOf(next);
    onFailure = List.copyOf(onFailure);
  }

  /// A state of no group.
  public StateShape(
      String name,
      boolean terminal,
      int concurrency,
      double startsPerSecond,
      List<String> next,
      List<String> onFailure) {
    this(name, terminal, concurrency, startsPerSecond, next, onFailure, "", 0);
  }

  /// A state that nobody declared: jobs end in it only if it is the one that every workflow has.
  public static StateShape undeclared(String name) {
    return unknown(name, name.equals(Job.CANCELLED));
  }

  /// A state of which only this is known.
  public static StateShape unknown(String name, boolean terminal) {
    return new StateShape(name, terminal, 0, 0, List.of(), List.of());
  }
}
