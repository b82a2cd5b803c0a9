import dev.jorb.event.StatusListener;
import dev.jorb.limit.Rate;
import dev.jorb.processor.Processor;
import dev.jorb.processor.RunSummary;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Jorb inside a program of one's own, without its command line: splits orders into parcels, asks a
/// carrier for a label for each, and waits until the carrier has printed it.
///
/// ```
/// ./jorb run examples/Embedded.java parcels.jorb
/// ```
final class Embedded {
  record Season(String name) {}

  // tag::contexts[]
  /// What one job knows: a union of what all steps need, as a wide table.
  record Parcel(String order, int number, int of, String label) {}

  // end::contexts[]

  // tag::steps[]
  /// Forks: one job for each parcel of the order. The order's own job ends here.
  static Outcome<Parcel> split(Carrier carrier, Season season, Parcel order) {
    Outcome<Parcel> split = Outcome.to("split", order);
    for (int number = 1; number <= order.of(); number++) {
      split = split.kick("label", new Parcel(order.order(), number, order.of(), ""));
    }
    return split;
  }

  /// Throws now and then: a failed attempt, which is tried again.
  static Outcome<Parcel> label(Carrier carrier, Season season, Parcel parcel) throws IOException {
    String label = carrier.order(parcel.order() + "/" + parcel.number());
    return Outcome.to("print", new Parcel(parcel.order(), parcel.number(), parcel.of(), label));
  }

  /// Polls: asks again later, and holds neither a thread nor a slot till then.
  static Outcome<Parcel> print(Carrier carrier, Season season, Parcel parcel) {
    return switch (carrier.status(parcel.label())) {
      case PRINTED -> Outcome.to("sent", parcel);
      case JAMMED -> Outcome.to("label", parcel).error(parcel.label() + " is jammed");
      case PRINTING -> Outcome.stay(parcel).after(Duration.ofMillis(50));
    };
  }

  // end::steps[]

  // tag::workflow[]
  static final Workflow<Carrier, Season, Parcel> WORKFLOW =
      Workflow.named("parcels", Carrier.class, Season.class, Parcel.class)
          .state("order", s -> s.exec(Embedded::split))
          .state(
              "label",
              s ->
                  s.exec(Embedded::label)
                      .concurrency(8)
                      .rate(Rate.perSecond(200).burst(10))
                      .retry(Retry.times(5).backoff(Duration.ofMillis(10), Duration.ofSeconds(1)))
                      .onFailure("refused"))
          .state("print", s -> s.exec(Embedded::print).concurrency(16).next("sent", "label"))
          .terminal("split")
          .terminal("sent")
          .terminal("refused")
          .build();

  // end::workflow[]

  public static void main(String[] args) {
    Path file = Path.of(args.length == 0 ? "parcels.jorb" : args[0]);
    StatusListener listener = counts -> System.err.println(counts.size() + " states");
    // tag::exec[]
    try (var journal = JournalSerializer.at(file, WORKFLOW)) {
      Run<Season, Parcel> run =
          journal
              .load()
              .orElseGet(() -> WORKFLOW.run("parcels", new Season("autumn")).addAll(orders()));
      journal.opening().sentences().forEach(System.err::println);
      RunSummary summary =
          Processor.of(WORKFLOW, new Carrier()).serializer(journal).listener(listener).exec(run);
      report(run, summary);
    }
    // end::exec[]
  }

  private static List<Parcel> orders() {
    List<Parcel> orders = new ArrayList<>();
    for (int i = 1; i <= 10; i++) {
      orders.add(new Parcel("order-" + i, 0, 1 + i % 3, ""));
    }
    return orders;
  }

  // tag::report[]
  static void report(Run<Season, Parcel> run, RunSummary summary) {
    summary.counts().forEach(count -> System.out.println(count.state() + ": " + count.jobs()));
    for (Job<Parcel> job : run.jobs()) {
      job.lastError()
          .ifPresent(error ->
              System.out.println(
                  "job "
                      + job.id()
                      + " had trouble in "
                      + error.state()
                      + " and is in "
                      + job.state()));
    }
  }

  // end::report[]

  /// A carrier that answers like a real one: refuses now and then, and takes its time.
  static final class Carrier {
    enum Status {
      PRINTING,
      PRINTED,
      JAMMED
    }

    private final java.util.Map<String, Integer> asked =
        new java.util.concurrent.ConcurrentHashMap<>();

    String order(String parcel) throws IOException {
      int times = asked.merge(parcel, 1, Integer::sum);
      if (parcel.startsWith("order-7")) {
        throw new IOException("HTTP 422: the address of " + parcel + " is unknown");
      }
      if (parcel.endsWith("/2") && times == 1) {
        throw new IOException("HTTP 503: try again");
      }
      return "label-" + parcel + "-" + times;
    }

    Status status(String label) {
      int times = asked.merge(label, 1, Integer::sum);
      if (label.startsWith("label-order-3/1-1")) {
        return Status.JAMMED;
      }
      return times < 3 ? Status.PRINTING : Status.PRINTED;
    }
  }
}
