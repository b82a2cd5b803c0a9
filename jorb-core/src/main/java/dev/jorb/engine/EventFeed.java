package dev.jorb.engine;

import dev.jorb.event.RunEvent;
import dev.jorb.event.RunListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands events to listeners on a thread of its own. Telling never blocks. Thread-safe.
final class EventFeed {
  private static final Logger LOG = LoggerFactory.getLogger(EventFeed.class);

  /// Events that wait for the listeners: a moment's worth of a fast run, and a few megabytes.
  private static final int MOST_WAITING = 16_384;

  private final List<RunListener> listeners;
  private final BlockingQueue<RunEvent> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final AtomicLong missed = new AtomicLong();

  /// Read and written by the journal thread only.
  private @Nullable Thread thread;

  /// Read and written by the feed's thread only.
  private boolean complained;

  EventFeed(List<RunListener> listeners) {
    this.listeners = List.copyOf(listeners);
  }

  /// Whether anybody listens; if not, nobody has to make events.
  boolean isOn() {
    return !listeners.isEmpty();
  }

  void start(String run) {
    if (isOn()) {
      thread = Thread.ofPlatform().name("jorb-events " + run).daemon().start(this::feed);
    }
  }

  void tell(RunEvent event) {
    if (isOn() && !waiting.offer(event)) {
      missed.incrementAndGet();
    }
  }

  private void feed() {
    try {
      RunEvent event;
      do {
        event = waiting.take();
        long lost = missed.getAndSet(0);
        if (lost > 0) {
          hand(new RunEvent.Missed(lost));
        }
        hand(event);
      } while (!(event instanceof RunEvent.Ended));
    } catch (InterruptedException neverSent) {
      Thread.currentThread().interrupt();
    }
  }

  private void hand(RunEvent event) {
    for (RunListener listener : listeners) {
      try {
        listener.event(event);
      } catch (Throwable broken) {
        if (!complained) {
          LOG.warn("a run listener failed; the run goes on, and this is said once", broken);
        }
        complained = true;
      } finally {
        var unused = Thread.interrupted(); // Of a listener that interrupts its own thread.
      }
    }
  }

  /// Tells the last event and waits for the listeners, but not longer than `atMost`. Does nothing
  /// if it was never started.
  void end(RunEvent.Ended last, Duration atMost) {
    try {
      if (thread == null) {
        return;
      }
      boolean told = waiting.offer(last, atMost.toMillis(), TimeUnit.MILLISECONDS);
      if (!told || !thread.join(atMost)) {
        LOG.warn("a run listener did not return within {}; the run ends without it", atMost);
      }
    } catch (InterruptedException neverSent) {
      Thread.currentThread().interrupt();
    }
  }
}
