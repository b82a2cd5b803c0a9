package dev.jorb.serial;

import dev.jorb.run.StateShape;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a run file says of its run: its first line, and a line for every start after that.
///
/// @param run the run's name
/// @param id the run's id
/// @param epoch counts the starts, from 1
/// @param commit the number of the last commit before this line, or, in the first line of a file,
///   the last one whose result is in the file's first `batches` batches
/// @param batches how many batches the file had when it got its name: they were on the disk by
///   then, so they cannot be torn. They count from 1, and commits go on behind `commit`. 0 in a
///   later line.
/// @param at when this start was
/// @param workflow the workflow's name, if known
/// @param startState where new jobs start
/// @param states the workflow's states in their order; empty if not known
/// @param terminal those where jobs end
/// @param others states that jobs of the file were in when this line was written and that are not
///   the workflow's
/// @param shapes what the workflow declares of its states; empty if not known
/// @param redrives the redrives of the run's life, oldest first
/// @param overall the overall context as JSON
record Header(
    String run,
    String id,
    int epoch,
    long commit,
    long batches,
    Instant at,
    @Nullable String workflow,
    String startState,
    List<String> states,
    List<String> terminal,
    List<String> others,
    List<StateShape> shapes,
    List<RedriveEntry> redrives,
    byte[] overall) {
  /// The version of the file's form.
  static final int FORMAT = 1;

  /// The same for a file that starts anew behind `commit`, with jobs in these `others` states.
  Header behind(long commit, List<String> others) {
    return with(commit, 0, others);
  }

  /// The same for a file that had so many batches when it got its name.
  Header withBatches(long batches) {
    return with(commit, batches, others);
  }

  private Header with(long commit, long batches, List<String> others) {
    return new Header(
        run,
        id,
        epoch,
        commit,
        batches,
        at,
        workflow,
        startState,
        states,
        terminal,
        others,
        shapes,
        redrives,
        overall);
  }
}
