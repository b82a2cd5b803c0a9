package dev.jorb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.processor.Processor;
import dev.jorb.processor.RunSummary;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SummaryOfAFullGroupTest {
  record Item(int number) {}

  @Test
  void saysWhyJobsWaitThoughTheRunIsAtRest() throws Exception {
    Workflow<Object, String, Item> workflow =
        Workflow.named("changes", Object.class, String.class, Item.class)
            .state("push", s -> s.exec((app, overall, item) -> Outcome.stay(item).park("ask ada")))
            .terminal("merged")
            .group("open pull requests", 2, "push")
            .build();
    var run = workflow.run("r", "").addAll(IntStream.range(0, 5).mapToObj(Item::new).toList());
    RunSummary ended = Processor.of(workflow, new Object()).exec(run);
    var out = new ByteArrayOutputStream();

    new Summary(Path.of("run.jorb"), ended, List.of(), List.of(), List.of(), ExitCode.PARKED)
        .print(new PrintStream(out, true, StandardCharsets.UTF_8));

    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains(
            "3 jobs in push could not start: "
                + "the group \"open pull requests\" is full: 2 of 2, with 0, 1");
  }
}
