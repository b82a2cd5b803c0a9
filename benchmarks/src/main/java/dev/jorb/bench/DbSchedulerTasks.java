package dev.jorb.bench;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.serializer.Serializer;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.h2.jdbcx.JdbcConnectionPool;
import tools.jackson.databind.json.JsonMapper;

/// (h) db-scheduler: a job is one row, rescheduled at once with its new context after each step and
/// removed after the last.
///
/// Tuned: contexts as JSON in place of Java serialization, the first steps scheduled in batches, a
/// thread for each place, immediate execution, fetches of twenty times the threads. H2 has no
/// lock-and-fetch there, so each pick is an update of its own.
final class DbSchedulerTasks implements Contender {
  @Override
  public String name() {
    return "(h) db-scheduler";
  }

  @Override
  public Timing run(Workload work, Path directory) throws Exception {
    JdbcConnectionPool database = H2.open(directory);
    try {
      createTable(database);
      Stopwatch watch = new Stopwatch();
      AtomicIntegerArray passed = new AtomicIntegerArray(work.jobs());
      CountDownLatch done = new CountDownLatch(work.jobs());
      CustomTask<Change> task = task(work, watch, passed, done);
      Scheduler scheduler =
          Scheduler.create(database, task)
              .serializer(new Json())
              .threads(work.concurrency())
              .pollUsingFetchAndLockOnExecute(1.0, 20.0)
              .pollingInterval(Duration.ofMillis(50))
              .enableImmediateExecution()
              .build();
      watch.start();
      Instant now = Instant.now();
      scheduler.scheduleBatch(
          IntStream.range(0, work.jobs())
              .mapToObj(i -> new TaskInstance<>("chain", Integer.toString(i), Change.first(i))),
          now);
      scheduler.start();
      done.await();
      Timing timing = watch.stop(work.transitions());
      scheduler.stop();
      work.requireAllPassed(
          IntStream.range(0, work.jobs()).filter(i -> passed.get(i) == work.steps()).count());
      return timing;
    } finally {
      database.dispose();
    }
  }

  private static CustomTask<Change> task(
      Workload work, Stopwatch watch, AtomicIntegerArray passed, CountDownLatch done) {
    return Tasks.custom("chain", Change.class)
        .execute((instance, context) -> {
          watch.step();
          Change change = instance.getData().next();
          passed.set(Integer.parseInt(instance.getId()), change.passed());
          if (change.passed() < work.steps()) {
            return (complete, row) -> row.reschedule(complete, Instant.now(), change);
          }
          done.countDown();
          return new CompletionHandler.OnCompleteRemove<>();
        });
  }

  private static void createTable(JdbcConnectionPool database) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE TABLE scheduled_tasks (
            task_name VARCHAR(100), task_instance VARCHAR(100), task_data BLOB,
            execution_time TIMESTAMP WITH TIME ZONE, picked BOOLEAN, picked_by VARCHAR(50),
            last_success TIMESTAMP WITH TIME ZONE, last_failure TIMESTAMP WITH TIME ZONE,
            consecutive_failures INT, last_heartbeat TIMESTAMP WITH TIME ZONE, version BIGINT,
            priority SMALLINT, PRIMARY KEY (task_name, task_instance))
          """);
      statement.execute("CREATE INDEX execution_time_idx ON scheduled_tasks (execution_time)");
      statement.execute("CREATE INDEX last_heartbeat_idx ON scheduled_tasks (last_heartbeat)");
    }
  }

  /// Contexts as JSON.
  private static final class Json implements Serializer {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    @Override
    public byte[] serialize(Object data) {
      return MAPPER.writeValueAsBytes(data);
    }

    @Override
    public <T> T deserialize(Class<T> type, byte[] bytes) {
      return MAPPER.readValue(bytes, type);
    }
  }
}
