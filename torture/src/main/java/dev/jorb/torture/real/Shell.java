package dev.jorb.torture.real;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Runs other programs.
final class Shell {
  private Shell() {}

  /// Runs a program to its end and returns what it said.
  ///
  /// @throws IOException if it is not there, or says that it failed
  static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    if (code != 0) {
      throw new IOException(
          String.join(" ", command) + " ended with " + code + ": " + said.strip());
    }
    return said;
  }

  /// Runs a program to its end and returns what it said.
  ///
  /// @throws IOException if it is not there, or says that it failed
  static String run(String... command) throws IOException, InterruptedException {
    return run(List.of(command));
  }
}
