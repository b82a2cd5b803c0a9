package dev.jorb.serial;

import dev.jorb.serial.Line.JobLine;
import dev.jorb.serial.Line.Seal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Reads the line of a job whose checksums say that it is as it was written, if it says what most
/// lines say, in the order in which [LineWriter] writes it:
///
/// ```
/// {"id":"17","state":"push","v":4,"from":"edit","took":"PT0.532S","at":"2026-11-24T10:42:07.113Z","c":{…}
/// ```
///
/// and `parent`, `kicks` and `attempt` before the context. That is ten times cheaper than a parser,
/// and a file with a million jobs has several millions of them. Whatever is in any way different is
/// left to the parser. Not thread-safe.
final class CanonicalLine {
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final int MAX_DIGITS = 9;

  private final UnaryOperator<String> names;

  /// The names that were read last, by their length and last byte: nearly always the ones to come.
  private final @Nullable String[] recent = new String[256];

  private byte[] bytes = {};
  private int at;
  private int end;

  /// Whether all was as expected so far. If not, what was read means nothing.
  private boolean good;

  private int lastDate;
  private long lastEpochDay;

  /// @param names gives the one object for each name of a state
  CanonicalLine(UnaryOperator<String> names) {
    this.names = names;
  }

  /// The line in `line[from, to)`, without the field of its checksums and what follows; null if it
  /// has to be parsed.
  @Nullable JobLine read(byte[] line, int from, int to) {
    bytes = line;
    at = from;
    end = to;
    good = true;
    String id = expect("{\"id\":") ? text() : "";
    String state = expect(",\"state\":") ? name() : "";
    int version = expect(",\"v\":") ? number() : 0;
    String stateBefore = null;
    Duration took = null;
    int transitions = version - 1;
    if (isNext(",\"from\":")) {
      stateBefore = name();
      took = expect(",\"took\":\"PT") ? duration() : null;
      transitions = isNext(",\"n\":") ? number() : transitions;
    }
    Instant time = expect(",\"at\":\"") ? instant() : Instant.EPOCH;
    String parent = isNext(",\"parent\":") ? text() : null;
    int kicks = isNext(",\"kicks\":") ? number() : 0;
    int attempt = isNext(",\"attempt\":") ? number() : 0;
    int context = expect(",\"c\":") ? at : to;
    if (!good
        || version == 0
        || (stateBefore != null && transitions == 0)
        || !CompactJson.isOneValue(bytes, context, to, Codec.MAX_DEPTH)) {
      return null;
    }
    return new JobLine(
        id,
        state,
        version,
        stateBefore,
        took,
        transitions,
        time,
        parent,
        kicks,
        attempt,
        false,
        null,
        null,
        0,
        Line.Rare.NOTHING,
        null,
        null,
        0,
        null,
        Arrays.copyOfRange(bytes, context, to),
        Seal.WHOLE);
  }

  private boolean expect(String ascii) {
    good = good && isNext(ascii);
    return good;
  }

  private boolean isNext(String ascii) {
    int length = ascii.length();
    if (end - at < length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (bytes[at + i] != ascii.charAt(i)) {
        return false;
      }
    }
    at += length;
    return true;
  }

  private String text() {
    int start = at + 1;
    int quote = quote();
    return good ? new String(bytes, start, quote - start, StandardCharsets.ISO_8859_1) : "";
  }

  /// A string that repeats.
  private String name() {
    int start = at + 1;
    int quote = quote();
    if (!good) {
      return "";
    }
    int length = quote - start;
    int place = (length * 31 + (length == 0 ? 0 : bytes[quote - 1])) & (recent.length - 1);
    String known = recent[place];
    if (known == null || !isAt(known, start, length)) {
      known = names.apply(new String(bytes, start, length, StandardCharsets.ISO_8859_1));
      recent[place] = known;
    }
    return known;
  }

  private boolean isAt(String name, int start, int length) {
    if (name.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (bytes[start + i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /// Passes over a string of plain ASCII, and gives the position of the quote at its end.
  private int quote() {
    int i = at + 1;
    while (i < end && bytes[i] >= ' ' && bytes[i] != '"' && bytes[i] != '\\') {
      i++;
    }
    good = good && at < end && bytes[at] == '"' && i < end && bytes[i] == '"';
    at = i + 1;
    return i;
  }

  private int number() {
    int start = at;
    int number = 0;
    while (at < end && at - start < MAX_DIGITS && isDigit(at)) {
      number = number * 10 + bytes[at++] - '0';
    }
    good = good && at > start && (bytes[start] != '0' || at == start + 1);
    return number;
  }

  private boolean isDigit(int i) {
    return bytes[i] >= '0' && bytes[i] <= '9';
  }

  private int digits(int count) {
    int number = 0;
    for (int i = 0; i < count; i++) {
      good = good && at < end && isDigit(at);
      number = good ? number * 10 + bytes[at++] - '0' : 0;
    }
    return number;
  }

  /// What follows `PT`: seconds, with at most six places.
  private Duration duration() {
    long micros = number() * MICROS_PER_SECOND;
    if (isNext(".")) {
      int start = at;
      int fraction = 0;
      while (at < end && at - start < 6 && isDigit(at)) {
        fraction = fraction * 10 + bytes[at++] - '0';
      }
      good = good && at > start;
      for (int places = at - start; places < 6; places++) {
        fraction *= 10;
      }
      micros += fraction;
    }
    expect("S\"");
    return Duration.ofNanos(micros * 1_000);
  }

  /// `2026-11-24T10:42:07.113Z"`.
  private Instant instant() {
    int year = digits(4);
    expect("-");
    int month = digits(2);
    expect("-");
    int day = digits(2);
    expect("T");
    int hour = digits(2);
    expect(":");
    int minute = digits(2);
    expect(":");
    int second = digits(2);
    expect(".");
    int milli = digits(3);
    expect("Z\"");
    good = good && hour < 24 && minute < 60 && second < 60;
    if (!good) {
      return Instant.EPOCH;
    }
    long seconds = ((epochDay(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    return Instant.ofEpochSecond(seconds, milli * NANOS_PER_MILLI);
  }

  /// Most lines are of the same day as the one before.
  ///
  /// @throws java.time.DateTimeException if there is no such day
  private long epochDay(int year, int month, int day) {
    int date = (year * 100 + month) * 100 + day;
    if (date != lastDate) {
      lastEpochDay = LocalDate.of(year, month, day).toEpochDay();
      lastDate = date;
    }
    return lastEpochDay;
  }
}
