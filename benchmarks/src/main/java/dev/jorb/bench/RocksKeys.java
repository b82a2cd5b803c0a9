package dev.jorb.bench;

import dev.jorb.bench.JsonLines.Line;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// For (e): RocksDB, one key for each job; one synced write batch for each batch.
///
/// Tuned: a write buffer of 256 MB, so that hardly anything is flushed to tables or compacted while
/// it is measured; four-byte keys; one write batch used again and again.
final class RocksKeys implements Store {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final ObjectWriter WRITER = MAPPER.writerFor(Line.class);
  private static final ObjectReader READER = MAPPER.readerFor(Line.class);

  private final Options options =
      new Options().setCreateIfMissing(true).setWriteBufferSize(256L << 20);
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final WriteBatch writes = new WriteBatch();
  private final RocksDB database;

  RocksKeys(Path directory) throws RocksDBException {
    RocksDB.loadLibrary();
    database = RocksDB.open(options, directory.resolve("rocks").toString());
  }

  @Override
  public byte[] encode(int id, String state, int version, Change change) {
    return WRITER.writeValueAsBytes(new Line(Integer.toString(id), state, version, change));
  }

  @Override
  public void commit(List<Entry> batch) throws RocksDBException {
    writes.clear();
    for (Entry entry : batch) {
      writes.put(ByteBuffer.allocate(4).putInt(entry.id()).array(), entry.encoded());
    }
    database.write(synced, writes);
  }

  @Override
  public long done(int steps) {
    long count = 0;
    try (RocksIterator all = database.newIterator()) {
      for (all.seekToFirst(); all.isValid(); all.next()) {
        Line line = READER.readValue(all.value());
        count += line.state().equals("done") && line.c().passed() == steps ? 1 : 0;
      }
    }
    return count;
  }

  @Override
  public void close() {
    writes.close();
    synced.close();
    database.close();
    options.close();
  }
}
