package dev.jorb.bench;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/// What objects take.
final class Heap {
  private Heap() {}

  /// Bytes that are reachable now.
  static long usedBytes() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /// Bytes of one of the objects that `maker` makes, with all that only it refers to.
  static double bytesEach(IntFunction<Object> maker) {
    int count = 500_000;
    List<Object> all = new ArrayList<>(count);
    long before = usedBytes();
    for (int i = 0; i < count; i++) {
      all.add(maker.apply(i));
    }
    long after = usedBytes();
    if (all.size() != count) {
      throw new AssertionError("they must be reachable until here");
    }
    return (double) (after - before) / count;
  }
}
