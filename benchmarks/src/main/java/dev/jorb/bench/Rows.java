package dev.jorb.bench;

import java.util.List;
import java.util.Optional;

/// All rows, in the order of the table.
final class Rows {
  static final List<Row> ALL =
      List.of(
          new Row("no-serializer", "1g", "2g", NoSerializerRow::measure),
          new Row("journal", "1g", "2g", JournalRow::measure),
          new Row("frameworks", "1g", "2g", FrameworksRow::measure),
          new Row("one-job", "512m", "512m", OneJobRow::measure));

  private Rows() {}

  /// The row of this name.
  static Optional<Row> named(String name) {
    return ALL.stream().filter(row -> row.name().equals(name)).findFirst();
  }
}
