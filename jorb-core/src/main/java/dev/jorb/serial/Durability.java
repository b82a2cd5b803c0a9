package dev.jorb.serial;

/// What a transition waits for before it is acknowledged.
public enum Durability {
  /// Its batch was written and the disk has flushed it: it survives `kill -9`, a crash of the
  /// operating system and, if the disk honours flush, a power cut.
  FULL,

  /// Its batch was written: it survives `kill -9`. A crash of the operating system or a power cut
  /// may take the last second of transitions, whose steps then run again although their outcomes
  /// were acknowledged.
  RELAXED
}
