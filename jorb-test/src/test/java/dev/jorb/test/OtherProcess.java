package dev.jorb.test;

import dev.jorb.run.Schema;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.serial.JsonSerializer;
import dev.jorb.serial.RunFileException;
import dev.jorb.serial.Serializer;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// A process that loads a run file and says what came of it.
final class OtherProcess {
  private OtherProcess() {}

  /// The forms that it can open.
  enum Form {
    JOURNAL,
    JSON;

    <O, J> Serializer<O, J> open(Path file, Schema<O, J> schema) {
      return switch (this) {
        case JOURNAL -> JournalSerializer.at(file, schema);
        case JSON -> JsonSerializer.at(file, schema);
      };
    }
  }

  /// Runs it and returns what it said.
  static String load(Form form, Path file) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    classPath(),
                    OtherProcess.class.getName(),
                    form.name(),
                    file.toString()))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said.strip();
  }

  private static String classPath() {
    return System.getProperty(
        "surefire.test.class.path",
        System.getProperty("java.class.path", "." + File.pathSeparator));
  }

  /// Loads the file that the arguments name.
  public static void main(String[] args) {
    try (var serializer = Form.valueOf(args[0]).open(Path.of(args[1]), Schema.untyped())) {
      System.out.println("loaded " + serializer.load().orElseThrow().size() + " jobs");
    } catch (RunFileException.Locked locked) {
      System.out.println("locked: " + locked.getMessage());
    }
  }
}
