package dev.jorb.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/// What a command tells its caller when it ends. The one place that says so: `--help` prints it.
enum ExitCode {
  COMPLETE(0, "all jobs are in terminal states; for other verbs: all went well"),
  FAILED(1, "the run could not go on, was refused, or its file is damaged"),
  USAGE(2, "wrong usage; nothing was done"),
  PARKED(3, "at rest, with parked jobs that need a person"),
  INTERRUPTED(130, "stopped by Ctrl-C (SIGINT) before it was at rest"),
  TERMINATED(143, "stopped by SIGTERM or SIGHUP before it was at rest");

  private final int code;
  private final String meaning;

  ExitCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  int code() {
    return code;
  }

  /// The codes and their meanings, in order, for the help text.
  static Map<String, String> meanings() {
    Map<String, String> all = new LinkedHashMap<>();
    for (ExitCode each : values()) {
      all.put(" " + each.code, each.meaning);
    }
    return all;
  }
}
