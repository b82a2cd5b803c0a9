package dev.jorb.engine;

import dev.jorb.event.Pause;
import dev.jorb.event.RunEvent;
import dev.jorb.workflow.Failures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is paused, by hand or by too many failures, and what there is to tell of it. Read and
/// written by the board only.
final class Pauses<J> {
  private static final String BY_HAND = "by hand";

  private final List<Lane<J>> lanes;
  private final BitSet touched;

  /// Watches the whole run; null if nobody asked for it.
  private final @Nullable Breaker<J> breaker;

  /// Lanes with a breaker of their own.
  private final List<Lane<J>> watched = new ArrayList<>();

  /// Who or what paused the run; null if it goes on.
  private @Nullable String run;

  /// What there is to tell since somebody asked.
  private List<RunEvent> notices = new ArrayList<>();

  /// @param touched is set for lanes that may go on
  Pauses(List<Lane<J>> lanes, BitSet touched, Optional<Failures> pauseWhen) {
    this.lanes = lanes;
    this.touched = touched;
    this.breaker = pauseWhen.map(tooMany -> new Breaker<J>(tooMany, 0)).orElse(null);
  }

  void watch(Lane<J> lane, Failures tooMany, Optional<Duration> probeAfter) {
    lane.breaker = new Breaker<>(tooMany, probeAfter.map(Timers::nanos).orElse(0L));
    watched.add(lane);
  }

  boolean isRunPaused() {
    return run != null;
  }

  void pauseRun() {
    pauseRun(BY_HAND);
  }

  private void pauseRun(String reason) {
    run = reason;
    notices.add(new RunEvent.Paused(new Pause(Optional.empty(), reason)));
  }

  void resumeRun() {
    run = null;
    if (breaker != null) {
      breaker.close();
    }
    notices.add(new RunEvent.Resumed(Optional.empty()));
  }

  void pause(Lane<J> lane) {
    pause(lane, BY_HAND);
  }

  private void pause(Lane<J> lane, String reason) {
    lane.paused = reason;
    notices.add(new RunEvent.Paused(new Pause(Optional.of(lane.state), reason)));
  }

  void resume(Lane<J> lane) {
    lane.paused = null;
    if (lane.breaker != null) {
      lane.breaker.close();
    }
    goOn(lane);
  }

  private void goOn(Lane<J> lane) {
    touched.set(lane.index);
    notices.add(new RunEvent.Resumed(Optional.of(lane.state)));
  }

  void started(Entry<J> entry) {
    Breaker<J> own = entry.lane.breaker;
    if (own != null && own.started(entry)) {
      notices.add(new RunEvent.Probed(entry.lane.state, entry.job.id()));
    }
  }

  void withdrawn(Entry<J> entry) {
    if (entry.lane.breaker != null) {
      entry.lane.breaker.withdrawn(entry);
    }
  }

  /// An attempt has come to its end.
  void returned(Entry<J> entry, boolean failed, long nowNanos) {
    Breaker<J> own = entry.lane.breaker;
    if (own != null) {
      returned(entry, own, failed, nowNanos);
    }
    if (breaker != null && breaker.returned(entry, failed, nowNanos) == Breaker.Change.OPENED) {
      pauseRun(breaker.tooMany.toString());
    }
  }

  private void returned(Entry<J> entry, Breaker<J> own, boolean failed, long nowNanos) {
    switch (own.returned(entry, failed, nowNanos)) {
      case OPENED -> open(entry.lane, own);
      case CLOSED -> goOn(entry.lane);
      case NONE -> {}
    }
  }

  /// A circuit is held by its breaker until it is time to try; anything else until it is resumed.
  private void open(Lane<J> lane, Breaker<J> own) {
    String reason = own.tooMany.toString();
    if (own.isCircuit()) {
      notices.add(new RunEvent.Paused(new Pause(Optional.of(lane.state), reason)));
    } else {
      pause(lane, reason);
    }
  }

  /// Lets circuits try whose time has come.
  void letProbe(long nowNanos) {
    for (Lane<J> lane : watched) {
      if (lane.breaker != null && lane.breaker.letProbe(nowNanos)) {
        touched.set(lane.index);
      }
    }
  }

  /// How long until a circuit tries, from 0; [Long#MAX_VALUE] if none waits.
  long waitNanos(long nowNanos) {
    long wait = Long.MAX_VALUE;
    for (Lane<J> lane : watched) {
      wait = lane.breaker == null ? wait : Math.min(wait, lane.breaker.waitNanos(nowNanos));
    }
    return wait;
  }

  /// What is paused: the run first.
  List<Pause> all() {
    List<Pause> all = new ArrayList<>();
    if (run != null) {
      all.add(new Pause(Optional.empty(), run));
    }
    for (Lane<J> lane : lanes) {
      if (lane.paused != null) {
        all.add(new Pause(Optional.of(lane.state), lane.paused));
      } else if (lane.breaker != null && lane.breaker.isOpen()) {
        all.add(new Pause(Optional.of(lane.state), lane.breaker.tooMany.toString()));
      }
    }
    return all;
  }

  /// What there is to tell since this was last asked.
  List<RunEvent> takeNotices() {
    if (notices.isEmpty()) {
      return List.of();
    }
    List<RunEvent> taken = notices;
    notices = new ArrayList<>();
    return taken;
  }
}
