package dev.jorb.limit;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;

/// The time of day in which starts are allowed; at all other times the state is closed.
///
/// ```java
/// s.limit(TimeWindow.between(LocalTime.of(18, 0), LocalTime.of(8, 0), zone))   // at night
/// ```
///
/// Steps that run when it closes run to their end. Immutable.
///
/// @param from when it opens
/// @param to when it closes; before `from` if that is on the next day
/// @param zone whose clocks count
public record TimeWindow(LocalTime from, LocalTime to, ZoneId zone) implements Limit {
  /// Open from one time of day to another.
  public static TimeWindow between(LocalTime from, LocalTime to, ZoneId zone) {
    return new TimeWindow(from, to, zone);
  }

  @Override
  public Limiter limiter() {
    Limit.check(this);
    return new Wall(this);
  }

  @Override
  public List<String> problems() {
    return from.equals(to)
        ? List.of("time window: it must not open and close at the same time but does at " + from)
        : List.of();
  }

  /// How long it is closed from then on; zero if it is open.
  Duration closedFor(Instant now) {
    ZonedDateTime here = now.atZone(zone);
    LocalTime time = here.toLocalTime();
    boolean isSameDay = from.isBefore(to);
    boolean hasOpened = !time.isBefore(from);
    boolean hasClosed = !time.isBefore(to);
    if (isSameDay ? hasOpened && !hasClosed : hasOpened || !hasClosed) {
      return Duration.ZERO;
    }
    ZonedDateTime opens = here.toLocalDate().atTime(from).atZone(zone);
    return Duration.between(
        here,
        opens.isAfter(here) ? opens : here.toLocalDate().plusDays(1).atTime(from).atZone(zone));
  }

  @Override
  public String toString() {
    return "the time from %s to %s".formatted(from, to);
  }

  /// The window, and what time it is.
  private static final class Wall implements Limiter {
    private final TimeWindow window;
    private Instant told = Instant.EPOCH;
    private long toldAtNanos;

    Wall(TimeWindow window) {
      this.window = window;
    }

    @Override
    public void tellTime(Instant now, long nowNanos) {
      told = now;
      toldAtNanos = nowNanos;
    }

    @Override
    public long waitNanos(long cost, long nowNanos) {
      return window.closedFor(told.plusNanos(nowNanos - toldAtNanos)).toNanos();
    }

    @Override
    public void started(long cost, long nowNanos) {}

    @Override
    public boolean isLikeNew(long nowNanos) {
      return true;
    }
  }
}
