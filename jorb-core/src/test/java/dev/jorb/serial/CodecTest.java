package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.jorb.run.Json;
import dev.jorb.serial.Codec.DecodeException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CodecTest {
  record Raw(@JsonRawValue String text) {}

  record Empty(@JsonValue @Nullable String text) {}

  record Numbers(double ratio, float share, double[] all, Object any) {
    static Numbers of(double ratio) {
      return new Numbers(ratio, 0, new double[0], 0);
    }
  }

  record Names(Map<String, String> all) {}

  record Build(int number, Inner inner) {}

  record Inner(boolean done) {}

  private static <T> String encoded(Class<T> type, T value) throws EncodeException {
    return new String(new Codec<>(type).encode(value), StandardCharsets.UTF_8);
  }

  @Nested
  class WhatCouldNotBeReadAgainIsNotWritten {
    @ParameterizedTest
    @ValueSource(strings = {"{", "1 2", "", "{\"a\":}", "'a'", "NaN"})
    void rawTextThatIsNotJson(String text) {
      assertThatThrownBy(() -> encoded(Raw.class, new Raw(text)))
          .isInstanceOf(EncodeException.class)
          .hasMessageContaining("Raw");
      assertThatThrownBy(() -> encoded(Json.class, new Json(text)))
          .isInstanceOf(EncodeException.class)
          .hasMessageContaining("Json");
    }

    @Test
    void numbersThatJsonCannotSay() {
      List<Numbers> all =
          List.of(
              Numbers.of(Double.NaN),
              Numbers.of(Double.NEGATIVE_INFINITY),
              new Numbers(0, Float.NaN, new double[0], 0),
              new Numbers(0, 0, new double[] {1, Double.POSITIVE_INFINITY}, 0),
              new Numbers(0, 0, new double[0], List.of(Double.NaN)));
      for (Numbers numbers : all) {
        assertThatThrownBy(() -> encoded(Numbers.class, numbers))
            .isInstanceOf(EncodeException.class);
      }
    }

    @Test
    void namesWithHalfASurrogatePair() {
      assertThatThrownBy(() -> encoded(Names.class, new Names(Map.of("\uD83D", ""))))
          .isInstanceOf(EncodeException.class);
    }

    @Test
    void jsonWithHalfASurrogatePair() {
      assertThatThrownBy(() -> encoded(Json.class, new Json("\"\uD83D\"")))
          .isInstanceOf(EncodeException.class);
    }

    @Test
    void jsonThatIsTooDeep() throws EncodeException {
      String deepest = "[".repeat(Codec.MAX_DEPTH) + "]".repeat(Codec.MAX_DEPTH);
      assertThat(encoded(Json.class, new Json(deepest))).isEqualTo(deepest);

      assertThatThrownBy(() -> encoded(Json.class, new Json("[" + deepest + "]")))
          .isInstanceOf(EncodeException.class)
          .hasMessageContaining("nested too deep");
    }

    @Test
    void aTypeThatIsWrittenAsNull() {
      assertThatThrownBy(() -> encoded(Empty.class, new Empty(null)))
          .isInstanceOf(EncodeException.class)
          .hasMessageContaining("null");
    }
  }

  @Test
  void valuesStandOnOneLineWithTheirTokensAsTheyAre() throws EncodeException {
    assertThat(
            encoded(Json.class, new Json(" {\"a\" :\r\n [1.0,\t4e0 , \"x \\u003e\\\" y\" ] }\n")))
        .isEqualTo("{\"a\":[1.0,4e0,\"x \\u003e\\\" y\"]}");
    assertThat(encoded(Raw.class, new Raw("[1,\n2]"))).isEqualTo("{\"text\":[1,2]}");
    assertThat(encoded(Json.class, new Json("null"))).isEqualTo("null");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"inner\":{\"done\":true}}| its int \"number\" is missing or null| Integer",
        "{\"number\":null,\"inner\":{\"done\":true}}| its int \"number\" is missing or null| Integer",
        "{\"number\":1,\"inner\":{}}| its boolean \"inner.done\" is missing or null| Boolean",
      })
  void aMissingNumberIsNamedWithWhatToDo(String json, String problem, String box) {
    assertThatThrownBy(() -> new Codec<>(Build.class).decode(json.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(DecodeException.class)
        .hasMessageStartingWith("Build does not fit: " + problem)
        .hasMessageContaining("omitempty")
        .hasMessageContaining("such as " + box);
  }

  @Test
  void anythingElseThatDoesNotFitIsToldAsItIs() {
    assertThatThrownBy(() ->
            new Codec<>(Build.class).decode("{\"number\":\"x\"}".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(DecodeException.class)
        .hasMessageStartingWith("Build does not fit: Cannot deserialize value of type `int`");
  }
}
