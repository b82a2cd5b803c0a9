package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.serial.Disk.DiskFile;
import dev.jorb.serial.RunFileException.Damaged;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is a run in the Go version's form, and what is none.
class GoRunReaderTest {
  private static DiskFile file(byte[] content) throws IOException {
    return new SimDisk(new Random(1)).put(Sample.PATH, content).openReadOnly(Sample.PATH);
  }

  private static RunImage read(String text) throws IOException {
    return GoRunReader.read(Sample.PATH, file(Sample.utf8(text))).image();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"Name\":17,\"Jobs\":{}} | \"Name\" must be a text",
        "{\"Name\":\"x\",\"Jobs\":[]} | \"Jobs\" must be an object",
        "{\"Name\":\"x\",\"Jobs\":{\"1\":null}} | job 1: \"1\" must be an object",
        "{\"Name\":\"x\"} | it needs \"Name\" and \"Jobs\"",
        "{\"Jobs\":{}} | it needs \"Name\" and \"Jobs\"",
        "{\"Name\":\"x\",\"Jobs\":{},\"Name\":\"x\"} | it has \"Name\" twice",
        "{\"Name\":\"x\",\"Jobs\":{},\"JOBS\":{}} | its field \"JOBS\" must be written \"Jobs\"",
        "{\"Name\":\"x\",\"Jobs\":{},\"Jorb\":[]} | \"Jorb\" must be an object",
        "{\"Name\":\"x\",\"Jobs\":{},\"Jorb\":{\"id\":1}} | \"id\" must be a text",
        "{\"Name\":\"x\",\"Jobs\":{},\"Jorb\":{\"id\":\"a\",\"states\":\"new\"}} | \"states\" must be a list",
        "{\"Name\":\"x\",\"Jobs\":{},\"Jorb\":{\"id\":\"a\",\"order\":[1]}} | must be a text",
        "{\"Name\":\"x\",\"Jobs\":{\"1\":{\"State\":\"a\",\"StateErrors\":[]}}} | \"StateErrors\" must be an object",
        "{\"Name\":\"x\",\"Jobs\":{\"1\":{\"State\":\"a\",\"StateErrors\":{\"a\":1}}}} | \"a\" must be a list",
        "{\"Name\":\"x\",\"Jobs\":{\"1\":{\"State\":1}}} | job 1: \"State\" must be a text",
        "17 | it is not a JSON object",
        "null | it is not a JSON object",
      })
  void whatMakesNoSenseIsRefused(String text, String problem) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(Damaged.class)
        .hasMessageContaining(problem)
        .hasMessageContaining("Nothing was changed");
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 2", "3, 4"})
  void problemIsToldWithItsLine(int breaks, long line) {
    assertThatThrownBy(() -> read("\n".repeat(breaks) + "[]"))
        .isInstanceOfSatisfying(
            Damaged.class, refused -> assertThat(refused.line()).isEqualTo(line));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 0", "2, 5", "3, 8188", "4, 8192", "1, 20000"})
  void whatIsNotUtf8IsRefusedWithItsLine(int breaks, int length) {
    byte[] text = Sample.utf8("\n".repeat(breaks) + " ".repeat(length) + "?\n\n{}");
    text[breaks + length] = (byte) 0xA0;

    assertThatThrownBy(() -> GoRunReader.read(Sample.PATH, file(text)))
        .isInstanceOfSatisfying(
            Damaged.class, refused -> assertThat(refused.line()).isEqualTo(breaks + 1))
        .hasMessageContaining("it is not UTF-8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"Name\":\"x\",\"Jobs\":{}}",
        "{\"Name\":\"x\",\"Jobs\":null}",
        "\n {\"Jobs\":{},\"Name\":\"x\"}\n\n"
      })
  void runMayHaveNoJobs(String text) throws IOException {
    RunImage image = read(text);

    assertThat(image.header.run()).isEqualTo("x");
    assertThat(image.header.startState()).isEqualTo("new");
    assertThat(Sample.utf8(image.header.overall())).isEqualTo("null");
    assertThat(image.jobs).isEmpty();
    assertThat(image.closed).isTrue();
    assertThat(image.size).isEqualTo(text.length());
  }

  @Test
  void whatALaterVersionNotesIsPassedOver() throws IOException {
    RunImage image =
        read(
            "{\"Name\":\"x\",\"Jobs\":{},\"Jorb\":{\"more\":{\"id\":\"b\"},\"id\":\"a\","
                + "\"start\":\"edit\",\"workflow\":\"w\",\"states\":[\"edit\",\"end\"],"
                + "\"terminal\":[\"end\"]},\"Overall\":{\"a\": 1}}");

    assertThat(image.header.id()).isEqualTo("a");
    assertThat(image.header.startState()).isEqualTo("edit");
    assertThat(image.header.workflow()).isEqualTo("w");
    assertThat(image.header.states()).containsExactly("edit", "end");
    assertThat(image.header.terminal()).containsExactly("end");
    assertThat(Sample.utf8(image.header.overall())).isEqualTo("{\"a\":1}");
  }

  @Test
  void jobsHaveTheirLinesAndTheOnesThatCameLateAreBehind() throws IOException {
    RunImage image =
        read(
            "{\"Name\":\"x\",\"Jobs\":{\n\"1\":{\"State\":\"a\"},\n\"10\":{\"State\":\"b\"},\n"
                + "\"2\":{\"State\":\"c\",\"C\":[1, 2]}},\"Jorb\":{\"id\":\"a\",\"order\":[\"1\",\"9\"]}}");

    assertThat(image.jobs.keySet()).containsExactly("2", "10", "1");
    RunImage.Winner winner = image.jobs.get("2");
    assertThat(winner).isNotNull();
    assertThat(winner.line()).isEqualTo(4);
    assertThat(winner.job().state()).isEqualTo("c");
    assertThat(Sample.utf8(winner.context())).isEqualTo("[1,2]");
  }

  @Test
  void nextChildComesBehindTheHighestNumber() throws IOException {
    RunImage image =
        read(
            "{\"Name\":\"x\",\"Jobs\":{\"1\":{\"State\":\"a\"},\"1->0\":{\"State\":\"a\"},"
                + "\"1->7\":{\"State\":\"a\"},\"1->2\":{\"State\":\"a\"},\"2\":{\"State\":\"a\"}}}");

    assertThat(image.jobs.get("1"))
        .satisfies(winner -> assertThat(winner.job().kicks()).isEqualTo(8));
    assertThat(image.jobs.get("2")).satisfies(winner -> assertThat(winner.job().kicks()).isZero());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"Jobs\" | true",
        "{ \"Name\" | true",
        "{\t\"Overall\":{} | true",
        "{\"jobs\":{}} | false",
        "{} | false",
        "[\"Jobs\"] | false",
        "`` | false",
      })
  void itsBeginningTellsWhetherADamagedFileWasOne(String text, boolean looksLikeOne)
      throws IOException {
    assertThat(GoRunReader.looksLikeOne(file(Sample.utf8(text)))).isEqualTo(looksLikeOne);
  }

  @Test
  void beginningIsComparedByteByByte() throws IOException {
    DiskFile file = file(Sample.utf8("{\"jorb\":1"));
    assertThat(GoRunReader.startsWith(file, "{\"jorb\":1")).isTrue();
    assertThat(GoRunReader.startsWith(file, "")).isTrue();
    assertThat(GoRunReader.startsWith(file, "{\"jorb\":1}")).isFalse();
    assertThat(GoRunReader.startsWith(file, "{\"Jorb\":1")).isFalse();
  }
}
