package dev.jorb.serial;

/// What a transition waits for before it is acknowledged.
public enum Durability {
  /// Its batch was written and the disk has flushed it: it survives `kill -9`, a crash of the
  /// operating system and, if the disk honours flush, a power cut.
  FULL,

  /// Its batch was written: it survives `kill -9`. The first batch a second after the last flush
  /// brings the next one. A crash of the operating system or a power cut may take what came since
  /// the last flush; those steps then run again although their outcomes were acknowledged.
  RELAXED
}
