package dev.jorb.cli;

import static dev.jorb.cli.Cli.jorb;
import static dev.jorb.cli.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.measure.LimitedBy;
import dev.jorb.measure.Sample;
import dev.jorb.processor.Processor;
import dev.jorb.processor.RunHandle;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What a report says, in each of its forms, of a run that was held from its first step on.
class HeldReportTest {
  @TempDir Path folder;

  private Path pausedRun() throws Exception {
    Path file = folder.resolve("paused.jorb");
    AtomicBoolean isPaused = new AtomicBoolean();
    var workflow =
        Workflow.named("paused", String.class, String.class, Integer.class)
            .state(
                "work",
                s ->
                    s.exec(
                            (app, all, job) -> {
                              eventually("it is paused", isPaused::get);
                              return Outcome.to("done", job);
                            })
                        .concurrency(2))
            .terminal("done")
            .build();
    var run = workflow.run("paused", "").addAll(IntStream.range(0, 20).boxed());
    try (var journal = JournalSerializer.at(file, workflow);
        RunHandle handle = Processor.of(workflow, "").serializer(journal).start(run)) {
      handle.pause("work");
      isPaused.set(true);
      eventually(
          "it was paused for more than a second",
          () ->
              handle.measures().states().getFirst().history().stream()
                      .map(Sample::limitedBy)
                      .filter(LimitedBy.PAUSED::equals)
                      .count()
                  > 6);
      handle.resume("work");
      handle.await();
    }
    return file;
  }

  @Test
  void namesThePause() throws Exception {
    Path file = pausedRun();
    Path page = folder.resolve("report.html");

    assertThat(jorb("report", file).out()).contains("\"work\" was paused for ", "a pause ");
    JsonNode json = jorb("report", file, "--json").json();
    assertThat(json.get("bottleneck").get("limit").asString()).isEqualTo("PAUSE");
    assertThat(json.get("states").get(0).get("limitedBy").get("PAUSE").asDouble())
        .isGreaterThan(0.5);
    JsonNode hold = json.get("holds").get(0);
    assertThat(hold.get("state").asString()).isEqualTo("work");
    assertThat(hold.get("by").asString()).isEqualTo("PAUSE");
    assertThat(hold.get("seconds").asDouble()).isGreaterThan(1);
    assertThat(jorb("report", file, "-o", page).code()).isZero();
    assertThat(Files.readString(page)).contains("was paused for", "a pause ");
  }
}
