package dev.jorb.report;

import dev.jorb.run.Job;
import dev.jorb.run.JobError;
import dev.jorb.run.JobTransition;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The errors of a run's jobs, put together by cause. Immutable.
public final class ErrorClusters {
  private static final int SHORTEST_ID = 6;
  private static final int REMEMBERED = 10_000;

  private final List<ErrorCluster> all;

  private ErrorClusters(List<ErrorCluster> all) {
    this.all = List.copyOf(all);
  }

  /// Clusters the errors that the jobs keep. Takes some ten microseconds for each error text that
  /// was not seen before.
  public static ErrorClusters of(Iterable<? extends Job<?>> jobs) {
    Map<ErrorPattern, Growing> growing = new LinkedHashMap<>();
    Map<String, ErrorPattern> known = new HashMap<>();
    for (Job<?> job : jobs) {
      for (JobError error : job.errors()) {
        if (known.size() > REMEMBERED) {
          known.clear();
        }
        ErrorPattern pattern = known.computeIfAbsent(error.message(), ErrorPattern::of);
        growing.computeIfAbsent(pattern, fresh -> new Growing(error)).add(job, error);
      }
    }
    return new ErrorClusters(named(growing));
  }

  /// Gives each an id that no other one has, as short as can be but no shorter than six digits.
  private static List<ErrorCluster> named(Map<ErrorPattern, Growing> growing) {
    List<String> digests = growing.keySet().stream().map(ErrorClusters::digest).toList();
    int length = SHORTEST_ID;
    while (!areDistinct(digests, length)) {
      length++;
    }
    List<ErrorCluster> all = new ArrayList<>();
    for (Map.Entry<ErrorPattern, Growing> each : growing.entrySet()) {
      String id = digest(each.getKey()).substring(0, length);
      all.add(each.getValue().cluster(id, each.getKey()));
    }
    all.sort(Comparator.<ErrorCluster>comparingInt(each -> each.jobs().size()).reversed());
    return all;
  }

  private static boolean areDistinct(List<String> digests, int length) {
    return digests.stream().map(digest -> digest.substring(0, length)).distinct().count()
        == digests.size();
  }

  private static String digest(ErrorPattern pattern) {
    String text = pattern.headline() + "\n" + String.join("\n", pattern.rest());
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  /// All clusters, the one with the most jobs first.
  public List<ErrorCluster> all() {
    return all;
  }

  /// The clusters whose id begins with `prefix`: one, if it is the id of one.
  public List<ErrorCluster> startingWith(String prefix) {
    return all.stream().filter(each -> each.id().startsWith(prefix)).toList();
  }

  /// Whether the job's last execution failed, and nobody has moved the job since.
  static boolean isStuck(Job<?> job, JobError error) {
    JobTransition last = job.lastTransition().orElse(null);
    return last != null
        && error.ordinal() == job.errorCount()
        && last.at().equals(error.at())
        && job.updated().equals(error.at())
        && last.from().equals(error.state())
        && last.to().equals(job.state());
  }

  /// A cluster while it grows.
  private static final class Growing {
    String example;
    final Map<String, Long> states = new HashMap<>();
    final List<String> jobs = new ArrayList<>();
    final List<String> stuck = new ArrayList<>();
    long errors;
    Instant first;
    Instant last;

    Growing(JobError error) {
      this.example = error.message();
      this.first = error.at();
      this.last = error.at();
    }

    void add(Job<?> job, JobError error) {
      errors++;
      states.merge(error.state(), 1L, Long::sum);
      if (error.at().isBefore(first)) {
        first = error.at();
        example = error.message();
      }
      last = error.at().isAfter(last) ? error.at() : last;
      if (jobs.isEmpty() || !jobs.getLast().equals(job.id())) {
        jobs.add(job.id());
      }
      if (isStuck(job, error)) {
        stuck.add(job.id());
      }
    }

    ErrorCluster cluster(String id, ErrorPattern pattern) {
      Map<String, Long> frequentFirst =
          states.entrySet().stream()
              .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
              .collect(
                  Collectors.toMap(
                      Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
      return new ErrorCluster(
          id, pattern, errors, frequentFirst, first, last, jobs, stuck, example);
    }
  }
}
