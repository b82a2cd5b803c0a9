package dev.jorb.run;

import java.util.function.Predicate;

/// Which jobs: filters for what is done to many at once. Any predicate will do; these are the usual
/// ones, to be put together with `and`, `or` and `negate`.
///
/// ```java
/// handle.cancel(Jobs.familyOf("17"));
/// handle.release(Jobs.in("push").and(job -> job.parked().orElse("").contains("502")));
/// ```
public final class Jobs {
  private Jobs() {}

  /// All of them.
  public static Predicate<Job<?>> all() {
    return job -> true;
  }

  /// The one with this id.
  public static Predicate<Job<?>> withId(String id) {
    return job -> job.id().equals(id);
  }

  /// The one with this id, what it has kicked, what those have kicked, and so on.
  public static Predicate<Job<?>> familyOf(String id) {
    String descendant = Ids.descendant(id);
    return job -> job.id().equals(id) || job.id().startsWith(descendant);
  }

  /// Those in this state.
  public static Predicate<Job<?>> in(String state) {
    return job -> job.state().equals(state);
  }

  /// Those that are parked.
  public static Predicate<Job<?>> parked() {
    return job -> job.parked().isPresent();
  }
}
