package dev.jorb.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// (a) What one writes by hand when nothing has to survive: a fixed pool for each step, whose tasks
/// hand themselves on to the next pool.
///
/// Tuned: the job is its own task, so that a step allocates its new context and a queue node and
/// nothing else; the jobs live in an array; nothing is counted but the end.
final class PoolChain implements Contender {
  @Override
  public String name() {
    return "(a) pool chain";
  }

  @Override
  public Timing run(Workload work, Path directory) throws InterruptedException {
    List<ExecutorService> pools = new ArrayList<>();
    for (int i = 0; i < work.steps(); i++) {
      pools.add(Executors.newFixedThreadPool(work.concurrency()));
    }
    CountDownLatch done = new CountDownLatch(work.jobs());
    Stopwatch watch = new Stopwatch();
    Item[] items = new Item[work.jobs()];
    Arrays.setAll(items, i -> new Item(Change.first(i), pools, done, watch));
    watch.start();
    for (Item item : items) {
      item.submit();
    }
    done.await();
    Timing timing = watch.stop(work.transitions());
    pools.forEach(ExecutorService::close);
    work.requireAllPassed(
        Arrays.stream(items).filter(item -> item.change.passed() == work.steps()).count());
    return timing;
  }

  /// A job. Each step sees what the step before wrote, because the pools' queues publish it.
  private static final class Item implements Runnable {
    private final List<ExecutorService> pools;
    private final CountDownLatch done;
    private final Stopwatch watch;
    private Change change;

    Item(Change change, List<ExecutorService> pools, CountDownLatch done, Stopwatch watch) {
      this.change = change;
      this.pools = pools;
      this.done = done;
      this.watch = watch;
    }

    void submit() {
      pools.get(change.passed()).execute(this);
    }

    @Override
    public void run() {
      watch.step();
      change = change.next();
      if (change.passed() < pools.size()) {
        submit();
      } else {
        done.countDown();
      }
    }
  }
}
