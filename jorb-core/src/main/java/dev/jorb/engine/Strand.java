package dev.jorb.engine;

import java.util.StringJoiner;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A thread in [VirtualTime] that runs only between [#resume()] and its next pause.
///
/// The two semaphores hand the turn over and back; they also order the memory of both sides, so
/// that no field needs to be volatile.
final class Strand {
  private final Semaphore turn = new Semaphore(0);
  private final Semaphore paused = new Semaphore(0);
  private final Thread thread;
  private int sleeps;
  private boolean sleeping;
  private boolean ended;
  private @Nullable Throwable failure;

  Strand(Runnable body) {
    this.thread = Thread.ofVirtual().name("jorb-step").start(() -> run(body));
  }

  private void run(Runnable body) {
    turn.acquireUninterruptibly();
    try {
      body.run();
    } catch (VirtualTime.Killed end) {
      // As it should be.
    } catch (Throwable broken) {
      failure = broken;
    } finally {
      ended = true;
      paused.release();
    }
  }

  /// Gives it the turn.
  void resume() {
    turn.release();
  }

  /// Waits until it has given the turn back; says whether it did within the time.
  boolean awaitPause(long time, TimeUnit unit) throws InterruptedException {
    return paused.tryAcquire(time, unit);
  }

  /// Gives the turn back and waits for the next. Keeps the thread's interrupt.
  void pause() {
    paused.release();
    turn.acquireUninterruptibly();
  }

  int beginSleep() {
    sleeping = true;
    return ++sleeps;
  }

  int currentSleep() {
    return sleeps;
  }

  /// Ends the sleep with this number; false if it has ended already.
  boolean endSleep(int sleep) {
    boolean ends = sleeping && sleep == sleeps;
    sleeping = sleeping && !ends;
    return ends;
  }

  void interrupt() {
    thread.interrupt();
  }

  boolean isCurrent() {
    return Thread.currentThread().equals(thread);
  }

  boolean hasEnded() {
    return ended;
  }

  /// Throws what its body has thrown, if anything.
  void rethrow() {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }

  /// Its stack.
  @Override
  public String toString() {
    StringJoiner stack = new StringJoiner("\n  at ", "  at ", "");
    for (StackTraceElement frame : thread.getStackTrace()) {
      stack.add(frame.toString());
    }
    return stack.toString();
  }
}
