package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.run.Job;
import dev.jorb.run.LimitNote;
import dev.jorb.run.Redriven;
import dev.jorb.run.StateShape;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the lines of a run file are, byte by byte.
class LineWriterTest {
  private static final Instant AT = Instant.parse("2026-11-24T10:42:07.113Z");
  private static final Instant EARLIER = Instant.parse("2026-11-24T10:42:07.112Z");
  private static final byte[] CONTEXT = Sample.utf8("{}");

  private final LineWriter writer = new LineWriter(0);

  /// What was written, without the checksum at its end.
  private String fields() {
    String text = Sample.utf8(writer.toBytes());
    return text.substring(0, text.lastIndexOf(",\"crc\":\""));
  }

  private static Job.Builder<String> job() {
    return Job.<String>builder("17", "push").version(4).updated(AT);
  }

  /// What the line of a job says between its version and its context.
  private String between(Job.Builder<String> job) {
    writer.clear();
    writer.job(job.build(), CONTEXT);
    return fields().replaceAll("^\\{\"id\":\"17\",\"state\":\"push\",\"v\":4|,\"c\":\\{}$", "");
  }

  @Nested
  class AJob {
    private static final String TIME = ",\"at\":\"2026-11-24T10:42:07.113Z\"";

    @Test
    void thatHasOnlyJustBegunSaysNoMoreThanItMust() {
      assertThat(between(job())).isEqualTo(TIME);
    }

    @Test
    void saysItsLastTransition() {
      assertThat(between(job().transition("edit", "push", AT, Duration.ofMillis(532), 3)))
          .isEqualTo(",\"from\":\"edit\",\"took\":\"PT0.532S\"" + TIME);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 5, 6})
    void countsItsTransitionsIfTheyAreNotOneLessThanItsVersions(int ordinal) {
      assertThat(between(job().transition("edit", "push", AT, Duration.ZERO, ordinal)))
          .isEqualTo(",\"from\":\"edit\",\"took\":\"PT0S\",\"n\":" + ordinal + TIME);
    }

    @Test
    void saysNothingOfWhatWasBefore() {
      assertThat(
              between(
                  job()
                      .transition("edit", "push", EARLIER, Duration.ZERO, 3)
                      .error("edit", EARLIER, "no")))
          .isEqualTo(TIME);
    }

    @Test
    void saysItsErrorWithoutTheStateThatItCameFrom() {
      assertThat(
              between(
                  job()
                      .transition("edit", "push", AT, Duration.ZERO, 3)
                      .error("edit", AT, "no", 7)))
          .isEqualTo(
              ",\"from\":\"edit\",\"took\":\"PT0S\"" + TIME + ",\"error\":\"no\",\"errors\":7");
    }

    @Test
    void saysItsErrorWithoutTheStateThatItIsIn() {
      assertThat(between(job().error("push", AT, "no")))
          .isEqualTo(TIME + ",\"error\":\"no\",\"errors\":1");
    }

    @Test
    void saysItsErrorWithTheStateIfThatIsAnother() {
      assertThat(between(job().error("edit", AT, "no")))
          .isEqualTo(TIME + ",\"error\":\"no\",\"in\":\"edit\",\"errors\":1");
    }

    @Test
    void saysOfWhatFewJobsHaveOnlyWhatItHas() {
      assertThat(between(job().held(true))).isEqualTo(TIME + ",\"held\":true");
      assertThat(between(job().kicks(1))).isEqualTo(TIME + ",\"kicks\":1");
      assertThat(between(job().attempt(1))).isEqualTo(TIME + ",\"attempt\":1");
      assertThat(between(job().awaitsKicks(true))).isEqualTo(TIME + ",\"awaits\":true");
      assertThat(between(job().crashes(1))).isEqualTo(TIME + ",\"crashes\":1");
      assertThat(between(job().laps(1))).isEqualTo(TIME + ",\"laps\":1");
      assertThat(between(job().priority(-5))).isEqualTo(TIME + ",\"priority\":-5");
      assertThat(between(job().parked("why"))).isEqualTo(TIME + ",\"parked\":\"why\"");
      assertThat(between(job().due(EARLIER)))
          .isEqualTo(TIME + ",\"due\":\"2026-11-24T10:42:07.112Z\"");
      assertThat(between(job().deadline(EARLIER)))
          .isEqualTo(TIME + ",\"deadline\":\"2026-11-24T10:42:07.112Z\"");
    }

    @Test
    void inDoubtDoesNotSayHowOftenItCrashed() {
      assertThat(between(job().crashes(2).inDoubt(true))).isEqualTo(TIME);
    }

    @Test
    void saysFromWhereItWasRedriven() {
      assertThat(
              between(job().redriven(new Redriven(2, "edit", 0, null, false, null, null, false))))
          .isEqualTo(TIME + ",\"redrive\":{\"n\":2,\"from\":\"edit\",\"attempt\":0}");
      assertThat(between(job().redriven(new Redriven(2, "edit", 3, "no", true, AT, EARLIER, true))))
          .isEqualTo(
              TIME
                  + ",\"redrive\":{\"n\":2,\"from\":\"edit\",\"attempt\":3,\"parked\":\"no\",\"held\":true,"
                  + "\"due\":\"2026-11-24T10:42:07.113Z\",\"deadline\":\"2026-11-24T10:42:07.112Z\","
                  + "\"awaits\":true}");
    }

    @Test
    void endsWithAChecksumAndOneWithoutItsState() {
      writer.raw(Sample.utf8("before\n"), 0, 7);
      writer.job(job().build(), CONTEXT);

      String fields = fields().substring(7);
      String rest = fields.replace("\"state\":\"push\"", "\"state\":");
      assertThat(Sample.utf8(writer.toBytes()))
          .isEqualTo(
              "before\n%s,\"crc\":\"%08x%08x\"}\n"
                  .formatted(fields, checksum(fields), checksum(rest)));
    }
  }

  private static int checksum(String text) {
    byte[] bytes = Sample.utf8(text);
    return LineWriter.checksum(bytes, 0, bytes.length);
  }

  @Nested
  class AHeader {
    private String with(StateShape shape) {
      writer.header(
          new Header(
              "a",
              "b",
              1,
              0,
              0,
              AT,
              null,
              "new",
              List.of(),
              List.of(),
              List.of(),
              List.of(shape),
              List.of(),
              CONTEXT));
      return fields();
    }

    @Test
    void saysOfAStateOnlyWhatIsDeclared() {
      assertThat(with(StateShape.unknown("new", false)))
          .isEqualTo(
              "{\"jorb\":1,\"run\":\"a\",\"id\":\"b\",\"epoch\":1,\"commit\":0,\"batches\":         0,"
                  + "\"at\":\"2026-11-24T10:42:07.113Z\",\"start\":\"new\",\"states\":[],\"terminal\":[],"
                  + "\"shapes\":[{\"name\":\"new\",\"concurrency\":0}],\"overall\":{}");
    }

    @Test
    void saysAllThatIsDeclaredOfAState() {
      assertThat(
              with(
                  new StateShape(
                      "new", false, 2, 0.5, List.of("a", "b"), List.of("c"), "group", 3)))
          .contains(
              "[{\"name\":\"new\",\"concurrency\":2,\"perSecond\":\"0.5\",\"next\":[\"a\",\"b\"],"
                  + "\"onFailure\":[\"c\"],\"group\":\"group\",\"groupMost\":3}]");
    }
  }

  @Nested
  class ANote {
    @Test
    void ofStepsThatRunSaysNoCrashes() {
      writer.started(List.of(job().build()), 0);
      assertThat(fields()).isEqualTo("{\"started\":{\"17\":4}");
    }

    @Test
    void ofStepsThatDiedSaysHowManyCrashes() {
      writer.started(List.of(job().build(), Job.builder("17->0", "new").build()), 1);
      assertThat(fields()).isEqualTo("{\"started\":{\"17\":4,\"17->0\":1},\"crashes\":1");
    }

    @Test
    void ofALimitSaysOnlyWhatIsRemembered() {
      writer.limit(new LimitNote("push#0", "", null, null));
      assertThat(fields()).isEqualTo("{\"limit\":\"push#0\",\"key\":\"\"");
    }
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        9,
        10,
        99,
        100,
        2_147_483_646,
        2_147_483_647,
        2_147_483_648L,
        10_000_000_000L,
        Long.MAX_VALUE
      })
  void numbersAreDecimal(long number) {
    writer.closed(number, number);
    assertThat(fields()).isEqualTo("{\"closed\":" + number + ",\"lines\":" + number);
  }

  @ParameterizedTest
  @CsvSource({
    "0, PT0S",
    "999, PT0S",
    "1000, PT0.000001S",
    "999999999, PT0.999999S",
    "1000000000, PT1S",
    "60120000000, PT60.12S",
    "-1000000, PT0S"
  })
  void durationsAreSecondsDownToMicros(long nanos, String text) {
    assertThat(between(job().transition("edit", "push", AT, Duration.ofNanos(nanos), 3)))
        .contains("\"took\":\"" + text + "\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1970-01-01T00:00:00.000Z",
        "1970-01-01T00:00:00.999Z",
        "1969-12-31T23:59:59.999Z",
        "2026-11-24T00:00:00.010Z"
      })
  void timesAreDownToMillis(String at) {
    assertThat(between(job().updated(Instant.parse(at)))).isEqualTo(",\"at\":\"" + at + "\"");
  }

  @Nested
  class TheBuffer {
    private void writeOneOfEach(LineWriter writer) {
      writer.job(
          Job.<String>builder("é\"", "größe")
              .version(1_000_000)
              .updated(AT)
              .parked("wh\uD800y")
              .priority(-1)
              .transition("new", "größe", AT, Duration.ofNanos(123_456_000))
              .build(),
          CONTEXT);
      writer.job(job().build(), CONTEXT);
      writer.commit(new Line.Commit(Long.MAX_VALUE, 1, -1, 0, false));
      writer.closed(1, 2);
    }

    @Test
    void growsWhereverItIsFull() {
      writeOneOfEach(writer);
      byte[] all = writer.toBytes();
      for (int capacity = 1; capacity <= all.length; capacity++) {
        LineWriter other = new LineWriter(capacity);
        writeOneOfEach(other);
        assertThat(other.toBytes()).as("capacity %d", capacity).isEqualTo(all);
      }
    }

    @Test
    void isFilledToItsEndBeforeItGrows() {
      LineWriter full = new LineWriter(10);
      byte[] buffer = full.buffer();
      full.raw(new byte[10], 0, 10);
      assertThat(full.buffer()).isSameAs(buffer);
    }

    @Test
    void isGivenBackIfItHasBecomeVeryLarge() {
      LineWriter large = new LineWriter(8 << 20);
      byte[] buffer = large.buffer();
      large.clear();
      assertThat(large.buffer()).isSameAs(buffer);

      large.raw(new byte[(8 << 20) + 1], 0, (8 << 20) + 1);
      large.clear();
      assertThat(large.buffer()).hasSizeLessThan(8 << 20);
    }
  }

  @Nested
  class TheStateOfALine {
    private static int[] find(String line) {
      byte[] bytes = Sample.utf8(line);
      return LineWriter.findStateValue(bytes, 0, bytes.length);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "{\"id\":\"17\",\"state\":|\"push\"|,\"v\":4",
          "{\"id\":\"17->0\",\"state\":|\"\"|",
          "{\"id\":\"\",\"state\":|\"\"|",
          "{\"id\":\"a\\\"b\\\\\",\"state\":|\"\\\\\\\"c\"|,\"v\":4"
        })
    void standsBehindTheId(String line) {
      String[] parts = line.split("\\|", -1);
      int start = parts[0].length();
      assertThat(find(line.replace("|", ""))).containsExactly(start, start + parts[1].length());
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "{\"ID\":\"17\",\"state\":\"push\"",
          "{\"id\":\"17\",\"State\":\"push\"",
          "[\"id\":\"17\",\"state\":\"push\"",
          "{\"id\":1700,\"state\":\"push\"",
          "{\"id\":\"17\",\"state\":push\"",
          "{\"state\":\"push\",\"id\":\"17\""
        })
    void isNotSoughtElsewhere(String line) {
      assertThat(find(line)).isNull();
    }

    @Test
    void isNotInPartOfALine() {
      byte[] line = Sample.utf8("{\"id\":\"1\\\"7\",\"state\":\"pu\\\"sh\"");
      for (int length = 0; length < line.length; length++) {
        assertThat(LineWriter.findStateValue(Arrays.copyOf(line, length), 0, length)).isNull();
        assertThat(LineWriter.findStateValue(line, 0, length)).isNull();
      }
    }
  }
}
