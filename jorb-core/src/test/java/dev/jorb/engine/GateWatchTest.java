package dev.jorb.engine;

import static dev.jorb.processor.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.limit.Gate;
import dev.jorb.limit.Limiter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/// A gate that nobody watches is read by whoever asks it.
class GateWatchTest {
  private static final String READER = "jorb-gates r";

  private final GateWatch watch = new GateWatch("r");

  /// The threads that have called the probe since this was last cleared.
  private final Set<String> readers = ConcurrentHashMap.newKeySet();

  private Runnable probing = () -> {};

  private final Gate gate =
      Gate.atMost(
          "load",
          1,
          () -> {
            readers.add(Thread.currentThread().getName());
            probing.run();
            return 0;
          });

  /// Whether a state that is new asks the gate itself.
  private boolean isReadByWhoeverAsks() {
    readers.remove(Thread.currentThread().getName());
    Limiter limiter = gate.limiter();
    limiter.waitNanos(1, 0);
    return readers.contains(Thread.currentThread().getName());
  }

  @Test
  void isReadByOneThreadUntilTheEnd() {
    watch.watch(gate);
    assertThat(isReadByWhoeverAsks()).isFalse();
    assertThat(readers).as("before the start").isEmpty();

    watch.start();
    eventually("it is read", () -> readers.contains(READER));
    assertThat(isReadByWhoeverAsks()).isFalse();

    watch.end();
    eventually("nobody watches it", this::isReadByWhoeverAsks);
  }

  @Test
  void gateThatComesWhileTheRunGoesIsReadToo() {
    watch.start();
    watch.watch(gate);

    eventually("it is read", () -> readers.contains(READER));
    watch.end();
  }

  @Test
  void endThatComesWhileItIsReadIsNotMissed() {
    probing = watch::end;
    watch.watch(gate);
    watch.start();

    eventually("nobody watches it", this::isReadByWhoeverAsks);
  }

  @Test
  void runThatNeverStartedWatchesNothingAfterItsEnd() {
    watch.watch(gate);
    watch.end();

    assertThat(isReadByWhoeverAsks()).isTrue();
  }

  @Test
  void gateThatComesAfterTheEndIsNotWatched() {
    watch.end();
    watch.watch(gate);

    assertThat(isReadByWhoeverAsks()).isTrue();
  }
}
