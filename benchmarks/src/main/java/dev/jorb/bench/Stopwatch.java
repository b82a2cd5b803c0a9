package dev.jorb.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/// Notes when a run begins, when its first step does, and when it ends. Steps call it from many
/// threads.
final class Stopwatch {
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private long startNanos;
  private long startCpuNanos;
  private volatile long firstStepNanos;

  /// The run begins now.
  void start() {
    startCpuNanos = PROCESS.getProcessCpuTime();
    startNanos = System.nanoTime();
  }

  /// A step begins now. The first one counts; when several come at once, any of them.
  void step() {
    if (firstStepNanos == 0) {
      firstStepNanos = System.nanoTime();
    }
  }

  /// The run ends now.
  Timing stop(long transitions) {
    long endNanos = System.nanoTime();
    long cpuNanos = PROCESS.getProcessCpuTime() - startCpuNanos;
    return new Timing(endNanos - startNanos, endNanos - firstStepNanos, cpuNanos, transitions);
  }
}
