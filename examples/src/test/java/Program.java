import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// An example that runs in a JVM of its own, in a folder of the test's.
record Program(Process process, Path out, Path err) {
  private static final Path EXAMPLES = Path.of(System.getProperty("jorb.root"), "examples");
  private static final int DEADLINE_SECONDS = 300;

  /// Starts it as `./jorb run examples/NAME.java` does: by the JDK's source launcher, with Jorb on
  /// the class path.
  static Program ofSource(String name, Path folder, String... arguments) throws IOException {
    Stream<String> jorb = classPath().filter(entry -> !entry.startsWith(EXAMPLES.toString()));
    return start(folder, jorb, EXAMPLES.resolve(name + ".java").toString(), arguments);
  }

  /// Starts the class that the build has compiled, which is there sooner.
  static Program ofClass(String name, Path folder, String... arguments) throws IOException {
    return start(folder, classPath(), name, arguments);
  }

  private static Stream<String> classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1));
  }

  private static Program start(
      Path folder, Stream<String> classPath, String main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"));
    command.add(classPath.collect(joining(File.pathSeparator)));
    command.add(main);
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    return new Program(builder.start(), out, err);
  }

  /// Waits until it has ended with this exit code.
  Program endsWith(int exit) throws Exception {
    assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said()).isEqualTo(exit);
    return this;
  }

  /// What it has printed.
  String said() throws IOException {
    return Files.readString(out) + Files.readString(err);
  }

  /// As `kill -9` does, as soon as something is so. The program must not have ended before. Returns
  /// the processes that it had started and that were still running.
  List<ProcessHandle> killOnce(Condition condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (!condition.holds()) {
      assertThat(process.isAlive()).as(said()).isTrue();
      assertThat(System.nanoTime() - deadline).as(said()).isNegative();
      LockSupport.parkNanos(5_000_000);
    }
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly().waitFor();
    assertThat(process.exitValue()).as(said()).isEqualTo(128 + 9);
    return children;
  }

  /// Something that a program brings about.
  interface Condition {
    boolean holds() throws IOException;
  }
}
