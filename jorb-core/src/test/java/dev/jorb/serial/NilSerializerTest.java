package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.run.Run;
import dev.jorb.run.Transition;
import dev.jorb.serial.Sample.Box;
import dev.jorb.serial.Sample.Plan;
import java.util.List;
import org.junit.jupiter.api.Test;

class NilSerializerTest {
  @Test
  void remembersNothingOfWhatItTakes() {
    Run<Plan, Box> run = Sample.freshRun(1);
    Transition<Box> move = Sample.move(run.job("0").orElseThrow(), "edit", new Sample.Clock());
    try (var serializer = new NilSerializer<Plan, Box>()) {
      serializer.begin(run);
      var encoded = serializer.encode(move);
      serializer.commit(List.of(encoded));

      assertThat(encoded.transition()).isSameAs(move);
      assertThat(encoded.bytes()).isEmpty();
      assertThat(serializer.isRecording()).isFalse();
      assertThat(serializer.load()).isEmpty();
    }
  }
}
