package dev.jorb.torture;

import java.nio.file.Path;
import java.util.Random;

/// One turn of a row: its number, its seed, and how many trials it was.
public final class Turn {
  private final long number;
  private final long seed;
  private final Path scratch;
  private long trials = 1;

  Turn(long number, long seed, Path scratch) {
    this.number = number;
    this.seed = seed;
    this.scratch = scratch;
  }

  /// What one turn does.
  @FunctionalInterface
  public interface Body {
    void run(Turn turn) throws Exception;
  }

  /// Which one it is, from 0.
  public long number() {
    return number;
  }

  /// Follows from the campaign's seed, the row's name and the number.
  public long seed() {
    return seed;
  }

  /// A generator that begins at the turn's seed.
  public Random random() {
    return new Random(seed);
  }

  /// An empty folder of the row; turns in parallel share it.
  public Path scratch() {
    return scratch;
  }

  /// Says that this turn was so many trials, and not one.
  public void trials(long trials) {
    this.trials = trials;
  }

  long trials() {
    return trials;
  }
}
