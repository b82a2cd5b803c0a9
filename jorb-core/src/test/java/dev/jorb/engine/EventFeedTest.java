package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.event.RunEvent;
import dev.jorb.event.RunListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// Events on their way to listeners.
class EventFeedTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final RunEvent.Ended END = new RunEvent.Ended("r", false);

  private final List<RunEvent> heard = Collections.synchronizedList(new ArrayList<>());

  private static EventFeed started(RunListener... listeners) {
    EventFeed feed = new EventFeed(List.of(listeners));
    feed.start("r");
    return feed;
  }

  private static RunEvent probed(int number) {
    return new RunEvent.Probed("call", Integer.toString(number));
  }

  @Test
  void allListenersHearAllInOrder() {
    List<RunEvent> other = Collections.synchronizedList(new ArrayList<>());
    EventFeed feed = started(heard::add, other::add);
    assertThat(feed.isOn()).isTrue();

    feed.tell(probed(1));
    feed.tell(probed(2));
    feed.end(END, LONG);

    assertThat(heard).containsExactly(probed(1), probed(2), END);
    assertThat(other).isEqualTo(heard);
  }

  @Test
  void withoutListenersItIsOffAndEndsAtOnce() {
    EventFeed feed = started();

    assertThat(feed.isOn()).isFalse();
    feed.tell(probed(1));
    feed.end(END, LONG);
  }

  @Test
  void listenerThatThrowsOrInterruptsItselfHearsTheNext() {
    EventFeed feed =
        started(event -> {
          heard.add(event);
          Thread.currentThread().interrupt();
          throw new AssertionError("on purpose");
        });

    feed.tell(probed(1));
    feed.tell(probed(2));
    feed.end(END, LONG);

    assertThat(heard).containsExactly(probed(1), probed(2), END);
  }

  @Test
  void slowListenerIsToldHowManyItMissed() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    EventFeed feed =
        started(event -> {
          begun.countDown();
          awaitInterruptibly(goOn);
          heard.add(event);
        });
    feed.tell(probed(0));
    begun.await();

    for (int i = 1; i <= 16_384 + 3; i++) {
      feed.tell(probed(i));
    }
    goOn.countDown();
    feed.end(END, LONG);

    assertThat(heard)
        .startsWith(probed(0), new RunEvent.Missed(3), probed(1), probed(2))
        .endsWith(probed(16_384), END)
        .hasSize(1 + 1 + 16_384 + 1);
  }

  @Test
  void listenerThatDoesNotReturnDoesNotKeepTheRunFromItsEnd() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    EventFeed feed =
        started(event -> {
          begun.countDown();
          awaitInterruptibly(never);
          heard.add(event);
        });
    feed.tell(probed(1));
    begun.await();

    feed.end(END, Duration.ofMillis(1));

    assertThat(heard).isEmpty();
    never.countDown();
  }

  @Test
  void interruptOfWhoeverEndsItIsPassedOn() {
    EventFeed feed = started(heard::add);
    Thread.currentThread().interrupt();
    feed.end(END, LONG);
    assertThat(Thread.interrupted()).isTrue();

    feed.end(END, LONG);
    assertThat(heard).containsExactly(END);
  }

  private static void awaitInterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException neverSent) {
      throw new AssertionError(neverSent);
    }
  }
}
