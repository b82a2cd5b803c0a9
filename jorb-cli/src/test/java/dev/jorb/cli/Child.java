package dev.jorb.cli;

import static dev.jorb.cli.Eventually.eventually;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The demo program in a JVM of its own, in a folder of its own.
record Child(Process process, Path folder) implements AutoCloseable {
  static Child start(Path folder, String... args) throws IOException {
    // A shell starts what it runs in the background with SIGINT ignored, and that is inherited.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT,TERM,HUP"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Demo.class.getName()));
    command.addAll(List.of("--folder", folder.toString()));
    command.addAll(List.of(args));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile())
            .start();
    return new Child(process, folder);
  }

  /// A child with one job that holds until the file `go` appears.
  static Child holding(Path folder, String... args) throws Exception {
    List<String> all = new ArrayList<>(List.of("--kinds", "ok,hold,hold"));
    all.addAll(List.of(args));
    Child child = start(folder, all.toArray(String[]::new));
    eventually("a step holds; " + child.err(), () -> Files.exists(folder.resolve("holding")));
    return child;
  }

  Path file() {
    return folder.resolve("demo.jorb");
  }

  String out() throws IOException {
    return Files.readString(folder.resolve("out"));
  }

  String err() throws IOException {
    return Files.readString(folder.resolve("err"));
  }

  void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /// Lets the holding steps go.
  void go() throws IOException {
    Files.writeString(folder.resolve("go"), "");
  }

  void awaitErr(String text) throws Exception {
    eventually("it says \"" + text + "\"", () -> err().contains(text));
  }

  int awaitEnd() throws Exception {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("still running; it said: " + err());
    }
    return process.exitValue();
  }

  @Override
  public void close() throws Exception {
    process.destroyForcibly().waitFor();
  }
}
