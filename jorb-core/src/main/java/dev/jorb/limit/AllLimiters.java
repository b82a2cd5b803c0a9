package dev.jorb.limit;

import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;

/// Several limiters of which each must agree.
final class AllLimiters implements Limiter {
  private final List<Limiter> limiters;

  AllLimiters(List<Limiter> limiters) {
    this.limiters = limiters;
  }

  @Override
  public long waitNanos(long cost, long nowNanos) {
    long longest = 0;
    for (Limiter each : limiters) {
      longest = Math.max(longest, each.waitNanos(cost, nowNanos));
    }
    return longest;
  }

  @Override
  public void started(long cost, long nowNanos) {
    limiters.forEach(each -> each.started(cost, nowNanos));
  }

  @Override
  public void ended(Permit permit, Feedback feedback, long nowNanos) {
    limiters.forEach(each -> each.ended(permit, feedback, nowNanos));
  }

  @Override
  public boolean isLikeNew(long nowNanos) {
    return limiters.stream().allMatch(each -> each.isLikeNew(nowNanos));
  }

  @Override
  public String closedBecause() {
    return limiters.stream()
        .map(Limiter::closedBecause)
        .filter(why -> !why.isEmpty())
        .findFirst()
        .orElse("");
  }

  @Override
  public boolean learns() {
    return limiters.stream().anyMatch(Limiter::learns);
  }

  @Override
  public OptionalDouble learned() {
    return limiters.stream()
        .map(Limiter::learned)
        .filter(OptionalDouble::isPresent)
        .findFirst()
        .orElse(OptionalDouble.empty());
  }

  @Override
  public void recall(double learned) {
    limiters.stream().filter(Limiter::learns).findFirst().ifPresent(each -> each.recall(learned));
  }

  @Override
  public void tellTime(Instant now, long nowNanos) {
    limiters.forEach(each -> each.tellTime(now, nowNanos));
  }

  @Override
  public void succeed(Limiter earlier, int running, long nowNanos) {
    if (earlier instanceof AllLimiters others) {
      for (int i = 0; i < Math.min(limiters.size(), others.limiters.size()); i++) {
        limiters.get(i).succeed(others.limiters.get(i), running, nowNanos);
      }
    }
  }
}
