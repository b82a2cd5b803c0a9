package dev.jorb.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.event.Standing;
import dev.jorb.event.Standing.Phase;
import dev.jorb.measure.LimitedBy;
import dev.jorb.report.Why.Reason;
import dev.jorb.report.Why.Surroundings;
import dev.jorb.run.Job;
import dev.jorb.run.StateShape;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WhyTest {
  private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
  private static final List<StateShape> SHAPES =
      List.of(
          new StateShape("edit", false, 2, 0, List.of(), List.of()),
          new StateShape("push", false, 4, 0.5, List.of(), List.of()),
          StateShape.unknown("done", true));

  private final List<Job<String>> jobs = new ArrayList<>();

  private static Job.Builder<String> job(String id, String state, int secondsAgo) {
    return Job.<String>builder(id, state).context("").updated(NOW.minusSeconds(secondsAgo));
  }

  private void add(Job.Builder<String> job) {
    jobs.add(job.build());
  }

  private Why why(String id, boolean isLive, String... executing) {
    Job<String> job = jobs.stream().filter(each -> each.id().equals(id)).findFirst().orElseThrow();
    return Why.of(job, jobs, new Surroundings(SHAPES, isLive, Set.of(executing)), NOW);
  }

  @Test
  void ended() {
    add(job("0", "done", 5));

    assertThat(why("0", true).reason()).isEqualTo(Reason.ENDED);
    assertThat(why("0", true).sentence()).isEqualTo("it ended in \"done\" at 2026-11-24T09:59:55Z");
  }

  @Test
  void parkedSinceWhenAndWhy() {
    add(job("0", "edit", 5).parked("failed 3 times in a row: HTTP 502"));

    assertThat(why("0", true).reason()).isEqualTo(Reason.PARKED);
    assertThat(why("0", true).sentence())
        .isEqualTo(
            "it is parked in \"edit\" since 2026-11-24T09:59:55Z: failed 3 times in a row: HTTP 502."
                + " The next start tries it again; redrive sends it elsewhere");
  }

  @Test
  void parkedByHandStaysSo() {
    add(job("0", "edit", 5).parked("look at it").held(true));

    assertThat(why("0", true).sentence())
        .endsWith("look at it. It stays so until somebody releases it; redrive sends it elsewhere");
  }

  @Test
  void cancelledJobsAreAtTheirEnds() {
    add(job("0", "edit", 9).kicks(2).awaitsKicks(true));
    add(job("0->0", Job.CANCELLED, 5).parent("0"));
    add(job("0->1", "edit", 5).parent("0"));

    assertThat(why("0->0", true).reason()).isEqualTo(Reason.ENDED);
    assertThat(why("0", true).waitsFor()).containsExactly("0->1");
  }

  @Test
  void groupThatIsFullAndWithWhom() {
    List<StateShape> shapes =
        List.of(
            new StateShape("edit", false, 2, 0, List.of(), List.of()),
            new StateShape("push", false, 4, 0, List.of(), List.of(), "open", 3),
            new StateShape("watch", false, 4, 0, List.of(), List.of(), "open", 3));
    add(job("0", "watch", 9).transition("push", "watch", NOW, Duration.ZERO));
    add(job("1", "watch", 8).transition("push", "watch", NOW, Duration.ZERO).parked("asks"));
    add(job("2", "push", 7).transition("edit", "push", NOW, Duration.ZERO));
    add(job("3", "push", 6).transition("edit", "push", NOW, Duration.ZERO));
    Surroundings live = new Surroundings(shapes, true, Set.of("2"));

    assertThat(Why.of(jobs.get(3), jobs, live, NOW).sentence())
        .isEqualTo(
            "it is the next to start in \"push\"; the group \"open\" is full: 3 of 3, with 0, 1, 2");
    assertThat(Why.of(jobs.get(0), jobs, live, NOW).sentence()).doesNotContain("group");
    Surroundings atRest = new Surroundings(shapes, false, Set.of("2"));
    assertThat(Why.of(jobs.get(3), jobs, atRest, NOW).sentence())
        .endsWith("start it; the group \"open\" is full: 3 of 3, with 0, 1, 2");
    Surroundings hasRoom = new Surroundings(shapes, true, Set.of());
    assertThat(Why.of(jobs.get(3), jobs, hasRoom, NOW).sentence()).doesNotContain("group");
  }

  @Test
  void unknownState() {
    add(job("0", "edti", 5));

    assertThat(why("0", true).reason()).isEqualTo(Reason.UNKNOWN_STATE);
  }

  @Test
  void executing() {
    add(job("0", "edit", 5));

    assertThat(why("0", true, "0").reason()).isEqualTo(Reason.EXECUTING);
  }

  @Test
  void delayedAfterAFailureOrBecauseItWasTold() {
    add(job("0", "edit", 5).attempt(2).due(NOW.plusSeconds(30)));
    add(job("1", "edit", 5).due(NOW.plusSeconds(30)));
    add(job("2", "edit", 5).laps(120).due(NOW.plusSeconds(1)));

    assertThat(why("0", true).reason()).isEqualTo(Reason.DELAYED);
    assertThat(why("0", true).sentence())
        .isEqualTo(
            "it failed 2 times in a row in \"edit\" and may start again at 2026-11-24T10:00:30Z");
    assertThat(why("0", true).notBefore()).isEqualTo(NOW.plusSeconds(30));
    assertThat(why("1", true).sentence()).startsWith("it was told to come back in \"edit\"");
    assertThat(why("2", true).sentence())
        .isEqualTo(
            "it goes in circles in \"edit\": it came back 120 times in a row without waiting and"
                + " with the same context, so it is slowed down and may start again at"
                + " 2026-11-24T10:00:01Z");
  }

  @Test
  void kicksThatAreStillOut() {
    add(job("0", "edit", 5).kicks(3).awaitsKicks(true));
    add(job("0->0", "done", 1).parent("0"));
    add(job("0->1", "push", 1).parent("0"));
    add(job("0->2", "push", 1).parent("0").parked("no"));

    assertThat(why("0", true).reason()).isEqualTo(Reason.KICKS_OUT);
    assertThat(why("0", true).waitsFor()).containsExactly("0->1", "0->2");
  }

  @Test
  void theStepsThatHaveTheSlotsMayNotHaveBegunYet() {
    add(job("0", "edit", 9));
    Standing standing =
        new Standing(
            Phase.WAITING,
            0,
            List.of(),
            List.of(),
            2,
            LimitedBy.SLOTS,
            "",
            Optional.empty(),
            Optional.empty());

    assertThat(Why.of(jobs.getFirst(), jobs, SHAPES, standing, 0, NOW).sentence())
        .isEqualTo("it is the next to start in \"edit\"; all 2 slots are taken");
  }

  @Test
  void queuedBehindWhomWhileWhoHasTheSlots() {
    add(job("0", "edit", 9));
    add(job("1", "edit", 8));
    add(job("2", "edit", 4));
    add(job("3", "edit", 6));
    add(job("4", "edit", 7).parked("no"));

    Why second = why("2", true, "0", "1");

    assertThat(second.reason()).isEqualTo(Reason.QUEUED);
    assertThat(second.waitsFor()).containsExactly("3");
    assertThat(second.sentence())
        .isEqualTo("it waits in \"edit\" behind job 3; all 2 slots are taken by 0, 1");
    assertThat(why("3", true, "0", "1").sentence())
        .isEqualTo("it is the next to start in \"edit\"; all 2 slots are taken by 0, 1");
  }

  @Test
  void queuedForAPermitWithTheEarliestStart() {
    add(job("0", "push", 9));
    add(job("1", "push", 8));
    add(job("2", "push", 7));

    assertThat(why("2", true).sentence())
        .isEqualTo(
            "it waits in \"push\" behind 2 jobs: 0, 1; slots are free, its rate lets the next one"
                + " start when a permit is there");
    assertThat(why("2", true).notBefore()).isEqualTo(NOW.plusSeconds(4));
  }

  @Test
  void readyButNobodyRunsIt() {
    add(job("0", "edit", 9));

    assertThat(why("0", false).reason()).isEqualTo(Reason.AT_REST);
    assertThat(why("0", false).sentence()).contains("no process runs the run");
  }

  @Test
  void joinWhoseKicksHaveEndedIsReady() {
    add(job("0", "edit", 5).kicks(1).awaitsKicks(true));
    add(job("0->0", "done", 1).parent("0"));

    assertThat(why("0", false).reason()).isEqualTo(Reason.AT_REST);
  }
}
