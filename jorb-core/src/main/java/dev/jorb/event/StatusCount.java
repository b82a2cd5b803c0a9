package dev.jorb.event;

import dev.jorb.run.Job;
import dev.jorb.run.JobTransition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/// How many jobs of one state are doing what. Every job of a run is counted in exactly one of the
/// first four numbers of exactly one state, or in `completed` of a terminal one.
///
/// @param state the state
/// @param waiting jobs that could start but for a slot, a permit or the disk
/// @param executing jobs whose step is running, or whose result is on its way to the disk
/// @param delayed jobs that were told to wait until a time
/// @param parked jobs that need a person
/// @param completed executions of this state's step that were recorded, failed ones included; in a
///   terminal state the jobs that ended there
/// @param terminal whether jobs end in this state
/// @param hold why nothing starts here though jobs wait, and until when if that is known; empty if
///   nothing but a slot is missing. If nothing is held, how many of the delayed jobs go in circles
public record StatusCount(
    String state,
    int waiting,
    int executing,
    int delayed,
    int parked,
    long completed,
    boolean terminal,
    String hold) {
  /// A state where nothing holds the jobs.
  public StatusCount(
      String state,
      int waiting,
      int executing,
      int delayed,
      int parked,
      long completed,
      boolean terminal) {
    this(state, waiting, executing, delayed, parked, completed, terminal, "");
  }

  /// The jobs in this state.
  public long jobs() {
    return terminal ? completed : (long) waiting + executing + delayed + parked;
  }

  /// Counts the jobs of a run as a run file knows it.
  ///
  /// @param states the states in their order; those that only jobs name come after them
  /// @param terminal those of them where jobs end
  /// @param executing the ids of the jobs whose steps are running
  /// @param now to tell delayed jobs from waiting ones
  public static List<StatusCount> of(
      Iterable<? extends Job<?>> jobs,
      Collection<String> states,
      Collection<String> terminal,
      Set<String> executing,
      Instant now) {
    Map<String, Tally> tallies = new LinkedHashMap<>();
    states.forEach(state -> tallies.put(state, new Tally(terminal.contains(state))));
    for (Job<?> job : jobs) {
      tallies.computeIfAbsent(job.state(), Tally::unknown).add(job, executing, now);
      for (JobTransition each : job.transitions()) {
        Tally from = tallies.computeIfAbsent(each.from(), Tally::unknown);
        from.completed += from.terminal ? 0 : 1;
      }
    }
    List<StatusCount> counts = new ArrayList<>();
    tallies.forEach((state, tally) -> counts.add(tally.toCount(state)));
    return List.copyOf(counts);
  }

  /// Where the jobs are, in few words: `97 in merged, 3 parked in push`.
  public static String standing(List<StatusCount> counts) {
    StringJoiner all = new StringJoiner(", ");
    for (StatusCount count : counts) {
      long elsewhere = count.jobs() - count.parked();
      if (elsewhere > 0) {
        all.add(elsewhere + " in " + count.state());
      }
      if (count.parked() > 0) {
        all.add(count.parked() + " parked in " + count.state());
      }
    }
    return all.toString();
  }

  /// The numbers of one state while they grow.
  private static final class Tally {
    final boolean terminal;
    int waiting;
    int executing;
    int delayed;
    int parked;
    long completed;

    Tally(boolean terminal) {
      this.terminal = terminal;
    }

    static Tally unknown(String state) {
      return new Tally(state.equals(Job.CANCELLED));
    }

    void add(Job<?> job, Set<String> running, Instant now) {
      if (terminal) {
        completed++;
      } else if (job.parked().isPresent()) {
        parked++;
      } else if (running.contains(job.id())) {
        executing++;
      } else if (job.due().filter(now::isBefore).isPresent()) {
        delayed++;
      } else {
        waiting++;
      }
    }

    StatusCount toCount(String state) {
      return new StatusCount(state, waiting, executing, delayed, parked, completed, terminal);
    }
  }
}
