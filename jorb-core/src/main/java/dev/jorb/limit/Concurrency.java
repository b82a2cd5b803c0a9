package dev.jorb.limit;

import java.util.List;

/// How many steps run at a time, as a limit that can be kept per key or shared by states:
///
/// ```java
/// s.concurrency(64).limit(Concurrency.of(2)).per(change -> change.host());
/// ```
///
/// @param most at most this many at a time, at least 1
public record Concurrency(int most) implements Limit {
  /// At most this many at a time, at least 1.
  public static Concurrency of(int most) {
    return new Concurrency(most);
  }

  @Override
  public Limiter limiter() {
    Limit.check(this);
    return new InFlight(most);
  }

  @Override
  public List<String> problems() {
    return most >= 1 ? List.of() : List.of("concurrency: must be at least 1 but was " + most);
  }

  @Override
  public String toString() {
    return most + " at a time";
  }

  /// Counts what runs.
  private static final class InFlight implements Limiter {
    private final int most;
    private int running;

    InFlight(int most) {
      this.most = most;
    }

    @Override
    public long waitNanos(long cost, long nowNanos) {
      return running < most ? 0 : UNTIL_CHANGED;
    }

    @Override
    public void started(long cost, long nowNanos) {
      running++;
    }

    @Override
    public void ended(Permit permit, Feedback feedback, long nowNanos) {
      running--;
    }

    @Override
    public boolean isLikeNew(long nowNanos) {
      return running == 0;
    }

    @Override
    public void succeed(Limiter earlier, int running, long nowNanos) {
      this.running = running;
    }
  }
}
