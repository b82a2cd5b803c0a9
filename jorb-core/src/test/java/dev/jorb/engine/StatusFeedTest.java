package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.event.StatusCount;
import dev.jorb.event.StatusListener;
import dev.jorb.processor.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Counts on their way to a listener.
class StatusFeedTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final List<Object> heard = Collections.synchronizedList(new ArrayList<>());

  private static List<StatusCount> waiting(int count) {
    return List.of(new StatusCount("work", count, 0, 0, 0, 0, false));
  }

  private StatusListener hearing(Runnable then) {
    return new StatusListener() {
      @Override
      public void status(List<StatusCount> counts) {
        heard.add(counts);
        then.run();
      }

      @Override
      public void ended() {
        heard.add("ended");
        then.run();
      }
    };
  }

  @Test
  void listenerHearsOfChangesAndTheLastCountsAndTheEnd() throws InterruptedException {
    CountDownLatch two = new CountDownLatch(2);
    AtomicInteger asked = new AtomicInteger();
    StatusFeed feed =
        new StatusFeed(hearing(two::countDown), () -> waiting(asked.incrementAndGet()));
    feed.start("r");
    two.await();
    feed.end(LONG);

    assertThat(heard)
        .startsWith(waiting(1), waiting(2))
        .endsWith(waiting(asked.get()), "ended")
        .hasSize(asked.get() + 1);
  }

  @Test
  void listenerHearsWhatItKnowsOnceASecondOnly() throws InterruptedException {
    CountDownLatch two = new CountDownLatch(2);
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger askedWhenHeardAgain = new AtomicInteger();
    StatusFeed feed =
        new StatusFeed(
            hearing(() -> {
              two.countDown();
              if (heard.size() == 2) {
                askedWhenHeardAgain.set(asked.get());
              }
            }),
            () -> {
              asked.incrementAndGet();
              return waiting(1);
            });
    feed.start("r");
    two.await();
    feed.end(LONG);

    assertThat(askedWhenHeardAgain).hasValue(6);
  }

  @Test
  void listenerThatThrowsOrInterruptsItselfHearsTheEnd() {
    StatusFeed feed =
        new StatusFeed(
            hearing(() -> {
              Thread.currentThread().interrupt();
              throw new AssertionError("on purpose");
            }),
            () -> waiting(1));
    feed.start("r");
    feed.end(LONG);

    assertThat(heard).endsWith(waiting(1), "ended");
  }

  @Test
  void listenerThatDoesNotReturnDoesNotKeepTheRunFromItsEnd() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    StatusFeed feed =
        new StatusFeed(
            hearing(() -> {
              begun.countDown();
              try {
                never.await();
              } catch (InterruptedException neverSent) {
                throw new AssertionError(neverSent);
              }
            }),
            () -> waiting(1));
    feed.start("r");
    begun.await();

    feed.end(Duration.ofMillis(1));

    assertThat(heard).hasSize(1);
    never.countDown();
  }

  @Test
  void interruptOfWhoeverEndsItIsPassedOn() {
    CountDownLatch release = new CountDownLatch(1);
    StatusFeed feed = new StatusFeed(hearing(() -> Eventually.isOpen(release)), () -> waiting(1));
    feed.start("r");
    Thread.currentThread().interrupt();
    feed.end(LONG);
    assertThat(Thread.interrupted()).isTrue();

    release.countDown();
    feed.end(LONG);
    assertThat(heard).endsWith(waiting(1), "ended");
  }

  @Test
  void feedThatWasNeverStartedEndsAtOnce() {
    new StatusFeed(hearing(() -> {}), () -> waiting(1)).end(LONG);

    assertThat(heard).isEmpty();
  }
}
