package dev.jorb.torture.child;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;

/// Tells whoever started the child, by one letter each on its standard output, what it is about to
/// do.
public final class Phases {
  private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);

  /// What a child is about to do.
  public enum Phase {
    /// Read the run file.
    LOAD,
    /// Recover, compact or create it, and add to it.
    BEGIN,
    /// Run the jobs.
    RUN,
    /// Close it.
    CLOSE;

    /// How it is said.
    public char letter() {
      return name().charAt(0);
    }
  }

  void enter(Phase phase) {
    try {
      out.write(phase.letter());
    } catch (IOException e) {
      // Whoever started the child no longer listens.
    }
  }
}
