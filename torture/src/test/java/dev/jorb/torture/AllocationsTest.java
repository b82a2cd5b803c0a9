package dev.jorb.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A run whose memory runs out at a chosen place.
class AllocationsTest {
  private final AllocationRow.Body body =
      new AlteredClasses(Allocations::alter)
          .make("dev.jorb.engine.RunUnderPressure", AllocationRow.Body.class);

  @AfterEach
  void heal() {
    Allocations.reset();
  }

  private static List<Integer> places(String start) {
    List<Integer> all = new ArrayList<>();
    for (int place = 0; place < Allocations.count(); place++) {
      if (Allocations.name(place).startsWith(start) && Allocations.hits(place) > 0) {
        all.add(place);
      }
    }
    return all;
  }

  private void runOutOfMemoryIn(String method) throws Exception {
    body.run(1);
    Allocations.reset();
    body.run(1);
    List<Integer> places = places(method);
    assertThat(places).as("places in " + method).isNotEmpty();
    for (int place : places) {
      Allocations.arm(place, 1);
      body.run(1);
      assertThat(Allocations.hasFired()).as(Allocations.name(place)).isTrue();
    }
  }

  /// Nobody would come for the jobs that are ready, and nobody would know.
  @Test
  void aWorkerThatCannotBeginEndsTheRun() throws Exception {
    runOutOfMemoryIn("dev.jorb.engine.Workers.enter");
  }

  @Test
  void aBatchThatCannotBeWrittenEndsTheRun() throws Exception {
    runOutOfMemoryIn("dev.jorb.serial.JournalFile.commit");
  }
}
