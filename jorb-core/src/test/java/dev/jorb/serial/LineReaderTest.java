package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.serial.Line.JobLine;
import dev.jorb.serial.Line.Seal;
import dev.jorb.serial.LineReader.BadLineException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is a line of a run file, and what is none although its checksums fit.
class LineReaderTest {
  private static final String JOB =
      "{\"id\":\"17\",\"state\":\"push\",\"v\":4,\"at\":\"2026-11-24T10:42:07.113Z\",";
  private static final String HEAD = "{\"jorb\":1,\"run\":\"a run\",\"id\":\"3f9a\",";

  private final LineReader reader = new LineReader();

  private Line read(String line) throws BadLineException {
    byte[] bytes = Sample.utf8("#" + line + "#");
    return reader.read(bytes, 1, bytes.length - 1);
  }

  /// The line of these fields, with the checksum that fits.
  private static String sealed(String fields) {
    return "%s,\"crc\":\"%08x\"}".formatted(fields, checksum(fields));
  }

  /// The same for a job's line, which has a second one without its state.
  private static String sealedJob(String fields) {
    int state = fields.indexOf("\"state\":") + "\"state\":".length();
    String rest = fields.substring(0, state) + fields.substring(fields.indexOf(',', state));
    return "%s,\"crc\":\"%08x%08x\"}".formatted(fields, checksum(fields), checksum(rest));
  }

  private static int checksum(String text) {
    byte[] bytes = Sample.utf8(text);
    return LineWriter.checksum(bytes, 0, bytes.length);
  }

  private JobLine readJob(String fields) throws BadLineException {
    return (JobLine) read(sealedJob(JOB + fields + ",\"c\":{}"));
  }

  private void refuses(String line, String problem) {
    assertThatThrownBy(() -> read(line))
        .isInstanceOf(BadLineException.class)
        .hasMessageContaining(problem);
  }

  @Nested
  class AJob {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        value = {
          "\"parked\":17 | \"parked\" must be a text",
          "\"parked\":null | \"parked\" must be a text",
          "\"due\":17 | \"due\" must be a text",
          "\"due\":\"soon\" | a time in it cannot be read",
          "\"took\":\"long\" | a time in it cannot be read",
          "\"kicks\":\"2\" | \"kicks\" must be a whole number",
          "\"kicks\":2.5 | \"kicks\" must be a whole number",
          "\"kicks\":-1 | \"kicks\" must not be negative",
          "\"kicks\":2147483648 | \"kicks\" is too large",
          "\"priority\":\"2\" | \"priority\" must be a whole number",
          "\"priority\":2.5 | \"priority\" must be a whole number",
          "\"priority\":2147483648 | \"priority\" is too large",
          "\"priority\":-2147483649 | \"priority\" is too large",
          "\"held\":\"true\" | \"held\" must be true or false",
          "\"held\":1 | \"held\" must be true or false",
          "\"awaits\":null | \"awaits\" must be true or false",
          "\"redrive\":\"new\" | \"redrive\" must be an object",
          "\"redrive\":[] | \"redrive\" must be an object",
          "\"redrive\":{\"from\":\"new\"} | \"redrive\" needs \"n\" and \"from\"",
          "\"redrive\":{\"n\":0,\"from\":\"new\"} | \"redrive\" needs \"n\" and \"from\"",
          "\"redrive\":{\"n\":1} | \"redrive\" needs \"n\" and \"from\"",
          "\"redrive\":{\"n\":1,\"from\":\"\"} | \"redrive\" needs \"n\" and \"from\"",
        })
    void withAFieldThatMakesNoSenseIsRefused(String field, String problem) {
      refuses(sealedJob(JOB + field + ",\"c\":{}"), problem);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "{\"id\":\"17\",\"state\":\"push\",\"v\":4",
          "{\"id\":\"17\",\"state\":\"push\",\"v\":0,\"c\":{}",
          "{\"id\":\"17\",\"state\":\"push\",\"c\":{}"
        })
    void withoutWhatEveryJobHasIsRefused(String fields) {
      refuses(sealedJob(fields), "a job's line needs");
    }

    @Test
    void hasNumbersUpToTheLargest() throws BadLineException {
      JobLine job =
          readJob(
              "\"kicks\":2147483647,\"crashes\":0,\"priority\":-2147483648,\"laps\":2147483647");

      assertThat(job.kicks()).isEqualTo(Integer.MAX_VALUE);
      assertThat(job.rare().priority()).isEqualTo(Integer.MIN_VALUE);
      assertThat(job.rare().laps()).isEqualTo(Integer.MAX_VALUE);
      assertThat(readJob("\"priority\":2147483647").rare().priority()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void hasFlagsThatAreOnOrOff() throws BadLineException {
      JobLine on = readJob("\"held\":true,\"awaits\":true");
      JobLine off = readJob("\"held\":false,\"awaits\":false");

      assertThat(on.rare().held()).isTrue();
      assertThat(on.awaitsKicks()).isTrue();
      assertThat(off.rare().held()).isFalse();
      assertThat(off.awaitsKicks()).isFalse();
    }

    @Test
    void needsItsSecondChecksum() {
      refuses(sealed(JOB + "\"c\":{}"), "its second checksum is missing");
    }

    @Test
    void whoseSecondChecksumDoesNotFitIsRefused() {
      String line = sealedJob(JOB + "\"c\":{}");
      char last = line.charAt(line.length() - 3);
      refuses(
          line.substring(0, line.length() - 3) + (last == '0' ? '1' : '0') + "\"}",
          "its second checksum does not match");
    }

    @Test
    void whoseStateCannotBeFoundHasNoSecondChecksum() {
      refuses(
          sealedJob("{\"state\":\"push\",\"id\":\"17\",\"v\":4,\"c\":{}"),
          "its second checksum does not match");
    }

    @Test
    void mayHaveQuotesAndBackslashesInItsIdAndState() throws BadLineException {
      Line line =
          read(sealedJob("{\"id\":\"a\\\"b\\\\\",\"state\":\"c\\\\\\\"\",\"v\":1,\"c\":{}"));

      assertThat(line)
          .isInstanceOfSatisfying(
              JobLine.class,
              job -> {
                assertThat(job.id()).isEqualTo("a\"b\\");
                assertThat(job.state()).isEqualTo("c\\\"");
                assertThat(job.seal()).isEqualTo(Seal.WHOLE);
              });
    }
  }

  @Nested
  class ALineOfAnotherKind {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        value = {
          "{\"commit\":1,\"n\":0 | a commit line needs \"n\" and \"sum\"",
          "{\"commit\":1,\"sum\":\"00000000\" | a commit line needs \"n\" and \"sum\"",
          "{\"commit\":1,\"n\":0,\"sum\":\"0000000\" | a commit line needs \"n\" and \"sum\"",
          "{\"commit\":1,\"n\":0,\"sum\":\"000000000\" | a commit line needs \"n\" and \"sum\"",
          "{\"commit\":1,\"n\":0,\"sum\":\"0000000g\" | its checksum is not hexadecimal",
          "{\"commit\":1,\"n\":0,\"sum\":\"F0000000\" | its checksum is not hexadecimal",
          "{\"commit\":\"1\",\"n\":0,\"sum\":\"00000000\" | \"commit\" must be a whole number",
          "{\"commit\":-1,\"n\":0,\"sum\":\"00000000\" | \"commit\" must not be negative",
          "{\"commit\":1,\"n\":0,\"sum\":\"00000000\",\"safe\":-1 | \"safe\" must not be negative",
          "{\"closed\":1 | it needs \"lines\"",
          "{\"closed\":1,\"lines\":-1 | \"lines\" must not be negative",
          "{\"closed\":1.5,\"lines\":1 | \"closed\" must be a whole number",
          "{\"past\":17 | \"past\" must be a text",
          "{\"past\":\"17\",\"transitions\":{} | \"transitions\" must be a list",
          "{\"past\":\"17\",\"transitions\":[1] | it must be a list of objects",
          "{\"past\":\"17\",\"transitions\":[{\"at\":\"then\"}] | a time in it cannot be read",
          "{\"past\":\"17\",\"errors\":\"no\" | \"errors\" must be a list",
          "{\"past\":\"17\",\"errors\":[[]] | it must be a list of objects",
          "{\"past\":\"17\",\"errors\":[{\"error\":4}] | \"error\" must be a text",
          "{\"started\":[] | \"started\" must be an object",
          "{\"started\":{\"17\":\"4\"} | \"17\" must be a whole number",
          "{\"started\":{\"17\":2147483648} | \"17\" is too large",
          "{\"started\":{\"17\":4},\"crashes\":-1 | \"crashes\" must not be negative",
          "{\"limit\":null,\"key\":\"\" | \"limit\" must be a text",
          "{\"limit\":\"push#0\",\"key\":1 | \"key\" must be a text",
          "{\"limit\":\"push#0\",\"learned\":4 | \"learned\" must be a text",
          "{\"limit\":\"push#0\",\"learned\":\"much\" | \"much\" is not a number",
          "{\"limit\":\"push#0\",\"learned\":\"NaN\" | \"NaN\" is not a finite number",
          "{\"limit\":\"push#0\",\"learned\":\"Infinity\" | \"Infinity\" is not a finite number",
          "{\"limit\":\"push#0\",\"until\":\"then\" | a time in it cannot be read",
        })
    void thatMakesNoSenseIsRefused(String fields, String problem) {
      refuses(sealed(fields), problem);
    }

    @Test
    void hasNumbersUpToTheLargest() throws BadLineException {
      assertThat(
              read(
                  sealed(
                      "{\"commit\":9223372036854775807,\"n\":2147483647,\"sum\":\"ffffffff\","
                          + "\"safe\":9223372036854775806")))
          .isEqualTo(
              new Line.Commit(
                  Long.MAX_VALUE, Integer.MAX_VALUE, 0xFFFFFFFF, Long.MAX_VALUE - 1, false));
      assertThat(read(sealed("{\"closed\":9223372036854775807,\"lines\":9223372036854775807")))
          .isEqualTo(new Line.Closed(Long.MAX_VALUE, Long.MAX_VALUE));
    }

    @Test
    void hasNumbersFromZeroOn() throws BadLineException {
      assertThat(read(sealed("{\"commit\":1,\"n\":0,\"sum\":\"00000000\",\"safe\":0")))
          .isEqualTo(new Line.Commit(1, 0, 0, 0, false));
      assertThat(read(sealed("{\"commit\":1,\"n\":0,\"sum\":\"00000000\"")))
          .isEqualTo(Line.Commit.flushed(1, 0, 0));
      assertThat(read(sealed("{\"closed\":0,\"lines\":0"))).isEqualTo(new Line.Closed(0, 0));
    }
  }

  @Nested
  class TheFirstLine {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        value = {
          "{\"jorb\":2,\"run\":\"a\",\"id\":\"b\",\"overall\":1 | its form is 2",
          "{\"jorb\":0,\"run\":\"a\",\"id\":\"b\",\"overall\":1 | its form is 0",
          "{\"jorb\":1,\"id\":\"b\",\"overall\":1 | the first line needs",
          "{\"jorb\":1,\"run\":\"a\",\"overall\":1 | the first line needs",
          "{\"jorb\":1,\"run\":\"a\",\"id\":\"b\" | the first line needs",
        })
    void withoutWhatItNeedsIsRefused(String fields, String problem) {
      refuses(sealed(fields), problem);
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        value = {
          "\"states\":\"new\" | \"states\" must be a list",
          "\"states\":[\"new\",1] | must be a text",
          "\"batches\":-1 | \"batches\" must not be negative",
          "\"epoch\":2147483648 | \"epoch\" is too large",
          "\"shapes\":{} | \"shapes\" must be a list",
          "\"shapes\":[1] | it must be a list of objects",
          "\"shapes\":[{\"concurrency\":-1}] | \"concurrency\" must not be negative",
          "\"shapes\":[{\"perSecond\":1}] | \"perSecond\" must be a text",
          "\"shapes\":[{\"perSecond\":\"many\"}] | \"perSecond\" must be a number but is \"many\"",
          "\"shapes\":[{\"perSecond\":\"-0.5\"}] | \"perSecond\" must be a number from 0 on",
          "\"shapes\":[{\"perSecond\":\"NaN\"}] | \"perSecond\" must be a number from 0 on",
          "\"shapes\":[{\"perSecond\":\"Infinity\"}] | \"perSecond\" must be a number from 0 on",
          "\"shapes\":[{\"next\":\"new\"}] | \"next\" must be a list",
          "\"redrives\":[[]] | it must be a list of objects",
          "\"redrives\":[{\"by\":\"me\"}] | a redrive needs \"n\"",
          "\"redrives\":[{\"n\":0}] | a redrive needs \"n\"",
          "\"redrives\":[{\"n\":1,\"at\":\"then\"}] | a time in it cannot be read",
        })
    void withAFieldThatMakesNoSenseIsRefused(String field, String problem) {
      refuses(sealed(HEAD + field + ",\"overall\":{}"), problem);
    }

    @Test
    void mayHaveStatesThatStartNothingPerSecond() throws BadLineException {
      Line line = read(sealed(HEAD + "\"shapes\":[{\"perSecond\":\"0.0\"}],\"overall\":{}"));

      assertThat(((Line.Head) line).header().shapes().getFirst().startsPerSecond()).isZero();
    }
  }

  /// A later version of Jorb may write more.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"commit\":7,@\"n\":1,\"sum\":\"01234567\",\"safe\":5",
        "{\"closed\":7,@\"lines\":3",
        "{\"past\":\"17\",@\"transitions\":[],\"errors\":[]",
        "{\"past\":\"17\",\"transitions\":[{@\"from\":\"a\",\"to\":\"b\",\"n\":1}],\"errors\":[]",
        "{\"past\":\"17\",\"transitions\":[],\"errors\":[{@\"in\":\"a\",\"error\":\"no\",\"n\":1}]",
        "{\"started\":{\"17\":3},@\"crashes\":1",
        "{\"limit\":\"push#0\",@\"key\":\"k\",\"learned\":\"1.5\"",
        "{\"hold\":\"a\",@\"by\":\"disk\",\"since\":\"2026-11-24T10:00:00Z\",\"until\":\"2026-11-24T10:00:01Z\"",
        "{\"jorb\":1,@\"run\":\"a\",\"id\":\"b\",\"overall\":{}",
        "{\"jorb\":1,\"run\":\"a\",\"id\":\"b\",\"shapes\":[{@\"name\":\"c\"}],\"overall\":{}",
        "{\"jorb\":1,\"run\":\"a\",\"id\":\"b\",\"redrives\":[{@\"n\":1,\"by\":\"c\"}],\"overall\":{}",
        "{\"id\":\"17\",\"state\":\"push\",\"v\":4,@\"kicks\":1,\"c\":{}",
        "{\"id\":\"17\",\"state\":\"push\",\"v\":4,\"redrive\":{@\"n\":1,\"from\":\"a\"},\"c\":{}",
      })
  void fieldsThatItDoesNotKnowArePassedOver(String fields) throws BadLineException {
    String later = "\"new\":{\"n\":9,\"from\":\"c\",\"lines\":9,\"more\":[{}]},";

    assertThat(readSealed(fields.replace("@", later)))
        .usingRecursiveComparison()
        .isEqualTo(readSealed(fields.replace("@", "")));
  }

  private Line readSealed(String fields) throws BadLineException {
    return read(fields.startsWith("{\"id\"") ? sealedJob(fields) : sealed(fields));
  }

  @Nested
  class ALineWithoutAChecksum {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        value = {
          "`` | it is not a JSON object",
          "17 | it is not a JSON object",
          "[\"id\"] | it is not a JSON object",
          "{} | it is an empty object",
          "{\"id\" | it is not well-formed JSON",
          "{\"id\":\"17\"} | a job's line needs",
          "{\"id\":\"17\",\"state\":\"new\",\"c\":{}} {} | something follows the JSON object",
          "{\"commit\":1,\"n\":0,\"sum\":\"00000000\"} | its checksum does not match",
          "{\"closed\":1,\"lines\":1} | its checksum does not match",
        })
    void thatIsNoJobIsRefused(String line, String problem) {
      refuses(line, problem);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 8_150, 8_192, 20_000})
    void thatIsNotUtf8IsRefused(int length) {
      String line = "{\"id\":\"17\",\"state\":\"new\",\"c\":\"%s?\"}".formatted("x".repeat(length));
      byte[] bytes = Sample.utf8(line);
      bytes[line.indexOf('?')] = (byte) 0xA0;

      assertThatThrownBy(() -> reader.read(bytes, 0, bytes.length))
          .isInstanceOf(BadLineException.class)
          .hasMessage("it is not UTF-8");
    }
  }

  @Nested
  class ALineIsWhole {
    private static boolean isWhole(String line) {
      return LineReader.isWhole(line.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void ifItsChecksumsFit() {
      assertThat(isWhole(sealed("{\"closed\":1,\"lines\":2"))).isTrue();
      assertThat(isWhole(sealedJob(JOB + "\"c\":{}"))).isTrue();
    }

    @Test
    void unlessItHasNone() {
      assertThat(isWhole("{\"id\":\"17\",\"state\":\"new\",\"c\":{}}")).isFalse();
      assertThat(isWhole("")).isFalse();
    }

    @Test
    void unlessAnythingWasChanged() {
      assertThat(isWhole(sealed("{\"closed\":1,\"lines\":2").replace('2', '3'))).isFalse();
      assertThat(isWhole(sealedJob(JOB + "\"c\":{}").replace("push", "edit"))).isFalse();
    }

    @Test
    void unlessThereIsNothingButAChecksum() {
      assertThat(isWhole(sealed(""))).isFalse();
    }
  }

  @Test
  void namesAreThoseThatWereReadOrLearned() throws BadLineException {
    assertThat(reader.names()).isEmpty();
    reader.learn(Set.of("learned"));
    readJob("\"from\":\"edit\",\"took\":\"PT1S\"");

    assertThat(reader.names()).containsExactlyInAnyOrder("learned", "push", "edit");
  }
}
