package dev.jorb.engine;

import dev.jorb.engine.ModelJob.Phase;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The jobs of the [ReferenceModel]: one list, scanned for every question.
final class ModelJobs {
  private final Scenario scenario;
  private final List<ModelJob> all = new ArrayList<>();

  ModelJobs(Scenario scenario) {
    this.scenario = scenario;
  }

  /// All of them, in the order in which they came; may be added to.
  List<ModelJob> all() {
    return all;
  }

  int size() {
    return all.size();
  }

  ModelJob job(String id) {
    for (ModelJob job : all) {
      if (job.id.equals(id)) {
        return job;
      }
    }
    throw new AssertionError("the model has no job " + id);
  }

  /// Whether one of the jobs that it kicked is not at its end.
  boolean hasOpenKicks(String parent) {
    return all.stream().anyMatch(job -> parent.equals(job.parent) && job.phase != Phase.ENDED);
  }

  /// Whether their call may begin only when it is noted: so that it is known of each whether its
  /// step had begun, or that it is inside of a group.
  boolean areNotedFirst(List<String> ids) {
    return ids.stream()
        .map(this::job)
        .anyMatch(job -> {
          Scenario.Doubt doubt = scenario.states().get(job.is.state).care().doubt();
          return job.entered || doubt != Scenario.Doubt.RUN_AGAIN;
        });
  }

  /// The calls of the state's step that are running.
  long callsOf(int state) {
    return all.stream()
        .filter(job -> job.is.state == state && job.phase == Phase.EXECUTING)
        .mapToLong(job -> job.call)
        .distinct()
        .count();
  }

  /// The job that starts next in the state, if it can: whoever is inside of the state's group goes
  /// first, and whoever is not needs room. Null if there is none.
  ModelJob firstWaiting(int state) {
    return first(
        job -> job.is.state == state && job.phase == Phase.WAITING && !isShutOut(job),
        Comparator.<ModelJob>comparingInt(job -> job.inside ? 0 : 1)
            .thenComparingInt(job -> -job.is.priority)
            .thenComparingLong(job -> job.place));
  }

  /// Whether it wants to come into a group that is full.
  private boolean isShutOut(ModelJob job) {
    return scenario.groupOf(job.is.state) >= 0
        && !job.inside
        && all.stream().filter(each -> each.inside).count() >= scenario.run().most();
  }

  /// The next one whose order nobody has begun with; null if there is none.
  ModelJob firstGiven() {
    return first(job -> job.phase == Phase.GIVEN, Comparator.comparingLong(job -> job.place));
  }

  /// The one whose delay is over first; null if there is none.
  ModelJob firstDelayed() {
    return first(
        job -> job.phase == Phase.DELAYED,
        Comparator.<ModelJob>comparingLong(job -> job.dueNanos)
            .thenComparingLong(job -> job.place));
  }

  private ModelJob first(Predicate<ModelJob> which, Comparator<ModelJob> order) {
    ModelJob first = null;
    for (ModelJob job : all) {
      if (which.test(job) && (first == null || order.compare(job, first) < 0)) {
        first = job;
      }
    }
    return first;
  }

  /// Whether nothing goes on by itself, or by what the steps do.
  boolean areResting() {
    return all.stream().allMatch(this::isResting);
  }

  private boolean isResting(ModelJob job) {
    return switch (job.phase) {
      case PARKED, ENDED, JOINING -> true;
      case WAITING -> isShutOut(job);
      case EXECUTING, GIVEN, ORDERED, COMMITTING, DELAYED -> false;
    };
  }

  long uncommittedBytes() {
    return all.stream()
        .filter(job -> job.phase == Phase.COMMITTING)
        .mapToLong(job -> job.bytes)
        .sum();
  }

  int count(Phase phase) {
    int count = 0;
    for (ModelJob job : all) {
      count += job.phase == phase ? 1 : 0;
    }
    return count;
  }

  int count(int state, Phase... phases) {
    int count = 0;
    for (ModelJob job : all) {
      count += job.is.state == state && Stream.of(phases).anyMatch(job.phase::equals) ? 1 : 0;
    }
    return count;
  }
}
