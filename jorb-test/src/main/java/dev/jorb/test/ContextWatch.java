package dev.jorb.test;

import dev.jorb.run.Job;
import dev.jorb.serial.Codec;
import dev.jorb.serial.Codec.DecodeException;
import dev.jorb.serial.EncodeException;
import dev.jorb.workflow.Kick;
import dev.jorb.workflow.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.api.recursive.comparison.ComparisonDifference;
import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;
import org.assertj.core.api.recursive.comparison.RecursiveComparisonDifferenceCalculator;
import org.jspecify.annotations.Nullable;

/// Sends contexts through JSON at each step, and finds what a restart would lose: fields that do
/// not come back, and contexts that change after they are recorded because somebody else holds
/// them.
final class ContextWatch<J> {
  /// With more jobs, looking at all of them after each step takes too long; then it is only seen
  /// that a context was changed, not by whom.
  private static final int MOST_TO_LOOK_AT = 200;

  private static final int MOST_FINDINGS = 10;

  private final Codec<J> codec;
  private final Map<String, Kept<J>> kept = new HashMap<>();
  private final Set<String> busy = new HashSet<>();
  private final Set<String> findings = new java.util.LinkedHashSet<>();

  /// A context and how it is recorded.
  private record Kept<J>(J context, byte[] text) {
    @SuppressWarnings("ReferenceEquality") // Another object would be another holder.
    boolean is(J other) {
      return context == other;
    }
  }

  ContextWatch(Class<J> type) {
    this.codec = new Codec<>(type);
  }

  /// A step is about to be given the job's context.
  void before(Job<J> job) {
    Kept<J> known = kept.get(job.id());
    if (known == null || !known.is(job.context())) {
      keep(job.id(), "what the run began with", job.context());
    } else {
      compare(job.id(), known, "something else has changed it, which holds it too");
    }
    busy.add(job.id());
  }

  /// The step threw: its job goes on with the context that it had.
  void failed(Job<J> job) {
    busy.remove(job.id());
    Kept<J> known = kept.get(job.id());
    if (known != null) {
      compare(
          job.id(), known, "step \"" + job.state() + "\" has changed it in place and then failed");
    }
    lookAtOthers(job);
  }

  void returned(Job<J> job, @Nullable Outcome<J> outcome) {
    busy.remove(job.id());
    if (outcome != null) {
      String by = "what step \"" + job.state() + "\" returned";
      keep(job.id(), by, outcome.context());
      int n = job.kicks();
      for (Kick<J> kick : outcome.kicks()) {
        keep(job.id() + "->" + n++, "what step \"" + job.state() + "\" kicked", kick.context());
      }
    }
    lookAtOthers(job);
  }

  /// Remembers a context as it is recorded, and sees that it would come back the same.
  private void keep(String id, String origin, J context) {
    try {
      byte[] text = codec.encode(context);
      J back = codec.decode(text);
      kept.put(id, new Kept<>(context, text));
      String lost = context.equals(back) ? "" : differences(context, back, "comes back as");
      if (!lost.isEmpty()) {
        find("job %s: %s does not come back from JSON as it was: %s".formatted(id, origin, lost));
      }
    } catch (EncodeException | DecodeException e) {
      kept.remove(id); // The engine will say so.
    }
  }

  private void lookAtOthers(Job<J> job) {
    if (kept.size() <= MOST_TO_LOOK_AT) {
      for (Map.Entry<String, Kept<J>> other : List.copyOf(kept.entrySet())) {
        if (!busy.contains(other.getKey())) {
          compare(
              other.getKey(),
              other.getValue(),
              "step \"%s\" of job %s has changed it, which holds it too"
                  .formatted(job.state(), job.id()));
        }
      }
    }
  }

  private void compare(String id, Kept<J> known, String why) {
    try {
      byte[] now = codec.encode(known.context);
      if (!Arrays.equals(now, known.text)) {
        String changed = differences(codec.decode(known.text), known.context, "is now");
        find(
            "job %s: its context is no longer what was recorded: %s; %s"
                .formatted(id, changed, why));
        kept.put(id, new Kept<>(known.context, now)); // Found once is enough.
      }
    } catch (EncodeException | DecodeException e) {
      find("job %s: its context is no longer what was recorded: %s; %s".formatted(id, e, why));
    }
  }

  private static String differences(Object before, Object after, String verb) {
    List<ComparisonDifference> all =
        new RecursiveComparisonDifferenceCalculator()
            .determineDifferences(after, before, new RecursiveComparisonConfiguration());
    String type = before.getClass().getSimpleName();
    return all.stream()
        .map(each -> describe(type, each, verb))
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private static String describe(String type, ComparisonDifference each, String verb) {
    String path = String.join(".", each.getDecomposedPath());
    return "%s was %s and %s %s"
        .formatted(
            path.isEmpty() ? type : type + "." + path, each.getExpected(), verb, each.getActual());
  }

  private void find(String finding) {
    if (findings.size() < MOST_FINDINGS) {
      findings.add(finding);
    }
  }

  void requireNothingFound(long seed) {
    if (!findings.isEmpty()) {
      List<String> lines = new ArrayList<>(findings);
      throw new AssertionError(
          ("contexts have hidden state, which a restart loses (seed %d; to let it pass, call"
                  + " ignoringHiddenState()):%n  - %s")
              .formatted(seed, String.join("\n  - ", lines)));
    }
  }
}
