package dev.jorb.workflow;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/// A bound on how many jobs are between two points of a workflow: at most so many inside of some
/// states. "No more than 20 open pull requests" is
///
/// ```java
/// .group("open pull requests", 20, "push", "watch")
/// ```
///
/// A job is inside from the moment its first step in one of the states starts until it is in a
/// state that is not one of them, whatever happens to it between: delays, failed attempts, being
/// parked, waiting for its kicks, new starts of the program. Jobs that are inside go before those
/// that want to come in, so begun work is finished first, and a limit on a later state of the group
/// holds back the work before it.
///
/// Immutable.
///
/// @param name what status and `why` call it
/// @param most at most so many jobs at a time, at least 1
/// @param states in which a job is inside, in the order of their declaration; no state is in two
///   groups
public record Group(String name, int most, Set<String> states) {
  /// Copies the set, in its order.
  public Group {
    states = Collections.unmodifiableSet(new LinkedHashSet<>(states));
  }

  @Override
  public String toString() {
    return "group \"" + name + "\" of " + states;
  }
}
