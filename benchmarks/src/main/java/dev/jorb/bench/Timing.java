package dev.jorb.bench;

/// How long a run took.
///
/// @param wholeNanos from when the jobs were in memory until all of them were done and all of that
///   was safe; storing the jobs before their first step is part of it
/// @param stepsNanos the same, but from when the first step began
/// @param cpuNanos the CPU time of the whole process in the whole run, garbage collection and all:
///   what is left of a comparison when other programs keep the machine busy
/// @param transitions how many steps were done
record Timing(long wholeNanos, long stepsNanos, long cpuNanos, long transitions) {
  /// The cost of one transition in the whole run.
  double nanosPerTransition() {
    return (double) wholeNanos / transitions;
  }

  /// Transitions per second in the whole run.
  double perSecond() {
    return transitions * 1e9 / wholeNanos;
  }

  /// Transitions per second of CPU time in the whole run.
  double perCpuSecond() {
    return transitions * 1e9 / cpuNanos;
  }

  /// Transitions per second once the first step had begun.
  double stepsPerSecond() {
    return transitions * 1e9 / stepsNanos;
  }
}
