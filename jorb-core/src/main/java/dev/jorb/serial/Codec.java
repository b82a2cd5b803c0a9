package dev.jorb.serial;

import dev.jorb.run.Json;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// Turns values of one type into JSON text and back, with the same limits on both sides.
///
/// Reading is strict: nothing may follow the value, and a primitive must be there. Fields that the
/// type does not know are passed over, so that code may drop a field and still read old files.
/// Thread-safe.
///
/// @param <T> the type
final class Codec<T> {
  /// The longest line of a run file and the longest encoded context, in bytes.
  static final int MAX_BYTES = 64 << 20;

  /// How deep a context may be nested.
  static final int MAX_DEPTH = 1_000;

  /// One mapper for all types; it reads a line's envelope too, which is one level deeper.
  static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH + 10)
                          .maxStringLength(MAX_BYTES)
                          .maxNumberLength(MAX_BYTES)
                          .maxNameLength(MAX_BYTES)
                          .build())
                  .streamWriteConstraints(
                      StreamWriteConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private final Class<T> type;
  private final ObjectWriter writer;
  private final ObjectReader reader;

  Codec(Class<T> type) {
    this.type = type;
    this.writer = MAPPER.writerFor(type);
    this.reader = MAPPER.readerFor(type);
  }

  /// The value as UTF-8 JSON on one line.
  byte[] encode(T value) throws EncodeException {
    byte[] bytes;
    try {
      bytes = value instanceof Json json ? oneLine(json) : writer.writeValueAsBytes(value);
    } catch (JacksonException | StackOverflowError e) {
      throw new EncodeException(describe("cannot be written as JSON", e), e);
    }
    if (bytes.length > MAX_BYTES) {
      throw new EncodeException(
          type.getSimpleName()
              + " takes "
              + bytes.length
              + " bytes as JSON; at most "
              + MAX_BYTES
              + " are allowed");
    }
    return bytes;
  }

  /// The text as it is, on one line. In JSON a line break can only stand between two tokens, where
  /// a space means the same.
  private static byte[] oneLine(Json json) throws EncodeException {
    try (JsonParser parser = MAPPER.createParser(json.text())) {
      if (parser.nextToken() == null) {
        throw new EncodeException("Json is empty");
      }
      parser.skipChildren();
      parser.finishToken();
      if (parser.nextToken() != null) {
        throw new EncodeException("Json has something behind its value");
      }
    }
    return json.text().replace('\n', ' ').replace('\r', ' ').getBytes(StandardCharsets.UTF_8);
  }

  /// The value that these bytes say.
  ///
  /// @throws DecodeException if they do not say one of this type
  T decode(byte[] bytes) throws DecodeException {
    try {
      if (type == Json.class) {
        return type.cast(new Json(new String(bytes, StandardCharsets.UTF_8)));
      }
      T value = reader.readValue(bytes);
      if (value == null) {
        throw new DecodeException("it is null");
      }
      return value;
    } catch (JacksonException | StackOverflowError e) {
      throw new DecodeException(describe("does not fit", e));
    }
  }

  private String describe(String what, Throwable e) {
    String reason =
        e instanceof JacksonException jackson ? jackson.getOriginalMessage() : "nested too deep";
    return type.getSimpleName() + " " + what + ": " + reason;
  }

  /// These bytes are not a value of the type.
  static final class DecodeException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String problem;

    DecodeException(String problem) {
      super(problem);
      this.problem = problem;
    }

    String problem() {
      return problem;
    }
  }
}
