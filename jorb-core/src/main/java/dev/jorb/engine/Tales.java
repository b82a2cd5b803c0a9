package dev.jorb.engine;

import dev.jorb.event.RunEvent;
import dev.jorb.run.Job;
import dev.jorb.run.JobTransition;
import dev.jorb.run.Transition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Says what a result means for those who listen.
final class Tales {
  private Tales() {}

  /// What happened, in order. To be asked before the board has moved the job on.
  static <J> List<RunEvent> of(Result<J> result) {
    Transition<J> transition = result.encoded().transition();
    Job<J> before = result.entry().job;
    Job<J> after = transition.job();
    if (after.transitionCount() == before.transitionCount()) {
      return ordered(before, after);
    }
    List<RunEvent> events = new ArrayList<>();
    JobTransition last = after.lastTransition().orElseThrow();
    if (result.failed()) {
      boolean retried = after.attempt() > 0 && after.parked().isEmpty();
      events.add(
          new RunEvent.Failed(
              after, before.state(), retried ? Optional.of(result.delay()) : Optional.empty()));
    } else if (last.isCancellation()) {
      events.add(new RunEvent.Cancelled(after, before.state()));
    } else {
      events.add(
          new RunEvent.Moved(after, before.state(), last.took(), transition.kicked().size()));
      if (after.laps() > 0 && after.laps() % Verdict.MOST_LAPS == 0 && !result.delay().isZero()) {
        events.add(new RunEvent.Looped(after.id(), after.state(), after.laps()));
      }
    }
    after.parked().ifPresent(reason -> events.add(new RunEvent.Parked(after, reason)));
    return events;
  }

  private static List<RunEvent> ordered(Job<?> before, Job<?> after) {
    List<RunEvent> events = new ArrayList<>();
    if (after.priority() != before.priority()) {
      events.add(new RunEvent.Prioritized(after, before.priority()));
    }
    if (after.parked().isPresent() && !after.parked().equals(before.parked())) {
      events.add(new RunEvent.Parked(after, after.parked().get()));
    }
    if (after.parked().isEmpty() && before.parked().isPresent()) {
      events.add(new RunEvent.Released(after));
    }
    return events;
  }
}
