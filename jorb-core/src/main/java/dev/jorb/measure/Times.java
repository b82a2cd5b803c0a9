package dev.jorb.measure;

/// Where the time of a state's jobs went, as histograms that can be merged.
///
/// @param executing how long its steps took
/// @param waiting from when a job could start but for a slot, a permit or the disk, until it did
/// @param permit how much of that its state had a free slot and no permit; holds nothing of a state
///   without limits but its concurrency
/// @param disk from when a step returned until its outcome was durable; holds nothing if nothing is
///   recorded
public record Times(Spread executing, Spread waiting, Spread permit, Spread disk) {
  /// One that holds nothing yet.
  public Times() {
    this(new Spread(), new Spread(), new Spread(), new Spread());
  }

  /// Takes in all that another one holds.
  public void merge(Times other) {
    executing.merge(other.executing);
    waiting.merge(other.waiting);
    permit.merge(other.permit);
    disk.merge(other.disk);
  }

  /// A copy that stays as it is.
  public Times copy() {
    return new Times(executing.copy(), waiting.copy(), permit.copy(), disk.copy());
  }
}
