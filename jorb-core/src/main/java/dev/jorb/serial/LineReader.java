package dev.jorb.serial;

import dev.jorb.run.Redriven;
import dev.jorb.run.StateShape;
import dev.jorb.serial.Line.Seal;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Understands one line of a run file, or says why it cannot. Not thread-safe.
final class LineReader {
  private static final int SHORT_CRC = 8;
  private static final int LONG_CRC = 16;
  private static final int CRC_FRAME = ",\"crc\":\"".length() + "\"}".length();

  private static final int DECODED_AT_ONCE = 8 << 10;

  /// What damage can leave of a checksum.
  private static final Pattern CHECKSUM = Pattern.compile("[0-9a-f]{8,16}");

  /// Fields whose values may look like a checksum and be none.
  private static final Set<String> FREE = Set.of("id", "parent", "c");

  /// What each byte is as a digit of a checksum; -1 if it is none.
  private static final byte[] HEX = hexDigits();

  /// State names and the like repeat in every line; one object each is enough.
  private final Map<String, String> names = new HashMap<>();

  /// These objects, for all readers of a file.
  private final Map<String, String> shared;

  private final CanonicalLine canonical = new CanonicalLine(this::name);

  LineReader() {
    this(new HashMap<>());
  }

  /// @param shared the one object for each name, for all readers of a file
  LineReader(Map<String, String> shared) {
    this.shared = shared;
  }

  /// All names of states that it has read or learned so far.
  Set<String> names() {
    return names.keySet();
  }

  /// Takes in names that another reader of the same file has read.
  void learn(Set<String> others) {
    others.forEach(this::name);
  }

  /// The line in `bytes[from, to)`, without its line break.
  Line read(byte[] bytes, int from, int to) throws BadLineException {
    int digits = crcDigits(bytes, from, to);
    int end = digits == 0 ? to : to - digits - CRC_FRAME;
    Seal seal = digits == 0 ? typed(bytes, from, to) : check(bytes, from, end, to, digits);
    try {
      Line.JobLine job =
          digits == LONG_CRC && seal == Seal.WHOLE ? canonical.read(bytes, from, end) : null;
      if (job != null) {
        return job;
      }
      Line line = parse(bytes, from, to, seal);
      expect(
          digits != SHORT_CRC || !(line instanceof Line.JobLine), "its second checksum is missing");
      return line;
    } catch (DateTimeException | ArithmeticException e) {
      throw new BadLineException("a time in it cannot be read: " + e.getMessage());
    }
  }

  /// The line by a parser, whatever is in it.
  Line parse(byte[] bytes, int from, int to, Seal seal) throws BadLineException {
    try (JsonParser parser = Codec.MAPPER.createParser(bytes, from, to - from)) {
      expect(parser.nextToken() == JsonToken.START_OBJECT, "it is not a JSON object");
      Line line = body(parser, bytes, from, seal);
      expect(parser.nextToken() == null, "something follows the JSON object");
      expect(line instanceof Line.JobLine || seal == Seal.WHOLE, "its checksum does not match");
      return line;
    } catch (JacksonException e) {
      throw new BadLineException("it is not well-formed JSON: " + e.getOriginalMessage());
    }
  }

  /// How many digits the checksum at the end of the line has; 0 if there is none.
  private static int crcDigits(byte[] bytes, int from, int to) {
    for (int digits : new int[] {LONG_CRC, SHORT_CRC}) {
      int field = to - digits - CRC_FRAME;
      if (field > from
          && bytes[to - 1] == '}'
          && bytes[to - 2] == '"'
          && isCrcField(bytes, field)) {
        return digits;
      }
    }
    return 0;
  }

  private static boolean isCrcField(byte[] bytes, int at) {
    String field = ",\"crc\":\"";
    for (int i = 0; i < field.length(); i++) {
      if (bytes[at + i] != field.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static Seal typed(byte[] bytes, int from, int to) throws BadLineException {
    expect(isUtf8(ByteBuffer.wrap(bytes, from, to - from)), "it is not UTF-8");
    return Seal.TYPED;
  }

  /// Decodes it bit by bit: it may be megabytes of what a crash left.
  private static boolean isUtf8(ByteBuffer bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CharBuffer some = CharBuffer.allocate(Math.min(bytes.remaining() + 1, DECODED_AT_ONCE));
    CoderResult result;
    do {
      result = decoder.decode(bytes, some.clear(), true);
    } while (result.isOverflow());
    return !result.isError();
  }

  private static Seal check(byte[] bytes, int from, int end, int to, int digits)
      throws BadLineException {
    int whole = hex(bytes, to - 2 - digits);
    if (LineWriter.checksum(bytes, from, end) == whole) {
      if (digits == LONG_CRC) {
        int[] state = LineWriter.findStateValue(bytes, from, end);
        expect(
            state != null && withoutState(bytes, from, end, state) == hex(bytes, to - 10),
            "its second checksum does not match");
      }
      return Seal.WHOLE;
    }
    int[] state = digits == LONG_CRC ? LineWriter.findStateValue(bytes, from, end) : null;
    expect(
        state != null && withoutState(bytes, from, end, state) == hex(bytes, to - 10),
        "its checksum does not match: it was changed outside its state, or damaged");
    return Seal.STATE_EDITED;
  }

  private static int withoutState(byte[] bytes, int from, int end, int[] state) {
    return LineWriter.checksumWithout(bytes, from, end, state[0], state[1]);
  }

  private static int hex(byte[] bytes, int at) throws BadLineException {
    int value = 0;
    int all = 0;
    for (int i = at; i < at + 8; i++) {
      int digit = HEX[bytes[i] & 0xFF];
      all |= digit;
      value = value << 4 | (digit & 0xF);
    }
    expect(all >= 0, "its checksum is not hexadecimal");
    return value;
  }

  private static byte[] hexDigits() {
    byte[] digits = new byte[256];
    Arrays.fill(digits, (byte) -1);
    for (int digit = 0; digit < 16; digit++) {
      digits[Character.forDigit(digit, 16)] = (byte) digit;
    }
    return digits;
  }

  /// Whether the line's checksums say that it is as it was written.
  static boolean isWhole(byte[] line) {
    try {
      int digits = crcDigits(line, 0, line.length);
      return digits > 0
          && check(line, 0, line.length - digits - CRC_FRAME, line.length, digits) == Seal.WHOLE;
    } catch (BadLineException notWhole) {
      return false;
    }
  }

  /// Which state, of those that are known, the line of an edited job had when it was written.
  static @Nullable String stateBeforeEdit(byte[] line, Iterable<String> states) {
    int end = line.length - LONG_CRC - CRC_FRAME;
    int[] at = LineWriter.findStateValue(line, 0, end);
    for (String state : states) {
      if (at != null && isSealedWith(line, end, at, state)) {
        return state;
      }
    }
    return null;
  }

  private static boolean isSealedWith(byte[] line, int end, int[] at, String state) {
    byte[] value = Codec.MAPPER.writeValueAsBytes(state);
    byte[] original = new byte[at[0] + value.length + end - at[1]];
    System.arraycopy(line, 0, original, 0, at[0]);
    System.arraycopy(value, 0, original, at[0], value.length);
    System.arraycopy(line, at[1], original, at[0] + value.length, end - at[1]);
    String digits = "%08x".formatted(LineWriter.checksum(original, 0, original.length));
    byte[] sealed =
        Arrays.copyOfRange(line, line.length - 2 - LONG_CRC, line.length - 2 - SHORT_CRC);
    return Arrays.equals(digits.getBytes(StandardCharsets.US_ASCII), sealed);
  }

  private Line body(JsonParser parser, byte[] bytes, int from, Seal seal) throws BadLineException {
    Fields fields = new Fields(parser, bytes, from);
    String first = fields.next();
    if (first == null) {
      throw new BadLineException("it is an empty object");
    }
    return switch (first) {
      case "jorb" -> head(fields);
      case "past" -> past(fields);
      case "started" -> NoteFields.started(fields);
      case "limit" -> NoteFields.limit(fields);
      case "hold" -> NoteFields.hold(fields);
      case "commit" -> commit(fields);
      case "closed" -> new Line.Closed(fields.number(), fields.only("lines"));
      default -> job(fields, first, seal);
    };
  }

  private Line job(Fields in, String first, Seal seal) throws BadLineException {
    JobFields job = new JobFields();
    Set<String> names = new HashSet<>();
    String lastText = null;
    for (String name = first; name != null; name = in.next()) {
      // Else a checksum's field that damage gave another's name would pass for a person's typing.
      expect(
          seal == Seal.WHOLE || names.add(name),
          "it has the field \"" + name + "\" more than once");
      switch (name) {
        case "id" -> job.id = in.text();
        case "state" -> job.state = name(in.text());
        case "v" -> job.version = in.count();
        case "from" -> job.from = name(in.text());
        case "took" -> job.took = Duration.parse(in.text());
        case "n" -> job.transitions = in.count();
        case "at" -> job.at = Instant.parse(in.text());
        case "parent" -> job.parent = in.text();
        case "kicks" -> job.kicks = in.count();
        case "attempt" -> job.attempt = in.count();
        case "due" -> job.due = Instant.parse(in.text());
        case "parked" -> job.parked = in.text();
        case "crashes" -> job.crashes = in.count();
        case "held" -> job.held = in.flag();
        case "priority" -> job.priority = in.integer();
        case "laps" -> job.laps = in.count();
        case "deadline" -> job.deadline = Instant.parse(in.text());
        case "error" -> job.error = in.text();
        case "in" -> job.errorState = name(in.text());
        case "errors" -> job.errors = in.count();
        case "awaits" -> job.awaitsKicks = in.flag();
        case "redrive" -> job.redriven = redriven(in);
        case "c" -> job.context = in.raw();
        default -> {
          // Else a flipped bit in the name of the checksum's field would pass for a person's
          // typing.
          expect(seal != Seal.TYPED, "it has no checksum and the unknown field \"" + name + "\"");
          in.skip();
        }
      }
      lastText = seal == Seal.TYPED && !FREE.contains(name) ? in.textIfText() : null;
    }
    expect(
        lastText == null || !CHECKSUM.matcher(lastText).matches(),
        "it has no checksum, and its last field looks like one under another name");
    return job.line(seal);
  }

  private Line head(Fields in) throws BadLineException {
    int format = in.count();
    expect(
        format == Header.FORMAT,
        "its form is " + format + "; this version of Jorb reads form " + Header.FORMAT);
    HeadFields head = new HeadFields();
    for (String name = in.next(); name != null; name = in.next()) {
      switch (name) {
        case "run" -> head.run = in.text();
        case "id" -> head.id = in.text();
        case "epoch" -> head.epoch = in.count();
        case "commit" -> head.commit = in.number();
        case "batches" -> head.batches = in.number();
        case "at" -> head.at = Instant.parse(in.text());
        case "workflow" -> head.workflow = in.text();
        case "start" -> head.startState = name(in.text());
        case "states" -> head.states = names(in.texts());
        case "terminal" -> head.terminal = names(in.texts());
        case "others" -> head.others = names(in.texts());
        case "shapes" -> head.shapes = HeaderFields.shapes(in);
        case "redrives" -> head.redrives = HeaderFields.redrives(in);
        case "overall" -> head.overall = in.raw();
        default -> in.skip();
      }
    }
    return new Line.Head(head.header());
  }

  private Redriven redriven(Fields in) throws BadLineException {
    in.requireObject();
    int number = 0;
    String from = "";
    int attempt = 0;
    String parked = null;
    boolean held = false;
    Instant due = null;
    Instant deadline = null;
    boolean awaited = false;
    for (String name = in.next(); name != null; name = in.next()) {
      switch (name) {
        case "n" -> number = in.count();
        case "from" -> from = name(in.text());
        case "attempt" -> attempt = in.count();
        case "parked" -> parked = in.text();
        case "held" -> held = in.flag();
        case "due" -> due = Instant.parse(in.text());
        case "deadline" -> deadline = Instant.parse(in.text());
        case "awaits" -> awaited = in.flag();
        default -> in.skip();
      }
    }
    expect(number > 0 && !from.isEmpty(), "\"redrive\" needs \"n\" and \"from\"");
    return new Redriven(number, from, attempt, parked, held, due, deadline, awaited);
  }

  private Line past(Fields in) throws BadLineException {
    String id = in.text();
    List<Line.PastTransition> transitions = new ArrayList<>();
    List<Line.PastError> errors = new ArrayList<>();
    for (String name = in.next(); name != null; name = in.next()) {
      switch (name) {
        case "transitions" -> in.objects(() -> transitions.add(pastTransition(in)));
        case "errors" -> in.objects(() -> errors.add(pastError(in)));
        default -> in.skip();
      }
    }
    return new Line.Past(id, transitions, errors);
  }

  private static Line commit(Fields in) throws BadLineException {
    long number = in.number();
    int lines = -1;
    String sum = "";
    long safe = -1;
    for (String name = in.next(); name != null; name = in.next()) {
      switch (name) {
        case "n" -> lines = in.count();
        case "sum" -> sum = in.text();
        case "safe" -> safe = in.number();
        default -> in.skip();
      }
    }
    expect(lines >= 0 && sum.length() == SHORT_CRC, "a commit line needs \"n\" and \"sum\"");
    int value = hex(sum.getBytes(StandardCharsets.UTF_8), 0);
    return safe < 0
        ? Line.Commit.flushed(number, lines, value)
        : new Line.Commit(number, lines, value, safe, false);
  }

  private Line.PastTransition pastTransition(Fields in) throws BadLineException {
    String from = "";
    String to = "";
    Instant at = Instant.EPOCH;
    Duration took = Duration.ZERO;
    int ordinal = 0;
    for (String name = in.next(); name != null; name = in.next()) {
      switch (name) {
        case "from" -> from = name(in.text());
        case "to" -> to = name(in.text());
        case "at" -> at = Instant.parse(in.text());
        case "took" -> took = Duration.parse(in.text());
        case "n" -> ordinal = in.count();
        default -> in.skip();
      }
    }
    return new Line.PastTransition(from, to, at, took, ordinal);
  }

  private Line.PastError pastError(Fields in) throws BadLineException {
    String state = "";
    Instant at = Instant.EPOCH;
    String message = "";
    int ordinal = 0;
    for (String name = in.next(); name != null; name = in.next()) {
      switch (name) {
        case "in" -> state = name(in.text());
        case "at" -> at = Instant.parse(in.text());
        case "error" -> message = in.text();
        case "n" -> ordinal = in.count();
        default -> in.skip();
      }
    }
    return new Line.PastError(state, at, message, ordinal);
  }

  private String name(String text) {
    return names.computeIfAbsent(
        text,
        one -> {
          String known = shared.putIfAbsent(one, one);
          return known == null ? one : known;
        });
  }

  private List<String> names(List<String> texts) {
    return texts.stream().map(this::name).toList();
  }

  static void expect(boolean condition, String problem) throws BadLineException {
    if (!condition) {
      throw new BadLineException(problem);
    }
  }

  /// What is wrong with a line.
  static final class BadLineException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String problem;

    BadLineException(String problem) {
      super(problem, null, false, false);
      this.problem = problem;
    }

    String problem() {
      return problem;
    }
  }

  /// A job's line while it is read.
  private static final class JobFields {
    @Nullable String id;
    @Nullable String state;
    int version;
    @Nullable String from;
    @Nullable Duration took;
    int transitions;
    Instant at = Instant.EPOCH;
    @Nullable String parent;
    int kicks;
    int attempt;
    boolean awaitsKicks;
    @Nullable Instant due;
    @Nullable String parked;
    int crashes;
    boolean held;
    int priority;
    int laps;
    @Nullable Instant deadline;
    @Nullable String error;
    @Nullable String errorState;
    int errors;
    @Nullable Redriven redriven;
    byte @Nullable [] context;

    Line line(Seal seal) throws BadLineException {
      if (id == null || state == null || context == null) {
        throw new BadLineException("a job's line needs \"id\", \"state\" and \"c\"");
      }
      expect(version > 0 || seal == Seal.TYPED, "a job's line needs \"v\"");
      return new Line.JobLine(
          id,
          state,
          version,
          from,
          took,
          transitions == 0 ? version - 1 : transitions,
          at,
          parent,
          kicks,
          attempt,
          awaitsKicks,
          due,
          parked,
          crashes,
          new Line.Rare(held, priority, laps, deadline),
          error,
          errorState,
          errors,
          redriven,
          context,
          seal);
    }
  }

  /// A header while it is read.
  private static final class HeadFields {
    @Nullable String run;
    @Nullable String id;
    int epoch;
    long commit;
    long batches;
    Instant at = Instant.EPOCH;
    @Nullable String workflow;
    String startState = "";
    List<String> states = List.of();
    List<String> terminal = List.of();
    List<String> others = List.of();
    List<StateShape> shapes = List.of();
    List<RedriveEntry> redrives = List.of();
    byte @Nullable [] overall;

    Header header() throws BadLineException {
      if (run == null || id == null || overall == null) {
        throw new BadLineException("the first line needs \"run\", \"id\" and \"overall\"");
      }
      return new Header(
          run,
          id,
          epoch,
          commit,
          batches,
          at,
          workflow,
          startState,
          states,
          terminal,
          others,
          shapes,
          redrives,
          overall);
    }
  }
}
