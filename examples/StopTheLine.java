import dev.jorb.event.RunEvent;
import dev.jorb.processor.Processor;
import dev.jorb.processor.RunHandle;
import dev.jorb.processor.RunSummary;
import dev.jorb.run.Run;
import dev.jorb.workflow.Failures;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// A service breaks down in the middle: after three failures the state pauses itself, instead of
/// failing all jobs one by one. It keeps them, says so, and goes on when somebody tells it to.
///
/// ```
/// ./jorb run examples/StopTheLine.java
/// ```
final class StopTheLine {
  /// Works ten times, and then only after it was repaired.
  static final class Printer {
    private final AtomicInteger calls = new AtomicInteger();
    volatile boolean repaired;

    void print(String page) throws IOException {
      if (calls.incrementAndGet() > 10 && !repaired) {
        throw new IOException("out of paper");
      }
    }
  }

  // tag::workflow[]
  static final Workflow<Printer, String, String> WORKFLOW =
      Workflow.named("pages", Printer.class, String.class, String.class)
          .state(
              "print",
              s ->
                  s.exec(StopTheLine::print)
                      .retry(Retry.times(3).backoff(Duration.ofMillis(1), Duration.ofMillis(1)))
                      .pauseWhen(Failures.moreThan(2).ofLast(20)))
          .terminal("printed")
          .build();

  static Outcome<String> print(Printer printer, String book, String page) throws IOException {
    printer.print(page);
    return Outcome.to("printed", page);
  }

  // end::workflow[]

  public static void main(String[] args) throws InterruptedException {
    Printer printer = new Printer();
    Run<String, String> run =
        WORKFLOW
            .run("pages", "a book")
            .addAll(IntStream.rangeClosed(1, 30).mapToObj(i -> "page " + i).toList());
    CountDownLatch paused = new CountDownLatch(1);
    Processor<Printer, String, String> processor =
        Processor.of(WORKFLOW, printer)
            .onEvent(event -> {
              if (event instanceof RunEvent.Paused pause) {
                System.out.println("paused: " + pause.pause().reason());
                paused.countDown();
              }
            });
    try (RunHandle handle = processor.start(run)) {
      paused.await();
      System.out.println("printed by then: " + handle.status().get(1).jobs());
      System.out.println("parked: " + handle.status().get(0).parked());

      printer.repaired = true;
      handle.resume("print");
      RunSummary summary = handle.await();
      System.out.println("printed in the end: " + summary.ended());
    }
    System.out.println("failures: " + run.jobs().stream().mapToInt(job -> job.errorCount()).sum());
  }
}
