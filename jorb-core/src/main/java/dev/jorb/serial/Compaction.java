package dev.jorb.serial;

import java.nio.file.Path;
import java.util.List;

/// What [RunFiles#compact] did.
///
/// @param file the file
/// @param bytesBefore how long it was
/// @param bytesAfter how long it is
/// @param jobs how many jobs it holds
/// @param edits jobs that a person had edited in the file; it holds them as edited now
public record Compaction(
    Path file, long bytesBefore, long bytesAfter, int jobs, List<Opening.Edit> edits) {
  /// Copies the list.
  public Compaction {
    edits = List.copyOf(edits);
  }
}
