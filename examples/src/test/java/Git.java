import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A git repository, asked by the real git, without the user's settings.
record Git(Path folder) {
  /// What the command prints, line by line.
  List<String> lines(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("git", "-C", folder.toString()));
    command.addAll(
        List.of("-c", "user.name=Somebody", "-c", "user.email=somebody@example.invalid"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
    Process git = builder.start();
    String said = new String(git.getInputStream().readAllBytes(), UTF_8);
    assertThat(git.waitFor()).as(command + ": " + said).isZero();
    return said.lines().toList();
  }

  /// The subjects of the commits on the main branch, the newest first.
  List<String> history() throws Exception {
    return lines("log", "--topo-order", "--format=%s", "main");
  }

  /// Makes a bare repository with a commit of one file.
  static Git origin(Path origin, String file, String text) throws Exception {
    Path seeds = origin.getParent().resolveSibling("seeds");
    Git seed = new Git(Files.createTempDirectory(Files.createDirectories(seeds), "seed"));
    seed.lines("init", "--quiet", "--initial-branch=main");
    Files.writeString(seed.folder.resolve(file), text);
    seed.lines("add", file);
    seed.lines("commit", "--quiet", "--message", "Add " + file);
    seed.lines("clone", "--quiet", "--bare", ".", origin.toString());
    return new Git(origin);
  }
}
