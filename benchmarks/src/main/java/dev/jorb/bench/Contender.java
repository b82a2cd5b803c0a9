package dev.jorb.bench;

import java.nio.file.Path;

/// One way of doing the work. Nothing is kept from one run to the next.
interface Contender {
  /// What it is called in the table.
  String name();

  /// Does the work once, and checks that all jobs passed all steps.
  ///
  /// @param directory an empty directory for its files
  Timing run(Workload work, Path directory) throws Exception;
}
