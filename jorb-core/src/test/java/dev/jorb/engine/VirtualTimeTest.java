package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class VirtualTimeTest {
  private static final Instant START = Instant.parse("2026-11-24T08:00:00Z");
  private static final Instant FAR = START.plus(Duration.ofDays(10));

  private final VirtualTime time = new VirtualTime(START, new SplittableRandom(1));
  private final List<String> log = new ArrayList<>();

  private void say(String what) {
    log.add(Duration.between(START, time.instant()).toSeconds() + " " + what);
  }

  private void sleep(int seconds) {
    try {
      time.sleep(Duration.ofSeconds(seconds));
    } catch (InterruptedException e) {
      say("interrupted");
    }
  }

  private void runToEnd() {
    time.runUntil(() -> false, FAR);
  }

  @Nested
  class Events {
    @Test
    void happenInTheOrderOfTheirMomentsWhateverTheOrderOfTheirComing() {
      time.after(Duration.ofSeconds(3), () -> say("last"));
      time.after(
          Duration.ofSeconds(1),
          () -> {
            say("first");
            time.after(Duration.ofSeconds(1), () -> say("second"));
          });

      runToEnd();

      assertThat(log).containsExactly("1 first", "2 second", "3 last");
    }

    @Test
    void ofOneMomentHappenInAnOrderOfTheSeed() {
      Set<List<String>> orders = new HashSet<>();
      for (int seed = 0; seed < 100; seed++) {
        assertThat(orderUnder(seed)).isEqualTo(orderUnder(seed));
        orders.add(orderUnder(seed));
      }
      assertThat(orders).hasSize(6);
    }

    private static List<String> orderUnder(int seed) {
      List<String> order = new ArrayList<>();
      VirtualTime seeded = new VirtualTime(START, new SplittableRandom(seed));
      for (String each : List.of("a", "b", "c")) {
        seeded.after(Duration.ofSeconds(1), () -> order.add(each));
      }
      seeded.runUntil(() -> false, FAR);
      return order;
    }

    @Test
    void ofOneMomentHappenInTheOrderOfTheirComingIfTheGeneratorMakesNoDifference() {
      VirtualTime level = new VirtualTime(START, () -> 0L);
      for (String each : List.of("a", "b", "c")) {
        level.after(Duration.ofSeconds(1), () -> log.add(each));
      }
      level.runUntil(() -> false, FAR);

      assertThat(log).containsExactly("a", "b", "c");
    }

    @Test
    void atTheHorizonHappen() {
      time.after(Duration.ofSeconds(4), () -> say("just in time"));

      time.runUntil(() -> false, START.plusSeconds(4));

      assertThat(log).containsExactly("4 just in time");
    }

    @Test
    void areForgottenAtTheClose() {
      time.after(Duration.ofSeconds(1), () -> say("never"));
      assertThat(time.isClosed()).isFalse();
      time.close();
      runToEnd();

      assertThat(time.isClosed()).isTrue();
      assertThat(log).isEmpty();
    }

    @Test
    void beyondTheHorizonWait() {
      time.after(Duration.ofSeconds(5), () -> say("late"));

      time.runUntil(() -> false, START.plusSeconds(4));
      assertThat(time.instant()).isEqualTo(START.plusSeconds(4));
      assertThat(log).isEmpty();

      runToEnd();
      assertThat(log).containsExactly("5 late");
    }

    @Test
    void thatGoInCirclesAreRefused() {
      time.after(Duration.ZERO, this::again);

      assertThatThrownBy(VirtualTimeTest.this::runToEnd)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("at 2026-11-24T08:00:00Z without any time passing")
          .hasMessageContaining("Outcome.after");
    }

    @Test
    void ofOneMomentMayBeAMillion() {
      int[] left = {1_000_000};
      time.after(Duration.ZERO, () -> countDown(left));
      runToEnd();

      assertThat(left[0]).isZero();
    }

    private void countDown(int[] left) {
      if (--left[0] > 0) {
        time.after(Duration.ZERO, () -> countDown(left));
      }
    }

    private void again() {
      time.after(Duration.ZERO, this::again);
    }
  }

  @Nested
  class Strands {
    @Test
    void sleepWhileOthersGoOn() {
      time.spawn(() -> {
        sleep(10);
        say("slow");
      });
      time.spawn(() -> {
        sleep(3);
        say("fast");
        sleep(3);
        say("fast again");
      });

      runToEnd();

      assertThat(log).containsExactly("3 fast", "6 fast again", "10 slow");
    }

    @Test
    void wakeAtOnceWhenInterrupted() {
      Strand sleeper =
          time.spawn(() -> {
            sleep(60);
            say("awake");
            sleep(5);
            say("slept well");
          });
      time.after(Duration.ofSeconds(7), () -> time.interrupt(sleeper));

      runToEnd();

      assertThat(log).containsExactly("7 interrupted", "7 awake", "12 slept well");
    }

    @Test
    void sleepThroughTheTimeAtWhichAnInterruptedSleepWouldHaveEnded() {
      Strand sleeper =
          time.spawn(() -> {
            sleep(10);
            sleep(60);
            say("slept well");
          });
      time.after(Duration.ofSeconds(7), () -> time.interrupt(sleeper));

      runToEnd();

      assertThat(log).containsExactly("7 interrupted", "67 slept well");
    }

    @Test
    void wakeBeforeOrAfterWhatHappensAtThatMomentAsTheSeedSays() {
      Set<List<String>> orders = new HashSet<>();
      for (int seed = 0; seed < 50; seed++) {
        orders.add(wakingUnder(seed));
      }

      assertThat(orders).hasSize(2);
    }

    private static List<String> wakingUnder(int seed) {
      List<String> order = new ArrayList<>();
      VirtualTime seeded = new VirtualTime(START, new SplittableRandom(seed));
      seeded.after(Duration.ofSeconds(1), () -> order.add("event"));
      seeded.spawn(() -> {
        try {
          seeded.sleep(Duration.ofSeconds(1));
          order.add("sleeper");
        } catch (InterruptedException e) {
          order.add("interrupted");
        }
      });
      seeded.runUntil(() -> false, FAR);
      return order;
    }

    @Test
    void doNotLendTheirSleepToOtherThreads() {
      time.spawn(() -> {
        Thread other = Thread.ofVirtual().start(this::tryToSleep);
        try {
          other.join();
        } catch (InterruptedException e) {
          say("interrupted");
        }
      });

      runToEnd();

      assertThat(log).containsExactly("0 refused");
    }

    private void tryToSleep() {
      try {
        sleep(1);
        say("slept");
      } catch (IllegalStateException notAStep) {
        say("refused");
      }
    }

    @Test
    void haveGivenTheTurnBackWhenTheyHadIt() throws InterruptedException {
      Strand strand = new Strand(() -> say("ran"));
      assertThat(strand.awaitPause(1, TimeUnit.NANOSECONDS)).isFalse();
      strand.resume();

      assertThat(strand.awaitPause(1, TimeUnit.MINUTES)).isTrue();
      assertThat(log).containsExactly("0 ran");
    }

    @Test
    void leaveTheCallerInterruptedIfItIs() {
      time.spawn(() -> {});
      Thread.currentThread().interrupt();

      assertThatThrownBy(VirtualTimeTest.this::runToEnd)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("interrupted while a step was running");
      assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void failTheCallerIfTheirBodyFails() {
      time.spawn(() -> {
        sleep(1);
        throw new IllegalArgumentException("broken");
      });

      assertThatThrownBy(VirtualTimeTest.this::runToEnd).hasMessage("broken");
    }

    @Test
    void aloneMaySleep() {
      assertThatThrownBy(() -> time.sleep(Duration.ofSeconds(1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("only a step can sleep in virtual time");
    }

    @Test
    void sleepNoFurtherThanTheHorizonBeforeTheCallerHasTheTurnAgain() {
      time.spawn(() -> {
        sleep(10);
        say("done");
      });

      time.runUntil(() -> false, START.plusSeconds(4));
      say("caller");
      runToEnd();

      assertThat(log).containsExactly("4 caller", "10 done");
    }
  }

  @Nested
  class Kill {
    private final List<String> unwound = new ArrayList<>();

    @Test
    void endsEverythingAtOnceAndRunsNoFinallyBeforeTheClose() {
      time.spawn(() -> sleepAndSayFinally("sleeper"));
      time.spawn(this::killAfterASecond);
      time.after(Duration.ofSeconds(2), () -> say("never"));

      runToEnd();

      assertThat(time.isKilled()).isTrue();
      assertThat(log).isEmpty();
      assertThat(unwound).isEmpty();
      assertThat(time.instant()).isEqualTo(START.plusSeconds(1));

      time.close();
      assertThat(unwound).containsExactlyInAnyOrder("sleeper", "killer");
    }

    private void sleepAndSayFinally(String who) {
      try {
        sleep(10);
        say(who + " went on");
      } finally {
        unwound.add(who);
      }
    }

    private void killAfterASecond() {
      try {
        sleep(1);
        time.kill();
      } finally {
        unwound.add("killer");
      }
    }

    @Test
    void fromAnEventEndsTheLoop() {
      time.after(Duration.ofSeconds(1), time::kill);
      time.after(Duration.ofSeconds(2), () -> say("never"));

      runToEnd();

      assertThat(time.isKilled()).isTrue();
      assertThat(log).isEmpty();
    }

    @Test
    void isFollowedByAnotherProcessInTheSameTime() {
      time.after(Duration.ofSeconds(1), time::kill);
      runToEnd();

      time.after(Duration.ofSeconds(1), () -> say("second life"));
      runToEnd();

      assertThat(log).containsExactly("2 second life");
      assertThat(time.isKilled()).isFalse();
    }

    @Test
    void whoHasNotBegunNeverBegins() {
      time.after(
          Duration.ZERO,
          () -> {
            time.spawn(() -> say("began"));
            time.kill();
          });
      runToEnd();
      time.close();

      assertThat(log).isEmpty();
    }
  }
}
