package dev.jorb.torture;

/// Throwables as text for a report.
final class Texts {
  private static final int MOST_FRAMES = 6;

  private Texts() {}

  /// What was thrown, where, and why, in a few lines.
  static String of(Throwable thrown) {
    StringBuilder text = new StringBuilder();
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      text.append(text.isEmpty() ? "" : "\n  because: ");
      text.append(each instanceof Finding ? each.getMessage() : each.toString());
      if (!(each instanceof Finding)) {
        StackTraceElement[] frames = each.getStackTrace();
        for (int i = 0; i < Math.min(MOST_FRAMES, frames.length); i++) {
          text.append("\n    at ").append(frames[i]);
        }
      }
    }
    return text.toString();
  }
}
