package dev.jorb.torture.real;

import dev.jorb.torture.child.Child;
import dev.jorb.torture.child.Phases.Phase;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/// How children are started: small JVMs that share a cache of their classes, loaded and linked, so
/// that most of their life is spent with the run file. Immutable.
///
/// @param options what comes before the class path
record Jvm(List<String> options) {
  private static final List<String> SMALL =
      List.of(
          "-XX:TieredStopAtLevel=1",
          // Most of what would be compiled is hardly called any more before the end.
          "-XX:CompileThresholdScaling=10",
          "-XX:+UseSerialGC",
          "-Xmx96m",
          "-XX:-UsePerfData",
          // The cache is used where it lies, and not copied to make its place a secret.
          "-XX:+UnlockDiagnosticVMOptions",
          "-XX:ArchiveRelocationMode=0",
          // Not looked for in every file of the class path.
          "-Dslf4j.provider=org.slf4j.simple.SimpleServiceProvider",
          "-Dslf4j.internal.verbosity=WARN",
          // Jackson asks for a calendar; without the fallback nobody lists all locales for it.
          "-Djava.locale.providers=CLDR",
          // What the JVM says goes where the child's own words go, not among its phases.
          "-Xlog:disable",
          "-Xlog:all=error:stderr");

  Jvm {
    options = List.copyOf(options);
  }

  /// Makes the cache beside the row's folder, unless another row has made it for the same classes.
  static synchronized Jvm fast(Path scratch) throws IOException, InterruptedException {
    Path caches = Files.createDirectories(scratch.resolveSibling("caches")).toAbsolutePath();
    Path cache = caches.resolve("child-" + classes() + ".aot");
    if (!Files.exists(cache)) {
      Path folder = Files.createTempDirectory(scratch, "cache");
      Path made = folder.resolve("child.aot");
      // The first life begins a file, the second is killed; the third, from which the JVM learns,
      // reads and compacts what they have left.
      Jvm plain = new Jvm(SMALL);
      Shell.run(plain.life(folder, 1));
      try (Life second = new Life(plain.life(folder, 2), folder.resolve("said"))) {
        second.reaches(Phase.RUN);
        second.kill();
      }
      Shell.run(plain.with("-XX:AOTCacheOutput=" + made).life(folder, 3));
      deleteAll(caches);
      Files.move(made, cache, StandardCopyOption.ATOMIC_MOVE);
    }
    return new Jvm(SMALL).with("-XX:AOTCache=" + cache);
  }

  /// Caches of other builds have 27 MB each, and are of no use any more.
  private static void deleteAll(Path caches) throws IOException {
    try (DirectoryStream<Path> old = Files.newDirectoryStream(caches)) {
      for (Path each : old) {
        Files.deleteIfExists(each);
      }
    }
  }

  private List<String> life(Path folder, int life) {
    return command(folder.resolve("run"), folder.resolve("account"), 1, 8, life, 40);
  }

  private Jvm with(String option) {
    List<String> more = new ArrayList<>(options);
    more.add(option);
    return new Jvm(more);
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

  /// The same for children that compact their file all the time while they run.
  Jvm compactingEarly() {
    return with("-D" + Child.EARLY_COMPACTION + "=true");
  }

  /// The same with more heap.
  Jvm heap(int mebibytes) {
    return with("-Xmx" + mebibytes + "m");
  }
}
