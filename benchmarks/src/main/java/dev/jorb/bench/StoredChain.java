package dev.jorb.bench;

import dev.jorb.bench.Store.Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A pool chain with group commit: a worker runs the step, encodes the result and goes on with
/// another job; one writer thread stores whatever has come together as one batch; a job's next step
/// waits for that. So nothing that was stored runs again after a crash, which is what Jorb
/// promises.
///
/// Tuned: results change hands through two lists under one short lock, 4,096 of them may wait (more
/// brought nothing), the writer is woken only when it may be asleep.
final class StoredChain implements Contender {
  private static final int MAX_WAITING = 4_096;

  private final String name;
  private final Store.Opening opening;

  StoredChain(String name, Store.Opening opening) {
    this.name = name;
    this.opening = opening;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Timing run(Workload work, Path directory) throws Exception {
    try (Store store = opening.open(directory)) {
      Pass pass = new Pass(work, store);
      Timing timing = pass.run();
      work.requireAllPassed(store.done(work.steps()));
      return timing;
    }
  }

  /// One run.
  private static final class Pass {
    final Workload work;
    final Store store;
    final List<ExecutorService> pools = new ArrayList<>();
    final Stopwatch watch = new Stopwatch();
    final CountDownLatch done;

    final ReentrantLock lock = new ReentrantLock();
    final Condition hasWork = lock.newCondition();
    final Condition hasRoom = lock.newCondition();

    // Guarded by the lock.
    List<Item> handedOver = new ArrayList<>();
    int waiting;
    boolean over;
    @Nullable Throwable failure;

    Pass(Workload work, Store store) {
      this.work = work;
      this.store = store;
      this.done = new CountDownLatch(work.jobs());
      for (int i = 0; i < work.steps(); i++) {
        pools.add(Executors.newFixedThreadPool(work.concurrency()));
      }
    }

    Timing run() throws Exception {
      List<Item> items = new ArrayList<>();
      for (int i = 0; i < work.jobs(); i++) {
        items.add(new Item(this, i, Change.first(i)));
      }
      watch.start();
      storeFirst(items);
      Thread writer = Thread.ofPlatform().name("writer").start(this::write);
      items.forEach(Item::submit);
      done.await();
      Timing timing = watch.stop(work.transitions());
      end();
      writer.join();
      pools.forEach(ExecutorService::close);
      if (failure != null) {
        throw new IllegalStateException("the writer failed", failure);
      }
      return timing;
    }

    /// Stores the jobs as they are before their first step, as a program that can be started again
    /// must.
    private void storeFirst(List<Item> items) throws Exception {
      List<Entry> batch = new ArrayList<>();
      for (Item item : items) {
        batch.add(item.encode());
      }
      store.commit(batch);
    }

    void handOver(Item item) {
      lock.lock();
      try {
        while (waiting >= MAX_WAITING) {
          hasRoom.awaitUninterruptibly();
        }
        waiting++;
        if (handedOver.isEmpty()) {
          hasWork.signal();
        }
        handedOver.add(item);
      } finally {
        lock.unlock();
      }
    }

    private void write() {
      try {
        for (List<Item> batch = next(List.of()); !batch.isEmpty(); batch = next(batch)) {
          List<Entry> entries = new ArrayList<>(batch.size());
          batch.forEach(item -> entries.add(Objects.requireNonNull(item.result)));
          store.commit(entries);
          batch.forEach(Item::moveOn);
        }
      } catch (Throwable failed) {
        failure = failed;
        while (done.getCount() > 0) {
          done.countDown();
        }
      }
    }

    /// Makes room for as many as were stored, and waits for more; an empty list at the end.
    private List<Item> next(List<Item> stored) throws InterruptedException {
      lock.lock();
      try {
        if (waiting >= MAX_WAITING) {
          hasRoom.signalAll();
        }
        waiting -= stored.size();
        while (handedOver.isEmpty() && !over) {
          hasWork.await();
        }
        List<Item> batch = handedOver;
        handedOver = new ArrayList<>(batch.size());
        return batch;
      } finally {
        lock.unlock();
      }
    }

    private void end() {
      lock.lock();
      try {
        over = true;
        hasWork.signal();
      } finally {
        lock.unlock();
      }
    }
  }

  /// A job. What one thread writes the next one sees, because the pools' queues and the lock
  /// publish it.
  private static final class Item implements Runnable {
    private final Pass pass;
    private final int id;
    private Change change;
    private @Nullable Entry result;

    Item(Pass pass, int id, Change change) {
      this.pass = pass;
      this.id = id;
      this.change = change;
    }

    Entry encode() {
      int passed = change.passed();
      String state = Names.after(passed - 1, pass.pools.size());
      return new Entry(
          id, state, passed + 1, change, pass.store.encode(id, state, passed + 1, change));
    }

    void submit() {
      pass.pools.get(change.passed()).execute(this);
    }

    @Override
    public void run() {
      pass.watch.step();
      change = change.next();
      result = encode();
      pass.handOver(this);
    }

    void moveOn() {
      if (change.passed() < pass.pools.size()) {
        submit();
      } else {
        pass.done.countDown();
      }
    }
  }
}
