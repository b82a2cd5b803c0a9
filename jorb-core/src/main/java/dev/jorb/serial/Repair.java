package dev.jorb.serial;

import dev.jorb.serial.Check.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What [RunFiles#repair] did.
///
/// @param from the damaged file, which is as it was
/// @param to the new one
/// @param jobs how many jobs the new one holds
/// @param setBack jobs that are at an older version than they were: steps that they took since are
///   taken again
/// @param lost jobs of which nothing was left
/// @param dropped the lines that were not taken over and why, in the order of the file
public record Repair(
    Path from, Path to, int jobs, List<SetBack> setBack, List<String> lost, List<Problem> dropped) {
  /// Copies the lists.
  public Repair {
    setBack = List.copyOf(setBack);
    lost = List.copyOf(lost);
    dropped = List.copyOf(dropped);
  }

  /// A job that is at an older version than it was.
  ///
  /// @param job its id
  /// @param state the state that it is in now
  /// @param fromVersion the version that it was at; 0 if it cannot be told
  /// @param toVersion the version that it is at now
  public record SetBack(String job, String state, int fromVersion, int toVersion) {
    @Override
    public String toString() {
      return job
          + " from version "
          + (fromVersion == 0 ? "?" : fromVersion)
          + " to "
          + toVersion
          + " in \""
          + state
          + "\"";
    }
  }

  static Repair of(Path from, Path to, Salvage.Found found) {
    List<SetBack> setBack =
        found.setBack().stream()
            .map(each ->
                new SetBack(
                    each.job(),
                    found.image().winner(each.job()).job().state(),
                    each.lost(),
                    each.now()))
            .toList();
    List<Problem> dropped =
        found.findings().stream()
            .map(each ->
                new Problem(
                    each.line(),
                    each.job().isEmpty() ? Optional.empty() : Optional.of(each.job()),
                    each.what(),
                    "look whether the job is as it should be"))
            .toList();
    return new Repair(from, to, found.image().jobs.size(), setBack, found.lost(), dropped);
  }
}
