package dev.jorb.test;

import dev.jorb.serial.Durability;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.serial.JsonSerializer;
import dev.jorb.serial.NilSerializer;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class SerializersTest {
  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> nil() {
    return SerializerConformance.of((place, schema) -> new NilSerializer<>(), directory);
  }

  @TestFactory
  Stream<DynamicTest> json() {
    return SerializerConformance.of(JsonSerializer::at, directory);
  }

  @TestFactory
  Stream<DynamicTest> journal() {
    return SerializerConformance.of(JournalSerializer::at, directory);
  }

  @TestFactory
  Stream<DynamicTest> relaxedJournal() {
    return SerializerConformance.of(
        (place, schema) -> JournalSerializer.at(place, schema).durability(Durability.RELAXED),
        directory);
  }
}
