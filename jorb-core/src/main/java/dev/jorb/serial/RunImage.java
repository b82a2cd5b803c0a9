package dev.jorb.serial;

import dev.jorb.run.Job;
import dev.jorb.serial.Line.Seal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a run file holds: the newest version of each job, with its context as bytes. Not
/// thread-safe.
final class RunImage {
  Header header;

  /// The jobs in the order in which they came into the file.
  final Map<String, Winner> jobs = new LinkedHashMap<>();

  /// Jobs whose winning line a person changed or typed.
  final List<Winner> edited = new ArrayList<>();

  /// The number of the last whole commit.
  long commit;

  /// How many lines the whole batches have.
  long lines;

  /// Lines of these that carry no checksum.
  long typedLines;

  /// How far the whole batches reach, in bytes.
  long size;

  /// Bytes behind them that belong to a batch that was never finished.
  long tornBytes;

  /// Whether the file ends with the line that a close in order writes.
  boolean closed;

  /// What the winning lines take, in bytes.
  long liveBytes;

  RunImage(Header header) {
    this.header = header;
    this.commit = header.commit();
  }

  /// The newest version of a job and the line that says it.
  ///
  /// @param job the job, without context
  /// @param context its context as JSON
  /// @param offset where its line begins
  /// @param length how long it is, without the line break
  /// @param line its number, from 1
  /// @param seal what its checksums say
  /// @param stateBeforeEdit the state that was there before a person changed it, if that can be
  ///   told
  record Winner(
      Job<byte[]> job,
      byte[] context,
      long offset,
      int length,
      long line,
      Seal seal,
      @Nullable String stateBeforeEdit) {}
}
