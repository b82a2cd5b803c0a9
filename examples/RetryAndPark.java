import dev.jorb.processor.Processor;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/// Steps that fail: one is tried again until it succeeds, what stays broken is parked with its
/// reason, what is hopeless is not tried again, and the next start gives those that are parked
/// another chance.
///
/// ```
/// ./jorb run examples/RetryAndPark.java
/// ```
final class RetryAndPark {
  /// A service that is shaky for some, and down for others until it is repaired.
  static final class Service {
    private final ConcurrentHashMap<String, Integer> calls = new ConcurrentHashMap<>();
    volatile boolean repaired;

    void upload(String file) throws IOException {
      int call = calls.merge(file, 1, Integer::sum);
      if (file.equals("shaky") && call < 3) {
        throw new IOException("503");
      }
      if (file.equals("unlucky") && !repaired) {
        throw new IOException("503");
      }
      if (file.equals("empty") && !repaired) {
        throw new IllegalArgumentException("there is nothing in it");
      }
    }
  }

  // tag::workflow[]
  static final Workflow<Service, String, String> WORKFLOW =
      Workflow.named("uploads", Service.class, String.class, String.class)
          .state(
              "upload",
              s ->
                  s.exec(RetryAndPark::upload)
                      .retry(
                          Retry.times(3)
                              .backoff(Duration.ofMillis(10), Duration.ofMillis(100))
                              .giveUpOn(IllegalArgumentException.class)))
          .terminal("uploaded")
          .build();

  static Outcome<String> upload(Service service, String day, String file) throws IOException {
    service.upload(file);
    return Outcome.to("uploaded", file);
  }

  // end::workflow[]

  public static void main(String[] args) {
    Service service = new Service();
    Run<String, String> run =
        WORKFLOW.run("uploads", "today").addAll(List.of("good", "shaky", "unlucky", "empty"));
    Processor.of(WORKFLOW, service).exec(run);
    run.jobs().forEach(RetryAndPark::print);

    service.repaired = true;
    System.out.println("and now that the service is repaired:");
    Processor.of(WORKFLOW, service).exec(run);
    run.jobs().forEach(RetryAndPark::print);
  }

  private static void print(Job<String> job) {
    System.out.println(
        job.context()
            + ": "
            + job.parked().map(reason -> "parked, " + reason).orElse(job.state())
            + (job.errorCount() == 0 ? "" : ", errors: " + job.errorCount()));
  }
}
