package dev.jorb.report;

import dev.jorb.event.Standing;
import dev.jorb.event.Standing.Phase;
import dev.jorb.measure.LimitedBy;
import dev.jorb.run.Job;
import dev.jorb.run.StateShape;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Why a job is where it is and what must happen for it to move: as far as its run file tells, or,
/// of a live run, as its scheduler knows it.
///
/// @param job the job's id
/// @param reason which of the reasons that there are
/// @param sentence the whole of it for a person
/// @param waitsFor the jobs that it waits for: the first of those before it in its queue, or its
///   kicks that are not at their end
/// @param notBefore the earliest time at which its step can start; null if no time can be told
/// @param limitedBy what keeps its state from starting it, if it is in a queue of a live run; null
///   if that is not known
/// @param expected when it will start if its state goes on as in the last seconds; null if that
///   cannot be told
public record Why(
    String job,
    Reason reason,
    String sentence,
    List<String> waitsFor,
    @Nullable Instant notBefore,
    @Nullable LimitedBy limitedBy,
    @Nullable Instant expected) {
  private static final int SHOWN = 5;

  /// Copies the list.
  public Why {
    waitsFor = List.copyOf(waitsFor);
  }

  Why(
      String job,
      Reason reason,
      String sentence,
      List<String> waitsFor,
      @Nullable Instant notBefore) {
    this(job, reason, sentence, waitsFor, notBefore, null, null);
  }

  /// Why a job does not move, or that it does.
  public enum Reason {
    /// It is in a terminal state.
    ENDED,
    /// It needs a person.
    PARKED,
    /// Its state is not the workflow's.
    UNKNOWN_STATE,
    /// Its step is running.
    EXECUTING,
    /// Its step has returned, and the outcome has to reach the disk. Only a live run knows.
    COMMITTING,
    /// What a person has ordered for it is being carried out. Only a live run knows.
    ORDERED,
    /// It was told to come back at a time.
    DELAYED,
    /// Jobs that it kicked are not at their end.
    KICKS_OUT,
    /// Nobody runs the run.
    AT_REST,
    /// It is in its state's queue.
    QUEUED
  }

  /// What is known of a run besides its jobs.
  ///
  /// @param shapes what is declared of the states; empty if that is not known
  /// @param isLive whether a process runs it
  /// @param executing the jobs whose steps are running
  public record Surroundings(List<StateShape> shapes, boolean isLive, Set<String> executing) {
    /// Copies what it is given.
    public Surroundings {
      shapes = List.copyOf(shapes);
      executing = Set.copyOf(executing);
    }
  }

  /// Tells why `job` is where it is.
  ///
  /// @param jobs all jobs of its run
  public static Why of(
      Job<?> job, Collection<? extends Job<?>> jobs, Surroundings around, Instant now) {
    return new Asking(job, jobs, around, now).answer();
  }

  /// Tells why `job` of a live run is where it is.
  ///
  /// @param jobs all jobs of its run
  /// @param shapes what is declared of the states
  /// @param standing where its scheduler has it
  /// @param perSecond how many jobs its state starts per second; 0 if that is not known
  public static Why of(
      Job<?> job,
      Collection<? extends Job<?>> jobs,
      List<StateShape> shapes,
      Standing standing,
      double perSecond,
      Instant now) {
    Set<String> executing = standing.phase() == Phase.EXECUTING ? Set.of(job.id()) : Set.of();
    Asking asking = new Asking(job, jobs, new Surroundings(shapes, true, executing), now);
    return switch (standing.phase()) {
      case WAITING -> asking.queued(standing, perSecond);
      case COMMITTING ->
          asking.why(
              Reason.COMMITTING,
              "its step \""
                  + job.state()
                  + "\" has returned, and the outcome is on its way to the disk");
      case ORDERED ->
          asking.why(Reason.ORDERED, "what a person has ordered for it is being carried out");
      case EXECUTING, DELAYED, JOINING, PARKED, ENDED -> asking.answer();
    };
  }

  /// One question. Used once.
  private record Asking(
      Job<?> job, Collection<? extends Job<?>> jobs, Surroundings around, Instant now) {
    Why queued(Standing standing, double perSecond) {
      String place =
          switch (standing.place()) {
            case 0 -> "it is the next to start in \"" + job.state() + "\"";
            case 1 ->
                "it waits in \"" + job.state() + "\" behind job " + standing.before().getFirst();
            default ->
                "it waits in \""
                    + job.state()
                    + "\" behind "
                    + standing.place()
                    + " jobs: "
                    + some(standing.before(), standing.place());
          };
      Instant until = standing.until().orElse(null);
      Instant expected =
          perSecond > 0
              ? now.plusMillis((long) (1_000 * (standing.place() + 1) / perSecond))
              : null;
      boolean isLater = until != null && (expected == null || expected.isBefore(until));
      return new Why(
          job.id(),
          Reason.QUEUED,
          place + held(standing),
          standing.before(),
          until,
          standing.limitedBy(),
          isLater ? until : expected);
    }

    private static String held(Standing standing) {
      String until = standing.until().map(time -> " until " + time).orElse("");
      return switch (standing.limitedBy()) {
        case NOTHING, NO_WORK -> "; it starts at once";
        case SLOTS ->
            standing.hold().isEmpty()
                ? taken(standing.concurrency(), standing.running())
                : "; " + standing.hold() + until;
        case RATE -> "; slots are free, and it " + standing.hold() + until;
        case CLOSED ->
            "; "
                + standing.hold()
                + until
                + standing.refused().map(by -> ", which refused job " + by + " last").orElse("");
        case GROUP, GATE, LIMITER -> "; " + standing.hold() + until;
        case PAUSED -> "; paused: " + standing.hold() + "; resume it";
        case DISK -> "; nothing starts until the disk has caught up";
        case STOPPED -> "; the run comes to its end, and the next start goes on with it";
      };
    }

    /// @param by who has them, so far as their steps have begun
    private static String taken(int slots, List<String> by) {
      return "; all "
          + slots
          + (slots == 1 ? " slot is taken" : " slots are taken")
          + (by.isEmpty() ? "" : " by " + some(by));
    }

    Why answer() {
      StateShape shape = shape(job.state());
      if (shape != null && shape.terminal()) {
        return why(Reason.ENDED, "it ended in \"" + job.state() + "\" at " + job.updated());
      }
      if (shape == null && !around.shapes().isEmpty()) {
        return why(
            Reason.UNKNOWN_STATE,
            "it is in the state \""
                + job.state()
                + "\", which the workflow does not have; give the workflow that state, or redrive it");
      }
      if (around.executing().contains(job.id())) {
        return why(Reason.EXECUTING, "its step \"" + job.state() + "\" is running");
      }
      if (job.parked().isPresent()) {
        return parked();
      }
      return notYet(shape);
    }

    private @Nullable StateShape shape(String state) {
      return around.shapes().stream()
          .filter(each -> each.name().equals(state))
          .findFirst()
          .orElseGet(() -> state.equals(Job.CANCELLED) ? StateShape.undeclared(state) : null);
    }

    private boolean isAtItsEnd(Job<?> asked) {
      StateShape shape = shape(asked.state());
      return shape != null && shape.terminal();
    }

    private Why parked() {
      return why(
          Reason.PARKED,
          "it is parked in \""
              + job.state()
              + "\" since "
              + job.updated()
              + ": "
              + job.parked().orElse("")
              + (job.isHeld()
                  ? ". It stays so until somebody releases it"
                  : ". The next start tries it again")
              + "; redrive sends it elsewhere");
    }

    private Why notYet(@Nullable StateShape shape) {
      List<String> out = job.awaitsKicks() ? openKicks() : List.of();
      if (!out.isEmpty()) {
        return new Why(
            job.id(),
            Reason.KICKS_OUT,
            "it waits in \""
                + job.state()
                + "\" until the jobs that it kicked are at their end; still out "
                + are(out),
            out,
            null);
      }
      Instant due = job.due().filter(now::isBefore).orElse(null);
      if (due != null) {
        String place = " in \"" + job.state() + "\"";
        String cause =
            job.laps() > 0
                ? "goes in circles"
                    + place
                    + ": it came back "
                    + times(job.laps())
                    + " without waiting and with the same context, so it is slowed down"
                : (job.attempt() == 0 ? "was told to come back" : "failed " + times(job.attempt()))
                    + place;
        return new Why(
            job.id(),
            Reason.DELAYED,
            "it " + cause + " and may start again at " + due,
            List.of(),
            due);
      }
      return around.isLive() ? queued(shape) : atRest(shape);
    }

    private List<String> openKicks() {
      return jobs.stream()
          .filter(each -> each.parent().filter(job.id()::equals).isPresent())
          .filter(each -> !isAtItsEnd(each))
          .map(Job::id)
          .toList();
    }

    private Why atRest(@Nullable StateShape shape) {
      return why(
          Reason.AT_REST,
          "it is ready to start in \""
              + job.state()
              + "\", and no process runs the run; start it"
              + shutOut(shape));
    }

    private Why queued(@Nullable StateShape shape) {
      List<String> before = before();
      List<String> running = new ArrayList<>();
      for (Job<?> each : jobs) {
        if (each.state().equals(job.state()) && around.executing().contains(each.id())) {
          running.add(each.id());
        }
      }
      String place =
          before.isEmpty()
              ? "it is the next to start in \"" + job.state() + "\""
              : "it waits in \"" + job.state() + "\" behind " + are(before);
      return new Why(
          job.id(), Reason.QUEUED, place + held(shape, running), before, expected(shape, before));
    }

    /// Those that came to the state earlier; who came at the same time is ordered as the file is.
    private List<String> before() {
      List<Job<?>> queue = new ArrayList<>();
      for (Job<?> each : jobs) {
        boolean waits =
            each.state().equals(job.state())
                && each.parked().isEmpty()
                && !each.awaitsKicks()
                && !around.executing().contains(each.id())
                && each.due().filter(now::isBefore).isEmpty();
        if (waits) {
          queue.add(each);
        }
      }
      queue.sort(Comparator.comparing(each -> each.due().orElse(each.updated())));
      List<String> ids = queue.stream().map(each -> each.id()).toList();
      return ids.subList(0, Math.max(0, ids.indexOf(job.id())));
    }

    private String held(@Nullable StateShape shape, List<String> running) {
      String shutOut = shutOut(shape);
      if (!shutOut.isEmpty()) {
        return shutOut;
      }
      if (shape != null && shape.concurrency() > 0 && running.size() >= shape.concurrency()) {
        return taken(shape.concurrency(), running);
      }
      if (shape != null && shape.startsPerSecond() > 0) {
        return "; slots are free, its rate lets the next one start when a permit is there";
      }
      return "; slots are free, so it starts when the disk has caught up";
    }

    /// That it wants to come into a group that is full, and with whom; empty if not.
    private String shutOut(@Nullable StateShape shape) {
      if (shape == null || shape.groupMost() == 0) {
        return "";
      }
      List<String> inside = inside(shape);
      return inside.size() < shape.groupMost() || inside.contains(job.id())
          ? ""
          : "; the group \"%s\" is full: %d of %d, with %s"
              .formatted(shape.group(), inside.size(), shape.groupMost(), some(inside));
    }

    /// The jobs that are inside of the state's group.
    private List<String> inside(StateShape shape) {
      Set<String> states =
          around.shapes().stream()
              .filter(each -> each.group().equals(shape.group()))
              .map(StateShape::name)
              .collect(Collectors.toSet());
      List<String> inside = new ArrayList<>();
      for (Job<?> each : jobs) {
        boolean isInside =
            states.contains(each.state())
                && (each.inDoubt()
                    || each.crashes() > 0
                    || around.executing().contains(each.id())
                    || each.lastTransition().filter(last -> last.isWithin(states)).isPresent());
        if (isInside) {
          inside.add(each.id());
        }
      }
      return inside;
    }

    /// What the rate alone allows; how long the steps before it take, nobody knows.
    private @Nullable Instant expected(@Nullable StateShape shape, List<String> before) {
      if (shape == null || shape.startsPerSecond() == 0) {
        return null;
      }
      return now.plus(Duration.ofNanos((long) (before.size() / shape.startsPerSecond() * 1e9)));
    }

    private Why why(Reason reason, String sentence) {
      return new Why(job.id(), reason, sentence, List.of(), null);
    }

    private static String are(List<String> ids) {
      return ids.size() == 1 ? "job " + ids.getFirst() : ids.size() + " jobs: " + some(ids);
    }

    private static String some(List<String> ids) {
      return some(ids, ids.size());
    }

    /// @param all how many there are; the list may have the first of them only
    private static String some(List<String> ids, int all) {
      String first = String.join(", ", ids.subList(0, Math.min(SHOWN, ids.size())));
      return all > SHOWN ? first + " and " + (all - SHOWN) + " more" : first;
    }

    private static String times(int count) {
      return count == 1 ? "once" : count + " times in a row";
    }
  }
}
