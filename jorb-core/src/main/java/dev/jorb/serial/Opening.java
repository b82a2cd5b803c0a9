package dev.jorb.serial;

import java.util.ArrayList;
import java.util.List;

/// What was found when a run file was opened.
///
/// @param isNew there was none
/// @param isClean it was closed in order
/// @param tornBytes bytes at its end that belong to a batch that was never acknowledged; they are
///   cut
/// @param edits jobs that a person changed or added in the file
/// @param unknownStates jobs that are in states which the workflow does not have; they are parked
/// @param unreadable jobs whose context does not fit its type; they are parked and kept as they are
/// @param inDoubt jobs whose step was running when a process died, so that nobody knows what it did
public record Opening(
    boolean isNew,
    boolean isClean,
    long tornBytes,
    List<Edit> edits,
    List<Stray> unknownStates,
    List<Stray> unreadable,
    List<Doubt> inDoubt) {
  private static final int SHOWN = 5;

  /// Copies the lists.
  public Opening {
    edits = List.copyOf(edits);
    unknownStates = List.copyOf(unknownStates);
    unreadable = List.copyOf(unreadable);
    inDoubt = List.copyOf(inDoubt);
  }

  /// A job that a person changed in the file.
  ///
  /// @param job its id
  /// @param from the state before, or "?" if it cannot be told
  /// @param to the state now
  public record Edit(String job, String from, String to) {}

  /// A job that cannot be run as it is.
  ///
  /// @param job its id
  /// @param state its state
  /// @param problem what is wrong
  public record Stray(String job, String state, String problem) {}

  /// A job whose step was running when a process died.
  ///
  /// @param job its id
  /// @param state the state whose step it was
  /// @param crashes how many processes in a row died while it was running, from 1
  public record Doubt(String job, String state, int crashes) {}

  static Opening ofNew() {
    return new Opening(true, true, 0, List.of(), List.of(), List.of(), List.of());
  }

  /// One sentence for each thing found; empty if all is as it should be.
  public List<String> sentences() {
    List<String> all = new ArrayList<>();
    if (!isClean) {
      all.add(
          "the last process ended without closing the file"
              + (tornBytes == 0 ? "" : "; " + tornBytes + " bytes of an unfinished batch are cut"));
    }
    if (!edits.isEmpty()) {
      all.add(
          jobs(edits.size(), "edited by hand")
              + ": "
              + some(edits.stream().map(Opening::sentence).toList()));
    }
    if (!unknownStates.isEmpty()) {
      all.add(
          jobs(unknownStates.size(), "parked in states that the workflow does not have")
              + ": "
              + some(
                  unknownStates.stream().map(s -> s.job() + " in \"" + s.state() + "\"").toList()));
    }
    if (!unreadable.isEmpty()) {
      all.add(
          jobs(unreadable.size(), "parked because their context cannot be read")
              + ": "
              + some(unreadable.stream().map(s -> s.job() + " (" + s.problem() + ")").toList()));
    }
    if (!inDoubt.isEmpty()) {
      all.add(
          jobs(inDoubt.size(), "in doubt, running when the process died")
              + ": "
              + some(inDoubt.stream().map(Opening::sentence).toList())
              + "; the next start runs their steps again, or does what their states say of doubts");
    }
    return all;
  }

  private static String sentence(Doubt doubt) {
    return doubt.job()
        + " in \""
        + doubt.state()
        + "\""
        + (doubt.crashes() > 1 ? " (" + doubt.crashes() + " times in a row)" : "");
  }

  private static String sentence(Edit edit) {
    return edit.job() + " from \"" + edit.from() + "\" to \"" + edit.to() + "\"";
  }

  private static String jobs(int count, String what) {
    return count + (count == 1 ? " job " : " jobs ") + what;
  }

  private static String some(List<String> all) {
    String shown = String.join(", ", all.subList(0, Math.min(SHOWN, all.size())));
    return all.size() > SHOWN ? shown + " and " + (all.size() - SHOWN) + " more" : shown;
  }
}
