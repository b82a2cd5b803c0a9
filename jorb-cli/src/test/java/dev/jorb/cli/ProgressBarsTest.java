package dev.jorb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.event.StatusCount;
import dev.jorb.time.TimeSource;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ProgressBarsTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final SetTime time = new SetTime();

  /// A clock that is set by hand.
  private static final class SetTime implements TimeSource {
    private long nanos;

    void pass(Duration duration) {
      nanos += duration.toNanos();
    }

    @Override
    public long nanoTime() {
      return nanos;
    }

    @Override
    public Instant instant() {
      return Instant.EPOCH.plusNanos(nanos);
    }
  }

  private ProgressBars bars(Terminal terminal) {
    return new ProgressBars(new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal, time);
  }

  private String shown() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static List<StatusCount> counts(int waiting, int executing, int parked, long done) {
    return List.of(
        new StatusCount("work", waiting, executing, 0, parked, done, false),
        new StatusCount("done", 0, 0, 0, 0, done, true));
  }

  @Nested
  class OffTheTerminal {
    @Test
    void lineIsPlainAndSaysWhatIsWhere() {
      bars(Terminal.NONE).status(counts(7, 2, 0, 1));

      assertThat(shown())
          .isEqualTo("1 of 10 jobs ended, 0 s: work 7 waiting, 2 running; done 1 ended\n");
    }

    @Test
    void nextLineComesNoSoonerThanFiveSecondsLater() {
      ProgressBars bars = bars(Terminal.NONE);
      bars.status(counts(7, 2, 0, 1));
      time.pass(Duration.ofMillis(4_999));
      bars.status(counts(6, 2, 0, 2));
      assertThat(shown()).hasLineCount(1);

      time.pass(Duration.ofMillis(1));
      bars.status(counts(5, 2, 0, 3));

      assertThat(shown()).hasLineCount(2).contains("3 of 10 jobs ended, 5 s");
    }

    @Test
    void restIsToldAtOnceAndOnce() {
      ProgressBars bars = bars(Terminal.NONE);
      bars.status(counts(0, 2, 0, 8));
      bars.status(counts(0, 0, 1, 9));
      bars.status(counts(0, 0, 1, 9));

      assertThat(shown()).hasLineCount(2).endsWith("work 1 parked; done 9 ended\n");
    }
  }

  @Nested
  class OnATerminal {
    private final Terminal plain = new Terminal(24, 80, false);

    @Test
    void eachStateHasALineThatIsDrawnAnew() {
      ProgressBars bars = bars(plain);
      bars.status(counts(7, 2, 0, 1));
      assertThat(shown())
          .isEqualTo("work  7 waiting, 2 running\ndone  1 ended\n1 of 10 jobs ended, 0 s\n");

      bars.status(counts(6, 2, 0, 2));

      assertThat(shown()).contains("\u001b[3A\r\u001b[J");
    }

    @Test
    void endTakesTheLinesAway() {
      ProgressBars bars = bars(plain);
      bars.status(counts(7, 2, 0, 1));
      bars.end();
      bars.end();

      assertThat(shown()).endsWith("\n\u001b[3A\r\u001b[J");
    }

    @Test
    void messageStandsAboveTheLines() {
      ProgressBars bars = bars(plain);
      bars.status(counts(7, 2, 0, 1));
      bars.say("stopping");

      assertThat(shown()).endsWith("\u001b[3A\r\u001b[Jstopping\n");
    }

    @Test
    void linesAreCutToTheWidth() {
      bars(new Terminal(24, 20, false)).status(counts(7, 2, 0, 1));

      assertThat(shown().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(20));
    }

    @Test
    void coloursMarkParkedJobs() {
      bars(new Terminal(24, 80, true)).status(counts(7, 2, 1, 0));

      assertThat(shown()).contains("\u001b[33mwork").doesNotContain("\u001b[32m");
    }

    @Test
    void moreStatesThanRowsGivePlainLines() {
      bars(new Terminal(3, 80, false)).status(counts(7, 2, 0, 1));

      assertThat(shown()).hasLineCount(1);
    }
  }

  @Nested
  class WhatATerminalIs {
    @Test
    void sizeComesFromStty() {
      assertThat(Terminal.of(Map.of("TERM", "xterm"), "50 132\n"))
          .isEqualTo(new Terminal(50, 132, true));
    }

    @Test
    void columnsAndNoColorAreHonoured() {
      assertThat(Terminal.of(Map.of("TERM", "xterm", "COLUMNS", "60", "NO_COLOR", "1"), "50 132"))
          .isEqualTo(new Terminal(50, 60, false));
    }

    @Test
    void dumbTerminalAndNoneCannotDraw() {
      assertThat(Terminal.of(Map.of("TERM", "dumb"), "50 132")).isEqualTo(Terminal.NONE);
      assertThat(Terminal.of(Map.of("TERM", "xterm"), "")).isEqualTo(Terminal.NONE);
    }

    @Test
    void terminalThatDoesNotKnowItsSizeIsTakenAsTheUsualOne() {
      assertThat(Terminal.of(Map.of("TERM", "xterm"), "0 0")).isEqualTo(new Terminal(24, 80, true));
    }
  }
}
