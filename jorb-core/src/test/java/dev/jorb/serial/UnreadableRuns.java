package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.run.Run;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.nio.file.Path;

/// Runs of whose contexts nothing could be read again.
final class UnreadableRuns {
  private UnreadableRuns() {}

  private record Odd(Runnable task) {}

  private record Plain(int number) {}

  /// Opens a file.
  interface Opener {
    <A, O, J> Serializer<O, J> at(Path file, Workflow<A, O, J> workflow);
  }

  /// Fails unless both kinds are refused, and no file is made.
  static void assertRefused(Path file, Opener opener) {
    assertRefused(
        file, opener, new Odd(() -> {}), new Plain(1), "the overall context cannot be stored: ");
    assertRefused(
        file, opener, new Plain(1), new Odd(() -> {}), "job 0 cannot be stored: its context ");
  }

  @SuppressWarnings("unchecked") // The class of a value.
  private static <O, J> void assertRefused(
      Path file, Opener opener, O overall, J context, String problem) {
    var workflow =
        Workflow.named(
                "w", String.class, (Class<O>) overall.getClass(), (Class<J>) context.getClass())
            .state("new", s -> s.exec((app, o, job) -> Outcome.to("done", job)))
            .terminal("done")
            .build();
    Run<O, J> refused = workflow.run("odd", overall);
    refused.add(context);
    try (var serializer = opener.at(file, workflow)) {
      assertThatThrownBy(() -> serializer.begin(refused))
          .isInstanceOf(RunFileException.class)
          .hasMessageStartingWith(file + ": " + problem);
    }
    assertThat(file).doesNotExist();
  }
}
