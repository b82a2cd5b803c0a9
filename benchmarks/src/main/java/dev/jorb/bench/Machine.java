package dev.jorb.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What is measured on.
final class Machine {
  private Machine() {}

  /// The JVM, the processors, and the file system under this directory, in a few words.
  static String describe(Path directory) throws IOException {
    return "Java %s, %d processors, %s, files on %s"
        .formatted(
            System.getProperty("java.version"),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.name"),
            Files.getFileStore(directory).type());
  }

  /// The java command of this JVM.
  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
