package dev.jorb.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.run.Run;
import dev.jorb.serial.EncodeException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TwoProcessesTest {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void aSecondProcessIsRefusedAndToldWhoHasTheFile(OtherProcess.Form form)
      throws IOException, InterruptedException, EncodeException {
    Bench bench = new Bench(form::open, directory);
    Run<Batch, Item> run = Bench.newRun(3);
    try (var serializer = bench.open()) {
      serializer.load();
      serializer.begin(run);

      assertThat(OtherProcess.load(form, bench.place()))
          .startsWith("locked: " + bench.place() + ": another run has it open: ")
          .contains("pid " + ProcessHandle.current().pid() + " since ");

      Bench.commit(serializer, run, Bench.alone(Bench.moved(Bench.job(run, "0"), "done")));
    }
    bench.assertStored(run);
    assertThat(OtherProcess.load(form, bench.place())).isEqualTo("loaded 3 jobs");
  }
}
