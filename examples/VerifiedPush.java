import dev.jorb.processor.Processor;
import dev.jorb.processor.RunSummary;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Pushes a commit for each of twenty chapters, and never one of them twice, though it may be
/// killed at any moment: after a crash it looks into the repository first.
///
/// ```
/// ./jorb run examples/VerifiedPush.java book.git
/// ```
///
/// The bare repository must be there and have a branch `main`. The run is in `book.jorb`.
final class VerifiedPush {
  record Repository(Path origin, Path clones) {
    /// Runs git; returns what it prints.
    String git(Path folder, String... arguments) throws IOException, InterruptedException {
      List<String> command = new ArrayList<>(List.of("git", "-C", folder.toString()));
      command.addAll(List.of("-c", "user.name=Author", "-c", "user.email=author@example.invalid"));
      command.addAll(List.of(arguments));
      Process git = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (git.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + ": " + said.strip());
      }
      return said;
    }
  }

  // tag::verify[]
  static final Workflow<Repository, String, String> WORKFLOW =
      Workflow.named("book", Repository.class, String.class, String.class)
          .state("push", s -> s.exec(VerifiedPush::push).verify(VerifiedPush::isPushed))
          .terminal("pushed")
          .build();

  /// Each call of it is one more commit: it must not run again when it has done its work.
  static Outcome<String> push(Repository repository, String book, String chapter)
      throws IOException, InterruptedException {
    Path clone = Files.createTempDirectory(repository.clones(), "clone");
    repository.git(clone, "clone", "--quiet", repository.origin().toString(), ".");
    repository.git(clone, "commit", "--quiet", "--allow-empty", "--message", chapter);
    repository.git(clone, "push", "--quiet", "origin", "HEAD:main");
    return Outcome.to("pushed", chapter);
  }

  /// Asked, after a crash, for each job whose push was running.
  static Optional<Outcome<String>> isPushed(Repository repository, String book, Job<String> job)
      throws IOException, InterruptedException {
    String chapter = job.context();
    String subjects = repository.git(repository.origin(), "log", "--format=%s", "main");
    return subjects.lines().anyMatch(chapter::equals)
        ? Optional.of(Outcome.to("pushed", chapter))
        : Optional.empty();
  }

  // end::verify[]

  public static void main(String[] args) throws IOException {
    Path clones = Files.createDirectories(Path.of("clones").toAbsolutePath());
    Repository repository = new Repository(Path.of(args[0]).toAbsolutePath(), clones);
    try (var journal = JournalSerializer.at(Path.of("book.jorb"), WORKFLOW)) {
      Run<String, String> run =
          journal
              .load()
              .orElseGet(() ->
                  WORKFLOW
                      .run("book", "a book")
                      .addAll(IntStream.rangeClosed(1, 20).mapToObj(i -> "Chapter " + i).toList()));
      RunSummary summary = Processor.of(WORKFLOW, repository).serializer(journal).exec(run);
      summary
          .inDoubt()
          .forEach(doubt ->
              System.out.println("job " + doubt.job() + " was in doubt: " + doubt.became()));
      System.out.println(summary.ended() + " of " + summary.jobs() + " chapters are pushed");
    }
  }
}
