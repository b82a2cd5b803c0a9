package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.run.Transition;
import dev.jorb.serial.Sample.Box;
import dev.jorb.serial.Sample.Clock;
import dev.jorb.serial.Sample.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Records a run as an engine does, and remembers which states may be found afterwards: after every
/// commit that was tried, from the last one that was acknowledged on. Not thread-safe.
final class Recorder {
  private final Clock clock = new Clock();
  private final List<String> pictures = new ArrayList<>();
  private final int jobs;
  private int acknowledged = -1;
  private LiveCompaction.Policy policy = LiveCompaction.Policy.DEFAULT;
  private Run<Plan, Box> run;
  private JournalSerializer<Plan, Box> journal;

  /// @param jobs of the run that it records if there is none on the disk
  Recorder(int jobs) {
    this.jobs = jobs;
  }

  /// Compacts while the run goes on.
  Recorder compacting(LiveCompaction.Policy policy) {
    this.policy = policy;
    return this;
  }

  /// One that comes a day later.
  static Recorder later(int jobs) {
    Recorder recorder = new Recorder(jobs);
    recorder.clock.pass(Duration.ofDays(1));
    return recorder;
  }

  Run<Plan, Box> run() {
    return run;
  }

  JournalSerializer<Plan, Box> journal() {
    return journal;
  }

  Clock clock() {
    return clock;
  }

  /// Loads what is there, holds it against what may be there, and begins.
  Recorder open(Disk disk) {
    journal = Sample.journal(disk, clock).compaction(policy);
    run = journal.load().orElse(null);
    verify();
    if (run == null) {
      run = Sample.freshRun(jobs);
      pictures.add(Sample.picture(run));
    }
    journal.begin(run);
    pictures.clear();
    pictures.add(Sample.picture(run));
    acknowledged = 0;
    return this;
  }

  /// P3: what is found is the state after a prefix of the commits that holds all acknowledged ones.
  private void verify() {
    if (run == null) {
      assertThat(acknowledged).as("nothing is there, so nothing was acknowledged").isNegative();
    } else if (!pictures.isEmpty()) {
      assertThat(Sample.picture(run))
          .as("a state from the last acknowledged one on")
          .isIn(pictures.subList(Math.max(0, acknowledged), pictures.size()));
    }
  }

  /// Commits the batch; acknowledged when this returns.
  void commit(List<Transition<Box>> batch) {
    pictures.add(pictureAfter(batch));
    journal.commit(Sample.encoded(journal, batch));
    acknowledged = pictures.size() - 1;
    run.apply(batch);
  }

  /// Tries again what failed, and is acknowledged when this returns.
  void commitAgain(List<Transition<Box>> batch) {
    pictures.removeLast();
    commit(batch);
  }

  /// Notes what has started, in half of the cases, and commits a batch.
  void commitRandom(RandomGenerator random) {
    List<Transition<Box>> batch = Sample.randomBatch(run, clock, random, 3);
    if (random.nextBoolean()) {
      note(batch.stream().map(each -> each.job().id()).toArray(String[]::new));
    }
    commit(batch);
  }

  /// Notes that the steps of these jobs have started.
  void note(String... ids) {
    List<Job<Box>> started = new ArrayList<>();
    for (String id : ids) {
      started.add(run.job(id).orElseThrow());
    }
    journal.commit(List.of(), started);
  }

  private String pictureAfter(List<Transition<Box>> batch) {
    Map<String, Job<Box>> after = new LinkedHashMap<>();
    run.jobs().forEach(job -> after.put(job.id(), job));
    for (Transition<Box> each : batch) {
      after.put(each.job().id(), each.job());
      each.kicked().forEach(kicked -> after.put(kicked.id(), kicked));
    }
    StringBuilder picture = new StringBuilder(run.overall().toString());
    after.values().forEach(job -> picture.append(Sample.picture(job)));
    return picture.toString();
  }

  void close() {
    journal.close();
  }

  /// Someone who knows the same, for another try from here.
  Recorder copy() {
    Recorder copy = new Recorder(jobs);
    copy.pictures.addAll(pictures);
    copy.acknowledged = acknowledged;
    return copy;
  }
}
