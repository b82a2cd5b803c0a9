package dev.jorb.engine;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.run.Transition;
import dev.jorb.serial.EncodeException;
import dev.jorb.serial.Serializer;
import dev.jorb.serial.Serializer.Encoded;
import dev.jorb.time.TimeSource;
import dev.jorb.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/// A run that nobody executes, to be changed by hand: the same that can be ordered while it goes,
/// recorded in the same way. Each change is durable when its method returns; all of them block. Not
/// thread-safe.
///
/// @param <O> the overall context
/// @param <J> the job context
public final class RestingEngine<O, J> {
  private static final int BATCH = 4_096;

  private final Run<O, J> run;
  private final Serializer<O, J> serializer;
  private final TimeSource time;
  private final Verdict<J> verdict;

  /// Begins the recording, and closes the serializer if that fails. Blocks.
  public RestingEngine(
      Workflow<?, O, J> workflow, Run<O, J> run, Serializer<O, J> serializer, TimeSource time) {
    this.run = run;
    this.serializer = serializer;
    this.time = time;
    this.verdict = new Verdict<>(workflow, new SplittableRandom(0)); // Orders draw nothing.
    try {
      serializer.begin(run);
    } catch (Throwable failed) {
      serializer.close();
      throw failed;
    }
  }

  /// Parks jobs until somebody releases them; returns how many.
  public int park(Predicate<? super Job<?>> which, String reason) {
    return change(which, new Order.Park(reason));
  }

  /// Gives parked jobs a fresh budget; returns how many.
  public int release(Predicate<? super Job<?>> which) {
    return change(which, new Order.Release());
  }

  /// Ends jobs in the state `cancelled`; returns how many.
  public int cancel(Predicate<? super Job<?>> which) {
    return change(which, new Order.Cancel());
  }

  /// Lets jobs go before those with a lower priority; returns how many have another one now.
  public int prioritize(Predicate<? super Job<?>> which, int priority) {
    return change(which, new Order.Prioritize(priority));
  }

  private int change(Predicate<? super Job<?>> which, Order.Act act) {
    List<Encoded<J>> batch = new ArrayList<>();
    int count = 0;
    for (Job<J> job : run.jobs()) {
      if (!verdict.isAtItsEnd(job) && job.isReadable() && which.test(job)) {
        Optional<Transition<J>> change =
            verdict.ordered(job, act, time.instant()).map(Verdict.Decision::transition);
        change.ifPresent(transition -> batch.add(encode(transition)));
        count += change.isPresent() ? 1 : 0;
      }
      if (batch.size() == BATCH) {
        commit(batch);
      }
    }
    commit(batch);
    return count;
  }

  private Encoded<J> encode(Transition<J> transition) {
    try {
      return serializer.encode(transition);
    } catch (EncodeException cannotBe) {
      throw new IllegalStateException(
          "job " + transition.job().id() + " cannot be changed: " + cannotBe.getMessage(),
          cannotBe);
    }
  }

  private void commit(List<Encoded<J>> batch) {
    if (!batch.isEmpty()) {
      serializer.commit(batch);
      batch.forEach(each -> run.apply(each.transition()));
      batch.clear();
    }
  }

  /// Ends the recording. Blocks.
  public void close() {
    serializer.close();
  }
}
