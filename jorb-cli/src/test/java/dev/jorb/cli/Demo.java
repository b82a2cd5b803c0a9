package dev.jorb.cli;

import dev.jorb.run.Run;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The program under test. What each of its jobs does stands in its context:
///
/// - `ok` goes through;
/// - `fail` throws until the file `repaired` is in the folder;
/// - `hold` waits for the file `go` in the folder, and has one more state to go through;
/// - `last` waits for it too, and then ends.
final class Demo {
  record Plan(String ticket) {}

  record Task(String kind) {}

  /// The application context. It leaves the file `closed` in its folder when it is closed.
  record Bench(Path folder) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      Files.writeString(folder.resolve("closed"), "");
    }
  }

  private Demo() {}

  static Workflow<Bench, Plan, Task> workflow() {
    return Workflow.named("demo", Bench.class, Plan.class, Task.class)
        .state("new", s -> s.exec((bench, plan, task) -> Outcome.to("work", task)).concurrency(4))
        .state("work", s -> s.exec(Demo::work).concurrency(4).retry(Retry.never()))
        .state("review", s -> s.exec((bench, plan, task) -> Outcome.to("done", task)))
        .terminal("done")
        .build();
  }

  private static Outcome<Task> work(Bench bench, Plan plan, Task task) throws Exception {
    if (task.kind().equals("hold") || task.kind().equals("last")) {
      Files.writeString(bench.folder().resolve("holding"), "");
      Eventually.eventually("go", () -> Files.exists(bench.folder().resolve("go")));
    }
    if (task.kind().equals("fail") && !Files.exists(bench.folder().resolve("repaired"))) {
      throw new IOException("HTTP 502\nfrom the proxy");
    }
    return Outcome.to(task.kind().equals("hold") ? "review" : "done", task);
  }

  /// A new run with a job for each kind.
  static Run<Plan, Task> run(String... kinds) {
    List<Task> tasks = new ArrayList<>();
    for (String kind : kinds) {
      tasks.add(new Task(kind));
    }
    return workflow().run("upgrade", new Plan("T-1")).addAll(tasks);
  }

  /// What a user's program looks like.
  public static void main(String[] args) {
    Arguments arguments = Arguments.of(args);
    Path folder = Path.of(arguments.take("--folder", "DIR", "where it works", "."));
    String kinds = arguments.take("--kinds", "KIND,KIND", "what its jobs do", "ok");
    Jorb.main(
        arguments.defaultFile(folder.resolve("demo.jorb")),
        workflow(),
        () -> new Bench(folder),
        () -> run(kinds.split(",", -1)));
  }
}
