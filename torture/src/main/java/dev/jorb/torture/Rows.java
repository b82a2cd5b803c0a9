package dev.jorb.torture;

import dev.jorb.engine.HistoryRow;
import dev.jorb.serial.CutRow;
import dev.jorb.serial.DamageRow;
import dev.jorb.serial.FaultRow;
import dev.jorb.serial.FlipRow;
import dev.jorb.serial.SectorRow;
import dev.jorb.serial.SmallHistoryRow;
import dev.jorb.torture.real.DiskFullRow;
import dev.jorb.torture.real.FailedSyncRow;
import dev.jorb.torture.real.HostileRow;
import dev.jorb.torture.real.KillRow;
import dev.jorb.torture.real.OtherProgramRow;
import dev.jorb.torture.real.PowerCutRow;
import dev.jorb.torture.real.SoakRow;
import dev.jorb.torture.real.StraceRow;
import java.util.List;

/// All rows, in the order in which they run.
final class Rows {
  private Rows() {}

  static List<Row> all() {
    return List.of(
        CutRow.cuts(),
        CutRow.zeros(),
        new SectorRow(),
        new FlipRow(),
        new FaultRow(),
        new SmallHistoryRow(),
        new DamageRow(),
        new HistoryRow(),
        new AllocationRow(),
        new KillRow(),
        new FailedSyncRow(),
        new PowerCutRow(),
        new DiskFullRow(),
        new StraceRow(),
        new OtherProgramRow(),
        new HostileRow(),
        new SoakRow());
  }
}
