package dev.jorb.serial;

import dev.jorb.run.Job;
import dev.jorb.run.Json;
import dev.jorb.run.Redriven;
import dev.jorb.run.Run;
import dev.jorb.time.TimeSource;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Sends jobs of a run at rest to another state, and takes that back.
///
/// ```java
/// try (Redrive redrive = Redrive.open(file)) {
///   List<String> parked = redrive.run().jobs().stream().filter(…).map(Job::id).toList();
///   redrive.send(parked, "edit", "ada@laptop", "the proxy works again");
/// }
/// ```
///
/// A redriven job starts afresh: not parked, not delayed, with a fresh budget of attempts and
/// without a deadline. All jobs of one redrive are recorded together or not at all, with who and
/// when. Used for one change: after [#send] or [#undo] it is closed. Not thread-safe.
public final class Redrive implements AutoCloseable {
  private final JournalSerializer<Json, Json> journal;
  private final TimeSource time;
  private final Set<String> states;
  private final Run<Json, Json> run;

  private Redrive(
      JournalSerializer<Json, Json> journal,
      TimeSource time,
      Set<String> states,
      Run<Json, Json> run) {
    this.journal = journal;
    this.time = time;
    this.states = states;
    this.run = run;
  }

  /// Takes the run file's lock and reads it; changes nothing in it. Blocks while it reads.
  ///
  /// @throws RunFileException.Locked if a run has the file
  /// @throws RunFileException.Damaged if the file is not as it was written
  /// @throws RunFileException if it cannot be read, or is of the Go version's form, which has no
  ///   place for who and when
  public static Redrive open(Path path) {
    RunFile file = RunFile.read(path);
    if (file.form() != RunFile.Form.JOURNAL) {
      throw new RunFileException(
          path,
          "is of the Go version's form, in which a redrive has no place; change the states of its"
              + " jobs with find and replace");
    }
    JournalSerializer<Json, Json> journal = JournalSerializer.at(path, file.schema());
    try {
      Run<Json, Json> run =
          journal.load().orElseThrow(() -> new RunFileException(path, "holds no run"));
      return new Redrive(journal, TimeSource.system(), states(file, run), run);
    } catch (Throwable failed) {
      journal.close();
      throw failed;
    }
  }

  private static Set<String> states(RunFile file, Run<Json, Json> run) {
    Set<String> states = new LinkedHashSet<>(file.states());
    if (states.isEmpty()) {
      run.jobs().forEach(job -> states.add(job.state()));
    }
    return states;
  }

  /// The run as it stands, with the hand edits that its file has. For reading.
  public Run<Json, Json> run() {
    return run;
  }

  /// The redrives that the file remembers, oldest first.
  public List<RedriveEntry> log() {
    return journal.redrives();
  }

  /// Sends the jobs to `to`, and closes this. Blocks until it is durable.
  ///
  /// @param jobs their ids
  /// @param by who does it, for people to read
  /// @param why what was asked for, for people to read
  /// @throws IllegalArgumentException if there is no such state or job, or no job at all; nothing
  ///   is changed then
  /// @throws RunFileException if it cannot be written; nothing is changed then
  public RedriveEntry send(Collection<String> jobs, String to, String by, String why) {
    if (!states.contains(to)) {
      throw new IllegalArgumentException(
          "there is no state \"" + to + "\" to send jobs to; known are " + states);
    }
    List<Job<Json>> sent = new ArrayList<>();
    new LinkedHashSet<>(jobs).forEach(id -> sent.add(job(id)));
    if (sent.isEmpty()) {
      throw new IllegalArgumentException("there is no job to redrive");
    }
    Instant now = time.instant();
    RedriveEntry entry =
        new RedriveEntry(log().size() + 1, by, now, to, sent.size(), why, null, null);
    sent.forEach(job -> run.put(sent(job, entry)));
    List<RedriveEntry> log = new ArrayList<>(log());
    log.add(entry);
    record(log);
    return entry;
  }

  private Job<Json> job(String id) {
    return run.job(id)
        .orElseThrow(() -> new IllegalArgumentException("there is no job \"" + id + "\""));
  }

  private static Job<Json> sent(Job<Json> job, RedriveEntry entry) {
    return job.next()
        .state(entry.to())
        .updated(entry.at())
        .attempt(0)
        .dueNow()
        .awaitsKicks(false)
        .released()
        .deadline(null)
        .redriven(
            new Redriven(
                entry.number(),
                job.state(),
                job.attempt(),
                job.parked().orElse(null),
                job.isHeld(),
                job.due().orElse(null),
                job.deadline().orElse(null),
                job.awaitsKicks()))
        .build();
  }

  /// What came of an [#undo].
  ///
  /// @param entry the redrive that was taken back
  /// @param back how many jobs stand again where they stood
  /// @param movedOn how many had gone on since, and stay where they are
  public record Undone(RedriveEntry entry, int back, int movedOn) {}

  /// Takes back the last redrive that was not taken back, and closes this: its jobs stand again
  /// where they stood, parked or delayed if they were, but for those that have been executed or
  /// redriven since. Blocks until it is durable.
  ///
  /// @param by who does it, for people to read
  /// @throws IllegalStateException if there is none
  /// @throws RunFileException if it cannot be written; nothing is changed then
  public Undone undo(String by) {
    RedriveEntry last =
        log().reversed().stream()
            .filter(entry -> entry.undoneAt().isEmpty())
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("there is no redrive to take back"));
    Instant now = time.instant();
    int back = 0;
    for (Job<Json> job : run.jobs()) {
      if (job.redriven().filter(each -> each.number() == last.number()).isPresent()) {
        run.put(back(job, job.redriven().orElseThrow(), now));
        back++;
      }
    }
    List<RedriveEntry> log = new ArrayList<>(log());
    RedriveEntry undone = last.undone(now, by);
    log.set(log.indexOf(last), undone);
    record(log);
    return new Undone(undone, back, last.jobs() - back);
  }

  private static Job<Json> back(Job<Json> job, Redriven from, Instant now) {
    Job.Builder<Json> back =
        job.next()
            .state(from.from())
            .updated(now)
            .attempt(from.attempt())
            .deadline(from.deadline())
            .awaitsKicks(from.awaitedKicks());
    if (from.due() != null) {
      back.due(from.due());
    }
    if (from.parked() != null) {
      back.parked(from.parked()).held(from.held());
    }
    return back.build();
  }

  private void record(List<RedriveEntry> log) {
    try (journal) {
      journal.redrives(log);
      journal.begin(run);
    }
  }

  /// Gives up the lock. May be called more than once.
  @Override
  public void close() {
    journal.close();
  }
}
