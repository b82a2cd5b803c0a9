package dev.jorb.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// For (d): a table in SQLite, with its write-ahead log and `synchronous=FULL`; one transaction of
/// upserts for each batch.
///
/// Tuned: one prepared statement, one connection that locks the file once and for all, a large page
/// cache, a checkpoint every 16,384 pages in place of 1,000, an integer key.
final class SqliteTable implements Store {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final ObjectWriter WRITER = MAPPER.writerFor(Change.class);
  private static final ObjectReader READER = MAPPER.readerFor(Change.class);

  private final Connection connection;
  private final PreparedStatement upsert;

  SqliteTable(Path directory) throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("jobs.sqlite"));
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA locking_mode=EXCLUSIVE");
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=FULL");
      statement.execute("PRAGMA wal_autocheckpoint=16384");
      statement.execute("PRAGMA cache_size=-262144");
      statement.execute(
          "CREATE TABLE job (id INTEGER PRIMARY KEY, state TEXT, version INTEGER, context TEXT)");
    }
    connection.setAutoCommit(false);
    upsert =
        connection.prepareStatement(
            "INSERT INTO job VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                + " state=excluded.state, version=excluded.version, context=excluded.context");
  }

  @Override
  public byte[] encode(int id, String state, int version, Change change) {
    return WRITER.writeValueAsBytes(change);
  }

  @Override
  public void commit(List<Entry> batch) throws SQLException {
    for (Entry entry : batch) {
      upsert.setInt(1, entry.id());
      upsert.setString(2, entry.state());
      upsert.setInt(3, entry.version());
      upsert.setBytes(4, entry.encoded());
      upsert.executeUpdate();
    }
    connection.commit();
  }

  @Override
  public long done(int steps) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT context FROM job WHERE state='done'")) {
      long count = 0;
      while (rows.next()) {
        Change change = READER.readValue(rows.getBytes(1));
        count += change.passed() == steps ? 1 : 0;
      }
      return count;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
