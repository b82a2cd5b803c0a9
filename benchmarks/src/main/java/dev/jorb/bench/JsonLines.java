package dev.jorb.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// For (b): a file of JSON lines that grows by one write and one flush for each batch.
///
/// Tuned: one `ObjectWriter` for the record, one direct buffer, one write a batch, `fdatasync` in
/// place of `fsync`. It has no checksum and no commit line, so it cannot tell a torn write from
/// damage: it is cheaper than a program that one could trust with the file.
final class JsonLines implements Store {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final ObjectWriter WRITER = MAPPER.writerFor(Line.class);
  private static final ObjectReader READER = MAPPER.readerFor(Line.class);

  private final Path path;
  private final FileChannel channel;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);

  JsonLines(Path directory) throws IOException {
    this.path = directory.resolve("lines.json");
    this.channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /// What a line says.
  record Line(String id, String state, int v, Change c) {}

  @Override
  public byte[] encode(int id, String state, int version, Change change) {
    return WRITER.writeValueAsBytes(new Line(Integer.toString(id), state, version, change));
  }

  @Override
  public void commit(List<Entry> batch) throws IOException {
    for (Entry entry : batch) {
      if (buffer.remaining() <= entry.encoded().length) {
        write();
      }
      buffer.put(entry.encoded()).put((byte) '\n');
    }
    write();
    channel.force(false);
  }

  private void write() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }

  @Override
  public long done(int steps) throws IOException {
    try (Stream<String> lines = Files.lines(path)) {
      return lines
          .filter(line -> line.contains("\"done\""))
          .map(line -> (Line) READER.readValue(line))
          .filter(line -> line.state().equals("done") && line.c().passed() == steps)
          .map(Line::id)
          .distinct()
          .count();
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
