package dev.jorb.torture.child;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.jorb.processor.Processor;
import dev.jorb.processor.RunHandle;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// A program whose jobs go on for ever: some stay in a hot loop, some go round, some fail now and
/// then, some wait a little. It says once a second what it has come to need, and stops itself.
///
/// Arguments: run file, seconds. Each line is a [Sample]; the last is what [#main] says at the end:
/// the word `end` and how many transitions were recorded.
public final class Soak {
  private static final Duration BETWEEN_SAMPLES = Duration.ofSeconds(1);
  private static final int LOOKS = 20;

  /// What the program needs.
  ///
  /// @param transitions recorded since its start
  /// @param heapBytes used after a collection
  /// @param descriptors open files
  /// @param fileBytes the largest size of the run file since the last sample
  public record Sample(long transitions, long heapBytes, long descriptors, long fileBytes) {
    /// Reads what [#line] wrote.
    ///
    /// @throws NumberFormatException if it is not such a line
    public static Sample parse(String line) {
      String[] fields = line.split(" ", -1);
      return new Sample(
          Long.parseLong(fields[0]),
          Long.parseLong(fields[1]),
          Long.parseLong(fields[2]),
          Long.parseLong(fields[3]));
    }

    String line() {
      return transitions + " " + heapBytes + " " + descriptors + " " + fileBytes;
    }
  }

  /// The context: how often the job has been somewhere.
  record Laps(long count) {
    Laps more() {
      return new Laps(count + 1);
    }
  }

  private Soak() {}

  /// Runs it.
  public static void main(String[] args) throws Exception {
    Path file = Path.of(args[0]);
    long seconds = Long.parseLong(args[1]);
    Workflow<Object, String, Laps> workflow = workflow();
    Run<String, Laps> run = workflow.run("soak", "");
    for (int n = 0; n < 32; n++) {
      run.add(n < 4 ? "spin" : n < 24 ? "out" : n < 28 ? "stumble" : "wait", new Laps(0));
    }
    try (var journal = JournalSerializer.at(file, workflow)) {
      RunHandle handle = Processor.of(workflow, new Object()).serializer(journal).start(run);
      for (long n = 0; n < seconds; n++) {
        System.out.println(sample(file, handle).line());
      }
      handle.stop();
      handle.await();
      System.out.println("end " + recorded(run));
    }
  }

  private static Workflow<Object, String, Laps> workflow() {
    return Workflow.named("soak", Object.class, String.class, Laps.class)
        .state("spin", s -> s.exec((app, overall, laps) -> Outcome.stay(laps.more())))
        .state("out", s -> s.exec((app, overall, laps) -> Outcome.to("back", laps.more())))
        .state("back", s -> s.exec((app, overall, laps) -> Outcome.to("out", laps.more())))
        .state(
            "stumble",
            s ->
                s.exec((app, overall, laps) -> stumble(laps))
                    .retry(
                        new Retry(Integer.MAX_VALUE, Duration.ofMillis(1), Duration.ofMillis(2))))
        .state(
            "wait",
            s ->
                s.exec(
                    (app, overall, laps) -> Outcome.stay(laps.more()).after(Duration.ofMillis(5))))
        .terminal("done")
        .build();
  }

  private static Outcome<Laps> stumble(Laps laps) {
    if (laps.count() % 3 == 0 && Math.floorMod(System.identityHashCode(laps), 2) == 0) {
      throw new IllegalStateException("stumbled after " + laps.count() + " laps");
    }
    return Outcome.to("stumble", laps.more());
  }

  private static Sample sample(Path file, RunHandle handle) throws IOException {
    long largest = 0;
    for (int n = 0; n < LOOKS; n++) {
      LockSupport.parkNanos(BETWEEN_SAMPLES.toNanos() / LOOKS);
      if (Files.exists(file)) { // The run has begun.
        largest = Math.max(largest, Files.size(file));
      }
    }
    System.gc();
    var memory = ManagementFactory.getMemoryMXBean();
    var system = ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class);
    long transitions = handle.status().stream().mapToLong(each -> each.completed()).sum();
    return new Sample(
        transitions,
        memory.getHeapMemoryUsage().getUsed(),
        system.getOpenFileDescriptorCount(),
        largest);
  }

  private static long recorded(Run<String, Laps> run) {
    return run.jobs().stream().mapToLong(Job::transitionCount).sum();
  }
}
