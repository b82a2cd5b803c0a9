package dev.jorb.serial;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a run file says of its run: its first line, and a line for every start after that.
///
/// @param run the run's name
/// @param id the run's id
/// @param epoch counts the starts, from 1
/// @param commit the number of the last commit before this line
/// @param at when this start was
/// @param workflow the workflow's name, if known
/// @param startState where new jobs start
/// @param states the workflow's states in their order; empty if not known
/// @param terminal those where jobs end
/// @param overall the overall context as JSON
record Header(
    String run,
    String id,
    int epoch,
    long commit,
    Instant at,
    @Nullable String workflow,
    String startState,
    List<String> states,
    List<String> terminal,
    byte[] overall) {
  /// The version of the file's form.
  static final int FORMAT = 1;
}
