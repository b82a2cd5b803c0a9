package dev.jorb.processor;

import static dev.jorb.processor.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.run.Job;
import dev.jorb.run.JobError;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.workflow.Exec;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One job does its worst; the others never notice.
class HostileStepsTest {
  private static final int OTHERS = 30;

  @TempDir Path folder;

  /// A run with one hostile job among others, recorded in a journal.
  private final class Hostage {
    final Workflow<Object, String, Note> workflow;
    final Run<String, Note> run;

    Hostage(Exec<Object, String, Note> hostile) {
      workflow =
          Workflow.named("hostage", Object.class, String.class, Note.class)
              .state(
                  "work",
                  s ->
                      s.concurrency(3)
                          .retry(new Retry(1, Duration.ofMillis(1), Duration.ofMillis(1)))
                          .exec((app, overall, note) ->
                              note.text.equals("hostile")
                                  ? hostile.exec(app, overall, note)
                                  : Outcome.to("done", note)))
              .terminal("done")
              .build();
      run = workflow.run("test", "overall");
      for (int i = 0; i < OTHERS; i++) {
        run.add(new Note(i == 10 ? "hostile" : "good"));
      }
    }

    Processor<Object, String, Note> processor() {
      return Processor.of(workflow, new Object())
          .serializer(JournalSerializer.at(folder.resolve("run.jorb"), workflow));
    }

    /// Executes it, sees that the others came to their end, and returns the hostile job as stored.
    Job<Note> exec() {
      RunSummary summary = execIsolated();
      assertThat(summary.ended()).isGreaterThanOrEqualTo(OTHERS - 1);
      assertThat(summary.ended() + summary.parked()).isEqualTo(OTHERS);
      return stored();
    }

    private RunSummary execIsolated() {
      try {
        return processor().exec(run);
      } catch (Throwable failed) {
        // Not as its cause: what a step throws may break whoever prints it.
        throw new AssertionError("one job ended the run: " + failed.getClass().getName());
      }
    }

    Job<Note> stored() {
      try (var journal = JournalSerializer.at(folder.resolve("run.jorb"), workflow)) {
        return journal.load().orElseThrow().job("10").orElseThrow();
      }
    }

    /// Executes it and sees that the hostile job was tried twice and parked.
    String parkedFor() {
      Job<Note> job = exec();
      assertThat(job.state()).isEqualTo("work");
      assertThat(job.errorCount()).isEqualTo(2);
      assertThat(job.context()).hasToString("hostile");
      assertThat(job.parked()).hasValueSatisfying(r -> assertThat(r).startsWith("failed 2 times"));
      return job.lastError().map(JobError::message).orElseThrow();
    }
  }

  @Nested
  class AStepThat {
    @Test
    void throwsAnException() {
      assertThat(
              new Hostage(
                      (app, overall, note) -> {
                        throw new IOException("no route to host");
                      })
                  .parkedFor())
          .startsWith("java.io.IOException: no route to host\n  at ");
    }

    @Test
    void throwsAnError() {
      assertThat(
              new Hostage(
                      (app, overall, note) -> {
                        throw new OutOfMemoryError("made up");
                      })
                  .parkedFor())
          .startsWith("java.lang.OutOfMemoryError: made up");
    }

    @Test
    void throwsAFailureThatCannotBeDescribed() {
      class Nasty extends RuntimeException {
        @Override
        public String getMessage() {
          throw this;
        }

        @Override
        public StackTraceElement[] getStackTrace() {
          throw this;
        }

        @Override
        public synchronized Throwable getCause() {
          throw this;
        }
      }

      assertThat(
              new Hostage(
                      (app, overall, note) -> {
                        throw new Nasty();
                      })
                  .parkedFor())
          .contains("Nasty");
    }

    @Test
    void overflowsTheStack() {
      assertThat(new Hostage((app, overall, note) -> forEver(note)).parkedFor())
          .startsWith("java.lang.StackOverflowError");
    }

    @SuppressWarnings("InfiniteRecursion")
    private static Outcome<Note> forEver(Note note) {
      return forEver(note).after(Duration.ZERO);
    }

    @Test
    void returnsNull() {
      assertThat(new Hostage((app, overall, note) -> null).parkedFor())
          .isEqualTo("the step returned null; it must return an Outcome");
    }

    @Test
    void returnsAnUnknownState() {
      assertThat(new Hostage((app, overall, note) -> Outcome.to("dnoe", note)).parkedFor())
          .isEqualTo("the step returned the unknown state \"dnoe\"; known are [work, done]");
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"})
    void returnsAnotherTypeBehindTheCompilersBack() {
      Exec<Object, String, Note> liar =
          (app, overall, note) -> (Outcome<Note>) (Outcome) Outcome.to("done", new StringBuilder());

      assertThat(new Hostage(liar).parkedFor())
          .startsWith("the context that the step returned cannot be stored: ");
    }

    @Test
    void returnsAContextThatCannotBeEncoded() {
      assertThat(
              new Hostage(
                      (app, overall, note) -> Outcome.to("done", new Note("other").unencodable()))
                  .parkedFor())
          .startsWith(
              "the context that the step returned cannot be stored: Note cannot be written as JSON");
    }

    @Test
    void kicksAContextThatCannotBeEncoded() {
      assertThat(
              new Hostage((app, overall, note) ->
                  Outcome.to("done", note).kick("work", new Note("x").unencodable()))
                  .parkedFor())
          .startsWith(
              "the context that the step returned cannot be stored: Note cannot be written as JSON");
    }

    @Test
    void asksForADelayBeyondTheCalendar() {
      Exec<Object, String, Note> patient =
          (app, overall, note) -> Outcome.stay(note).after(Duration.ofSeconds(Long.MAX_VALUE));

      assertThat(new Hostage(patient).parkedFor()).contains("Exception");
    }

    @Test
    void interruptsItsOwnThread() {
      Job<Note> job =
          new Hostage(
                  (app, overall, note) -> {
                    Thread.currentThread().interrupt();
                    return Outcome.to("done", note);
                  })
              .exec();

      assertThat(job.state()).isEqualTo("done");
    }

    @Test
    void interruptsItselfAndFails() {
      assertThat(
              new Hostage(
                      (app, overall, note) -> {
                        Thread.currentThread().interrupt();
                        throw new InterruptedException("by myself");
                      })
                  .parkedFor())
          .startsWith("java.lang.InterruptedException: by myself");
    }

    /// Neither its outcome nor its failure can be written, so the file keeps what it had.
    @Test
    void spoilsTheContextThatItWasGiven() {
      AtomicInteger calls = new AtomicInteger();
      Hostage hostage =
          new Hostage((app, overall, note) -> {
            calls.incrementAndGet();
            note.unencodable();
            throw new IllegalStateException("spoiled");
          });

      Job<Note> job = hostage.exec();

      assertThat(calls).hasValue(1);
      assertThat(job.version()).isEqualTo(1);
      assertThat(job.parked()).isEmpty();
    }

    @Test
    void waitsForADelayOfCenturies() throws InterruptedException {
      Hostage hostage =
          new Hostage((app, overall, note) -> Outcome.stay(note).after(Duration.ofDays(365 * 400)));
      RunHandle handle = hostage.processor().start(hostage.run);

      eventually(
          "the others are done and it is delayed",
          () ->
              handle.status().getLast().completed() == OTHERS - 1
                  && handle.status().getFirst().delayed() == 1);

      handle.stop();
      assertThat(handle.await().wasStopped()).isTrue();
      assertThat(hostage.stored().due()).isPresent();
    }

    @Test
    void holdsTheRunsMonitor() throws InterruptedException {
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      AtomicReference<Run<String, Note>> run = new AtomicReference<>();
      Hostage hostage =
          new Hostage((app, overall, note) -> {
            synchronized (run.get()) {
              inside.countDown();
              Eventually.isOpen(release);
            }
            return Outcome.to("done", note);
          });
      run.set(hostage.run);

      RunHandle handle = hostage.processor().start(hostage.run);
      inside.await();
      eventually("the others are done", () -> handle.status().getLast().completed() == OTHERS - 1);

      release.countDown();
      assertThat(handle.await().isComplete()).isTrue();
    }

    @Tag("slow")
    @Test
    void ignoresTheInterruptAtAStop() throws InterruptedException {
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      CountDownLatch left = new CountDownLatch(1);
      Hostage hostage =
          new Hostage((app, overall, note) -> {
            inside.countDown();
            Eventually.isOpen(release);
            left.countDown();
            return Outcome.to("done", note);
          });
      RunHandle handle = hostage.processor().start(hostage.run);
      inside.await();
      eventually("the others are done", () -> handle.status().getLast().completed() == OTHERS - 1);

      handle.stop(Duration.ZERO);
      RunSummary summary = handle.await();

      assertThat(summary.wasStopped()).isTrue();
      assertThat(summary.overdue()).containsExactly("10 in work");
      release.countDown();
      left.await();
      assertThat(hostage.stored().version()).isEqualTo(1);
      assertThat(hostage.run.job("10").orElseThrow().version()).isEqualTo(1);
    }
  }

  @Nested
  class AListenerThat {
    private Hostage friendly() {
      return new Hostage((app, overall, note) -> Outcome.to("done", note));
    }

    @Test
    void throwsAnError() {
      Hostage run = friendly();

      RunSummary summary =
          run.processor()
              .listener(counts -> {
                throw new StackOverflowError();
              })
              .exec(run.run);

      assertThat(summary.isComplete()).isTrue();
    }

    @Tag("slow")
    @Test
    void neverReturns() {
      CountDownLatch never = new CountDownLatch(1);
      Hostage run = friendly();

      RunSummary summary =
          run.processor().listener(counts -> Eventually.isOpen(never)).exec(run.run);

      assertThat(summary.isComplete()).isTrue();
      never.countDown();
    }

    @Test
    void interruptsItsThreadHearsTheEndAllTheSame() {
      AtomicInteger done = new AtomicInteger();
      CountDownLatch heard = new CountDownLatch(1);
      var workflow =
          Workflow.named("slow", Object.class, String.class, Note.class)
              .state(
                  "work",
                  s ->
                      s.exec((app, overall, note) -> {
                        Eventually.isOpen(heard);
                        return Outcome.to("done", note);
                      }))
              .terminal("done")
              .build();

      Processor.of(workflow, new Object())
          .listener(counts -> {
            done.set((int) counts.getLast().completed());
            heard.countDown();
            Thread.currentThread().interrupt();
          })
          .exec(workflow.run("test", "overall").add(new Note()));

      assertThat(done).hasValue(1);
    }
  }
}
