package dev.jorb.processor;

import static dev.jorb.processor.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.limit.Rate;
import dev.jorb.limit.ThrottledException;
import dev.jorb.measure.LimitedBy;
import dev.jorb.report.Why;
import dev.jorb.report.Why.Reason;
import dev.jorb.run.Jobs;
import dev.jorb.run.Run;
import dev.jorb.serial.NilSerializer;
import dev.jorb.serial.Serializer;
import dev.jorb.time.TimeSource;
import dev.jorb.workflow.Exec;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.State;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Why jobs of real runs are where they are, asked while they go.
class WhyOfALiveRunTest {
  private final CountDownLatch go = new CountDownLatch(1);
  private final Exec<Object, String, Note> held =
      (app, all, note) -> {
        Eventually.isOpen(go);
        return Outcome.to("done", note);
      };
  private RunHandle handle;

  private void start(
      int jobs,
      Serializer<String, Note> serializer,
      Consumer<State.Builder<Object, String, Note>> work) {
    var workflow =
        Workflow.named("asked", Object.class, String.class, Note.class)
            .state("work", work)
            .state("later", s -> s.exec(held))
            .terminal("done")
            .build();
    Run<String, Note> run = workflow.run("asked", "");
    for (int i = 0; i < jobs; i++) {
      run.add(new Note("note " + i));
    }
    handle = Processor.of(workflow, new Object()).serializer(serializer).start(run);
  }

  private void start(int jobs, Consumer<State.Builder<Object, String, Note>> work) {
    start(jobs, new NilSerializer<>(), work);
  }

  private Why eventuallyWhy(String job, Reason reason) {
    eventually(job + " is " + reason, () -> handle.why(job).reason() == reason);
    return handle.why(job);
  }

  private Why eventuallyLimited(String job, LimitedBy by) {
    eventually(job + " is limited by " + by, () -> handle.why(job).limitedBy() == by);
    return handle.why(job);
  }

  @AfterEach
  void letGo() {
    go.countDown();
    handle.stop(Duration.ZERO);
    handle.close();
  }

  @Test
  void itsStepRunsOrItWaitsForWhoHasTheSlots() {
    start(4, s -> s.exec(held).concurrency(2));

    assertThat(eventuallyWhy("1", Reason.EXECUTING).sentence())
        .isEqualTo("its step \"work\" is running");
    assertThat(eventuallyLimited("3", LimitedBy.SLOTS).sentence())
        .startsWith("it waits in \"work\" behind job 2; all 2 slots are taken");
    eventually(
        "it is told who has the slots",
        () -> handle.why("3").sentence().matches(".* taken by (0, 1|1, 0)"));
    assertThat(handle.why("3").expected()).as("nothing was executed yet").isNull();
  }

  @Test
  void itHasEnded() throws Exception {
    start(1, s -> s.exec((app, all, note) -> Outcome.to("done", note)));
    handle.await();

    assertThat(handle.why("0").reason()).isEqualTo(Reason.ENDED);
  }

  @Test
  void itWaitsForAPermitWhichIsExpectedAtATime() {
    start(
        3,
        s ->
            s.exec((app, all, note) -> Outcome.to("done", note))
                .concurrency(3)
                .rate(Rate.perHour(1)));
    Instant before = TimeSource.system().instant();
    Why why = eventuallyLimited("1", LimitedBy.RATE);

    assertThat(why.notBefore()).isBetween(before, before.plus(Duration.ofHours(2)));
    eventually("one was executed", () -> handle.why("2").expected() != null);
    assertThat(handle.why("2").expected()).isAfterOrEqualTo(why.notBefore().minusSeconds(1));
  }

  @Test
  void aServiceSaidNo() {
    start(
        2,
        s ->
            s.exec((app, all, note) -> {
              throw new ThrottledException(Duration.ofHours(1));
            }));

    assertThat(eventuallyLimited("1", LimitedBy.CLOSED).sentence())
        .contains("behind job 0; closed by the service until ", ", which refused job 0 last");
  }

  @Test
  void itsOutcomeIsOnItsWayToTheDisk() {
    GatedSerializer disk = new GatedSerializer();
    CountDownLatch shut = new CountDownLatch(1);
    start(
        1,
        disk,
        s ->
            s.exec((app, all, note) -> {
              Eventually.isOpen(shut);
              return Outcome.to("done", note);
            }));
    eventuallyWhy("0", Reason.EXECUTING);
    disk.shut();
    shut.countDown();

    assertThat(eventuallyWhy("0", Reason.COMMITTING).sentence())
        .isEqualTo("its step \"work\" has returned, and the outcome is on its way to the disk");
    disk.open();
    eventuallyWhy("0", Reason.ENDED);
  }

  @Test
  void itIsPausedParkedOrDelayed() {
    start(
        3,
        s ->
            s.exec((app, all, note) ->
                    switch (note.text) {
                      case "note 0" -> Outcome.to("later", note);
                      case "note 1" -> Outcome.stay(note).after(Duration.ofHours(1));
                      default -> throw new IllegalStateException("HTTP 502");
                    })
                .retry(Retry.never()));
    handle.pause("later");

    assertThat(eventuallyWhy("1", Reason.DELAYED).notBefore()).isNotNull();
    assertThat(eventuallyWhy("2", Reason.PARKED).sentence()).contains("HTTP 502");
    eventually("it is paused", () -> !handle.paused().isEmpty());
    handle.park(Jobs.withId("1"), "for a person");
    assertThat(eventuallyWhy("1", Reason.PARKED).sentence()).contains("for a person");
  }

  @Test
  void itWaitsForKicksThatAreStillOut() {
    start(
        1,
        s ->
            s.exec((app, all, note) ->
                Outcome.stay(note)
                    .kick("later", new Note())
                    .kick("done", new Note())
                    .awaitKicks()));

    assertThat(eventuallyWhy("0", Reason.KICKS_OUT).waitsFor()).containsExactly("0->0");
  }

  @Test
  void unknownJobIsRefused() {
    start(1, s -> s.exec(held));

    assertThatThrownBy(() -> handle.why("17"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("run \"asked\" has no job \"17\"");
  }
}
