package dev.jorb.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.jorb.processor.Processor;
import dev.jorb.processor.RunHandle;
import dev.jorb.run.Run;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/// Jobs that wait for a time: they must cost memory and nothing else.
///
/// A first step sends each job to a second one with a delay. When all have gone there and none is
/// due yet, the CPU time of the whole process is watched.
final class DelayedRow {
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private DelayedRow() {}

  /// When a job is due, as `System.nanoTime` tells it; 0 before that is known.
  record Alarm(long dueNanos) {}

  /// What is seen of the run.
  private static final class Watch {
    final long quietNanos;
    final long spreadNanos;
    final CountDownLatch sent;
    final LongAdder lateNanos = new LongAdder();
    final LongAccumulator latestNanos = new LongAccumulator(Math::max, 0);
    final LongAdder early = new LongAdder();

    Watch(int jobs, Duration quiet, Duration spread) {
      this.sent = new CountDownLatch(jobs);
      this.quietNanos = quiet.toNanos();
      this.spreadNanos = spread.toNanos();
    }

    Outcome<Alarm> send() {
      long delay = quietNanos + (long) (Math.random() * spreadNanos);
      Alarm alarm = new Alarm(System.nanoTime() + delay);
      sent.countDown();
      return Outcome.to("late", alarm).after(Duration.ofNanos(delay));
    }

    Outcome<Alarm> ring(Alarm alarm) {
      long late = System.nanoTime() - alarm.dueNanos();
      if (late < 0) {
        early.increment();
      }
      lateNanos.add(late);
      latestNanos.accumulate(late);
      return Outcome.to("done", alarm);
    }
  }

  static List<Figure> measure(Scale scale, Path directory) throws Exception {
    int jobs = scale.pick(5_000, 1_000_000);
    Duration quiet = Duration.ofSeconds(scale.pick(4, 20));
    Duration spread = Duration.ofSeconds(scale.pick(3, 40));
    Workflow<Watch, Campaign, Alarm> workflow =
        Workflow.named("delayed", Watch.class, Campaign.class, Alarm.class)
            .state("now", s -> s.exec((watch, all, alarm) -> watch.send()).concurrency(16))
            .state("late", s -> s.exec((watch, all, alarm) -> watch.ring(alarm)).concurrency(16))
            .terminal("done")
            .build();
    Watch watch = new Watch(jobs, quiet, spread);
    double contextBytes = Heap.bytesEach(Alarm::new);
    long before = Heap.usedBytes();
    Run<Campaign, Alarm> run = workflow.run("delayed", new Campaign("delayed"));
    for (int i = 0; i < jobs; i++) {
      run.add(new Alarm(0));
    }
    long firstDueNanos = System.nanoTime() + quiet.toNanos();
    try (RunHandle handle = Processor.of(workflow, watch).start(run)) {
      watch.sent.await();
      double bytes = (double) (Heap.usedBytes() - before) / jobs - contextBytes;
      double cores = busyCores(firstDueNanos - 200_000_000);
      int threads = THREADS.getThreadCount();
      handle.await();
      long done = run.jobs().stream().filter(job -> job.state().equals("done")).count();
      new Workload(jobs, 2, 16).requireAllPassed(done - watch.early.sum());
      String note =
          "%d platform threads, %s bytes of heap per delayed job; started %s ms late on average, %s ms at most"
              .formatted(
                  threads,
                  Numbers.text(bytes),
                  Numbers.text(watch.lateNanos.sum() / 1e6 / jobs),
                  Numbers.text(watch.latestNanos.get() / 1e6));
      return List.of(
          new Figure(
              "%,d delayed jobs: busy cores while nothing is due".formatted(jobs),
              Target.atMost(0.01),
              List.of(cores),
              note));
    }
  }

  /// The cores that this process keeps busy until a time.
  private static double busyCores(long untilNanos) throws InterruptedException {
    Thread.sleep(500); // The collections just before are not of interest.
    long startNanos = System.nanoTime();
    long startCpuNanos = PROCESS.getProcessCpuTime();
    if (untilNanos - startNanos < 100_000_000) {
      throw new IllegalStateException("it took too long to send the jobs: no quiet time is left");
    }
    Thread.sleep(Duration.ofNanos(untilNanos - startNanos));
    return (double) (PROCESS.getProcessCpuTime() - startCpuNanos)
        / (System.nanoTime() - startNanos);
  }
}
