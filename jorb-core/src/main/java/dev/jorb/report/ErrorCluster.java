package dev.jorb.report;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Errors that have, as far as their texts tell, one cause.
///
/// @param id six hexadecimal digits or more, made of the pattern alone: the same in every run
/// @param pattern what their texts have in common
/// @param errors how many there are, of those that the jobs still keep
/// @param states how many of them happened in which state, the most frequent first
/// @param first when the first of them happened
/// @param last when the last of them happened
/// @param jobs the ids of the jobs that had one, in the run's order
/// @param stuck those of the jobs whose last execution failed with one of them and that stand where
///   it left them: what a redrive sends on
/// @param example the text of the first, as it is
public record ErrorCluster(
    String id,
    ErrorPattern pattern,
    long errors,
    Map<String, Long> states,
    Instant first,
    Instant last,
    List<String> jobs,
    List<String> stuck,
    String example) {
  /// Copies the lists and the map.
  public ErrorCluster {
    states = Collections.unmodifiableMap(new LinkedHashMap<>(states));
    jobs = List.copyOf(jobs);
    stuck = List.copyOf(stuck);
  }
}
