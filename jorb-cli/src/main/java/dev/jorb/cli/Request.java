package dev.jorb.cli;

import dev.jorb.serial.RunFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// What a verb is asked about and where its answer goes. The file and the form are known once the
/// command line is parsed.
record Request(Supplier<Path> file, BooleanSupplier isJson, PrintStream out) {
  RunFile read() {
    return RunFile.read(existing());
  }

  /// A new file for an answer, or one to be replaced; never the run file itself.
  OutputStream create(Path output) throws IOException {
    if (Files.exists(output) && Files.isSameFile(output, existing())) {
      throw new UsageException("-o " + output + " is the run file itself; name another file");
    }
    if (output.toAbsolutePath().normalize().equals(lock(existing()))) {
      throw new UsageException("-o " + output + " is the run file's lock; name another file");
    }
    try {
      return Files.newOutputStream(output);
    } catch (NoSuchFileException none) {
      throw new UsageException("-o " + output + " cannot be made: its folder does not exist");
    } catch (IOException refused) {
      throw new UsageException("-o " + output + " cannot be written: " + refused);
    }
  }

  private static Path lock(Path file) {
    Path path = file.toAbsolutePath().normalize();
    return path.resolveSibling(path.getFileName() + ".lock");
  }

  /// The run file's path, which must lead to something.
  Path existing() {
    Path path = file.get();
    if (!Files.exists(path)) {
      throw new UsageException("there is no run file " + path);
    }
    return path;
  }
}
