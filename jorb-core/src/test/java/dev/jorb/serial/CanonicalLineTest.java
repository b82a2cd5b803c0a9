package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.run.Job;
import dev.jorb.serial.Line.JobLine;
import dev.jorb.serial.Line.Seal;
import dev.jorb.serial.LineReader.BadLineException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalLineTest {
  private static final int ROUNDS = 2_000 / Integer.getInteger("jorb.stride", 1);

  private static final int CRC_FIELD = ",\"crc\":\"0123456701234567\"}".length();
  private static final String LINE =
      "{\"id\":\"17\",\"state\":\"push\",\"v\":4,\"from\":\"edit\",\"took\":\"PT0.532S\","
          + "\"at\":\"2026-11-24T10:42:07.113Z\",\"parent\":\"3\",\"kicks\":2,\"attempt\":1,\"c\":{\"a\":1}";

  private final LineReader reader = new LineReader();
  private final CanonicalLine canonical = new CanonicalLine(name -> name);

  private @Nullable JobLine read(String line) {
    byte[] bytes = ("#" + line + "#").getBytes(StandardCharsets.UTF_8);
    return canonical.read(bytes, 1, bytes.length - 1);
  }

  @Test
  void whatItReadsIsWhatTheParserReads() throws BadLineException {
    long seed = Long.getLong("jorb.seed", System.nanoTime());
    Random random = new Random(seed);
    int read = 0;
    for (int i = 0; i < ROUNDS; i++) {
      LineWriter writer = new LineWriter(16);
      writer.job(anyJob(random), "[1,{\"a\":\"é\\n\"},null]".getBytes(StandardCharsets.UTF_8));
      byte[] line = Arrays.copyOf(writer.buffer(), writer.size() - 1);
      JobLine quick = canonical.read(line, 0, line.length - CRC_FIELD);
      if (quick != null) {
        read++;
        assertThat(quick)
            .as("seed %d: %s", seed, new String(line, StandardCharsets.UTF_8))
            .usingRecursiveComparison()
            .isEqualTo(reader.parse(line, 0, line.length, Seal.WHOLE));
      }
    }
    assertThat(read).isBetween(ROUNDS / 10, ROUNDS - 1);
  }

  private static Job<String> anyJob(Random random) {
    Instant at = Instant.ofEpochMilli(random.nextLong(4_000_000_000_000L));
    String[] states = {"new", "a longer name", "", "größe", "quo\"te"};
    Job.Builder<String> job =
        Job.<String>builder(
                Integer.toString(random.nextInt(1_000)), states[random.nextInt(states.length)])
            .version(1 + random.nextInt(5))
            .updated(at);
    if (random.nextBoolean()) {
      Duration took = Duration.ofNanos(random.nextLong(1L << random.nextInt(1, 50)));
      job.transition(
          states[random.nextInt(3)], states[random.nextInt(3)], at, took, 1 + random.nextInt(6));
    }
    if (random.nextInt(3) == 0) {
      job.parent("12").kicks(random.nextInt(3)).attempt(random.nextInt(3));
    }
    if (random.nextInt(8) == 0) {
      job.awaitsKicks(true);
    }
    if (random.nextInt(8) == 0) {
      job.error("new", at, "no\nway", 3).due(at);
    }
    return job.build();
  }

  @Test
  void aLineAsItIsWrittenIsRead() {
    JobLine line = read(LINE);
    assertThat(line).isNotNull();
    assertThat(line.at()).isEqualTo("2026-11-24T10:42:07.113Z");
    assertThat(line.took()).isEqualTo(Duration.ofMillis(532));
    assertThat(new String(line.context(), StandardCharsets.UTF_8)).isEqualTo("{\"a\":1}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "17|",
        "17| ~",
        "push|",
        "\"v\":4|\"v\":2",
        "\"v\":4|\"v\":10",
        "\"v\":4|\"v\":999999999",
        ",\"from\":\"edit\",\"took\":\"PT0.532S\"|",
        "PT0.532S\"|PT0.532S\",\"n\":1",
        "PT0.532S\"|PT0.532S\",\"n\":900",
        "PT0.532S|PT0S",
        "PT0.532S|PT0.0S",
        "PT0.532S|PT0.9S",
        "PT0.532S|PT0.000001S",
        "PT0.532S|PT90.123456S",
        "PT0.532S|PT999999999.999999S",
        "2026-11-24|2024-02-29",
        "2026-11-24|0000-01-01",
        "2026-11-24|1969-12-31",
        "2026-11-24|9999-12-31",
        "10:42:07.113|00:00:00.000",
        "10:42:07.113|23:59:59.999",
        ",\"parent\":\"3\"|",
        ",\"kicks\":2|",
        ",\"attempt\":1|",
        "\"kicks\":2|\"kicks\":0"
      })
  void whatIsAsItIsWrittenIsReadAsTheParserReadsIt(String change) throws BadLineException {
    String[] parts = change.split("\\|", 2);
    String line = LINE.replace(parts[0], parts[1]);
    byte[] whole = Sample.utf8(line + "}");

    assertThat(read(LINE)).isNotNull(); // What it remembers of one line is not in the next.
    assertThat(read(line))
        .isNotNull()
        .usingRecursiveComparison()
        .isEqualTo(reader.parse(whole, 0, whole.length, Seal.WHOLE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"edit", "exit", "edi", "t", "", "edit ", "tide"})
  void namesThatAreAlikeAreToldApart(String name) {
    for (String before : List.of("edit", "exit", "t", "", name)) {
      read(LINE.replace("push", before));
      JobLine line = read(LINE.replace("push", name));
      assertThat(line).isNotNull();
      assertThat(line.state()).isEqualTo(name);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-02-29", "2026-11-31", "2026-00-10", "2026-13-10", "2026-11-00"})
  void dayThatThereIsNotIsRefused(String day) {
    assertThatThrownBy(() -> read(LINE.replace("2026-11-24", day)))
        .isInstanceOf(DateTimeException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"17\"|\"1\\u0037\"",
        "17|1\t7",
        "17|1\u001f7",
        "\"17\"|17",
        "\"17\"|'17'",
        "push|pu\\\\sh",
        "\"v\":4|\"v\":",
        "\"v\":4|\"v\":/",
        "\"v\":4|\"v\"::",
        "\"v\":4|\"v\":1234567890",
        "PT0.532S\"|PT0.532S\",\"n\":0",
        "PT0.532S|PT0.53/S",
        "PT0.532S|PT0.53:S",
        "PT0.532S\"|PT0.532\"",
        "PT0.532S\"|PT0.532S",
        "PT0.532S|PTS",
        "PT0.532S|PT00S",
        "10:42:07|10:60:07",
        "10:42:07|1/:42:07",
        "10:42:07|1::42:07",
        "10:42:07|10.42:07",
        "2026-11-24|2026/11-24",
        "2026-11-24|2026-11/24",
        "24T10|24 10",
        "10:42:07|10:42.07",
        "07.113|07,113",
        "113Z|1134Z",
        "113Z|11Z",
        "113Z|113z",
        "\"kicks\":2|\"kicks\":02",
        "\"kicks\":2|\"kicks\":-2",
        "\"parent\":\"3\"|\"parent\":3",
        "\"v\":4|\"v\":04",
        "\"v\":4|\"v\":0",
        "\"v\":4|\"v\":4.0",
        "\"v\":4|\"v\":-4",
        "\"v\":4|\"v\":12345678901",
        "PT0.532S|PT1H",
        "PT0.532S|PT0.5320001S",
        "PT0.532S|PT.5S",
        "PT0.532S|PT0.S",
        "113Z|113+01:00",
        "07.113|60.113",
        "T10|T24",
        "2026|02026",
        ".113Z|Z",
        "{\"a\":1}|{\"a\":1},\"new\":2",
        "{\"a\":1}|",
        "{\"a\":1}|{\"a\": 1}",
        "\"c\"|\"x\"",
        "\"push\"|\"pus\u00e9\"",
        "\"state\"|\"State\"",
        "\"from\"|\"form\""
      })
  void anythingElseIsLeftToTheParser(String change) {
    String[] parts = change.split("\\|", 2);
    assertThat(read(LINE.replace(parts[0], parts[1]))).isNull();
  }

  @Test
  void noPartOfALineIsTakenForTheLine() {
    byte[] whole = Sample.utf8(LINE);
    for (int length = 0; length < LINE.length(); length++) {
      assertThat(read(LINE.substring(0, length))).as(LINE.substring(0, length)).isNull();
      byte[] part = Arrays.copyOf(whole, length);
      assertThat(canonical.read(part, 0, length)).as("%d bytes alone", length).isNull();
      assertThat(canonical.read(whole, 0, length)).as("%d bytes of more", length).isNull();
    }
  }

  @Test
  void aNameThatRepeatsIsAskedForOnce() {
    List<String> asked = new ArrayList<>();
    CanonicalLine asking =
        new CanonicalLine(name -> {
          asked.add(name);
          return name;
        });
    for (int i = 0; i < 3; i++) {
      byte[] line = LINE.getBytes(StandardCharsets.UTF_8);
      assertThat(asking.read(line, 0, line.length)).isNotNull();
    }
    assertThat(asked).containsExactly("push", "edit");
  }

  @Test
  void aNameIsNotTakenForOneThatIsLikeIt() {
    for (String state : List.of("push", "pushI", "push", "posh", "pash", "pasi", "", "push")) {
      JobLine line = read(LINE.replace("push", state));
      assertThat(line).isNotNull();
      assertThat(line.state()).isEqualTo(state);
    }
  }

  @Test
  void aDayIsNotTakenForTheOneBefore() {
    for (String day :
        List.of("2026-11-24", "2025-11-24", "2025-10-24", "2025-10-25", "2025-09-25")) {
      JobLine line = read(LINE.replace("2026-11-24", day));
      assertThat(line).isNotNull();
      assertThat(line.at()).isEqualTo(day + "T10:42:07.113Z");
    }
  }
}
