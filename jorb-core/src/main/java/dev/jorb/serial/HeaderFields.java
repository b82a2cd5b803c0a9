package dev.jorb.serial;

import static dev.jorb.serial.LineReader.expect;

import dev.jorb.run.StateShape;
import dev.jorb.serial.LineReader.BadLineException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the lists of objects in a run file's first line.
final class HeaderFields {
  private HeaderFields() {}

  /// What the workflow declares of its states, without whether they are terminal.
  static List<StateShape> shapes(Fields in) throws BadLineException {
    List<StateShape> shapes = new ArrayList<>();
    in.objects(() -> shapes.add(shape(in)));
    return shapes;
  }

  private static StateShape shape(Fields in) throws BadLineException {
    String state = "";
    int concurrency = 0;
    double perSecond = 0;
    List<String> next = List.of();
    List<String> onFailure = List.of();
    String group = "";
    int groupMost = 0;
    for (String name = in.next(); name != null; name = in.next()) {
      switch (name) {
        case "name" -> state = in.text();
        case "concurrency" -> concurrency = in.count();
        case "perSecond" -> perSecond = decimal(in.text());
        case "next" -> next = in.texts();
        case "onFailure" -> onFailure = in.texts();
        case "group" -> group = in.text();
        case "groupMost" -> groupMost = in.count();
        default -> in.skip();
      }
    }
    return new StateShape(state, false, concurrency, perSecond, next, onFailure, group, groupMost);
  }

  private static double decimal(String text) throws BadLineException {
    double number;
    try {
      number = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new BadLineException("\"perSecond\" must be a number but is \"" + text + "\"");
    }
    expect(
        Double.isFinite(number) && number >= 0,
        "\"perSecond\" must be a number from 0 on but is \"" + text + "\"");
    return number;
  }

  /// The same shapes, with what the line says apart from them.
  static List<StateShape> withTerminal(List<StateShape> shapes, Set<String> terminal) {
    return shapes.stream()
        .map(each ->
            new StateShape(
                each.name(),
                terminal.contains(each.name()),
                each.concurrency(),
                each.startsPerSecond(),
                each.next(),
                each.onFailure(),
                each.group(),
                each.groupMost()))
        .toList();
  }

  static List<RedriveEntry> redrives(Fields in) throws BadLineException {
    List<RedriveEntry> redrives = new ArrayList<>();
    in.objects(() -> redrives.add(redrive(in)));
    return redrives;
  }

  private static RedriveEntry redrive(Fields in) throws BadLineException {
    int number = 0;
    String by = "";
    Instant at = Instant.EPOCH;
    String to = "";
    int jobs = 0;
    String why = "";
    @Nullable Instant undoneAt = null;
    @Nullable String undoneBy = null;
    for (String name = in.next(); name != null; name = in.next()) {
      switch (name) {
        case "n" -> number = in.count();
        case "by" -> by = in.text();
        case "at" -> at = Instant.parse(in.text());
        case "to" -> to = in.text();
        case "jobs" -> jobs = in.count();
        case "why" -> why = in.text();
        case "undoneAt" -> undoneAt = Instant.parse(in.text());
        case "undoneBy" -> undoneBy = in.text();
        default -> in.skip();
      }
    }
    expect(number > 0, "a redrive needs \"n\"");
    return new RedriveEntry(number, by, at, to, jobs, why, undoneAt, undoneBy);
  }
}
