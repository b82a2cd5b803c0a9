package dev.jorb.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/// Mistakes in the run file's code are found by the rows that are there to find them.
class PlantedFaultsTest {
  private static final String SMALL_HISTORIES = "dev.jorb.serial.SmallHistoryRow";
  private static final String DAMAGE = "dev.jorb.serial.DamageRow";

  @TempDir Path folder;

  private int torture(PlantedFault fault, String row, String... more) {
    PlantedFault.Planted planted = new PlantedFault.Planted(fault);
    List<String> args =
        new java.util.ArrayList<>(
            List.of("--short", "--seed", "1", "--scratch", folder.resolve("scratch").toString()));
    args.addAll(List.of(more));
    int result =
        new CommandLine(new Torture(List.of(planted.row(row))))
            .execute(args.toArray(String[]::new));
    assertThat(planted.isComplete()).as("the code that %s changes is there", fault).isTrue();
    return result;
  }

  @ParameterizedTest
  @CsvSource({
    "NO_SYNC, dev.jorb.serial.SmallHistoryRow",
    "NO_SYNC, dev.jorb.engine.HistoryRow",
    "SAME_BATCH_NUMBER, dev.jorb.serial.SmallHistoryRow",
    "SAME_BATCH_NUMBER, dev.jorb.engine.HistoryRow",
    "SECOND_CHECKSUM_AND_PROOF_IGNORED, dev.jorb.serial.DamageRow",
    "EARLY_ACKNOWLEDGEMENT, dev.jorb.serial.SmallHistoryRow",
    "EARLY_ACKNOWLEDGEMENT, dev.jorb.serial.FaultRow",
  })
  void aPlantedFaultIsFound(PlantedFault fault, String row) {
    assertThat(torture(fault, row)).isEqualTo(Torture.FOUND);
  }

  @Test
  void withoutOneNothingIsFound() {
    // The histories of two moves, and of a move and a restart.
    for (String turn : List.of("7", "12")) {
      assertThat(torture(PlantedFault.NONE, SMALL_HISTORIES, "--turn", turn))
          .isEqualTo(Torture.GOOD);
    }
    assertThat(torture(PlantedFault.NONE, DAMAGE, "--turn", "1")).isEqualTo(Torture.GOOD);
  }

  /// The proof that there was another state refuses what the second checksum would.
  @Test
  void withoutTheSecondChecksumAloneNothingGetsThrough() {
    for (int turn = 0; turn < 40; turn++) {
      assertThat(
              torture(
                  PlantedFault.SECOND_CHECKSUM_IGNORED, DAMAGE, "--turn", Integer.toString(turn)))
          .isEqualTo(Torture.GOOD);
    }
  }
}
