package dev.jorb.limit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A limit that is kept per key, with other limits for some keys and a default for the rest.
///
/// ```java
/// s.limit(KeyedLimit.of(Rate.perSecond(5)).with("github.com", Rate.perMinute(80)))
///     .per(change -> change.host());
/// ```
///
/// @param rest for all other keys
/// @param special for these keys, compared by `equals`
public record KeyedLimit(Limit rest, Map<Object, Limit> special) implements Limit {
  /// Copies the map, in its order.
  public KeyedLimit {
    special = Collections.unmodifiableMap(new LinkedHashMap<>(special));
  }

  /// The same limit for each key.
  public static KeyedLimit of(Limit rest) {
    return new KeyedLimit(rest, Map.of());
  }

  /// The same, with a limit of its own for one key.
  public KeyedLimit with(Object key, Limit limit) {
    Map<Object, Limit> more = new LinkedHashMap<>(special);
    more.put(key, limit);
    return new KeyedLimit(rest, more);
  }

  /// The limit for this key.
  public Limit of(Object key) {
    return special.getOrDefault(key, rest);
  }

  @Override
  public Limiter limiter() {
    return rest.limiter();
  }

  @Override
  public List<String> problems() {
    List<String> problems = new ArrayList<>(rest.problems());
    special.forEach((key, limit) ->
        limit.problems().forEach(problem -> problems.add("key " + key + ": " + problem)));
    return problems;
  }

  @Override
  public String toString() {
    return rest.toString();
  }
}
