package dev.jorb.cli;

import dev.jorb.cli.Execution.Program;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Calls command lines in this process and catches what they say.
final class Cli {
  private Cli() {}

  /// What a command said.
  record Answer(int code, String out, String err) {
    /// Its standard output, which must be one JSON object on one line.
    JsonNode json() {
      if (out.lines().count() != 1) {
        throw new AssertionError("not one line: " + out);
      }
      return JsonMapper.shared().readTree(out);
    }
  }

  private interface Call {
    int execute(PrintStream out, PrintStream err);
  }

  /// The demo program in `folder`, where its run file is `demo.jorb` and its new run has jobs of
  /// these kinds.
  static Answer demo(Path folder, String kinds, String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--file", folder.resolve("demo.jorb").toString()));
    Program<?, ?, ?> program =
        new Program<>(
            Demo.workflow(), () -> new Demo.Bench(folder), () -> Demo.run(kinds.split(",", -1)));
    return program(program, all.toArray(String[]::new));
  }

  static Answer program(Program<?, ?, ?> program, String... args) {
    return program(program, Arguments.of(args));
  }

  static Answer program(Program<?, ?, ?> program, Arguments arguments) {
    return catching((out, err) -> Jorb.execute(out, err, arguments, program));
  }

  /// Jorb's own command line.
  static Answer jorb(Object... args) {
    String[] texts = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      texts[i] = args[i].toString();
    }
    return catching((out, err) -> Jorb.execute(out, err, texts));
  }

  private static Answer catching(Call call) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        call.execute(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Answer(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
