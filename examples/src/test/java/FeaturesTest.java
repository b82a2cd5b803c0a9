import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The small programs that show one thing each, and what they print.
class FeaturesTest {
  @TempDir Path folder;

  private String printed(String program) throws Exception {
    Program ended = Program.ofClass(program, folder).endsWith(0);
    return Files.readString(ended.out());
  }

  @Test
  void retryAndPark() throws Exception {
    assertThat(printed("RetryAndPark"))
        .isEqualTo(
            """
            good: uploaded
            shaky: uploaded, errors: 2
            unlucky: parked, failed 4 times in a row: java.io.IOException: 503, errors: 4
            empty: parked, failed: java.lang.IllegalArgumentException: there is nothing in it, errors: 1
            and now that the service is repaired:
            good: uploaded
            shaky: uploaded, errors: 2
            unlucky: uploaded, errors: 4
            empty: uploaded, errors: 1
            """);
  }

  @Test
  void forkAndJoinOverTenThousandJobs() throws Exception {
    assertThat(printed("ForkAndJoin"))
        .isEqualTo(
            """
            jobs: 10001
            children of job 0: 10000
            the last of them: 0->9999
            sum of their squares: 333383335000
            """);
  }

  @Test
  void batches() throws Exception {
    assertThat(printed("Batches"))
        .isEqualTo(
            """
            one request with 50 items
            one request with 50 items
            one request with 20 items
            publish: 0
            published: 108
            refused: 12
            receipt of item 120
            """);
  }

  @Test
  void stopTheLine() throws Exception {
    assertThat(printed("StopTheLine"))
        .isEqualTo(
            """
            paused: more than 2 failures of the last 20 attempts
            printed by then: 10
            parked: 0
            printed in the end: 30
            failures: 3
            """);
  }

  @Test
  void killedAgainAndAgainItPushesEachChapterOnce() throws Exception {
    Git origin = Git.origin(folder.resolve("book.git"), "title.txt", "A book\n");

    for (int pushes : List.of(3, 8, 14)) {
      Program program = Program.ofClass("VerifiedPush", folder, "book.git");
      List<ProcessHandle> children = program.killOnce(() -> pushed(origin) >= pushes);
      children.forEach(child -> child.onExit().join()); // A git that was at it comes to its end.
    }
    String said =
        Files.readString(Program.ofClass("VerifiedPush", folder, "book.git").endsWith(0).out());

    assertThat(said).contains("was in doubt: ").endsWith("20 of 20 chapters are pushed\n");
    assertThat(origin.history())
        .containsExactlyInAnyOrderElementsOf(
            IntStream.rangeClosed(0, 20)
                .mapToObj(i -> i == 0 ? "Add title.txt" : "Chapter " + i)
                .toList());
  }

  private static int pushed(Git origin) throws IOException {
    try {
      return origin.history().size() - 1;
    } catch (IOException failed) {
      throw failed;
    } catch (Exception failed) {
      throw new IOException(failed);
    }
  }
}
