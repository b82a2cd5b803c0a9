package dev.jorb.engine;

import dev.jorb.limit.Feedback;
import dev.jorb.limit.Limit;
import dev.jorb.run.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the board is told.
///
/// @param <J> the job context
sealed interface Message<J> {
  /// Jobs come onto the board, in the order in which they shall be served.
  record Enter<J>(List<Arrival<J>> arrivals) implements Message<J> {}

  /// A job that comes onto the board.
  ///
  /// @param job the job as it is recorded
  /// @param delay how long it still has to wait; zero for not
  /// @param now what time it is, for its deadline
  /// @param order what is done with it before anything else, if anything
  record Arrival<J>(Job<J> job, Duration delay, Instant now, @Nullable Order order) {
    /// One that has just been made.
    Arrival(Job<J> job, Duration delay) {
      this(job, delay, job.updated(), null);
    }
  }

  /// A step whose state has a timeout begins now.
  record Began<J>(Entry<J> entry) implements Message<J> {}

  /// What came of the jobs of one call: nothing starts before all of it is taken in.
  record Together<J>(List<Message<J>> messages) implements Message<J> {}

  /// A step returned: its slot is free, its result has to be recorded before the job moves on.
  record Returned<J>(Result<J> result) implements Message<J> {}

  /// Results are durable: their jobs may move on.
  record Committed<J>(List<Result<J>> results) implements Message<J> {}

  /// A step returned in a run that nobody records: [Returned] and [Committed] in one.
  record Finished<J>(Result<J> result) implements Message<J> {}

  /// A step was interrupted because the run stops: its job stands where it stood, and nothing is
  /// counted.
  record Withdrawn<J>(Entry<J> entry) implements Message<J> {}

  /// The same for all jobs of its call, so that they stand in the order in which they stood.
  static <J> Message<J> withdrawn(Entry<J> entry) {
    List<Message<J>> all = new ArrayList<>();
    entry.together().reversed().forEach(each -> all.add(new Withdrawn<>(each)));
    return all.size() == 1 ? all.getFirst() : new Together<>(all);
  }

  /// A service refused what a step asked of it: its job is handed back, first of its line, nothing
  /// is counted, and its state's limits are told.
  record Refused<J>(Entry<J> entry, Feedback feedback) implements Message<J> {}

  /// A step's result cannot be recorded, nor can its failure: the job is parked in memory alone,
  /// and stands in the file where it stood.
  record Unrecordable<J>(Entry<J> entry, String reason) implements Message<J> {}

  /// Something is ordered for jobs, named by their positions in the run.
  record Ordered<J>(Order order, int[] positions) implements Message<J> {}

  /// An order changed nothing: its job stands where it stood.
  ///
  /// @param delay how long it still has to wait; zero for not
  record Unchanged<J>(Entry<J> entry, Duration delay) implements Message<J> {}

  /// Time has passed.
  record Tick<J>() implements Message<J> {}

  /// Nothing new starts until [Unhold], for this reason.
  record Hold<J>(String reason) implements Message<J> {}

  /// The reason of the last [Hold] is gone.
  record Unhold<J>() implements Message<J> {}

  /// Nothing new starts in this state until [Resume].
  record Pause<J>(String state) implements Message<J> {}

  /// Nothing new starts in the run until [ResumeRun].
  record PauseRun<J>() implements Message<J> {}

  /// The run goes on.
  record ResumeRun<J>() implements Message<J> {}

  /// The state goes on.
  record Resume<J>(String state) implements Message<J> {}

  /// From now on so many steps of this state may run at a time.
  record Concurrency<J>(String state, int most) implements Message<J> {}

  /// From now on this limit counts in place of the one that the state has at this place, from 0,
  /// and for whoever shares it.
  record Limited<J>(String state, int place, Limit limit) implements Message<J> {}

  /// From now on so many jobs may be inside of this group.
  record Grouped<J>(String group, int most) implements Message<J> {}

  /// Nothing new starts any more.
  record Stop<J>() implements Message<J> {}
}
