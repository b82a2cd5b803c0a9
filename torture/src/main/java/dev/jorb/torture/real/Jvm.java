package dev.jorb.torture.real;

import dev.jorb.torture.child.Child;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/// How children are started: small JVMs that share an archive of their classes, so that most of
/// their life is spent with the run file. Immutable.
///
/// @param options what comes before the class path
record Jvm(List<String> options) {
  private static final List<String> SMALL =
      List.of(
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-Xmx96m",
          "-Xshare:auto",
          "-XX:-UsePerfData",
          // What the JVM says goes where the child's own words go, not among its phases.
          "-Xlog:disable",
          "-Xlog:all=error:stderr",
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

  Jvm {
    options = List.copyOf(options);
  }

  /// Makes the archive beside the row's folder, unless another row has made it for the same
  /// classes.
  static synchronized Jvm fast(Path scratch) throws IOException, InterruptedException {
    Path archive = scratch.resolveSibling("child-" + classes() + ".jsa").toAbsolutePath();
    if (!Files.exists(archive)) {
      Path folder = Files.createTempDirectory(scratch, "archive");
      Path made = folder.resolve("child.jsa");
      List<String> options = new ArrayList<>(SMALL);
      options.add("-XX:ArchiveClassesAtExit=" + made);
      List<String> command =
          new Jvm(options).command(folder.resolve("run"), folder.resolve("account"), 1, 8, 1, 9);
      Shell.run(command);
      Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
    }
    List<String> options = new ArrayList<>(SMALL);
    options.add("-XX:SharedArchiveFile=" + archive);
    return new Jvm(options);
  }

  /// Changes with the class path and with every file on it.
  private static String classes() throws IOException {
    long digest = 1;
    for (String each : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(each);
      if (Files.exists(path)) {
        digest = digest * 31 + each.hashCode();
        digest = digest * 31 + Files.getLastModifiedTime(path).toMillis();
        digest = digest * 31 + Files.size(path);
      }
    }
    return Long.toHexString(digest);
  }

  /// The command for one life; see [Child].
  List<String> command(Path file, Path account, long seed, int jobs, int life, long batches) {
    return command(
        Child.class,
        file.toString(),
        account.toString(),
        Long.toString(seed),
        Integer.toString(jobs),
        Integer.toString(life),
        Long.toString(batches));
  }

  /// The command that runs a program of this class path.
  List<String> command(Class<?> main, String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(args));
    return command;
  }

  /// The same with more heap.
  Jvm heap(int mebibytes) {
    List<String> more = new ArrayList<>(options);
    more.add("-Xmx" + mebibytes + "m");
    return new Jvm(more);
  }
}
