package dev.jorb.engine;

import dev.jorb.event.StatusCount;
import dev.jorb.event.StatusListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells a listener how the run stands, on a thread of its own that can neither slow nor break the
/// run.
final class StatusFeed {
  private static final Logger LOG = LoggerFactory.getLogger(StatusFeed.class);
  private static final long PERIOD_MILLIS = 200;

  /// After a second the listener is told what it knows already: clocks and rates go on.
  private static final int MOST_SILENT_PERIODS = 5;

  private final StatusListener listener;
  private final Supplier<List<StatusCount>> status;
  private final CountDownLatch end = new CountDownLatch(1);

  /// Read and written by the journal thread only.
  private @Nullable Thread thread;

  /// Read and written by the status thread only.
  private boolean complained;

  StatusFeed(StatusListener listener, Supplier<List<StatusCount>> status) {
    this.listener = listener;
    this.status = status;
  }

  void start(String run) {
    thread = Thread.ofPlatform().name("jorb-status " + run).daemon().start(this::feed);
  }

  private void feed() {
    try {
      List<StatusCount> last = List.of();
      int silentPeriods = 0;
      boolean ended;
      do {
        ended = end.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        List<StatusCount> now = status.get();
        boolean due = ++silentPeriods >= MOST_SILENT_PERIODS;
        if (ended || due || !now.equals(last)) {
          tell(() -> listener.status(now));
          silentPeriods = 0;
        }
        last = now;
      } while (!ended);
      tell(listener::ended);
    } catch (InterruptedException neverSent) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell(Runnable telling) {
    try {
      telling.run();
    } catch (Throwable broken) {
      if (!complained) {
        LOG.warn("a status listener failed; the run goes on, and this is said once", broken);
      }
      complained = true;
    } finally {
      var unused = Thread.interrupted(); // Of a listener that interrupts its own thread.
    }
  }

  /// Gives the listener the last counts and waits for it, but not longer than `atMost`. Does
  /// nothing if it was never started.
  void end(Duration atMost) {
    end.countDown();
    try {
      if (thread != null && !thread.join(atMost)) {
        LOG.warn("a status listener did not return within {}; the run ends without it", atMost);
      }
    } catch (InterruptedException neverSent) {
      Thread.currentThread().interrupt();
    }
  }
}
