package dev.jorb.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the command line says.
///
/// @param scale how much is measured
/// @param rows which rows
/// @param directory where the contenders' files go
/// @param commit what is measured
/// @param json where to write the report as JSON
/// @param markdown where to write the table as Markdown
/// @param plots the folder for the pictures and the table of the limits
record Options(
    Scale scale,
    List<Row> rows,
    Path directory,
    String commit,
    Optional<Path> json,
    Optional<Path> markdown,
    Optional<Path> plots) {
  static final String USAGE =
      """
      usage: .ci/bench [--short | --full] [--only ROW]... [--json FILE] [--markdown FILE] [--dir DIR]
        --short          small sizes: whether each row can be measured (the default)
        --full           sizes for figures that hold; takes long, and wants a quiet machine
        --only ROW       only this row; may be repeated
        --json FILE      writes the report there
        --markdown FILE  writes the table there, between the marks if it has them
        --plots DIR      writes the pictures and the table of the limits there
        --dir DIR        where files are written while measuring: a directory on a real disk
      rows: %s\
      """
          .formatted(Rows.ALL.stream().map(Row::name).toList());

  static Options parse(String[] args) {
    Scale scale = Scale.SHORT;
    List<Row> rows = new ArrayList<>();
    Path directory = Path.of("benchmarks/target/files");
    String commit = "unknown";
    @Nullable Path json = null;
    @Nullable Path markdown = null;
    @Nullable Path plots = null;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--short" -> scale = Scale.SHORT;
        case "--full" -> scale = Scale.FULL;
        case "--only" -> rows.add(row(value(args, i++)));
        case "--json" -> json = Path.of(value(args, i++));
        case "--markdown" -> markdown = Path.of(value(args, i++));
        case "--dir" -> directory = Path.of(value(args, i++));
        case "--plots" -> plots = Path.of(value(args, i++)).toAbsolutePath();
        case "--commit" -> commit = value(args, i++);
        default -> throw new IllegalArgumentException("unknown option " + args[i]);
      }
    }
    return new Options(
        scale,
        rows.isEmpty() ? Rows.ALL : List.copyOf(rows),
        directory.toAbsolutePath(),
        commit,
        Optional.ofNullable(json),
        Optional.ofNullable(markdown),
        Optional.ofNullable(plots));
  }

  private static String value(String[] args, int option) {
    if (option + 1 >= args.length) {
      throw new IllegalArgumentException(args[option] + " needs a value");
    }
    return args[option + 1];
  }

  private static Row row(String name) {
    return Rows.named(name)
        .orElseThrow(() -> new IllegalArgumentException("there is no row \"" + name + "\""));
  }
}
