package dev.jorb.limit;

import org.jspecify.annotations.Nullable;

/// What came of a start, as far as limits care.
///
/// @param kind how it ended
/// @param actualCost what it really cost; -1 if that was not said
/// @param retryNanos after a refusal, how long the service said to wait, in nanoseconds from now;
///   -1 if it did not say
/// @param quota what the service said about its quota, if anything
public record Feedback(Kind kind, long actualCost, long retryNanos, @Nullable Quota quota) {
  /// A success of which nothing else is known.
  public static final Feedback SUCCEEDED = of(Kind.SUCCEEDED);

  /// A failure of which nothing else is known.
  public static final Feedback FAILED = of(Kind.FAILED);

  /// It did not take place, or was broken off.
  public static final Feedback WITHDRAWN = of(Kind.WITHDRAWN);

  /// The service refused and named no time.
  public static final Feedback REFUSED = of(Kind.REFUSED);

  /// How a start ended.
  public enum Kind {
    /// The step returned.
    SUCCEEDED,
    /// The step failed, for a reason that has nothing to do with limits.
    FAILED,
    /// The service said that this was too much.
    REFUSED,
    /// The step was broken off, or never began.
    WITHDRAWN
  }

  private static Feedback of(Kind kind) {
    return new Feedback(kind, -1, -1, null);
  }

  /// The service refused and said to wait this long.
  public static Feedback refused(long retryNanos) {
    return new Feedback(Kind.REFUSED, -1, retryNanos, null);
  }

  /// The same, with what it really cost.
  public Feedback cost(long actualCost) {
    return new Feedback(kind, actualCost, retryNanos, quota);
  }

  /// The same, with what the service said about its quota.
  public Feedback quota(@Nullable Quota quota) {
    return new Feedback(kind, actualCost, retryNanos, quota);
  }

  /// Both as one: of one call that did the work of several jobs. The quota is what was said last.
  public Feedback and(Feedback next) {
    long cost = actualCost < 0 ? next.actualCost : actualCost + Math.max(0, next.actualCost);
    return new Feedback(kind, cost, retryNanos, next.quota == null ? quota : next.quota);
  }

  /// Whether the service refused.
  public boolean isRefusal() {
    return kind == Kind.REFUSED;
  }

  /// What it cost beyond what its permit took; negative if it was less.
  public long surplus(Permit permit) {
    return actualCost < 0 ? 0 : actualCost - permit.cost();
  }

  /// What a service said about what is left.
  ///
  /// @param remaining how much more it will take before the reset, at least 0
  /// @param limit how much it takes between two resets; -1 if it did not say
  /// @param resetNanos when the quota is full again, in nanoseconds from now
  public record Quota(long remaining, long limit, long resetNanos) {}
}
