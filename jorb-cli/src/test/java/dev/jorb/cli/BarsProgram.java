package dev.jorb.cli;

import dev.jorb.processor.Processor;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.slf4j.LoggerFactory;

/// A program with bars, whose steps print by all the ways that there are. Its arguments: a folder,
/// how many jobs, after how many of them it waits for the file `go` in the folder, and what else it
/// is like: `plain`; `failing`, where every second job fails; `wide`, with thirty states.
final class BarsProgram {
  record Plan() {}

  record Task(int number) {}

  private BarsProgram() {}

  public static void main(String[] args) {
    Path folder = Path.of(args[0]);
    int jobs = Integer.parseInt(args[1]);
    int pause = Integer.parseInt(args[2]);
    Logger jul = Logger.getLogger("jul"); // Its console handler is made before the bars.
    String kind = args[3];
    int more = kind.equals("wide") ? 29 : 0;
    Workflow.Builder<Path, Plan, Task> states =
        Workflow.named("bars", Path.class, Plan.class, Task.class)
            .state(
                "talk",
                s ->
                    s.retry(Retry.never())
                        .exec((app, plan, task) -> {
                          if (task.number() == pause) {
                            Files.writeString(app.resolve("paused"), "");
                            Eventually.eventually("go", () -> Files.exists(app.resolve("go")));
                          }
                          if (kind.equals("failing") && task.number() % 2 == 1) {
                            throw new IllegalStateException("out of order");
                          }
                          say(jul, task.number());
                          return Outcome.to(more > 0 ? "state-1" : "done", task);
                        }));
    for (int i = 1; i <= more; i++) {
      String next = i == more ? "done" : "state-" + (i + 1);
      states.state("state-" + i, s -> s.exec((app, plan, task) -> Outcome.to(next, task)));
    }
    Workflow<Path, Plan, Task> workflow = states.terminal("done").build();
    var run = workflow.run("bars", new Plan()).addAll(IntStream.range(0, jobs).mapToObj(Task::new));
    Processor.of(workflow, folder).listener(ProgressBars.on(System.err).of(workflow)).exec(run);
    System.err.println("all over");
  }

  private static void say(Logger jul, int number) {
    switch (number % 4) {
      case 0 -> System.out.println("line-" + number + " by System.out");
      case 1 -> System.err.print("line-" + number + " by System.err\n");
      case 2 -> LoggerFactory.getLogger("slf4j").warn("line-{} by SLF4J", number);
      default -> jul.warning("line-" + number + " by JUL");
    }
  }
}
