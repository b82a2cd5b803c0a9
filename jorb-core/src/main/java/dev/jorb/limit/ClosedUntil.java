package dev.jorb.limit;

import dev.jorb.limit.Feedback.Kind;
import dev.jorb.limit.Feedback.Quota;

/// Does what a service says about itself: stays closed for as long as it said, and stops before its
/// quota is used up.
///
/// ```
///            refused                      the time is over          the probe succeeds
///   OPEN ───────────────► CLOSED until t ───────────────► PROBING ─────────────────► RAMPING ──► OPEN
///                           ▲                                │                          │
///                           └──────────── refused ───────────┴──────────────────────────┘
/// ```
///
/// While it probes, one step runs at a time; while it ramps, one more for each success, until as
/// many ran as when it closed: the slow start of TCP (RFC 5681). Refusals of steps that had started
/// before it closed belong to the same burst: they may only extend it. A refusal without a time
/// closes for a second, and twice as long for each that follows without a success, up to five
/// minutes; unless the limiter behind it learns from refusals itself.
///
/// Not thread-safe: its owner guards it.
final class ClosedUntil {
  private static final long FIRST_NANOS = 1_000_000_000L;
  private static final long SHORTEST_NANOS = 1_000_000L;
  private static final long LONGEST_NANOS = 300_000_000_000L;

  /// What somebody names who wants no answer for a year is not believed.
  private static final long BELIEVED_NANOS = 366L * 86_400_000_000_000L;

  private enum Phase {
    OPEN,
    CLOSED,
    PROBING,
    RAMPING
  }

  private Phase phase = Phase.OPEN;
  private boolean closedOnce;
  private long closedAtNanos;
  private long untilNanos;
  private int strikes;
  private int window;
  private int windowGoal;

  /// Steps that run, and those of them that have started since it closed.
  private int running;

  private int runningSince;

  private boolean hasQuota;
  private long allowance;
  private long quotaLimit;
  private long quotaResetNanos;
  private long quotaSaidAtNanos;
  private long quotaSaid;

  /// Whether the period that the service spoke of is over.
  private boolean isRenewed;

  private long usedAtNanos;

  long waitNanos(long cost, long nowNanos) {
    settle(nowNanos);
    return switch (phase) {
      case CLOSED -> untilNanos - nowNanos;
      case PROBING, RAMPING ->
          runningSince >= window ? Limiter.UNTIL_CHANGED : quotaWait(cost, nowNanos);
      case OPEN -> quotaWait(cost, nowNanos);
    };
  }

  private void settle(long nowNanos) {
    if (phase == Phase.CLOSED && untilNanos - nowNanos <= 0) {
      phase = Phase.PROBING;
      window = 1;
    }
    if (hasQuota && quotaResetNanos - nowNanos <= 0) {
      renewQuota(nowNanos);
    }
  }

  /// The service's clock may be behind ours: the first call of the new period is a probe, if the
  /// last period was used up.
  private void renewQuota(long nowNanos) {
    if (allowance <= 0 && phase == Phase.OPEN) {
      phase = Phase.PROBING;
      closedOnce = true;
      closedAtNanos = nowNanos - 1; // What starts right now starts after it.
      window = 1;
      windowGoal = Math.max(1, windowGoal);
      runningSince = 0;
    }
    hasQuota = quotaLimit >= 0;
    isRenewed = true;
    allowance = quotaLimit - running;
    quotaResetNanos = nowNanos + BELIEVED_NANOS;
  }

  private long quotaWait(long cost, long nowNanos) {
    if (!hasQuota || cost <= allowance) {
      return 0;
    }
    boolean neverFits = quotaLimit >= 0 && cost > quotaLimit && allowance >= quotaLimit;
    return neverFits ? 0 : quotaResetNanos - nowNanos;
  }

  void started(long cost, long nowNanos) {
    running++;
    usedAtNanos = nowNanos;
    allowance -= cost;
    if (phase != Phase.OPEN) {
      runningSince++;
    } else {
      windowGoal = Math.max(windowGoal, running);
    }
  }

  /// @param learns whether the limiter behind it draws its own conclusions from a refusal
  void ended(Permit permit, Feedback feedback, boolean learns, long nowNanos) {
    running--;
    boolean before = closedOnce && permit.startNanos() - closedAtNanos <= 0;
    if (!before && phase != Phase.OPEN) {
      runningSince = Math.max(0, runningSince - 1);
    }
    allowance -= feedback.surplus(permit);
    if (feedback.isRefusal()) {
      refused(feedback.retryNanos(), before, learns, nowNanos);
    } else if (feedback.kind() == Kind.SUCCEEDED && !before) {
      succeeded();
    }
    Quota quota = feedback.quota();
    if (quota != null) {
      heed(quota, permit, nowNanos);
    }
  }

  private void refused(long retryNanos, boolean before, boolean learns, long nowNanos) {
    if (retryNanos < 0 && (learns || before)) {
      return;
    }
    if (!before) {
      strikes++;
    }
    long backoff = Math.min(LONGEST_NANOS, FIRST_NANOS << Math.clamp(strikes - 1, 0, 20));
    long wait = retryNanos < 0 ? backoff : Math.clamp(retryNanos, SHORTEST_NANOS, BELIEVED_NANOS);
    close(nowNanos + wait, nowNanos);
  }

  /// Closes until then, or longer if it is closed for longer already.
  void close(long until, long nowNanos) {
    if (phase == Phase.CLOSED && until - untilNanos <= 0) {
      return;
    }
    if (phase != Phase.CLOSED) {
      closedOnce = true;
      closedAtNanos = nowNanos;
      runningSince = 0;
    }
    phase = Phase.CLOSED;
    untilNanos = until;
  }

  private void succeeded() {
    switch (phase) {
      case PROBING -> {
        strikes = 0;
        window = 2;
        phase = windowGoal <= window ? Phase.OPEN : Phase.RAMPING;
      }
      case RAMPING -> {
        window++;
        phase = window >= windowGoal ? Phase.OPEN : phase;
      }
      case OPEN -> strikes = 0;
      case CLOSED -> {}
    }
    windowGoal = phase == Phase.OPEN ? running : windowGoal;
  }

  /// Steps that still run may or may not be in the number that it names: they are taken as not. One
  /// that comes late and names a greater number than the newest was in that one's.
  private void heed(Quota quota, Permit permit, long nowNanos) {
    boolean isLate = hasQuota && permit.startNanos() - quotaSaidAtNanos < 0;
    if (isLate && quota.remaining() >= quotaSaid) {
      allowance += permit.cost();
      return;
    }
    quotaSaid = quota.remaining();
    hasQuota = true;
    isRenewed = false;
    quotaSaidAtNanos = isLate ? quotaSaidAtNanos : permit.startNanos();
    allowance = Math.max(0, quota.remaining()) - running;
    quotaLimit = quota.limit() >= 0 ? quota.limit() : Math.max(quotaLimit, quota.remaining() + 1);
    quotaResetNanos = nowNanos + Math.clamp(quota.resetNanos(), 0, BELIEVED_NANOS);
  }

  /// Whether it is closed; then [#untilNanos()] says how long.
  boolean isClosed(long nowNanos) {
    settle(nowNanos);
    return phase == Phase.CLOSED;
  }

  /// The steps that run.
  int running() {
    return running;
  }

  /// Until when it is closed.
  long untilNanos() {
    return untilNanos;
  }

  /// Why it does not let a start of this cost pass; empty if it does.
  String reason(long cost, long nowNanos) {
    settle(nowNanos);
    return switch (phase) {
      case CLOSED -> "closed by the service";
      case PROBING, RAMPING ->
          runningSince >= window
              ? "reopening with " + window + " at a time"
              : quotaReason(cost, nowNanos);
      case OPEN -> quotaReason(cost, nowNanos);
    };
  }

  private String quotaReason(long cost, long nowNanos) {
    return quotaWait(cost, nowNanos) > 0 ? "the service's quota is used up" : "";
  }

  boolean isLikeNew(long nowNanos) {
    settle(nowNanos);
    boolean isOutdated =
        phase != Phase.CLOSED
            && (!hasQuota || isRenewed)
            && nowNanos - usedAtNanos >= Nanos.OUTDATED;
    return running == 0 && (isOutdated || (phase == Phase.OPEN && !hasQuota && strikes == 0));
  }
}
