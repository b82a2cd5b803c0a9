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
          new Row("one-job", "512m", "512m", OneJobRow::measure),
          new Row("scale", "1g", "6g", ScaleRow::measure),
          new Row("heap", "1g", "12g", HeapRow::measure),
          new Row("open", "1g", "4g", OpenRow::measure),
          new Row("delayed", "1g", "4g", DelayedRow::measure),
          new Row("kicks", "1g", "2g", KicksRow::measure),
          new Row("idle-slots", "512m", "1g", IdleSlotsRow::measure),
          new Row("observed", "1g", "2g", ObservedRow::measure),
          new Row("stay", "512m", "512m", StayRow::measure),
          new Row("start", "256m", "256m", StartRow::measure),
          new Row("limits", "512m", "512m", LimitsRow::measure),
          new Row("methods", "512m", "512m", MethodsRow::measure));

  private Rows() {}

  /// The row of this name.
  static Optional<Row> named(String name) {
    return ALL.stream().filter(row -> row.name().equals(name)).findFirst();
  }
}
