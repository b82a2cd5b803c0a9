package dev.jorb.engine;

import dev.jorb.run.Job;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.helpers.NOPMDCAdapter;

/// What each line says that a step logs: run, job and state, in SLF4J's MDC under `jorb.run`,
/// `jorb.job` and `jorb.state`.
///
/// The thread is a worker's own, so all is taken away after the step, what the step left there
/// included. Costs nothing if the logger has no MDC.
final class Signs {
  private static final boolean HAS_MDC = hasMdc();

  private Signs() {}

  private static boolean hasMdc() {
    LoggerFactory.getILoggerFactory(); // Binds the MDC, too.
    return !(MDC.getMDCAdapter() instanceof NOPMDCAdapter);
  }

  static void set(String run, Job<?> job) {
    if (HAS_MDC) {
      MDC.put("jorb.run", run);
      MDC.put("jorb.job", job.id());
      MDC.put("jorb.state", job.state());
    }
  }

  static void clear() {
    if (HAS_MDC) {
      MDC.clear();
    }
  }
}
