package dev.jorb.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.scheduling.BackgroundJobRequest;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.server.JobActivator;
import org.jobrunr.storage.sql.common.SqlStorageProviderFactory;
import org.jobrunr.utils.mapper.jackson3.Jackson3JsonMapper;

/// (g) JobRunr: each step is a background job that enqueues the next one.
///
/// Tuned: job requests in place of analysed lambdas, the first steps enqueued in bulk, one worker
/// for each place, the shortest poll interval that it takes. Its clock starts with the first step
/// and stops when the last one has run, before JobRunr has recorded that.
final class JobRunrQueue implements Contender {
  @Override
  public String name() {
    return "(g) JobRunr";
  }

  @Override
  public Timing run(Workload work, Path directory) throws Exception {
    JdbcConnectionPool database = H2.open(directory);
    try {
      Stopwatch watch = new Stopwatch();
      Handler handler = new Handler(work, watch);
      JobRequestScheduler scheduler = start(database, handler, work);
      watch.start();
      scheduler.enqueue(
          IntStream.range(0, work.jobs()).mapToObj(i -> new StepRequest(i, Change.first(i))));
      handler.done.await();
      Timing timing = watch.stop(work.transitions());
      work.requireAllPassed(handler.passedAll());
      return timing;
    } finally {
      JobRunr.destroy();
      database.dispose();
    }
  }

  private static JobRequestScheduler start(
      JdbcConnectionPool database, Handler handler, Workload work) {
    return JobRunr.configure()
        .useJsonMapper(new Jackson3JsonMapper())
        .useStorageProvider(SqlStorageProviderFactory.using(database))
        .useJobActivator(
            new JobActivator() {
              @Override
              public <T> T activateJob(Class<T> type) {
                return type.cast(handler);
              }
            })
        .useBackgroundJobServer(
            BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                .andWorkerCount(work.concurrency())
                .andPollInterval(Duration.ofSeconds(5)))
        .initialize()
        .getJobRequestScheduler();
  }

  /// A step of a job.
  public record StepRequest(int job, Change change) implements JobRequest {
    @Override
    public Class<Handler> getJobRequestHandler() {
      return Handler.class;
    }
  }

  /// Runs steps.
  public static final class Handler implements JobRequestHandler<StepRequest> {
    private final Workload work;
    private final Stopwatch watch;
    private final CountDownLatch done;
    private final AtomicIntegerArray passed;

    Handler(Workload work, Stopwatch watch) {
      this.work = work;
      this.watch = watch;
      this.done = new CountDownLatch(work.jobs());
      this.passed = new AtomicIntegerArray(work.jobs());
    }

    @Override
    public void run(StepRequest request) {
      watch.step();
      Change change = request.change().next();
      passed.set(request.job(), change.passed());
      if (change.passed() < work.steps()) {
        BackgroundJobRequest.enqueue(new StepRequest(request.job(), change));
      } else {
        done.countDown();
      }
    }

    private long passedAll() {
      return IntStream.range(0, work.jobs()).filter(i -> passed.get(i) == work.steps()).count();
    }
  }
}
