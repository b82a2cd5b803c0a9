package dev.jorb.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Logger;

/// Sends what a program prints through one place, line by line, until it is closed: standard output
/// and error, and the loggers that write there.
///
/// SLF4J's loggers ask for standard error at each line. The console handlers of `java.util.logging`
/// keep the stream that they found when they were made, so they are replaced for the time. A line
/// without its end is kept until the end comes, or this is closed.
final class LogCapture implements AutoCloseable {
  private static final int LONGEST_LINE = 1 << 16;

  private final PrintStream outBefore = System.out;
  private final PrintStream errBefore = System.err;
  private final Lines out;
  private final Lines err;
  private final boolean takesOut;

  /// @param takesOut whether standard output goes to the same terminal
  /// @param line takes text that ends with a line break; called by whatever thread prints
  LogCapture(boolean takesOut, Consumer<String> line) {
    this.takesOut = takesOut;
    this.out = new Lines(outBefore.charset(), line);
    this.err = new Lines(errBefore.charset(), line);
    if (takesOut) {
      System.setOut(new PrintStream(out, true, outBefore.charset()));
    }
    System.setErr(new PrintStream(err, true, errBefore.charset()));
    renewConsoleHandlers();
  }

  /// Gives the streams back. What has no line break yet is printed with one.
  @Override
  public void close() {
    if (takesOut) {
      System.setOut(outBefore);
    }
    System.setErr(errBefore);
    renewConsoleHandlers();
    out.end();
    err.end();
  }

  /// Lets the console handlers find today's standard error.
  private static void renewConsoleHandlers() {
    Logger root = Logger.getLogger("");
    for (Handler old : root.getHandlers()) {
      if (old.getClass() == ConsoleHandler.class) {
        ConsoleHandler renewed = new ConsoleHandler();
        renewed.setLevel(old.getLevel());
        renewed.setFormatter(old.getFormatter());
        renewed.setFilter(old.getFilter());
        old.flush(); // Closing it would close standard error.
        root.removeHandler(old);
        root.addHandler(renewed);
      }
    }
  }

  /// Collects bytes to lines.
  private static final class Lines extends OutputStream {
    private final Charset charset;
    private final Consumer<String> line;
    private byte[] bytes = new byte[256];
    private int size;

    Lines(Charset charset, Consumer<String> line) {
      this.charset = charset;
      this.line = line;
    }

    @Override
    public synchronized void write(int b) {
      append(new byte[] {(byte) b}, 0, 1);
      give(b == '\n');
    }

    @Override
    public synchronized void write(byte[] from, int offset, int length) {
      append(from, offset, length);
      give(indexOfLastBreak() >= 0);
    }

    private void append(byte[] from, int offset, int length) {
      if (size + length > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + length));
      }
      System.arraycopy(from, offset, bytes, size, length);
      size += length;
    }

    private int indexOfLastBreak() {
      for (int i = size - 1; i >= 0; i--) {
        if (bytes[i] == '\n') {
          return i;
        }
      }
      return -1;
    }

    /// Passes whole lines on; a line that never ends is cut, so that it cannot fill the memory.
    private void give(boolean hasBreak) {
      if (hasBreak) {
        int end = indexOfLastBreak() + 1;
        line.accept(new String(bytes, 0, end, charset));
        System.arraycopy(bytes, end, bytes, 0, size - end);
        size -= end;
      } else if (size > LONGEST_LINE) {
        end();
      }
    }

    synchronized void end() {
      if (size > 0) {
        line.accept(new String(bytes, 0, size, charset) + "\n");
        size = 0;
      }
    }
  }
}
