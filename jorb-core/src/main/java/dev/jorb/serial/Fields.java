package dev.jorb.serial;

import static dev.jorb.serial.LineReader.expect;

import dev.jorb.serial.LineReader.BadLineException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Walks over the fields of one JSON object and refuses values of another type than expected.
final class Fields {
  private final JsonParser parser;
  private final byte[] bytes;
  private final int from;

  /// Expects the parser just behind the object's opening brace.
  Fields(JsonParser parser, byte[] bytes, int from) {
    this.parser = parser;
    this.bytes = bytes;
    this.from = from;
  }

  /// The name of the next field, with the parser at its value; null at the end of the object.
  @Nullable String next() throws BadLineException {
    JsonToken token = parser.nextToken();
    if (token == JsonToken.END_OBJECT) {
      return null;
    }
    expect(token == JsonToken.PROPERTY_NAME, "it ends in the middle");
    String name = parser.currentName();
    parser.nextToken();
    return name;
  }

  String text() throws BadLineException {
    expect(
        parser.currentToken() == JsonToken.VALUE_STRING,
        "\"" + parser.currentName() + "\" must be a text");
    return parser.getString();
  }

  boolean flag() throws BadLineException {
    JsonToken token = parser.currentToken();
    expect(
        token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE,
        "\"" + parser.currentName() + "\" must be true or false");
    return token == JsonToken.VALUE_TRUE;
  }

  /// The text, or null if null stands there.
  @Nullable String textOrNull() throws BadLineException {
    return isNull() ? null : text();
  }

  /// The text, or null if something else stands there.
  @Nullable String textIfText() {
    return parser.currentToken() == JsonToken.VALUE_STRING ? parser.getString() : null;
  }

  boolean isNull() {
    return parser.currentToken() == JsonToken.VALUE_NULL;
  }

  void requireObject() throws BadLineException {
    expect(
        parser.currentToken() == JsonToken.START_OBJECT,
        "\"" + parser.currentName() + "\" must be an object");
  }

  List<String> texts() throws BadLineException {
    expect(
        parser.currentToken() == JsonToken.START_ARRAY,
        "\"" + parser.currentName() + "\" must be a list");
    List<String> all = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      all.add(text());
    }
    return all;
  }

  long number() throws BadLineException {
    expect(
        parser.currentToken() == JsonToken.VALUE_NUMBER_INT,
        "\"" + parser.currentName() + "\" must be a whole number");
    long number = parser.getLongValue();
    expect(number >= 0, "\"" + parser.currentName() + "\" must not be negative");
    return number;
  }

  int integer() throws BadLineException {
    expect(
        parser.currentToken() == JsonToken.VALUE_NUMBER_INT,
        "\"" + parser.currentName() + "\" must be a whole number");
    long number = parser.getLongValue();
    expect(number == (int) number, "\"" + parser.currentName() + "\" is too large");
    return (int) number;
  }

  int count() throws BadLineException {
    long number = number();
    expect(number <= Integer.MAX_VALUE, "\"" + parser.currentName() + "\" is too large");
    return (int) number;
  }

  /// The number of the field `name`, the only one of use in the rest of the object.
  long only(String name) throws BadLineException {
    long number = -1;
    for (String field = next(); field != null; field = next()) {
      if (field.equals(name)) {
        number = number();
      } else {
        skip();
      }
    }
    expect(number >= 0, "it needs \"" + name + "\"");
    return number;
  }

  /// Runs `each` for every object of a list.
  void objects(Reading each) throws BadLineException {
    elements(() -> {
      expect(parser.currentToken() == JsonToken.START_OBJECT, "it must be a list of objects");
      each.read();
    });
  }

  /// Runs `each` for every element of a list.
  void elements(Reading each) throws BadLineException {
    expect(
        parser.currentToken() == JsonToken.START_ARRAY,
        "\"" + parser.currentName() + "\" must be a list");
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      each.read();
    }
  }

  /// The value's bytes as they stand in the line.
  byte[] raw() {
    int start = from + (int) parser.currentTokenLocation().getByteOffset();
    finish();
    return Arrays.copyOfRange(bytes, start, from + (int) parser.currentLocation().getByteOffset());
  }

  void skip() {
    finish();
  }

  private void finish() {
    parser.skipChildren();
    parser.finishToken();
  }

  /// Reads one element of a list.
  @FunctionalInterface
  interface Reading {
    void read() throws BadLineException;
  }
}
