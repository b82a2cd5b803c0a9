package dev.jorb.serial;

import static dev.jorb.serial.LineReader.expect;

import dev.jorb.run.Job;
import dev.jorb.serial.Line.Seal;
import dev.jorb.serial.LineReader.BadLineException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Tells a state that a person changed in the file from damage. Not thread-safe.
final class Edits {
  private final LineReader reader;
  private final Set<String> knownStates = new LinkedHashSet<>();

  Edits(LineReader reader) {
    this.reader = reader;
  }

  /// Takes in which states there are.
  void learn(Header header) {
    knownStates.addAll(header.states());
    knownStates.addAll(header.others());
  }

  /// The state before a person changed it; null if nobody did, or the file names no states.
  ///
  /// @throws BadLineException if it looks like damage
  @Nullable String stateBefore(LineSource source, Line.JobLine job) throws BadLineException {
    if (job.seal() != Seal.STATE_EDITED) {
      return null;
    }
    byte[] line = Arrays.copyOfRange(source.bytes(), source.start(), source.end());
    Set<String> candidates = new LinkedHashSet<>(knownStates);
    candidates.addAll(reader.names());
    candidates.add(Job.CANCELLED); // Every workflow has it, and no header names it.
    String before = LineReader.stateBeforeEdit(line, candidates);
    expect(
        before != null || knownStates.isEmpty(),
        "its checksum fits neither the state \"" + job.state() + "\" nor any other");
    expect(
        before == null || knownStates.contains(job.state()) || !isOneBitApart(before, job.state()),
        "its state is \""
            + job.state()
            + "\" where it was \""
            + before
            + "\": one bit differs, which is damage and no edit");
    return before;
  }

  private static boolean isOneBitApart(String a, String b) {
    byte[] left = a.getBytes(StandardCharsets.UTF_8);
    byte[] right = b.getBytes(StandardCharsets.UTF_8);
    if (left.length != right.length) {
      return false;
    }
    int bits = 0;
    for (int i = 0; i < left.length; i++) {
      bits += Integer.bitCount((left[i] ^ right[i]) & 0xFF);
    }
    return bits == 1;
  }
}
