package dev.jorb.serial;

import static dev.jorb.serial.LineReader.expect;

import dev.jorb.measure.LimitedBy;
import dev.jorb.run.HoldNote;
import dev.jorb.run.LimitNote;
import dev.jorb.serial.LineReader.BadLineException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the notes between batches, from behind the name of their first field.
final class NoteFields {
  private NoteFields() {}

  static Line started(Fields in) throws BadLineException {
    Map<String, Integer> versions = new LinkedHashMap<>();
    in.requireObject();
    for (String id = in.next(); id != null; id = in.next()) {
      versions.put(id, in.count());
    }
    int crashes = 0;
    for (String name = in.next(); name != null; name = in.next()) {
      switch (name) {
        case "crashes" -> crashes = in.count();
        default -> in.skip();
      }
    }
    return new Line.Started(versions, crashes);
  }

  static Line limit(Fields in) throws BadLineException {
    String limit = in.text();
    String key = "";
    Instant until = null;
    Double learned = null;
    for (String name = in.next(); name != null; name = in.next()) {
      switch (name) {
        case "key" -> key = in.text();
        case "until" -> until = Instant.parse(in.text());
        case "learned" -> learned = decimal(in);
        default -> in.skip();
      }
    }
    return new Line.Limit(new LimitNote(limit, key, until, learned));
  }

  static Line hold(Fields in) throws BadLineException {
    String state = in.text();
    LimitedBy by = null;
    Instant since = null;
    Instant until = null;
    Duration held = Duration.ZERO;
    for (String name = in.next(); name != null; name = in.next()) {
      switch (name) {
        case "by" -> by = reason(in.text());
        case "since" -> since = Instant.parse(in.text());
        case "until" -> until = Instant.parse(in.text());
        case "for" -> held = Duration.parse(in.text());
        default -> in.skip();
      }
    }
    return new Line.Hold(note(state, by, since, until, held));
  }

  private static HoldNote note(
      String state,
      @Nullable LimitedBy by,
      @Nullable Instant since,
      @Nullable Instant until,
      Duration held)
      throws BadLineException {
    if (by == null || since == null || until == null) {
      throw new BadLineException("a note of a hold needs \"by\", \"since\" and \"until\"");
    }
    try {
      return new HoldNote(state, by, since, until, held);
    } catch (IllegalArgumentException e) {
      throw new BadLineException(String.valueOf(e.getMessage()));
    }
  }

  private static LimitedBy reason(String text) throws BadLineException {
    for (LimitedBy each : LimitedBy.values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(text)) {
        return each;
      }
    }
    throw new BadLineException(
        "this version of Jorb knows no hold by \"" + text + "\"; a later one wrote it");
  }

  private static Double decimal(Fields in) throws BadLineException {
    String text = in.text();
    try {
      double value = Double.parseDouble(text);
      expect(Double.isFinite(value), "\"" + text + "\" is not a finite number");
      return value;
    } catch (NumberFormatException e) {
      throw new BadLineException("\"" + text + "\" is not a number");
    }
  }
}
