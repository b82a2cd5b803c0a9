package dev.jorb.limit;

import java.util.ArrayList;
import java.util.List;

/// A limit on starts, as data: how many, how often, how much. It has no state of its own; a run
/// makes a [Limiter] of it, and that keeps the count.
///
/// States that are given the same `Limit` object share one limiter; two equal objects do not. That
/// is how several steps that call one service keep to the service's one limit. The runs of one
/// processor share it too, and so do processors with the same [SharedLimits].
///
/// Whoever needs another rule implements it, most easily as a constructor reference:
///
/// ```java
/// workflow.state("call", s -> s.exec(Steps::call).limit(EveryFullHour::new));
/// ```
///
/// Immutable and thread-safe.
@FunctionalInterface
public interface Limit {
  /// A new limiter that has let nothing pass yet. Called once for each object, and once for each
  /// key if the limit is kept per key.
  Limiter limiter();

  /// What is wrong with it, one sentence each, with the name and the value of what is wrong; empty
  /// if it can be used. A workflow's build reports them with everything else that it finds.
  default List<String> problems() {
    return List.of();
  }

  /// Both at once: a start needs a permit of each, and takes of none before it has all.
  ///
  /// ```java
  /// Limit github = Rate.perMinute(80).and(Rate.perHour(500));
  /// ```
  default Limit and(Limit other) {
    return new AllOf(List.of(this, other));
  }

  /// Lets everything pass, until the service says no.
  static Limit none() {
    return new AllOf(List.of()); // An object of its own, so that nobody shares it by accident.
  }

  /// Refuses a limit that cannot be used.
  ///
  /// @throws IllegalArgumentException with all that is wrong with it
  static void check(Limit limit) {
    List<String> problems = limit.problems();
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /// Several limits of which each must agree.
  record AllOf(List<Limit> limits) implements Limit {
    /// Takes apart those that are of this kind themselves.
    public AllOf {
      List<Limit> flat = new ArrayList<>();
      for (Limit each : limits) {
        if (each instanceof AllOf several) {
          flat.addAll(several.limits);
        } else {
          flat.add(each);
        }
      }
      limits = List.copyOf(flat);
    }

    @Override
    public Limiter limiter() {
      return new AllLimiters(limits.stream().map(Limit::limiter).toList());
    }

    @Override
    public List<String> problems() {
      return limits.stream().flatMap(each -> each.problems().stream()).toList();
    }

    @Override
    public String toString() {
      return String.join(" and ", limits.stream().map(Object::toString).toList());
    }
  }
}
