package dev.jorb.serial;

import dev.jorb.run.Json;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.StringJoiner;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;

/// Turns values of one type into JSON text and back, with the same limits on both sides.
///
/// Reading is strict: nothing may follow the value, and a primitive must be there. Fields that the
/// type does not know are passed over, so that code may drop a field and still read old files.
/// Writing is strict too: NaN and the infinities, which JSON cannot say, are refused. [Json] is
/// taken as it is, but on one line. Thread-safe.
///
/// For serializers of your own too: what it refuses cannot be stored, and what it writes can be
/// read.
///
/// @param <T> the type
public final class Codec<T> {
  /// The longest line of a run file and the longest encoded context, in bytes.
  static final int MAX_BYTES = 64 << 20;

  /// How deep a context may be nested.
  static final int MAX_DEPTH = 1_000;

  /// So many values are worth handing to other threads; fewer are done before those have woken up.
  static final int WORTH_SHARING = 64;

  /// One mapper for all types; it reads a line's envelope too, which is one level deeper.
  static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  // Values are read by the threads that load a file, which are few and last; a pool
                  // that all threads share costs as much as reading a small context.
                  .recyclerPool(JsonRecyclerPools.threadLocalPool())
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH + 10)
                          .maxStringLength(MAX_BYTES)
                          .maxNumberLength(MAX_BYTES)
                          .maxNameLength(MAX_BYTES)
                          .build())
                  // They are written as they are, and then refused; strings would come back as
                  // such.
                  .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
                  .streamWriteConstraints(
                      StreamWriteConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

  private final Class<T> type;
  private final ObjectReader reader;
  private final Pool<Pen<T>> pens;

  /// A codec for values of this type.
  public Codec(Class<T> type) {
    this.type = type;
    this.reader = MAPPER.readerFor(type);
    ObjectWriter writer = MAPPER.writerFor(type).withRootValueSeparator((String) null);
    this.pens = new Pool<>(() -> new Pen<>(this, writer));
  }

  /// What a pen is used for.
  interface Writing<T> {
    void with(Pen<T> pen) throws EncodeException;
  }

  /// The value as UTF-8 JSON on one line.
  ///
  /// @throws EncodeException if it cannot be written, or not so that it can be read again
  public byte[] encode(T value) throws EncodeException {
    return written(pen -> encode(value, pen));
  }

  /// What `writing` writes with one of the codec's pens.
  byte[] written(Writing<T> writing) throws EncodeException {
    Pen<T> pen = pens.take();
    writing.with(pen);
    byte[] bytes = pen.lines().toBytes();
    pen.clear();
    pens.give(pen);
    return bytes;
  }

  /// Writes the value as UTF-8 JSON on one line.
  ///
  /// What was written is read over once more, because a line that cannot be read is the end of the
  /// whole file: a type may write raw text, or a name with half a surrogate pair. Nearly always a
  /// look at each byte is enough; in doubt, a parser decides.
  void encode(T value, Pen<T> pen) throws EncodeException {
    LineWriter out = pen.lines();
    int start = out.size();
    write(value, pen);
    int length = out.size() - start;
    if (length > MAX_BYTES) {
      throw new EncodeException(
          name() + " takes " + length + " bytes as JSON; at most " + MAX_BYTES + " are allowed");
    }
    if (!CompactJson.isOneValue(out.buffer(), start, out.size(), MAX_DEPTH)) {
      byte[] doubtful = Arrays.copyOfRange(out.buffer(), start, out.size());
      out.cut(start);
      byte[] compact = checked(doubtful);
      out.raw(compact, 0, compact.length);
    }
  }

  private byte[] checked(byte[] bytes) throws EncodeException {
    try (JsonParser parser = MAPPER.createParser(bytes)) {
      requireOneValue(parser);
    } catch (JacksonException e) {
      throw new EncodeException(describe("is written as what is not JSON", e), e);
    }
    return JsonText.compact(bytes);
  }

  private void write(T value, Pen<T> pen) throws EncodeException {
    LineWriter out = pen.lines();
    int start = out.size();
    if (value instanceof Json json) {
      byte[] text = utf8(json.text());
      out.raw(text, 0, text.length);
      return;
    }
    try {
      pen.value(value);
    } catch (JacksonException | StackOverflowError e) {
      throw new EncodeException(describe("cannot be written as JSON", e), e);
    }
    if (Arrays.equals(out.buffer(), start, out.size(), NULL, 0, NULL.length)) {
      throw new EncodeException(name() + " is written as null, which says nothing");
    }
  }

  private static byte[] utf8(String text) throws EncodeException {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new EncodeException("Json has half a surrogate pair, which UTF-8 cannot say", e);
    }
  }

  private void requireOneValue(JsonParser parser) throws EncodeException {
    int depth = 0;
    do {
      JsonToken token = parser.nextToken();
      if (token == null) {
        throw new EncodeException(name() + " is written as nothing");
      }
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      if (depth > MAX_DEPTH) {
        throw new EncodeException(
            name() + " is nested too deep; at most " + MAX_DEPTH + " levels are allowed");
      }
    } while (depth > 0);
    if (parser.nextToken() != null) {
      throw new EncodeException(name() + " is written with something behind its value");
    }
  }

  private String name() {
    return type.getSimpleName();
  }

  /// The value that these bytes say.
  ///
  /// @throws DecodeException if they do not say one of this type
  public T decode(byte[] bytes) throws DecodeException {
    try {
      if (type == Json.class) {
        return type.cast(new Json(new String(bytes, StandardCharsets.UTF_8)));
      }
      T value = reader.readValue(bytes);
      if (value == null) {
        throw new DecodeException("it is null");
      }
      return value;
    } catch (MismatchedInputException e) {
      throw new DecodeException(isMissing(e) ? missing(e) : describe("does not fit", e));
    } catch (JacksonException | StackOverflowError e) {
      throw new DecodeException(describe("does not fit", e));
    }
  }

  private static boolean isMissing(MismatchedInputException e) {
    return e.getTargetType() != null
        && e.getTargetType().isPrimitive()
        && !(e instanceof InvalidFormatException)
        && e.getOriginalMessage().contains("`null`");
  }

  /// The Go version leaves out numbers and booleans that are zero where the struct says
  /// `omitempty`.
  private String missing(MismatchedInputException e) {
    StringJoiner field = new StringJoiner(".");
    e.getPath().forEach(each -> field.add(String.valueOf(each.getPropertyName())));
    String primitive = e.getTargetType().getName();
    return name()
        + " does not fit: its "
        + primitive
        + " \""
        + field
        + "\" is missing or null. If it may be, as with Go's omitempty, give the field a type with"
        + " room for it, such as "
        + MethodType.methodType(e.getTargetType()).wrap().returnType().getSimpleName()
        + "; else write it into the file";
  }

  private String describe(String what, Throwable e) {
    String reason =
        e instanceof JacksonException jackson ? jackson.getOriginalMessage() : "nested too deep";
    return name() + " " + what + ": " + reason;
  }

  /// These bytes are not a value of the type.
  public static final class DecodeException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String problem;

    DecodeException(String problem) {
      super(problem);
      this.problem = problem;
    }

    /// What is wrong, in words.
    public String problem() {
      return problem;
    }
  }
}
