package dev.jorb.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.json.JsonMapper;

/// The folder where a full campaign keeps its seed and its results between two calls: one file for
/// each, replaced in one step. People read them too.
final class Store {
  private static final JsonMapper JSON = new JsonMapper();

  private final Path folder;

  /// What all rows of a campaign have in common.
  record Head(long seed) {}

  Store(Path folder) {
    this.folder = folder;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep results in " + folder, e);
    }
  }

  /// The seed of the campaign that was begun here.
  OptionalLong seed() {
    Path file = folder.resolve("campaign.json");
    return Files.exists(file)
        ? OptionalLong.of(JSON.readValue(file.toFile(), Head.class).seed())
        : OptionalLong.empty();
  }

  void begin(long seed) {
    write("campaign", new Head(seed));
  }

  Optional<Result> find(String row) {
    Path file = folder.resolve("row-" + row + ".json");
    return Files.exists(file)
        ? Optional.of(JSON.readValue(file.toFile(), Result.class))
        : Optional.empty();
  }

  void put(Result result) {
    write("row-" + result.row(), result);
  }

  private void write(String name, Object value) {
    try {
      Path temporary = folder.resolve(name + ".tmp");
      String text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value);
      Files.writeString(temporary, text + "\n");
      Files.move(temporary, folder.resolve(name + ".json"), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep results in " + folder, e);
    }
  }
}
