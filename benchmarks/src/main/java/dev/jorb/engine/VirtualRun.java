package dev.jorb.engine;

import dev.jorb.limit.Feedback;
import dev.jorb.run.Job;
import dev.jorb.run.Transition;
import dev.jorb.serial.Serializer.Encoded;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.PriorityQueue;

/// The real board on virtual time, with a simulated service behind its steps: no thread, no clock,
/// and the same every time. Jobs never end: each comes back after its call, as the last of its
/// line.
public final class VirtualRun {
  private static final byte[] NOTHING = {};

  private final Board<String> board;
  private final Service service;
  private final List<Message.Arrival<String>> arrivals = new ArrayList<>();
  private final PriorityQueue<Answer> answers = new PriorityQueue<>();
  private long asked;

  /// What a step calls.
  @FunctionalInterface
  public interface Service {
    /// Somebody calls now.
    Reply call(String state, String context, long nowNanos);
  }

  /// What comes of a call.
  ///
  /// @param latencyNanos after how long
  /// @param feedback what limits are told
  /// @param handsBack whether the job is handed back as by an exception that says so; if not it has
  ///   just been executed
  /// @param thinkNanos how long the job waits before it calls again
  public record Reply(long latencyNanos, Feedback feedback, boolean handsBack, long thinkNanos) {}

  private record Answer(long atNanos, long order, Entry<String> entry, Reply reply)
      implements Comparable<Answer> {
    @Override
    public int compareTo(Answer other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  /// @param service is called by the steps of all states
  public VirtualRun(Workflow<?, ?, String> workflow, Service service) {
    this.board = new Board<>(workflow.states(), Board.Limits.DEFAULT);
    this.service = service;
  }

  /// A job that comes after a while.
  public void job(String state, String context, Duration after) {
    String id = Integer.toString(arrivals.size());
    arrivals.add(new Message.Arrival<>(Job.create(id, state, context, Instant.EPOCH), after));
  }

  /// Lets that much time pass from the beginning.
  public void run(Duration time) {
    long endNanos = time.toNanos();
    apply(new Message.Enter<>(arrivals), 0);
    long nowNanos = 0;
    while (true) {
      OptionalLong due = board.nextDueNanos(nowNanos);
      Answer next = answers.peek();
      boolean isAnswer = next != null && (due.isEmpty() || next.atNanos <= due.getAsLong());
      if (!isAnswer && due.isEmpty()) {
        return;
      }
      nowNanos = next != null && isAnswer ? next.atNanos : due.orElseThrow();
      if (nowNanos >= endNanos) {
        return;
      }
      apply(isAnswer ? message(answers.remove()) : new Message.Tick<>(), nowNanos);
    }
  }

  private Message<String> message(Answer answer) {
    Reply reply = answer.reply;
    if (reply.handsBack) {
      return new Message.Refused<>(answer.entry, reply.feedback);
    }
    Job<String> job = answer.entry.job;
    Transition<String> stays = new Transition<>(job.next().build(), List.of());
    return new Message.Finished<>(
        new Result<>(
            answer.entry,
            new Encoded<>(stays, NOTHING),
            Duration.ofNanos(reply.thinkNanos),
            reply.feedback));
  }

  private void apply(Message<String> message, long nowNanos) {
    for (Entry<String> entry : board.apply(message, nowNanos)) {
      Reply reply = service.call(entry.job.state(), entry.job.context(), nowNanos);
      answers.add(new Answer(nowNanos + reply.latencyNanos, asked++, entry, reply));
    }
  }
}
