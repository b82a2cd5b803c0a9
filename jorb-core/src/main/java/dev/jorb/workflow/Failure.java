package dev.jorb.workflow;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Turns a thrown failure into the text that is logged on a job.
public final class Failure {
  private static final int FRAMES = 8;
  private static final int CAUSES = 5;

  private Failure() {}

  /// The failure's class and message, its first stack frames, and its causes with theirs: enough to
  /// find the line, small enough to keep for each job. Never throws, whatever the failure's own
  /// methods do.
  public static String describe(Throwable failure) {
    StringBuilder text = new StringBuilder();
    append(text, failure);
    Throwable cause = cause(failure);
    for (int depth = 1; cause != null && depth <= CAUSES; depth++) {
      append(text.append("\ncaused by: "), cause);
      cause = cause(cause);
    }
    return text.toString();
  }

  /// Whether it, or one of its causes, says that its thread was interrupted. Never throws.
  public static boolean isInterruption(Throwable failure) {
    return causes(failure).anyMatch(InterruptedException.class::isInstance);
  }

  /// The failure and its causes, the first five of them. Never throws.
  public static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, each -> each != null, Failure::cause).limit(1 + CAUSES);
  }

  private static void append(StringBuilder text, Throwable failure) {
    text.append(headline(failure));
    frames(failure).forEach(frame -> text.append("\n  at ").append(frame));
  }

  private static List<StackTraceElement> frames(Throwable failure) {
    try {
      return Stream.of(failure.getStackTrace()).limit(FRAMES).toList();
    } catch (Throwable broken) {
      return List.of();
    }
  }

  private static String headline(Throwable failure) {
    try {
      return failure.toString();
    } catch (Throwable broken) {
      return failure.getClass().getName()
          + " (its message cannot be read: "
          + broken.getClass().getName()
          + ")";
    }
  }

  private static @Nullable Throwable cause(Throwable failure) {
    try {
      return failure.getCause();
    } catch (Throwable broken) {
      return null;
    }
  }
}
