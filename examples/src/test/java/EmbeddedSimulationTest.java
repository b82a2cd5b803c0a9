import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.run.Run;
import dev.jorb.test.SimulatedTest;
import dev.jorb.test.Simulation;
import dev.jorb.test.TestRun;
import java.time.Duration;

/// The workflow of the program [Embedded], on virtual time.
class EmbeddedSimulationTest {
  // tag::hours[]
  @SimulatedTest(seeds = 5)
  void eightLabelsAtATimeTakeEightHours(Simulation simulation) {
    Run<Embedded.Season, Embedded.Parcel> run =
        Embedded.WORKFLOW.run("parcels", new Embedded.Season("winter"));
    for (int i = 0; i < 480; i++) {
      run.add(new Embedded.Parcel("parcel " + i, 1, 1, ""));
    }
    simulation.takes("label", Duration.ofMinutes(8)).takes("order", Duration.ZERO);

    TestRun<Embedded.Season, Embedded.Parcel> test =
        simulation.run(Embedded.WORKFLOW, new Embedded.Carrier(), run);

    assertThat(test.jobsIn("sent")).hasSize(480);
    assertThat(test.statuses().mostExecuting("label")).isEqualTo(8);
    assertThat(test.elapsed()).isBetween(Duration.ofHours(8), Duration.ofHours(9));
  }
  // end::hours[]
}
