package dev.jorb.bench;

import java.nio.file.Path;
import org.h2.jdbcx.JdbcConnectionPool;

/// The database of (f), (g) and (h): H2, in this process, in a file, in its defaults.
///
/// It flatters them. H2 writes a commit to its file up to half a second later and flushes nothing
/// to the disk, so what it acknowledges would not survive a power cut. With durability like Jorb's,
/// or with a database in a process of its own, they are several times slower.
final class H2 {
  private H2() {}

  static JdbcConnectionPool open(Path directory) {
    JdbcConnectionPool pool =
        JdbcConnectionPool.create("jdbc:h2:" + directory.resolve("h2").toAbsolutePath(), "sa", "");
    pool.setMaxConnections(32);
    return pool;
  }
}
