package dev.jorb.serial;

import static dev.jorb.serial.LineReader.expect;

import dev.jorb.run.Job;
import dev.jorb.serial.Disk.DiskFile;
import dev.jorb.serial.GoIds.Place;
import dev.jorb.serial.GoJob.Field;
import dev.jorb.serial.GoRunFile.RunNote;
import dev.jorb.serial.Line.Seal;
import dev.jorb.serial.LineReader.BadLineException;
import dev.jorb.serial.RunImage.Winner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads a whole run file in the Go version's form, or refuses it. Used once.
///
/// There are no checksums: any edit by hand is accepted that leaves a run. What Go would pass over
/// in silence, such as a doubled key or an `Id` that is not the key, is refused, because the next
/// save would lose it.
final class GoRunReader {
  private static final List<String> KNOWN = List.of("Name", "Jobs", "Overall", GoNote.FIELD);
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final Path path;
  private final byte[] bytes;
  private final Map<String, Entry> jobs = new LinkedHashMap<>();
  private final List<Field> fields = new ArrayList<>();
  private final List<String> late = new ArrayList<>();
  private @Nullable String name;
  private byte[] overall = NULL;
  private @Nullable RunNote note;
  private String where = "";

  private record Entry(GoJob job, byte[] value, long line) {}

  /// What a file holds: to be written again, and to be turned into a run.
  record Found(GoRunFile file, RunImage image) {}

  private GoRunReader(Path path, byte[] bytes) {
    this.path = path;
    this.bytes = bytes;
  }

  /// Reads the file, without its lock and without changing anything.
  ///
  /// @throws RunFileException.Damaged if it is not a run in the Go version's form
  static Found read(Path path, DiskFile file) throws IOException {
    if (file.size() > Integer.MAX_VALUE - 16) {
      throw new RunFileException(
          path,
          "it has "
              + file.size()
              + " bytes; a run file in the Go version's form may have 2 GB. Use a journal");
    }
    byte[] bytes = new byte[(int) file.size()];
    int count = bytes.length == 0 ? 0 : file.read(0, bytes, 0, bytes.length);
    if (count != bytes.length) {
      throw new IOException("only " + count + " of " + bytes.length + " bytes could be read");
    }
    return new GoRunReader(path, bytes).read();
  }

  /// Whether the file, which is damaged, begins like one in the Go version's form.
  static boolean looksLikeOne(DiskFile file) throws IOException {
    byte[] head = head(file);
    String text = new String(head, StandardCharsets.UTF_8);
    return text.startsWith("{")
        && (text.contains("\"Jobs\"") || text.contains("\"Name\"") || text.contains("\"Overall\""));
  }

  /// Whether the file begins with this ASCII text.
  static boolean startsWith(DiskFile file, String text) throws IOException {
    return new String(head(file), StandardCharsets.ISO_8859_1).startsWith(text);
  }

  private static byte[] head(DiskFile file) throws IOException {
    byte[] head = new byte[512];
    return Arrays.copyOf(head, Math.max(0, file.read(0, head, 0, head.length)));
  }

  private Found read() {
    requireText();
    try (JsonParser parser = Codec.MAPPER.createParser(bytes)) {
      try {
        run(parser);
      } catch (BadLineException e) {
        throw damaged(line(parser), e.problem());
      } catch (JacksonException e) {
        throw damaged(e.getLocation().getLineNr(), brokenOff(e));
      } catch (DateTimeException | ArithmeticException e) {
        throw damaged(line(parser), "a time in it cannot be read: " + e.getMessage());
      }
    }
    return found();
  }

  private static String brokenOff(JacksonException e) {
    return e instanceof tools.jackson.core.exc.UnexpectedEndOfInputException
        ? "the file ends in the middle, as the Go version leaves it when it dies while saving"
        : "it is not well-formed JSON: " + e.getOriginalMessage();
  }

  private static long line(JsonParser parser) {
    return parser.currentLocation().getLineNr();
  }

  private RunFileException.Damaged damaged(long line, String problem) {
    return new RunFileException.Damaged(
        path,
        line,
        where + problem + ". Nothing was changed. Correct it, or restore the file from a copy");
  }

  private void requireText() {
    if (bytes.length == 0) {
      throw damaged(1, "the file is empty, as the Go version leaves it when it dies while saving");
    }
    if (Arrays.mismatch(bytes, BYTE_ORDER_MARK) == BYTE_ORDER_MARK.length) {
      throw damaged(1, "it begins with a byte order mark, which Go cannot read either");
    }
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(8_192);
    while (true) {
      var result = decoder.decode(in, out.clear(), true);
      if (result.isError()) {
        throw damaged(lineAt(in.position()), "it is not UTF-8");
      }
      if (result.isUnderflow()) {
        return;
      }
    }
  }

  private long lineAt(int position) {
    long line = 1;
    for (int i = 0; i < position; i++) {
      line += bytes[i] == '\n' ? 1 : 0;
    }
    return line;
  }

  private void run(JsonParser parser) throws BadLineException {
    expect(parser.nextToken() == JsonToken.START_OBJECT, "it is not a JSON object");
    Fields in = new Fields(parser, bytes, 0);
    Set<String> seen = new HashSet<>();
    for (String field = in.next(); field != null; field = in.next()) {
      GoJob.requireOnce(seen, field);
      GoJob.requireSpelling(KNOWN, field);
      field(parser, in, field);
    }
    expect(
        seen.contains("Jobs") && name != null,
        "it is not a run file of the Go version: it needs \"Name\" and \"Jobs\"");
    expect(parser.nextToken() == null, "something follows the run");
  }

  private void field(JsonParser parser, Fields in, String field) throws BadLineException {
    switch (field) {
      case "Name" -> {
        name = in.text();
        fields.add(new Field(field, in.raw()));
      }
      case "Jobs" -> {
        fields.add(new Field(field, in.isNull() ? NULL : new byte[] {'{', '}'}));
        jobs(parser, in);
      }
      case "Overall" -> {
        overall = in.raw();
        fields.add(new Field(field, overall));
      }
      case GoNote.FIELD -> note(in);
      default -> fields.add(new Field(field, in.raw()));
    }
  }

  private void jobs(JsonParser parser, Fields in) throws BadLineException {
    if (in.isNull()) {
      return;
    }
    in.requireObject();
    for (String id = in.next(); id != null; id = in.next()) {
      where = "job " + id + ": ";
      in.requireObject();
      long line = line(parser);
      int start = (int) parser.currentTokenLocation().getByteOffset();
      GoJob job = GoJob.read(in, id);
      int end = (int) parser.currentLocation().getByteOffset();
      byte[] value = indented(Arrays.copyOfRange(bytes, start, end));
      expect(jobs.put(id, new Entry(job, value, line)) == null, "it is there twice");
      where = "";
    }
  }

  private static byte[] indented(byte[] value) {
    return new GoText(value.length + 64).indented(value, GoJob.DEPTH - 1).toBytes();
  }

  private void note(Fields in) throws BadLineException {
    in.requireObject();
    String id = null;
    String start = GoRunFile.GO_START_STATE;
    String workflow = null;
    List<String> states = List.of();
    List<String> terminal = List.of();
    for (String field = in.next(); field != null; field = in.next()) {
      switch (field) {
        case "id" -> id = in.text();
        case "start" -> start = in.text();
        case "workflow" -> workflow = in.text();
        case "states" -> states = in.texts();
        case "terminal" -> terminal = in.texts();
        case "order" -> late.addAll(in.texts());
        default -> in.skip();
      }
    }
    if (id == null) {
      throw new BadLineException("its \"" + GoNote.FIELD + "\" needs \"id\"");
    }
    note = new RunNote(id, start, workflow, states, terminal);
  }

  private Found found() {
    GoRunFile file = new GoRunFile(fields, note);
    RunImage image = new RunImage(header());
    Map<String, Integer> children = children();
    for (String id : inOrder()) {
      Entry entry = Objects.requireNonNull(jobs.get(id));
      Winner winner = winner(entry, children.getOrDefault(id, 0));
      file.load(id, entry.value(), entry.job().rest());
      image.jobs.put(id, winner);
    }
    image.closed = true;
    image.size = bytes.length;
    return new Found(file, image);
  }

  private Header header() {
    String run = Objects.requireNonNull(name);
    RunNote known =
        note == null
            ? new RunNote(GoRunFile.idOf(run), GoRunFile.GO_START_STATE, null, List.of(), List.of())
            : note;
    return new Header(
        run,
        known.id(),
        1,
        0,
        0,
        Instant.EPOCH,
        known.workflow(),
        known.startState(),
        known.states(),
        known.terminal(),
        List.of(),
        List.of(),
        List.of(),
        JsonText.compact(overall));
  }

  /// For each parent, one more than the highest number of its children: ids have gaps, and those
  /// that are taken must not be given again.
  private Map<String, Integer> children() {
    Map<String, Integer> children = new HashMap<>();
    for (String id : jobs.keySet()) {
      GoIds.parent(id)
          .ifPresent(parent -> children.merge(parent, GoIds.childNumber(id) + 1, Math::max));
    }
    return children;
  }

  private List<String> inOrder() {
    Set<String> noted = new LinkedHashSet<>(late);
    noted.retainAll(jobs.keySet());
    List<String> all =
        new ArrayList<>(
            jobs.keySet().stream()
                .filter(id -> !noted.contains(id))
                .map(Place::of)
                .sorted()
                .map(Place::id)
                .toList());
    all.addAll(noted);
    return all;
  }

  private static Winner winner(Entry entry, int children) {
    GoJob found = entry.job();
    String state = Objects.requireNonNull(found.state);
    Job<byte[]> job = found.toJob(state, children);
    String before = found.stateBeforeEdit();
    Seal seal = before == null ? Seal.WHOLE : Seal.STATE_EDITED;
    return new Winner(job, found.context, 0, entry.value().length, entry.line(), seal, before);
  }
}
