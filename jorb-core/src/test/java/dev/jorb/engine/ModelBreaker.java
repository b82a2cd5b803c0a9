package dev.jorb.engine;

import dev.jorb.workflow.Failures;
import java.util.ArrayList;
import java.util.List;

/// When too many attempts have failed, in the [ReferenceModel].
final class ModelBreaker {
  private final Failures tooMany;
  private final long probeNanos;

  /// Of all attempts since it began anew, whether they have failed.
  private final List<Boolean> attempts = new ArrayList<>();

  boolean open;

  /// When one job may try; then the job that tries.
  private long probeAtNanos;

  private String probe;

  /// @param probeNanos after how long one job tries; 0 for never
  ModelBreaker(Failures tooMany, long probeNanos) {
    this.tooMany = tooMany;
    this.probeNanos = probeNanos;
  }

  boolean isCircuit() {
    return probeNanos > 0;
  }

  boolean letsStart(long now) {
    return !open || (isCircuit() && probe == null && now >= probeAtNanos);
  }

  void started(String id) {
    if (open) {
      probe = id;
    }
  }

  void withdrawn(String id) {
    if (id.equals(probe)) {
      probe = null;
    }
  }

  /// An attempt ends; says whether there are too many failures now.
  boolean ended(String id, boolean failed, long now) {
    if (open && id.equals(probe)) {
      probe = null;
      if (failed) {
        probeAtNanos = now + probeNanos;
      } else {
        beginAnew();
      }
    } else if (!open) {
      attempts.add(failed);
      int from = tooMany.ofLast() == 0 ? 0 : Math.max(0, attempts.size() - tooMany.ofLast());
      long failures = attempts.subList(from, attempts.size()).stream().filter(each -> each).count();
      double most =
          tooMany.isPercent() ? tooMany.moreThan() * tooMany.ofLast() / 100.0 : tooMany.moreThan();
      open = failures > most;
      probeAtNanos = now + probeNanos;
      return open;
    }
    return false;
  }

  void beginAnew() {
    open = false;
    probe = null;
    attempts.clear();
  }

  /// When time alone lets a job try; [ModelJob#NEVER] for never.
  long probesNanos(long now) {
    return open && isCircuit() && probe == null && now < probeAtNanos
        ? probeAtNanos
        : ModelJob.NEVER;
  }
}
