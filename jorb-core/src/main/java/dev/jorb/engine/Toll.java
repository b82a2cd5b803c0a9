package dev.jorb.engine;

import dev.jorb.run.Job;
import dev.jorb.workflow.StateLimit;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// What a job's start costs and which key it has, as its state's functions tell by its context. All
/// of it throws what they throw.
///
/// @param perKey the limits that are kept for each key
/// @param cost tells a job's cost; null if each costs 1
record Toll<J>(List<StateLimit<J>> perKey, @Nullable ToLongFunction<? super J> cost) {
  boolean isToldPerJob() {
    return cost != null;
  }

  long price(Job<J> job) {
    long price = cost == null ? 1 : cost.applyAsLong(job.context());
    if (price < 0) {
      throw new IllegalArgumentException("the state's cost is " + price + ", which is negative");
    }
    return price;
  }

  /// The key, or the list of them if there are several limits that have one.
  Object key(Job<J> job) {
    if (perKey.isEmpty()) {
      return "";
    }
    if (perKey.size() == 1) {
      return key(perKey.getFirst(), job);
    }
    return perKey.stream().map(each -> key(each, job)).toList();
  }

  private static <J> Object key(StateLimit<J> limit, Job<J> job) {
    Object key = limit.key().orElseThrow().apply(job.context());
    if (key == null) {
      throw new IllegalArgumentException("the key of its limit " + limit.limit() + " is null");
    }
    return key;
  }
}
