package dev.jorb.test;

import dev.jorb.run.Schema;
import dev.jorb.serial.Serializer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/// What every [Serializer] must do, as tests: those of Jorb pass it, and so must one of your own.
///
/// ```java
/// class MySerializerTest {
///   @TempDir Path directory;
///
///   @TestFactory
///   Stream<DynamicTest> conforms() {
///     return SerializerConformance.of(MySerializer::at, directory);
///   }
/// }
/// ```
///
/// A serializer that records nothing ([Serializer#isRecording()]) is only asked for what makes
/// sense for it.
public final class SerializerConformance {
  private SerializerConformance() {}

  /// Opens serializers for the suite.
  @FunctionalInterface
  public interface Opener {
    /// A new serializer for what is stored at `place`; it must not touch it yet.
    ///
    /// @param place a path in a folder that exists; nothing is there unless an earlier serializer
    ///   of the same place stored something. Whoever stores elsewhere takes it as a name
    /// @param schema what the run looks like
    Serializer<Batch, Item> open(Path place, Schema<Batch, Item> schema);
  }

  /// One behaviour.
  record Check(String name, Executable executable) {}

  /// The tests for the serializers that `opener` opens. Each has a place of its own under
  /// `directory`.
  public static Stream<DynamicTest> of(Opener opener, Path directory) {
    Bench probe = new Bench(opener, directory.resolve("probe"));
    return checks(probe.isRecording(), name -> new Bench(opener, directory.resolve(name)))
        .map(check -> DynamicTest.dynamicTest(check.name(), check.executable()));
  }

  private static Stream<Check> checks(boolean recording, Bench.Factory benches) {
    if (!recording) {
      return new ForgetfulChecks(benches).all().stream();
    }
    return Stream.of(
            new RoundTripChecks(benches).all(),
            new CommitChecks(benches).all(),
            new EncodeChecks(benches).all(),
            new OwnershipChecks(benches).all(),
            new EngineChecks(benches).all())
        .flatMap(List::stream);
  }
}
