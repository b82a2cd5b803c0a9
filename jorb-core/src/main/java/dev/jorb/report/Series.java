package dev.jorb.report;

/// A figure over the life of a run, in parts of equal length. Not thread-safe.
final class Series {
  /// What sums of seconds may be off.
  private static final double ROUNDING = 1e-6;

  private final double partSeconds;
  private final double[] inPart;

  /// What starts to count for whole parts, and stops, at each part.
  private final double[] steps;

  Series(int parts, double partSeconds) {
    this.partSeconds = partSeconds;
    this.inPart = new double[parts];
    this.steps = new double[parts + 1];
  }

  /// Counts one event.
  void add(double atSeconds) {
    inPart[part(atSeconds)]++;
  }

  /// Counts the seconds between two times, whichever parts they are in.
  void add(double fromSeconds, double toSeconds) {
    int first = part(fromSeconds);
    int last = part(toSeconds);
    if (first == last) {
      inPart[first] += toSeconds - fromSeconds;
      return;
    }
    inPart[first] += (first + 1) * partSeconds - fromSeconds;
    inPart[last] += toSeconds - last * partSeconds;
    steps[first + 1] += partSeconds;
    steps[last] -= partSeconds;
  }

  /// The same for a share of them, evenly.
  void add(double fromSeconds, double toSeconds, double share) {
    for (int i = part(fromSeconds); i <= part(toSeconds); i++) {
      double from = Math.max(fromSeconds, i * partSeconds);
      double to = Math.min(toSeconds, (i + 1) * partSeconds);
      inPart[i] += share * Math.max(0, to - from);
    }
  }

  private int part(double seconds) {
    return Math.clamp((long) (seconds / partSeconds), 0, inPart.length - 1);
  }

  /// For each part what was counted in it, per second: events per second, or how many at a time.
  double[] perSecond() {
    double[] all = new double[inPart.length];
    double whole = 0;
    for (int i = 0; i < all.length; i++) {
      whole += steps[i];
      double counted = inPart[i] + whole;
      all[i] = counted < ROUNDING * partSeconds ? 0 : counted / partSeconds;
    }
    return all;
  }
}
