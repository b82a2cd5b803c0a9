import dev.jorb.processor.Processor;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.util.List;
import java.util.stream.IntStream;

/// A service that takes fifty items in one request: the step gets as many of the jobs that wait,
/// and says of each what becomes of it.
///
/// ```
/// ./jorb run examples/Batches.java
/// ```
final class Batches {
  record Item(String name, String receipt) {}

  /// Takes many items in one request, and refuses some of them.
  static final class Service {
    List<String> publish(List<String> names) {
      System.out.println("one request with " + names.size() + " items");
      return names.stream().map(name -> name.endsWith("7") ? "" : "receipt of " + name).toList();
    }
  }

  // tag::workflow[]
  static final Workflow<Service, String, Item> WORKFLOW =
      Workflow.named("items", Service.class, String.class, Item.class)
          .state("publish", s -> s.execBatch(50, Batches::publish))
          .terminal("published")
          .terminal("refused")
          .build();

  /// One call for up to fifty jobs, with an outcome for each.
  static List<Outcome<Item>> publish(Service service, String shop, List<Job<Item>> jobs) {
    List<Item> items = jobs.stream().map(Job::context).toList();
    List<String> receipts = service.publish(items.stream().map(Item::name).toList());
    return IntStream.range(0, items.size())
        .mapToObj(i -> outcome(items.get(i), receipts.get(i)))
        .toList();
  }

  private static Outcome<Item> outcome(Item item, String receipt) {
    return receipt.isEmpty()
        ? Outcome.to("refused", item).error("no receipt")
        : Outcome.to("published", new Item(item.name(), receipt));
  }

  // end::workflow[]

  public static void main(String[] args) {
    Run<String, Item> run =
        WORKFLOW
            .run("items", "shop")
            .addAll(
                IntStream.rangeClosed(1, 120).mapToObj(i -> new Item("item " + i, "")).toList());
    Processor.of(WORKFLOW, new Service())
        .exec(run)
        .counts()
        .forEach(count -> System.out.println(count.state() + ": " + count.jobs()));
    System.out.println(run.job("119").orElseThrow().context().receipt());
  }
}
