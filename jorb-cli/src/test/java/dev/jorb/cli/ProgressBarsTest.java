package dev.jorb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.event.StatusCount;
import dev.jorb.time.TimeSource;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
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
    return new ProgressBars(
        new PrintStream(bytes, true, StandardCharsets.UTF_8), () -> terminal, time);
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
    void eachStateHasABarAndTheWholeRunALine() {
      bars(plain).status(counts(7, 2, 0, 1));

      assertThat(lines())
          .containsExactly(
              "work █░░░░░░░░░░░░░      1/10     2 running, 7 waiting",
              "done ██████████████      1/1",
              "1 of 10 jobs ended, 0 s");
    }

    @Test
    void barIsDrawnAnewOverTheLastOne() {
      ProgressBars bars = bars(plain);
      bars.status(counts(7, 2, 0, 1));
      bars.status(counts(6, 2, 0, 2));

      assertThat(shown()).contains("\u001b[3A\rwork ██");
    }

    @Test
    void rateAndEndAreThoseOfTheLastSeconds() {
      ProgressBars bars = bars(plain);
      for (int second = 0; second <= 60; second++) {
        bars.status(counts(598 - 2 * second, 2, 0, 2 * second));
        time.pass(Duration.ofSeconds(1));
      }

      assertThat(lines().getFirst()).contains("2 running, 478 waiting, 2.0/s");
      assertThat(lines().getLast())
          .contains("120 of 600 jobs ended, 1 min 0 s, 2.0/s, done about ");
    }

    @Test
    void endIsToldAsAClockShowsIt() {
      Instant now = Instant.parse("2026-11-24T10:00:00Z");

      assertThat(BarText.clock(480, 2, now, ZoneOffset.UTC)).isEqualTo("done about 10:04");
      assertThat(BarText.clock(480_000, 2, now, ZoneOffset.UTC)).isEqualTo("done about Fri 04:40");
      assertThat(BarText.clock(480, 0, now, ZoneOffset.UTC)).isEmpty();
      assertThat(BarText.clock(0, 2, now, ZoneOffset.UTC)).isEmpty();
    }

    @Test
    void stateWhoseSlotsAreFullIsLimitedByThem() {
      ProgressBars bars = bars(plain).of(Demo.workflow());
      bars.status(List.of(new StatusCount("work", 7, 4, 0, 0, 1, false)));
      assertThat(lines().getFirst()).endsWith("4 running, 7 waiting, limit: slots");

      bars.status(List.of(new StatusCount("work", 0, 4, 0, 0, 8, false)));
      assertThat(lines().getFirst()).endsWith("4 running");
    }

    @Test
    void barsStayAtTheEndUnlessASummaryTakesTheirPlace() {
      ProgressBars staying = bars(plain);
      staying.status(counts(7, 2, 0, 1));
      staying.ended();
      staying.close();
      assertThat(shown()).endsWith("ended, 0 s\u001b[K\n\u001b[J");

      ProgressBars leaving = bars(plain).leavingNothing();
      leaving.status(counts(7, 2, 0, 1));
      leaving.close();
      assertThat(shown()).endsWith("\n\u001b[J\u001b[3A\r\u001b[J");
    }

    @Test
    void messageStandsAboveTheBars() {
      ProgressBars bars = bars(plain);
      bars.status(counts(7, 2, 0, 1));
      bars.say("stopping");

      assertThat(shown()).contains("\u001b[3A\r\u001b[Jstopping\nwork █").endsWith("0 s\n");
    }

    @Test
    void linesThatWrapInANarrowerWindowAreCounted() {
      LiveRegion region = new LiveRegion(new PrintStream(bytes, true, StandardCharsets.UTF_8));
      region.draw(List.of("x".repeat(79), "\u001b[31my\u001b[0m"), 80);
      region.draw(List.of("x".repeat(39)), 40);

      assertThat(shown()).as("two rows and one").contains("\u001b[3A\r" + "x".repeat(39));
    }

    @Test
    void linesFitTheWidthWhateverItIs() {
      List<StatusCount> many = states(30);
      for (int columns : new int[] {20, 40, 80, 200}) {
        BarText text = new BarText(columns, 50, true, true);

        assertThat(text.lines(many, Map.of("s3", 12.3), Map.of("s3", "slots"), "x".repeat(300)))
            .hasSize(31)
            .allSatisfy(line -> assertThat(BarText.width(line)).isLessThan(columns));
      }
    }

    @Test
    void busiestStatesAreShownWhenThereIsNoRoomForAll() {
      List<String> lines =
          new BarText(80, 10, false, true).lines(states(30), Map.of(), Map.of(), "all");

      assertThat(lines).hasSize(9).endsWith("… and 23 more states", "all");
      assertThat(lines.getFirst()).as("the first of those with two steps").startsWith("s11");
    }

    private List<StatusCount> states(int count) {
      return IntStream.range(0, count)
          .mapToObj(i -> new StatusCount("s" + i, i, i % 3, 0, i % 2, 100 + i, false))
          .sorted(Comparator.comparing(StatusCount::waiting))
          .toList();
    }

    @Test
    void parkedJobsAreRed() {
      bars(new Terminal(24, 80, true)).status(counts(7, 2, 1, 0));
      assertThat(shown()).contains("work \u001b[32m\u001b[31m█\u001b[0m");

      bytes.reset();
      bars(plain).status(counts(7, 2, 1, 0));
      assertThat(shown()).contains("work !").doesNotContain("\u001b[3");
    }

    @Test
    void terminalWithoutBlocksHasSigns() {
      new ProgressBars(new PrintStream(bytes, true, StandardCharsets.US_ASCII), () -> plain, time)
          .status(counts(7, 2, 0, 1));

      assertThat(shown()).contains("work #.............");
    }

    private List<String> lines() {
      String last = shown().substring(Math.max(0, shown().lastIndexOf('\r') + 1));
      return last.replaceAll("\u001b\\[[0-9;]*[A-Za-z]", "").lines().toList();
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
