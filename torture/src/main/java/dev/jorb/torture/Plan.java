package dev.jorb.torture;

import dev.jorb.time.TimeSource;
import dev.jorb.torture.Finding.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// How much of a row is to be done now, and with which seeds; runs its turns and keeps count.
///
/// Turns are done in chunks of a few seconds. After each the result is kept, so that a campaign
/// that is killed goes on there.
public final class Plan {
  private static final long CHUNK_NANOS = 4_000_000_000L;

  /// A row that fails this often has said enough.
  private static final long ENOUGH_FINDINGS = 50;

  private final Row row;
  private final Order order;
  private final Path scratch;
  private final Keeper keeper;
  private final Tally tally = new Tally();
  private final TimeSource time = TimeSource.system();
  private final Map<Thread, Running> running = new ConcurrentHashMap<>();
  private volatile Duration patience = Duration.ofMinutes(2);
  private volatile long lastSignNanos = time.nanoTime();
  private volatile long turns = -1;
  private volatile long done;
  private volatile boolean given;

  /// What the caller of the campaign wants.
  ///
  /// @param turn only this one
  /// @param deadlineNanos when to stop, by the clock that only grows
  record Order(boolean full, long seed, OptionalLong turn, OptionalLong deadlineNanos) {}

  /// Keeps the result of a chunk.
  interface Keeper {
    void keep(long turns, long done, Tally tally);
  }

  /// A turn on its way.
  record Running(Turn turn, long sinceNanos) {}

  Plan(Row row, Order order, Path scratch, Result earlier, Keeper keeper) {
    this.row = row;
    this.order = order;
    this.scratch = scratch;
    this.keeper = keeper;
    this.done = earlier.done();
    tally.add(earlier);
  }

  /// Whether all of it is wanted, or a small part.
  public boolean isFull() {
    return order.full();
  }

  /// The first if all is wanted, else the second.
  public long pick(long full, long shorter) {
    return isFull() ? full : shorter;
  }

  /// The campaign's seed.
  public long seed() {
    return order.seed();
  }

  /// An empty folder for the row.
  public Path scratch() {
    return scratch;
  }

  /// How long a turn, or what comes before the first, may take until it counts as hung; two minutes
  /// if not said.
  public Plan patience(Duration patience) {
    this.patience = patience;
    return this;
  }

  /// Does the turns that are not done yet, from the number 0 to `turns` - 1, one after the other.
  public Tally each(long turns, Turn.Body body) {
    return run(turns, 1, body);
  }

  /// Does them on all processors. Turns share nothing that changes.
  public Tally inParallel(long turns, Turn.Body body) {
    return run(turns, Runtime.getRuntime().availableProcessors(), body);
  }

  private Tally run(long turns, int workers, Turn.Body body) {
    given = true;
    this.turns = turns;
    if (order.turn().isPresent()) {
      take(order.turn().getAsLong(), body);
      done = turns;
    }
    long chunk = workers;
    while (done < turns && mayGoOn()) {
      long began = time.nanoTime();
      long end = Math.min(turns, done + chunk);
      runChunk(done, end, workers, body);
      if (!given) {
        return tally;
      }
      done = end;
      keeper.keep(turns, done, tally);
      chunk = nextChunk(chunk, time.nanoTime() - began, workers);
    }
    return tally;
  }

  private boolean mayGoOn() {
    boolean inTime =
        order.deadlineNanos().isEmpty() || time.nanoTime() - order.deadlineNanos().getAsLong() < 0;
    return inTime && tally.findings() < ENOUGH_FINDINGS;
  }

  private static long nextChunk(long chunk, long tookNanos, int workers) {
    if (tookNanos < CHUNK_NANOS / 2) {
      return chunk * 2;
    }
    return tookNanos > CHUNK_NANOS * 2 ? Math.max(workers, chunk / 2) : chunk;
  }

  private void runChunk(long from, long to, int workers, Turn.Body body) {
    AtomicLong next = new AtomicLong(from);
    Runnable work =
        () -> {
          for (long i = next.getAndIncrement(); i < to && given; i = next.getAndIncrement()) {
            take(i, body);
          }
        };
    List<Thread> others = new ArrayList<>();
    for (int i = 1; i < Math.min(workers, to - from); i++) {
      others.add(Thread.ofPlatform().daemon().name(row.name() + " " + i).start(work));
    }
    work.run();
    for (Thread each : others) {
      try {
        each.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void take(long number, Turn.Body body) {
    Turn turn = new Turn(number, seedOf(number), scratch);
    running.put(Thread.currentThread(), new Running(turn, time.nanoTime()));
    try {
      body.run(turn);
    } catch (Throwable failed) {
      if (given) {
        found(failed, turn);
      }
    } finally {
      running.remove(Thread.currentThread());
      lastSignNanos = time.nanoTime();
    }
    tally.trials(turn.trials());
  }

  private void found(Throwable failed, Turn turn) {
    Kind kind = failed instanceof Finding finding ? finding.kind() : Kind.BROKEN;
    tally.found(kind, kind.words + ": " + Texts.of(failed) + "\n" + replay(turn));
  }

  private String replay(Turn turn) {
    return "  seed "
        + order.seed()
        + ", again by: .ci/torture "
        + (isFull() ? "--full" : "--short")
        + " --only "
        + row.name()
        + " --seed "
        + order.seed()
        + " --turn "
        + turn.number();
  }

  /// The seed of a turn: the campaign's, the row's name and the number, stirred as in SplitMix64
  /// (Steele, Lea and Flood, OOPSLA 2014).
  private long seedOf(long number) {
    long z = order.seed() + row.name().hashCode() * 0x9E3779B97F4A7C15L + number;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  // For whoever watches it.

  Tally tally() {
    return tally;
  }

  long turns() {
    return turns;
  }

  long done() {
    return done;
  }

  /// Which thread has stood still for too long; null if none has.
  @Nullable Thread stuck(Thread rowThread) {
    long now = time.nanoTime();
    for (Map.Entry<Thread, Running> each : running.entrySet()) {
      if (now - each.getValue().sinceNanos() > patience.toNanos()) {
        return each.getKey();
      }
    }
    boolean betweenTurns = running.isEmpty() && now - lastSignNanos > patience.toNanos();
    return betweenTurns ? rowThread : null;
  }

  /// Ends the row: what it still does does not count.
  void giveUp(Thread stuck) {
    given = false;
    Running turn = running.get(stuck);
    StringBuilder message = new StringBuilder("hung: still here after ").append(patience);
    for (StackTraceElement each : stuck.getStackTrace()) {
      message.append("\n    at ").append(each);
    }
    if (turn != null) {
      message.append('\n').append(replay(turn.turn()));
    }
    tally.found(Kind.HUNG, message.toString());
    running.keySet().forEach(Thread::interrupt);
    keeper.keep(turns, done, tally);
  }
}
