package dev.jorb.torture;

/// One way to torture a run file, tried many times.
///
/// ```java
/// record Cuts() implements Row {
///   public String name() { return "cuts"; }
///   public String what() { return "the file cut at every byte"; }
///   public Tally run(Plan plan) {
///     byte[] file = aFile(plan.pick(1 << 20, 64 << 10));
///     return plan.inParallel(file.length, turn -> {
///       if (isOlder(open(cut(file, turn.number())))) {
///         throw Finding.lost("cut to " + turn.number() + " bytes");
///       }
///     });
///   }
/// }
/// ```
public interface Row {
  /// A short name in small letters and hyphens; `--only` takes it.
  String name();

  /// What is done, in a few words for the table.
  String what();

  /// Does what is left of it, by [Plan#each] or [Plan#inParallel]. A finding is thrown by a turn as
  /// [Finding]; whatever else a turn or this method throws is a failure too. A row that cannot run
  /// on this machine throws and says what it lacks.
  Tally run(Plan plan) throws Exception;
}
