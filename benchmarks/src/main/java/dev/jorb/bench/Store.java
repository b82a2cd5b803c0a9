package dev.jorb.bench;

import java.nio.file.Path;
import java.util.List;

/// Where a hand-written chain keeps its jobs.
interface Store extends AutoCloseable {
  /// Makes a store in an empty directory.
  interface Opening {
    Store open(Path directory) throws Exception;
  }

  /// A new version of a job.
  ///
  /// @param id the job
  /// @param state the step that it goes to, or `done`
  /// @param version counts its versions, from 1
  /// @param change its context
  /// @param encoded what [Store#encode] made of all that
  record Entry(int id, String state, int version, Change change, byte[] encoded) {}

  /// The job's new version as it will be stored. Called by many workers at a time.
  byte[] encode(int id, String state, int version, Change change);

  /// Stores a batch; durable when it returns. Called by one thread.
  void commit(List<Entry> batch) throws Exception;

  /// Reads back how many jobs are stored as `done` with a context that passed so many steps.
  long done(int steps) throws Exception;

  @Override
  void close() throws Exception;
}
