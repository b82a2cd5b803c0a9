package dev.jorb.serial;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.run.Transition;
import dev.jorb.torture.Finding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What was acknowledged of a run, and what was tried since. Touched by one thread at a time.
public final class Ledger {
  private final Map<String, Integer> acknowledged = new LinkedHashMap<>();
  private final List<Transition<String>> tried = new ArrayList<>();

  /// Sees what is committed through this serializer.
  public Serializer<String, String> watch(Serializer<String, String> serializer) {
    return new Watched(serializer);
  }

  /// What was found is what was acknowledged, with or without the batch that was tried last.
  public void check(Run<String, String> found) {
    Map<String, Integer> versions = versions(found);
    Map<String, Integer> with = new LinkedHashMap<>(acknowledged);
    tried.forEach(each -> enter(each, with));
    if (!acknowledged.isEmpty() && !versions.equals(acknowledged) && !versions.equals(with)) {
      throw Finding.lost(
          "found " + versions + ", acknowledged " + acknowledged + ", tried " + with);
    }
  }

  private static Map<String, Integer> versions(Run<String, String> run) {
    Map<String, Integer> versions = new LinkedHashMap<>();
    run.jobs().forEach(job -> versions.put(job.id(), job.version()));
    return versions;
  }

  private static void enter(Transition<String> transition, Map<String, Integer> versions) {
    versions.put(transition.job().id(), transition.job().version());
    transition.kicked().forEach(job -> versions.put(job.id(), job.version()));
  }

  private void begun(Run<String, String> run) {
    acknowledged.clear();
    acknowledged.putAll(versions(run));
    tried.clear();
  }

  private void trying(List<Serializer.Encoded<String>> batch) {
    tried.clear();
    for (Serializer.Encoded<String> each : batch) {
      Job<String> job = each.transition().job();
      if (job.version() <= acknowledged.getOrDefault(job.id(), 0)) {
        throw Finding.repeated(
            "job "
                + job.id()
                + " did its step "
                + job.version()
                + " again, which was acknowledged");
      }
      tried.add(each.transition());
    }
  }

  private void done() {
    tried.forEach(each -> enter(each, acknowledged));
    tried.clear();
  }

  private final class Watched implements Serializer<String, String> {
    private final Serializer<String, String> watched;

    Watched(Serializer<String, String> watched) {
      this.watched = watched;
    }

    @Override
    public Optional<Run<String, String>> load() {
      return watched.load();
    }

    @Override
    public void begin(Run<String, String> run) {
      watched.begin(run);
      begun(run);
    }

    @Override
    public Encoded<String> encode(Transition<String> transition) throws EncodeException {
      return watched.encode(transition);
    }

    @Override
    public void commit(List<Encoded<String>> batch) {
      trying(batch);
      watched.commit(batch);
      done();
    }

    @Override
    public void commit(List<Encoded<String>> batch, List<Job<String>> started) {
      trying(batch);
      watched.commit(batch, started);
      done();
    }

    @Override
    public boolean isRecording() {
      return watched.isRecording();
    }

    @Override
    public void close() {
      watched.close();
    }
  }
}
