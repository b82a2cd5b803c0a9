package dev.jorb.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.configuration.support.MapJobRegistry;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.builder.SimpleJobBuilder;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.launch.support.TaskExecutorJobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.repository.support.JdbcJobRepositoryFactoryBean;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.ItemReader;
import org.springframework.batch.infrastructure.item.database.JdbcBatchItemWriter;
import org.springframework.batch.infrastructure.item.database.builder.JdbcBatchItemWriterBuilder;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.support.JdbcTransactionManager;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// (f) Spring Batch: each step of the chain is a chunk-oriented step over all jobs; each chunk is a
/// transaction that updates its jobs' rows and the step's own state. After a crash up to one chunk
/// runs again.
///
/// Tuned: one thread (empty steps leave nothing to do in parallel, and the writes share one
/// database), a reader from memory in place of a query, one batched update for each chunk.
final class SpringBatchChunks implements Contender {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final ObjectWriter WRITER = MAPPER.writerFor(Change.class);
  private static final ObjectReader READER = MAPPER.readerFor(Change.class);

  private final int chunk;

  SpringBatchChunks(int chunk) {
    this.chunk = chunk;
  }

  @Override
  public String name() {
    return "(f) Spring Batch, chunk " + chunk;
  }

  @Override
  public Timing run(Workload work, Path directory) throws Exception {
    JdbcConnectionPool database = H2.open(directory);
    try {
      JdbcTemplate sql = new JdbcTemplate(database);
      Item[] items = new Item[work.jobs()];
      Arrays.setAll(items, i -> new Item(i, Change.first(i)));
      createTables(database, sql);
      Stopwatch watch = new Stopwatch();
      watch.start();
      storeFirst(sql, items);
      runJob(database, work, items, watch);
      Timing timing = watch.stop(work.transitions());
      work.requireAllPassed(done(sql, work));
      return timing;
    } finally {
      database.dispose();
    }
  }

  /// A job, as its row says it.
  private record Item(int id, Change change) {
    Item next() {
      return new Item(id, change.next());
    }
  }

  private static void createTables(DataSource database, JdbcTemplate sql) {
    new ResourceDatabasePopulator(
            new ClassPathResource("org/springframework/batch/core/schema-h2.sql"))
        .execute(database);
    sql.execute(
        "CREATE TABLE item (id INT PRIMARY KEY, state VARCHAR, version INT, context VARCHAR)");
  }

  private static void storeFirst(JdbcTemplate sql, Item[] items) {
    sql.batchUpdate(
        "INSERT INTO item VALUES (?, ?, ?, ?)",
        Arrays.asList(items),
        1_000,
        (statement, item) -> {
          statement.setInt(1, item.id());
          statement.setString(2, Names.STEPS.getFirst());
          statement.setInt(3, 1);
          statement.setString(4, WRITER.writeValueAsString(item.change()));
        });
  }

  private void runJob(DataSource database, Workload work, Item[] items, Stopwatch watch)
      throws Exception {
    JdbcTransactionManager transactions = new JdbcTransactionManager(database);
    JdbcJobRepositoryFactoryBean factory = new JdbcJobRepositoryFactoryBean();
    factory.setDataSource(database);
    factory.setTransactionManager(transactions);
    factory.afterPropertiesSet();
    JobRepository repository = factory.getObject();

    List<Step> steps =
        IntStream.range(0, work.steps())
            .mapToObj(i -> step(i, work, repository, transactions, database, items, watch))
            .toList();
    SimpleJobBuilder builder = new JobBuilder("chain", repository).start(steps.getFirst());
    steps.stream().skip(1).forEach(builder::next);
    Job job = builder.build();

    TaskExecutorJobOperator operator = new TaskExecutorJobOperator();
    operator.setJobRepository(repository);
    operator.setJobRegistry(new MapJobRegistry());
    operator.setTaskExecutor(new SyncTaskExecutor());
    operator.afterPropertiesSet();
    JobExecution execution = operator.start(job, new JobParameters());
    if (execution.getStatus() != BatchStatus.COMPLETED) {
      throw new IllegalStateException("the job ended as " + execution);
    }
  }

  private Step step(
      int number,
      Workload work,
      JobRepository repository,
      JdbcTransactionManager transactions,
      DataSource database,
      Item[] items,
      Stopwatch watch) {
    String next = Names.after(number, work.steps());
    JdbcBatchItemWriter<Item> writer =
        new JdbcBatchItemWriterBuilder<Item>()
            .dataSource(database)
            .sql("UPDATE item SET state=?, version=?, context=? WHERE id=?")
            .itemPreparedStatementSetter((item, statement) -> {
              statement.setString(1, next);
              statement.setInt(2, number + 2);
              statement.setString(3, WRITER.writeValueAsString(item.change()));
              statement.setInt(4, item.id());
            })
            .build();
    writer.afterPropertiesSet();
    return new StepBuilder(Names.STEPS.get(number), repository)
        .<Item, Item>chunk(chunk)
        .transactionManager(transactions)
        .reader(reader(items))
        .processor(item -> {
          watch.step();
          Item passed = item.next();
          items[item.id()] = passed;
          return passed;
        })
        .writer(writer)
        .build();
  }

  /// Reads the jobs as the step before left them.
  private static ItemReader<Item> reader(Item[] items) {
    AtomicInteger next = new AtomicInteger();
    return () -> next.get() < items.length ? items[next.getAndIncrement()] : null;
  }

  private static long done(JdbcTemplate sql, Workload work) {
    return sql
        .query(
            "SELECT context FROM item WHERE state='done'",
            (row, number) -> (Change) READER.readValue(row.getString(1)))
        .stream()
        .filter(change -> change.passed() == work.steps())
        .count();
  }
}
