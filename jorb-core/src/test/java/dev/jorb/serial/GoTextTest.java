package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// JSON laid out as Go lays it out.
class GoTextTest {
  private final GoText text = new GoText(1);

  private String written() {
    return Sample.utf8(text.toBytes());
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  @Nested
  class AString {
    @Test
    void hasShortEscapesWhereThereAreSome() {
      text.string("\"\\\n\r\t\b\f/");

      assertThat(written()).isEqualTo("\"\\\"\\\\\\n\\r\\t\\b\\f/\"");
    }

    @Test
    void hasItsOtherControlCharactersAndWhatHtmlMindsEscaped() {
      text.string("\0\u001f \u007f<>&\u2027\u2028\u2029\u202a");

      assertThat(written())
          .isEqualTo("\"\\u0000\\u001f \u007f\\u003c\\u003e\\u0026\u2027\\u2028\\u2029\u202a\"");
    }

    @Test
    void keepsPairsOfSurrogatesAndEscapesHalves() {
      text.string("a\uD83D\uDE00\uD83D-\uDE00\uD83D");

      assertThat(written()).isEqualTo("\"a\uD83D\uDE00\\ud83d-\\ude00\\ud83d\"");
    }

    @Test
    void isReadAsWhatWasWritten() {
      StringBuilder all = new StringBuilder();
      for (int c = 0; c <= 0x3000; c++) {
        all.append((char) c);
      }
      text.string(all.toString());

      assertThat(Codec.MAPPER.readValue(text.toBytes(), String.class)).isEqualTo(all.toString());
    }
  }

  @Nested
  class AValue {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        value = {
          "{ } | {}",
          "[\t] | []",
          "{\"a\" : [ ]}|{~    \"a\": []~  }",
          "[[1,\"x, {y\"],-2.50]|[~    [~      1,~      \"x, {y\"~    ],~    -2.50~  ]",
          "{\"a\":true,\"b\":{\"c\":null}}|{~    \"a\": true,~    \"b\": {~      \"c\": null~    }~  }",
        })
    void hasOneFieldOrElementALine(String json, String laidOut) {
      text.indented(bytes(json), 1);

      assertThat(written()).isEqualTo(laidOut.replace('~', '\n'));
    }

    @Test
    void keepsItsBytesWhereNothingIsToBeEscaped() {
      byte[] json = bytes("{\"a\":\"ü\u2027\u202a\u3000\"}");

      assertThat(GoText.escaped(json)).isSameAs(json);
    }

    @Test
    void isEscapedAtItsEndsAndInBetween() {
      assertThat(Sample.utf8(GoText.escaped(bytes("<a>\u2028b\u2029&"))))
          .isEqualTo("\\u003ca\\u003e\\u2028b\\u2029\\u0026");
    }

    @Test
    void thatEndsInTheMiddleOfACharacterIsLeftAsItIs() {
      byte[] half = {'"', (byte) 0xE2, (byte) 0x80};

      assertThat(GoText.escaped(half)).isSameAs(half);
    }
  }

  @Test
  void growsAsFarAsItMustAndBeginsAnew() {
    text.append("ab").raw(bytes("ü")).line(1).append("c");
    assertThat(written()).isEqualTo("abü\n  c");
    assertThat(text.size()).isEqualTo(8);

    text.clear();
    text.append("d");
    assertThat(written()).isEqualTo("d");
    assertThat(text.buffer()[0]).isEqualTo((byte) 'd');
  }

  @Test
  void isTheSameWhereverItGrows() {
    for (int capacity = 0; capacity <= 40; capacity++) {
      GoText other = new GoText(capacity).string("").string("a<é\uD83D\uDE00\n").line(2);
      other.indented(bytes("[1,{\"a\":[]}]"), 0);

      assertThat(Sample.utf8(other.toBytes()))
          .as("capacity %d", capacity)
          .isEqualTo("\"\"\"a\\u003cé\uD83D\uDE00\\n\"\n    [\n  1,\n  {\n    \"a\": []\n  }\n]");
    }
  }

  @Test
  void growsOnlyIfItIsFullAndThenByAsMuchAgain() {
    GoText full = new GoText(100);
    byte[] buffer = full.buffer();
    full.raw(new byte[100]);
    assertThat(full.buffer()).isSameAs(buffer);

    full.append("a");
    assertThat(full.buffer()).hasSize(200);
  }
}
