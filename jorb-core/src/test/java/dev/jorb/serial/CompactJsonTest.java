package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

class CompactJsonTest {
  private static final JsonMapper STRICT = Codec.MAPPER;
  private static final int DEPTH = 10;

  private static boolean isOneValue(byte[] json) {
    byte[] between = new byte[json.length + 2];
    System.arraycopy(json, 0, between, 1, json.length);
    return CompactJson.isOneValue(between, 1, json.length + 1, DEPTH);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "null",
        "true",
        "false",
        "0",
        "-0.10e+7",
        "12E5",
        "\"\"",
        "[1,[],{},\"a\"]",
        "{\"a\":{\"b\":[true,null]},\"c\":-1}",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00eF é € 😀 \u007f\"",
        "[[[[[[[[[[1]]]]]]]]]]",
        "{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{}}}}}}}}}}",
        "1.0E-9",
        "-9",
        "0.5",
        "90",
        "\" !\"",
        "\"\\u0000\\ud7ff\\uE000\\uffff\"",
        "\"\u0080\u07ff\u0800\u0fff\u1000\ucfff\ud7ff\ue000\uffff\"",
        "\"\ud800\udc00 \ud8bf\udfff \ud8c0\udc00 \udbbf\udfff \udbc0\udc00 \udbff\udfff\""
      })
  void compactValuesAreKnown(String json) {
    assertThat(isOneValue(utf8(json))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " 1",
        "1 ",
        "[1, 2]",
        "{\"a\" :1}",
        "1 2",
        "{",
        "[",
        "\"",
        "\"\\",
        "\"\\u12",
        "\"\\x\"",
        "\"\\uD83D\"",
        "\"\\u12g4\"",
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "1e+",
        "+1",
        "NaN",
        "tru",
        "nullx",
        "'a'",
        "[1,]",
        "[,1]",
        "{\"a\":}",
        "{\"a\"}",
        "{\"a\":1,}",
        "{a:1}",
        "{1:1}",
        "\"\n\"",
        "\"\u0000\"",
        "[[[[[[[[[[[1]]]]]]]]]]]",
        "]",
        "{}}",
        "{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{}}}}}}}}}}}",
        "[1",
        "[1}",
        "[1,",
        "{\"a\":1",
        "{\"a\":1]",
        "{\"a\"",
        "{\"a\",1}",
        "\"a",
        "\"\\u123",
        "\"\\u123\"",
        "\"\\ud800\"",
        "\"\\udbff\"",
        "\"\\udc00\"",
        "\"\\udfff\"",
        "\"\u001f\"",
        "-a",
        "00",
        "-01",
        "1.e1",
        "1e-",
        "1/",
        "1:",
        "fals",
        "nul",
        "null,"
      })
  void anythingElseIsInDoubt(String json) {
    assertThat(isOneValue(utf8(json))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BF",
        "C0AF",
        "C1BF",
        "E08080",
        "E09FBF",
        "EDA080",
        "EDBFBF",
        "C27F",
        "C2C0",
        "E0A07F",
        "E1C080",
        "ED9FC0",
        "F0808080",
        "F08FBFBF",
        "F09080C0",
        "F18080",
        "F3BF7FBF",
        "F48FBFC0",
        "F4908080",
        "F5808080",
        "80",
        "C2",
        "E282",
        "F09F98",
        "FF"
      })
  void whatIsNotUtf8IsInDoubt(String hex) {
    byte[] bad = HexFormat.of().parseHex(hex);
    byte[] json = new byte[bad.length + 2];
    json[0] = '"';
    json[json.length - 1] = '"';
    System.arraycopy(bad, 0, json, 1, bad.length);
    assertThat(isOneValue(json)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[123,true,false,null,\"a\\n\\u00ef\u00e9\u20ac\ud83d\ude00\",{\"a\":{}}]",
        "{\"a\":{\"b\":[],\"c\":{}},\"d\":\"\"}",
        "\"\\\"\\u1234\u00e9\u20ac\ud83d\ude00\"",
        "-10.25e+17",
        "0.0E-1",
        "true",
        "null"
      })
  void whatFollowsAValueChangesNothing(String json) {
    byte[] whole = utf8(json);
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThat(CompactJson.isOneValue(whole, 0, length, DEPTH))
          .as("%d bytes", length)
          .isEqualTo(CompactJson.isOneValue(part, 0, length, DEPTH));
    }
    assertThat(CompactJson.isOneValue(whole, 0, whole.length, DEPTH)).isTrue();
  }

  @Test
  void whatItIsSureOfJacksonReads() {
    long seed = Long.getLong("jorb.seed", System.nanoTime());
    Random random = new Random(seed);
    byte[] whole = utf8("{\"a\":[1.5e3,-20,\"\\u00e9é€😀\"],\"b\":{\"c\":true,\"d\":null}}");
    int sure = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] json = whole.clone();
      for (int changes = random.nextInt(3); changes >= 0; changes--) {
        json[random.nextInt(json.length)] = whole[random.nextInt(whole.length)];
      }
      if (isOneValue(json)) {
        sure++;
        assertThat(canBeRead(json))
            .as("seed %d: %s", seed, HexFormat.of().formatHex(json))
            .isTrue();
      }
    }
    assertThat(sure).isPositive();
  }

  private static boolean canBeRead(byte[] json) {
    try {
      STRICT.readTree(json);
      return new String(json, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8).length
          == json.length;
    } catch (JacksonException refused) {
      return false;
    }
  }
}
