package dev.jorb.serial;

import dev.jorb.run.HoldNote;
import dev.jorb.run.Job;
import dev.jorb.run.JobError;
import dev.jorb.run.JobTransition;
import dev.jorb.run.LimitNote;
import dev.jorb.run.Redriven;
import dev.jorb.run.StateShape;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/// Writes the lines of a run file into one growing buffer. Not thread-safe.
///
/// The envelope is written by hand because it is written for every transition; contexts come
/// encoded.
///
/// Each line ends with its checksum: CRC32C over everything before `,"crc"`, eight hexadecimal
/// digits. A job's line has eight more, over the same bytes without the state's value, so that a
/// state changed by find and replace can be told from damage. A commit line has a sum over the last
/// eight digits of the lines of its batch, so that a line that is missing, doubled, moved or from
/// elsewhere is noticed.
final class LineWriter {
  private static final byte[] CRC_FIELD = ascii(",\"crc\":\"");
  private static final byte[] HEX = ascii("0123456789abcdef");

  private final CRC32C crc = new CRC32C();
  private byte[] bytes;
  private int size;
  private int lineStart;
  private int stateStart;
  private int stateEnd;

  /// The second that was written last, as text without the `Z`: it is asked for again and again.
  private byte[] lastSecondText = ascii("1970-01-01T00:00:00");

  private long lastSecond;

  LineWriter(int capacity) {
    this.bytes = new byte[capacity];
  }

  /// What was written so far. A copy.
  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  /// What was written so far, without a copy: valid until the next call, [#size()] bytes long.
  byte[] buffer() {
    return bytes;
  }

  int size() {
    return size;
  }

  /// Forgets what is behind the first `size` bytes.
  void cut(int size) {
    this.size = size;
  }

  void clear() {
    size = 0;
    if (bytes.length > 8 << 20) {
      bytes = new byte[1 << 20];
    }
  }

  /// Lines that are written already.
  void raw(byte[] lines, int offset, int length) {
    ensure(length);
    System.arraycopy(lines, offset, bytes, size, length);
    size += length;
  }

  /// The first line of a file, or the line that a new start appends. As long for any number of
  /// batches, so that the first line can be written again when their number is known.
  void header(Header header) {
    lineStart = size;
    append("{\"jorb\":").number(Header.FORMAT);
    append(",\"run\":").string(header.run());
    append(",\"id\":").string(header.id());
    append(",\"epoch\":").number(header.epoch());
    append(",\"commit\":").number(header.commit());
    append(",\"batches\":%10d".formatted(header.batches()));
    append(",\"at\":\"").instant(header.at()).append("\"");
    if (header.workflow() != null) {
      append(",\"workflow\":").string(header.workflow());
    }
    append(",\"start\":").string(header.startState());
    append(",\"states\":").strings(header.states());
    append(",\"terminal\":").strings(header.terminal());
    if (!header.others().isEmpty()) {
      append(",\"others\":").strings(header.others());
    }
    shapes(header.shapes());
    redrives(header.redrives());
    append(",\"overall\":").raw(header.overall(), 0, header.overall().length);
    endLine();
  }

  /// A job's new version. `context` is its encoded context.
  void job(Job<?> job, byte[] context) {
    startJob(job);
    raw(context, 0, context.length);
    endJob();
  }

  /// A job's new version up to its context, which comes next.
  void startJob(Job<?> job) {
    lineStart = size;
    append("{\"id\":").id(job).append(",\"state\":");
    stateStart = size;
    string(job.state());
    stateEnd = size;
    append(",\"v\":").number(job.version());
    String usual = lastTransition(job);
    append(",\"at\":\"").instant(job.updated()).append("\"");
    standing(job);
    lastError(job, usual);
    Redriven redriven = job.redriven().orElse(null);
    if (redriven != null) {
      redriven(redriven);
    }
    append(",\"c\":");
  }

  /// Ends a job's line behind its context.
  void endJob() {
    endJobLine(stateStart, stateEnd);
  }

  /// Returns the state in which an error of this line happened, if it does not say another.
  private String lastTransition(Job<?> job) {
    JobTransition last = job.lastTransition().orElse(null);
    if (last != null && isOf(job, last.at())) {
      append(",\"from\":").string(last.from());
      append(",\"took\":\"").duration(last.took()).append("\"");
      if (last.ordinal() != job.version() - 1) {
        append(",\"n\":").number(last.ordinal());
      }
      return last.from();
    }
    return job.state();
  }

  private void lastError(Job<?> job, String usual) {
    JobError last = job.lastError().orElse(null);
    if (last != null && isOf(job, last.at())) {
      append(",\"error\":").string(last.message());
      if (!last.state().equals(usual)) {
        append(",\"in\":").string(last.state());
      }
      append(",\"errors\":").number(last.ordinal());
    }
  }

  private static boolean isOf(Job<?> job, Instant at) {
    return at.toEpochMilli() == job.updated().toEpochMilli();
  }

  private void standing(Job<?> job) {
    job.parent().ifPresent(parent -> append(",\"parent\":").string(parent));
    if (job.isPlain()) {
      return; // The usual case.
    }
    if (job.kicks() > 0) {
      append(",\"kicks\":").number(job.kicks());
    }
    if (job.attempt() > 0) {
      append(",\"attempt\":").number(job.attempt());
    }
    if (job.awaitsKicks()) {
      append(",\"awaits\":true");
    }
    job.due().ifPresent(due -> append(",\"due\":\"").instant(due).append("\""));
    job.parked().ifPresent(reason -> append(",\"parked\":").string(reason));
    if (job.crashes() > 0 && !job.inDoubt()) {
      append(",\"crashes\":").number(job.crashes());
    }
    if (job.isHeld()) {
      append(",\"held\":true");
    }
    if (job.priority() != 0) {
      append(",\"priority\":").number(job.priority());
    }
    if (job.laps() > 0) {
      append(",\"laps\":").number(job.laps());
    }
    job.deadline().ifPresent(at -> append(",\"deadline\":\"").instant(at).append("\""));
  }

  private void redriven(Redriven redriven) {
    append(",\"redrive\":{\"n\":").number(redriven.number());
    append(",\"from\":").string(redriven.from());
    append(",\"attempt\":").number(redriven.attempt());
    if (redriven.parked() != null) {
      append(",\"parked\":").string(redriven.parked());
    }
    append(redriven.held() ? ",\"held\":true" : "");
    if (redriven.due() != null) {
      append(",\"due\":\"").instant(redriven.due()).append("\"");
    }
    if (redriven.deadline() != null) {
      append(",\"deadline\":\"").instant(redriven.deadline()).append("\"");
    }
    append(redriven.awaitedKicks() ? ",\"awaits\":true}" : "}");
  }

  private void shapes(List<StateShape> shapes) {
    if (shapes.isEmpty()) {
      return;
    }
    String comma = ",\"shapes\":[";
    for (StateShape shape : shapes) {
      append(comma).append("{\"name\":").string(shape.name());
      append(",\"concurrency\":").number(shape.concurrency());
      if (shape.startsPerSecond() > 0) {
        append(",\"perSecond\":\"").append(Double.toString(shape.startsPerSecond())).append("\"");
      }
      if (!shape.next().isEmpty()) {
        append(",\"next\":").strings(shape.next());
      }
      if (!shape.onFailure().isEmpty()) {
        append(",\"onFailure\":").strings(shape.onFailure());
      }
      if (!shape.group().isEmpty()) {
        append(",\"group\":").string(shape.group());
        append(",\"groupMost\":").number(shape.groupMost());
      }
      append("}");
      comma = ",";
    }
    append("]");
  }

  private void redrives(List<RedriveEntry> redrives) {
    if (redrives.isEmpty()) {
      return;
    }
    String comma = ",\"redrives\":[";
    for (RedriveEntry each : redrives) {
      append(comma).append("{\"n\":").number(each.number()).append(",\"by\":").string(each.by());
      append(",\"at\":\"").instant(each.at()).append("\",\"to\":").string(each.to());
      append(",\"jobs\":").number(each.jobs()).append(",\"why\":").string(each.why());
      each.undoneAt().ifPresent(at -> append(",\"undoneAt\":\"").instant(at).append("\""));
      each.undoneBy().ifPresent(by -> append(",\"undoneBy\":").string(by));
      append("}");
      comma = ",";
    }
    append("]");
  }

  /// What a job did before its newest line; written by compaction in place of the lines that it
  /// drops.
  void past(String id, List<JobTransition> transitions, List<JobError> errors) {
    lineStart = size;
    append("{\"past\":").string(id).append(",\"transitions\":[");
    String comma = "";
    for (JobTransition each : transitions) {
      append(comma).append("{\"from\":").string(each.from()).append(",\"to\":").string(each.to());
      append(",\"at\":\"").instant(each.at()).append("\",\"took\":\"").duration(each.took());
      append("\",\"n\":").number(each.ordinal()).append("}");
      comma = ",";
    }
    append("],\"errors\":[");
    comma = "";
    for (JobError each : errors) {
      append(comma)
          .append("{\"in\":") // Not "state": that is what people find and replace.
          .string(each.state())
          .append(",\"at\":\"")
          .instant(each.at());
      append("\",\"error\":")
          .string(each.message())
          .append(",\"n\":")
          .number(each.ordinal())
          .append("}");
      comma = ",";
    }
    append("]");
    endLine();
  }

  /// Which steps have started, as the ids and the versions of their jobs. It belongs to no batch.
  ///
  /// @param crashes how many processes have died since, with the outcome unknown; 0 if the steps
  ///   are running
  void started(Iterable<? extends Job<?>> jobs, int crashes) {
    lineStart = size;
    append("{\"started\":");
    String comma = "{";
    for (Job<?> job : jobs) {
      append(comma).string(job.id()).append(":").number(job.version());
      comma = ",";
    }
    append("}");
    if (crashes > 0) {
      append(",\"crashes\":").number(crashes);
    }
    endLine();
  }

  /// What is remembered of a limit. It belongs to no batch.
  void limit(LimitNote note) {
    lineStart = size;
    append("{\"limit\":").string(note.limit()).append(",\"key\":").string(note.key());
    note.closedUntil().ifPresent(until -> append(",\"until\":\"").instant(until).append("\""));
    note.learned().ifPresent(rate -> append(",\"learned\":").string(Double.toString(rate)));
    endLine();
  }

  /// By what a state was held. It belongs to no batch.
  void hold(HoldNote note) {
    lineStart = size;
    append("{\"hold\":").string(note.state());
    append(",\"by\":").string(note.by().name().toLowerCase(Locale.ROOT));
    append(",\"since\":\"").instant(note.since()).append("\",\"until\":\"").instant(note.until());
    append("\",\"for\":\"").duration(note.held()).append("\"");
    endLine();
  }

  /// The end of a batch.
  void commit(Line.Commit commit) {
    lineStart = size;
    append("{\"commit\":").number(commit.number()).append(",\"n\":").number(commit.lines());
    append(",\"sum\":\"").hex(commit.sum());
    append("\"");
    if (!commit.isFlushed()) {
      append(",\"safe\":").number(commit.safe());
    }
    endLine();
  }

  /// The end of a file that was closed in order.
  void closed(long commit, long lines) {
    lineStart = size;
    append("{\"closed\":").number(commit).append(",\"lines\":").number(lines);
    endLine();
  }

  private void endLine() {
    int checksum = checksum(lineStart, size);
    raw(CRC_FIELD, 0, CRC_FIELD.length);
    hex(checksum);
    append("\"}\n");
  }

  private void endJobLine(int stateStart, int stateEnd) {
    int whole = checksum(lineStart, size);
    int withoutState = checksumWithout(bytes, lineStart, size, stateStart, stateEnd);
    raw(CRC_FIELD, 0, CRC_FIELD.length);
    hex(whole);
    hex(withoutState);
    append("\"}\n");
  }

  private int checksum(int from, int to) {
    crc.reset();
    crc.update(bytes, from, to - from);
    return (int) crc.getValue();
  }

  /// CRC32C over `bytes[from, to)`.
  static int checksum(byte[] bytes, int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, to - from);
    return (int) crc.getValue();
  }

  /// CRC32C over `bytes[from, to)` without `bytes[gapStart, gapEnd)`.
  static int checksumWithout(byte[] bytes, int from, int to, int gapStart, int gapEnd) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, gapStart - from);
    crc.update(bytes, gapEnd, to - gapEnd);
    return (int) crc.getValue();
  }

  /// Where the state's value, with its quotes, stands in a canonical job line; null if it is not
  /// one.
  static int @Nullable [] findStateValue(byte[] line, int from, int to) {
    int idEnd = stringEnd(line, from + 6, to, "{\"id\":", from);
    if (idEnd < 0) {
      return null;
    }
    int end = stringEnd(line, idEnd + 9, to, ",\"state\":", idEnd);
    return end < 0 ? null : new int[] {idEnd + 9, end};
  }

  /// The end of the JSON string at `start`, if `field` stands right before it at `fieldStart`; else
  /// -1.
  private static int stringEnd(byte[] line, int start, int to, String field, int fieldStart) {
    if (start >= to || line[start] != '"') {
      return -1;
    }
    for (int i = 0; i < field.length(); i++) {
      if (line[fieldStart + i] != field.charAt(i)) {
        return -1;
      }
    }
    for (int i = start + 1; i < to; i++) {
      if (line[i] == '\\') {
        i++;
      } else if (line[i] == '"') {
        return i + 1;
      }
    }
    return -1;
  }

  private LineWriter append(String ascii) {
    int length = ascii.length();
    ensure(length);
    ascii(ascii, length);
    return this;
  }

  @SuppressWarnings(
      "deprecation") // The one that copies ASCII without an encoder is deprecated for other text.
  private void ascii(String text, int length) {
    text.getBytes(0, length, bytes, size);
    size += length;
  }

  /// A JSON string with its quotes.
  private LineWriter string(String text) {
    int length = text.length();
    ensure(length + 2);
    bytes[size++] = '"';
    if (JsonText.isPlain(text)) {
      ascii(text, length);
    } else {
      byte[] quoted = JsonStringEncoder.getInstance().quoteAsUTF8(JsonText.withoutHalves(text));
      raw(quoted, 0, quoted.length);
      ensure(1);
    }
    bytes[size++] = '"';
    return this;
  }

  private void strings(Iterable<String> all) {
    String comma = "[";
    for (String each : all) {
      append(comma).string(each);
      comma = ",";
    }
    append(comma.equals("[") ? "[]" : "]");
  }

  private LineWriter id(Job<?> job) {
    OptionalInt number = job.number();
    return number.isPresent()
        ? append("\"").number(number.getAsInt()).append("\"")
        : string(job.id());
  }

  private LineWriter number(long number) {
    if (number < 0 || number > Integer.MAX_VALUE) {
      return append(Long.toString(number));
    }
    int count = 1;
    for (int rest = (int) number / 10; rest > 0; rest /= 10) {
      count++;
    }
    ensure(count);
    return digits((int) number, count);
  }

  /// `2026-11-24T10:42:07.113Z`, as ISO 8601 and RFC 3339 have it.
  private LineWriter instant(Instant instant) {
    long millis = instant.toEpochMilli();
    long second = Math.floorDiv(millis, 1000L);
    if (second != lastSecond) {
      String text = Instant.ofEpochSecond(second).toString();
      lastSecondText = ascii(text.substring(0, text.length() - 1));
      lastSecond = second;
    }
    raw(lastSecondText, 0, lastSecondText.length);
    ensure(5);
    return dash('.').digits((int) Math.floorMod(millis, 1000L), 3).dash('Z');
  }

  private LineWriter digits(int number, int count) {
    for (int i = count - 1, rest = number; i >= 0; i--, rest /= 10) {
      bytes[size + i] = (byte) ('0' + rest % 10);
    }
    size += count;
    return this;
  }

  private LineWriter dash(char c) {
    bytes[size++] = (byte) c;
    return this;
  }

  /// `PT0.532S`, as ISO 8601 has it, in seconds and microseconds; nothing takes less than no time.
  private LineWriter duration(Duration duration) {
    long micros = Math.max(0, duration.toNanos() / 1_000);
    append("PT").number(micros / 1_000_000);
    int fraction = (int) (micros % 1_000_000);
    if (fraction != 0) {
      int count = 6;
      while (fraction % 10 == 0) {
        fraction /= 10;
        count--;
      }
      ensure(count + 1);
      dash('.').digits(fraction, count);
    }
    return append("S");
  }

  private LineWriter hex(int value) {
    ensure(8);
    for (int shift = 28; shift >= 0; shift -= 4) {
      bytes[size++] = HEX[(value >>> shift) & 15];
    }
    return this;
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      bytes =
          Arrays.copyOf(
              bytes,
              Math.max(
                  Math.addExact(size, more),
                  (int) Math.min(bytes.length * 2L, Integer.MAX_VALUE - 8)));
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
