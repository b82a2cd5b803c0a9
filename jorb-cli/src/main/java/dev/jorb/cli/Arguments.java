package dev.jorb.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A program's arguments: it takes its own options out, and the rest is for [Jorb#main].
///
/// ```java
/// Arguments arguments = Arguments.of(args);
/// Path work = Path.of(arguments.take("--work", "DIR", "where the clones are", "work"));
/// boolean isDry = arguments.takeFlag("--dry", "push nothing");
/// Jorb.main(arguments.defaultFile(work.resolve("upgrade.jorb")), workflow, Tools::open, () -> …);
/// ```
///
/// Options may stand anywhere, as `--work DIR` or `--work=DIR`. `--help` lists them beside Jorb's
/// own. A mistake in them, such as a missing value, is told by [Jorb#main], which then does nothing
/// else; until then the option counts as not given. Not thread-safe.
public final class Arguments {
  private final List<String> rest;
  private final Map<String, String> help = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();
  private @Nullable Path defaultFile;

  private Arguments(String[] args) {
    this.rest = new ArrayList<>(List.of(args));
  }

  /// The arguments that a `main` got.
  public static Arguments of(String... args) {
    return new Arguments(args);
  }

  /// Takes an option with a value.
  ///
  /// @param name how it is written, such as `--work`
  /// @param value what its value is called in the help, such as `DIR`
  /// @param meaning one line for the help
  /// @param otherwise its value if it is not given
  public String take(String name, String value, String meaning, String otherwise) {
    return take(name, value, meaning + " (default: " + otherwise + ")").orElse(otherwise);
  }

  /// Takes an option with a value; empty if it is not given.
  ///
  /// @param name how it is written, such as `--repos`
  /// @param value what its value is called in the help, such as `DIR|FILE`
  /// @param meaning one line for the help
  public Optional<String> take(String name, String value, String meaning) {
    help.put(name + "=" + value, meaning);
    Optional<String> taken = Optional.empty();
    for (int at = indexOf(name); at >= 0; at = indexOf(name)) {
      if (taken.isPresent()) {
        problems.add("option " + name + " may be given once");
      }
      taken = Optional.ofNullable(valueAt(at, name, value));
    }
    return taken;
  }

  /// Takes an option without a value: whether it is given.
  ///
  /// @param name how it is written, such as `--dry`
  /// @param meaning one line for the help
  public boolean takeFlag(String name, String meaning) {
    help.put(name, meaning);
    return rest.removeIf(name::equals);
  }

  /// The run file if `--file` does not name one.
  public Arguments defaultFile(Path file) {
    this.defaultFile = file;
    return this;
  }

  private int indexOf(String name) {
    for (int i = 0; i < rest.size(); i++) {
      if (rest.get(i).equals(name) || rest.get(i).startsWith(name + "=")) {
        return i;
      }
    }
    return -1;
  }

  private @Nullable String valueAt(int at, String name, String value) {
    String first = rest.remove(at);
    if (!first.equals(name)) {
      return first.substring(name.length() + 1);
    }
    if (at == rest.size() || rest.get(at).startsWith("--")) {
      problems.add("option " + name + " needs a value: " + name + " " + value);
      return null;
    }
    return rest.remove(at);
  }

  String[] rest() {
    return rest.toArray(String[]::new);
  }

  Map<String, String> help() {
    return help;
  }

  List<String> problems() {
    return problems;
  }

  Optional<Path> defaultFile() {
    return Optional.ofNullable(defaultFile);
  }
}
