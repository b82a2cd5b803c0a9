package dev.jorb.serial;

import dev.jorb.run.Job;
import java.io.OutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.ObjectWriter;

/// Writes values of one type, and lines with them in it, into a buffer that it keeps, through a
/// generator that it keeps: making these anew costs as much as using them.
///
/// After a failure it is of no more use. Not thread-safe.
///
/// @param <T> the type
final class Pen<T> {
  /// A larger buffer is not worth keeping.
  private static final int KEPT_BYTES = 256 << 10;

  private final Codec<T> codec;
  private final ObjectWriter writer;
  private final JsonGenerator generator;
  private LineWriter lines = new LineWriter(1_024);

  Pen(Codec<T> codec, ObjectWriter writer) {
    this.codec = codec;
    this.writer = writer;
    this.generator = writer.createGenerator(new Ink());
  }

  /// What it has written.
  LineWriter lines() {
    return lines;
  }

  /// Writes the line of a job with the context that it has.
  void job(Job<T> job) throws EncodeException {
    lines.startJob(job);
    codec.encode(job.context(), this);
    lines.endJob();
  }

  /// Lets Jackson write the value, whatever comes of it.
  void value(T value) throws JacksonException {
    writer.writeValue(generator, value);
    generator.flush();
  }

  /// Forgets what it has written.
  void clear() {
    lines.clear();
    if (lines.buffer().length > KEPT_BYTES) {
      lines = new LineWriter(1_024);
    }
  }

  /// Takes what the generator lets go.
  private final class Ink extends OutputStream {
    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) {
      lines.raw(from, offset, length);
    }
  }
}
