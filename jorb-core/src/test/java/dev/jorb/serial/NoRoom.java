package dev.jorb.serial;

import java.io.IOException;
import java.nio.file.Path;

/// Makes what a serializer throws when the disk is full, for serializers of tests.
public final class NoRoom {
  private NoRoom() {}

  /// The failure of one batch.
  public static DiskFullException onTheDisk() {
    return new DiskFullException(
        Path.of("run.jorb"), "no space left on the device", new IOException("No space left"));
  }
}
