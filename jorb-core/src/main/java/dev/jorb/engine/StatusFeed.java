package dev.jorb.engine;

import dev.jorb.event.StatusCount;
import dev.jorb.event.StatusListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells a listener how the run stands, on a thread of its own that can neither slow nor break the
/// run.
final class StatusFeed {
  private static final Logger LOG = LoggerFactory.getLogger(StatusFeed.class);
  private static final long PERIOD_MILLIS = 200;

  private final StatusListener listener;
  private final Supplier<List<StatusCount>> status;
  private final CountDownLatch end = new CountDownLatch(1);
  private final CountDownLatch done = new CountDownLatch(1);
  private boolean complained;

  StatusFeed(StatusListener listener, Supplier<List<StatusCount>> status) {
    this.listener = listener;
    this.status = status;
  }

  void start(String run) {
    Thread.ofPlatform().name("jorb-status " + run).daemon().start(this::feed);
  }

  private void feed() {
    try {
      List<StatusCount> last = List.of();
      boolean ended;
      do {
        ended = end.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        List<StatusCount> now = status.get();
        if (ended || !now.equals(last)) {
          tell(now);
        }
        last = now;
      } while (!ended);
    } catch (InterruptedException listenerInterruptedItself) {
      Thread.currentThread().interrupt();
    } finally {
      done.countDown();
    }
  }

  private void tell(List<StatusCount> counts) {
    try {
      listener.status(counts);
    } catch (Throwable broken) {
      if (!complained) {
        LOG.warn("a status listener failed; the run goes on, and this is said once", broken);
      }
      complained = true;
    }
  }

  /// Gives the listener the last counts and waits for it, but not longer than `atMost`.
  void end(Duration atMost) {
    end.countDown();
    try {
      if (!done.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("a status listener did not return within {}; the run ends without it", atMost);
      }
    } catch (InterruptedException neverSent) {
      Thread.currentThread().interrupt();
    }
  }
}
