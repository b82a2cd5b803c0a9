package dev.jorb.engine;

import dev.jorb.run.Job;
import dev.jorb.run.Transition;
import dev.jorb.serial.Serializer.Encoded;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// A board with jobs that go from a state to the next, and from the last to the first.
final class Ring {
  private static final List<String> STATES = List.of("checkout", "edit", "push");
  private static final byte[] NOTHING = {};

  final Board<String> board;
  private final List<Message.Arrival<String>> arrivals = new ArrayList<>();
  private final Instant at = Instant.parse("2026-11-24T10:42:07.113Z");

  Ring(int jobs, int concurrency) {
    var builder = Workflow.named("ring", Object.class, Object.class, String.class);
    for (String state : STATES) {
      builder.state(
          state, s -> s.exec((a, o, context) -> Outcome.stay(context)).concurrency(concurrency));
    }
    board = new Board<>(builder.terminal("done").build().states(), Board.Limits.DEFAULT);
    for (int i = 0; i < jobs; i++) {
      Job<String> job = Job.create(Integer.toString(i), STATES.getFirst(), "context", at);
      arrivals.add(new Message.Arrival<>(job, Duration.ZERO));
    }
  }

  /// Puts the jobs on the board, and returns those that start.
  List<Entry<String>> start() {
    return board.apply(new Message.Enter<>(arrivals), 0);
  }

  Message<String> finished(Entry<String> entry) {
    return new Message.Finished<>(result(entry));
  }

  /// The job's transition to the next state.
  Result<String> result(Entry<String> entry) {
    Job<String> job = entry.job;
    String next = STATES.get((STATES.indexOf(job.state()) + 1) % STATES.size());
    Transition<String> transition = new Transition<>(job.next().state(next).build(), List.of());
    return new Result<>(entry, new Encoded<>(transition, NOTHING), Duration.ZERO);
  }
}
