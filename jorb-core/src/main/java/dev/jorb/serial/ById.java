package dev.jorb.serial;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Something for each job, by its id, in the order in which the jobs came.
///
/// The jobs with which a run begins are called 0, 1, 2 and so on. Their ids are positions in a
/// list: no hashing, and jobs that follow each other lie beside each other. With a million of them,
/// looking each up in a hash table takes as long as reading its line. All others are in a table.
/// Not thread-safe.
///
/// @param <V> never null
final class ById<V> extends AbstractMap<String, V> {
  private static final int MAX_DIGITS = 9;

  /// Null where something was removed.
  private final List<@Nullable V> numbered = new ArrayList<>();

  private final Map<String, V> others = new LinkedHashMap<>();
  private int removed;

  @Override
  public int size() {
    return numbered.size() - removed + others.size();
  }

  @Override
  public @Nullable V get(@Nullable Object id) {
    int number = number(id);
    return isNumbered(number) ? numbered.get(number) : others.get(id);
  }

  @Override
  public boolean containsKey(@Nullable Object id) {
    return get(id) != null;
  }

  @Override
  public @Nullable V put(String id, V value) {
    int number = number(id);
    if (number == numbered.size() && others.isEmpty()) {
      numbered.add(value);
      return null;
    }
    return isNumbered(number) ? replace(number, value) : others.put(id, value);
  }

  @Override
  public @Nullable V remove(@Nullable Object id) {
    int number = number(id);
    return isNumbered(number) ? replace(number, null) : others.remove(id);
  }

  private boolean isNumbered(int number) {
    return number >= 0 && number < numbered.size();
  }

  private @Nullable V replace(int number, @Nullable V value) {
    V before = numbered.set(number, value);
    removed += (value == null ? 1 : 0) - (before == null ? 1 : 0);
    return before;
  }

  /// The number that an id is, if it is written as a run writes it; else -1.
  private static int number(@Nullable Object key) {
    if (!(key instanceof String id) || id.isEmpty() || id.length() > MAX_DIGITS) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < id.length(); i++) {
      int digit = id.charAt(i) - '0';
      if (digit < 0 || digit > 9 || (digit == 0 && i == 0 && id.length() > 1)) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }

  @Override
  public Set<Map.Entry<String, V>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return ById.this.size();
      }

      @Override
      public Iterator<Map.Entry<String, V>> iterator() {
        return new Entries();
      }
    };
  }

  private final class Entries implements Iterator<Map.Entry<String, V>> {
    private final Iterator<Map.Entry<String, V>> rest = others.entrySet().iterator();
    private int next;
    private int last = -1;

    @Override
    public boolean hasNext() {
      while (next < numbered.size() && numbered.get(next) == null) {
        next++;
      }
      return next < numbered.size() || rest.hasNext();
    }

    @Override
    public Map.Entry<String, V> next() {
      V value = hasNext() && next < numbered.size() ? numbered.get(next) : null;
      last = value == null ? -1 : next++;
      return value == null ? rest.next() : new Numbered<>(last, value);
    }

    @Override
    public void remove() {
      if (last < 0) {
        rest.remove();
      } else {
        replace(last, null);
      }
    }
  }

  /// An entry that makes the text of its number only for who asks: most look at the values alone.
  private record Numbered<V>(int number, V value) implements Map.Entry<String, V> {
    @Override
    public String getKey() {
      return Integer.toString(number);
    }

    @Override
    public V getValue() {
      return value;
    }

    @Override
    public V setValue(V other) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Map.Entry<?, ?> entry
          && getKey().equals(entry.getKey())
          && value.equals(entry.getValue());
    }

    @Override
    public int hashCode() {
      return getKey().hashCode() ^ value.hashCode();
    }
  }
}
