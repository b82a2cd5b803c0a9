package dev.jorb.engine;

import dev.jorb.workflow.Failures;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// Watches the attempts of a state, or of a run, and says when too many have failed; then, if it is
/// a circuit, when one job may try.
///
/// ```
///            too many failed                  time is over
///   CLOSED ───────────────────► OPEN ──────────────────────► one job may start
///      ▲  ▲                      │ ▲                            │
///      │  └── somebody resumes ──┘ └────── it failed ───────────┤
///      └───────────────────────────────── it succeeded ─────────┘
/// ```
///
/// Read and written by the board only.
final class Breaker<J> {
  final Failures tooMany;

  /// How long until a job may try; 0 if somebody has to resume.
  private final long probeAfterNanos;

  /// Which of the last attempts have failed; in use if only the last ones count.
  private final BitSet failed = new BitSet();

  private int attempts;
  private int failures;
  private boolean open;
  private boolean mayProbe;
  private long probeAtNanos;
  private @Nullable Entry<J> probe;

  Breaker(Failures tooMany, long probeAfterNanos) {
    this.tooMany = tooMany;
    this.probeAfterNanos = probeAfterNanos;
  }

  /// What an attempt has brought about.
  enum Change {
    NONE,
    OPENED,
    CLOSED
  }

  boolean isOpen() {
    return open;
  }

  boolean isCircuit() {
    return probeAfterNanos > 0;
  }

  /// Whether nothing may start.
  boolean holds() {
    return open && !mayProbe;
  }

  /// A job starts; says whether it is the one that tries.
  boolean started(Entry<J> entry) {
    if (!open) {
      return false;
    }
    mayProbe = false;
    probe = entry;
    return true;
  }

  /// A job was taken back before it had an outcome.
  void withdrawn(Entry<J> entry) {
    if (entry.equals(probe)) {
      probe = null;
      mayProbe = true;
    }
  }

  Change returned(Entry<J> entry, boolean hasFailed, long nowNanos) {
    if (open) {
      return entry.equals(probe) ? probed(hasFailed, nowNanos) : Change.NONE;
    }
    count(hasFailed);
    if (failures <= tooMany.most()) {
      return Change.NONE;
    }
    open(nowNanos);
    return Change.OPENED;
  }

  private Change probed(boolean hasFailed, long nowNanos) {
    probe = null;
    if (hasFailed) {
      open(nowNanos);
      return Change.NONE;
    }
    close();
    return Change.CLOSED;
  }

  private void count(boolean hasFailed) {
    if (tooMany.ofLast() > 0) {
      int place = attempts % tooMany.ofLast();
      failures -= failed.get(place) ? 1 : 0;
      failed.set(place, hasFailed);
      attempts = place + 1;
    }
    failures += hasFailed ? 1 : 0;
  }

  private void open(long nowNanos) {
    open = true;
    probeAtNanos = nowNanos + probeAfterNanos;
  }

  /// Begins anew.
  void close() {
    open = false;
    mayProbe = false;
    probe = null;
    attempts = 0;
    failures = 0;
    failed.clear();
  }

  /// Lets one job try if it is time; says whether that is new.
  boolean letProbe(long nowNanos) {
    if (waitNanos(nowNanos) > 0) {
      return false;
    }
    mayProbe = true;
    return true;
  }

  /// How long until a job may try, from 0; [Long#MAX_VALUE] if that is not a matter of time.
  long waitNanos(long nowNanos) {
    boolean waits = open && isCircuit() && !mayProbe && probe == null;
    return waits ? Math.max(0, probeAtNanos - nowNanos) : Long.MAX_VALUE;
  }
}
